"""A portal that sends real mail to a real sink."""

from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from portal.core.smtp import MailDeferredError, MailServer, Postman
from tests.cast import make_cast
from tests.live import free_port, wait_until
from tests.news.factories import make_issue, make_newsletter


class Mailing:
    """A live portal with the cast, a newsletter and a draft; its sink and its worker."""

    def __init__(self, live):
        self.live = live
        self.db = live.session()
        self.cast = make_cast(self.db)
        self.newsletter = make_newsletter(self.db)
        self.issue = make_issue(self.db, self.newsletter, self.cast["fiona"].user)
        self.db.commit()
        live.settings["SMTP_URL"] = f"smtp://127.0.0.1:{free_port()}"
        live.settings["MAIL_FROM"] = "Kabinet <news@kabinet.test>"

    def start_sink(self, seconds=0.0):
        sink = self.live.start("tests.news.sink", SINK_SECONDS=str(seconds))
        wait_until(self._sink_answers)
        return sink

    def _sink_answers(self):
        try:
            with Postman(MailServer.from_url(self.live.settings["SMTP_URL"])) as postman:
                postman.deliver(b"x", sender="a@b.kz", recipient="later@example.kz")
        except MailDeferredError as error:
            return error.code == 451

    @property
    def mails(self):
        """What arrived, by the address it was delivered to."""
        folder = Path(self.live.settings["MAIL_DIR"])
        arrived = {}
        for path in sorted(folder.glob("*.eml")):
            message = message_from_bytes(path.read_bytes(), policy=default)
            arrived.setdefault(message["Delivered-To"], []).append(message)
        return arrived


@pytest.fixture
def mailing(live):
    mailing = Mailing(live)
    yield mailing
    mailing.db.close()
