"""The process itself: what mail servers hear from it, and that nothing comes twice or is lost."""

import smtplib
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, text

from portal.appeals.models import Appeal
from portal.appeals.post.models import IncomingMail
from portal.news.models import Reader
from tests.appeals.post.samples import SENDER, letter
from tests.cast import make_cast
from tests.live import free_port, wait_until
from tests.news.factories import add_token, make_newsletter, make_reader

pytestmark = pytest.mark.long  # They start the process itself.

SERVICE = "appeals@localhost"
TOKEN = "T" * 43
_BLOCKED = text(
    "select exists (select 1 from pg_locks join pg_database d on d.oid = database"
    " where not granted and d.datname = current_database())"
)


class Post:
    """A post office on a free port, and what a mail server does with it."""

    def __init__(self, live):
        self.live, self.port = live, free_port()

    def start(self):
        process = self.live.start("flask", "appeals", "post", MAIL_IN=f"127.0.0.1:{self.port}")
        wait_until(self._answers)
        return process

    def _answers(self):
        try:
            with smtplib.SMTP("127.0.0.1", self.port, timeout=5):
                return True
        except OSError:
            return False

    def send(self, content, to=SERVICE, sender=SENDER):
        """Hand a letter over as a mail server does; return the code of the last answer."""
        try:
            with smtplib.SMTP("127.0.0.1", self.port, timeout=30) as server:
                server.sendmail(sender, [to], content)
                return 250
        except smtplib.SMTPRecipientsRefused as refusal:
            return refusal.recipients[to][0]
        except smtplib.SMTPResponseException as refusal:
            return refusal.smtp_code
        except (smtplib.SMTPServerDisconnected, OSError):
            return 0


@pytest.fixture
def post(live):
    office = Post(live)
    office.process = office.start()
    return office


def appeals(live):
    with live.session() as session:
        return session.scalars(select(Appeal.number)).all()


def test_a_mail_server_hands_letters_over(live, post):
    assert post.send(letter(), to="someone@localhost") == 550
    assert post.send(letter("", Subject="")) == 554
    assert appeals(live) == []

    with ThreadPoolExecutor(3) as pool:  # The same letter, from three servers at once.
        codes = list(pool.map(post.send, [letter()] * 3))

    assert codes == [250, 250, 250]
    assert post.send(letter(Auto_Submitted="auto-replied", Message_ID="<auto@x>")) == 250
    assert post.send(letter(), sender="") == 250
    assert len(appeals(live)) == 1
    with live.session() as session:
        outcomes = session.scalars(select(IncomingMail.outcome)).all()
    assert sorted(outcomes) == ["appeal", "automatic"]


def test_a_letter_that_ends_a_newsletter_is_taken_too(live):
    live.settings["MAIL_FROM"] = "Kabinet <news@kabinet.test>"
    with live.session() as owner:
        newsletter, alice = make_newsletter(owner), make_cast(owner)["alice"]
        make_reader(owner, newsletter, alice.user)
        add_token(owner, newsletter, alice, TOKEN)
        owner.commit()
    post = Post(live)
    post.start()

    stop = letter(Subject=TOKEN)
    assert post.send(stop, to="unsubscribe@elsewhere.test") == 550
    assert post.send(letter(Subject="stop"), to="unsubscribe@kabinet.test") == 250
    assert reading(live) == 1
    assert post.send(stop, to="Unsubscribe@Kabinet.test") == 250
    assert reading(live) == 0
    assert post.send(stop, to="unsubscribe@kabinet.test") == 250  # Once more is the same.
    assert appeals(live) == []


def reading(live):
    with live.session() as session:
        return session.scalar(select(func.count()).select_from(Reader))


def test_a_letter_is_taken_when_it_is_committed_and_once(live, post):
    with live.session() as holder:
        holder.execute(text("lock table appeal in exclusive mode"))
        assert post.send(letter()) == 451  # The database does not answer in time: come again.
        with ThreadPoolExecutor(1) as pool:
            handed = pool.submit(post.send, letter())
            wait_until(lambda: holder.scalar(_BLOCKED))
            post.process.kill()
            assert handed.result() == 0
        holder.rollback()
    assert appeals(live) == []

    post.start()

    assert [post.send(letter()), post.send(letter())] == [250, 250]
    assert len(appeals(live)) == 1
