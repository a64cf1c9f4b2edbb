"""A notification leaves by e-mail too: real worker, real sink."""

from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from sqlalchemy import text, update

from portal.accounts.models import User
from portal.core import clock
from portal.core.db import transaction
from portal.core.text import _l
from portal.notify import kinds
from portal.notify.actions import notify
from portal.notify.models import Notification
from tests.cast import make_cast
from tests.live import free_port, wait_until

KIND = "services.order_completed"


@pytest.fixture
def post(live):
    live.settings["SMTP_URL"] = f"smtp://127.0.0.1:{free_port()}"
    live.settings["MAIL_FROM"] = "Kabinet <no-reply@kabinet.test>"
    live.start("portal.laptop.mail_sink")
    return live


def tell(live, person):
    with live.app().app_context(), transaction(user_id=person.id):
        notify(person.user, KIND, link="/notifications", name="TV+", number="26-1")


def no_jobs(live):
    with live.session() as db:
        return not db.scalar(
            text("select count(*) from jobs.procrastinate_jobs where task_name like '%mail_not%'")
        )


def arrived(live):
    paths = Path(live.settings["MAIL_DIR"]).glob("*.eml")
    return [message_from_bytes(path.read_bytes(), policy=default) for path in paths]


ACTS = {"kk": "Порталда ашу:", "ru": "Открыть в портале:", "en": "Open in the portal:"}


def test_it_comes_in_the_readers_language_and_leads_to_the_thing(post):
    with post.session() as db:
        cast = make_cast(db)
        readers = dict(zip(("alice", "bob", "carol"), ACTS, strict=True))
        for name, language in readers.items():
            chosen = update(User).where(User.id == cast[name].id).values(language=language)
            db.execute(chosen)
        db.commit()
        for name in readers:
            tell(post, cast[name])

    post.start_worker()
    wait_until(lambda: no_jobs(post))

    letters = {str(letter["Delivered-To"]): letter for letter in arrived(post)}
    assert sorted(letters) == [f"{name}@example.kz" for name in readers]
    for name, language in readers.items():
        letter = letters[f"{name}@example.kz"]
        words = letter.get_body(("plain",)).get_content()
        assert "TV+" in str(letter["Subject"])
        assert f"{ACTS[language]}\nhttp://localhost/notifications" in words.replace("\r\n", "\n")
        assert str(letter["Auto-Submitted"]) == "auto-generated"
        assert "26-1" in words
        assert name not in post.logs()


def test_what_was_read_before_it_left_is_not_sent(post):
    with post.session() as db:
        alice = make_cast(db)["alice"]
        tell(post, alice)
        db.execute(update(Notification).values(read_at=clock.now()))
        db.commit()

    post.start_worker()
    wait_until(lambda: no_jobs(post))

    assert arrived(post) == []


def test_one_sees_ones_own_notifications_and_nobody_elses(live):
    with live.session() as db:
        cast = make_cast(db)
        kinds.register(kinds.Kind("test.own", "info", _l("Own"), by_email=False))
    app = live.app()
    with app.app_context(), transaction(user_id=cast["bob"].id) as own:
        notify([cast["alice"].id, cast["bob"].id], "test.own", link="/")
        own.flush()
        seen = own.execute(text("select user_id from notification")).scalars().all()
    with live.session("kabinet_app") as stranger:
        unseen = stranger.execute(text("select count(*) from notification")).scalar()

    with live.session() as db:
        there = db.execute(text("select count(*) from notification")).scalar()
    assert (there, seen, unseen) == (2, [cast["bob"].id], 0)
