"""From a transaction to the mailbox of the laptop: real worker, real sink."""

import re
from pathlib import Path

import pytest
from sqlalchemy import text

from portal.core import mail
from portal.core.db import transaction
from portal.core.text import _l
from tests.browser import Browser
from tests.live import free_port, wait_until


@pytest.fixture
def post(live):
    """A portal whose mail arrives in a folder, and a browser to read it."""
    live.settings["SMTP_URL"] = f"smtp://127.0.0.1:{free_port()}"
    live.settings["MAIL_FROM"] = "Қазақтелеком <no-reply@kabinet.test>"
    live.start("portal.laptop.mail_sink")
    return live


def send(app, **more):
    letter = {
        "to": "aliya@example.kz",
        "language": "kk",
        "subject": _l("A letter of the tests"),
        "lines": (_l("The tests’ code is %(code)s."), _l("<b>Nobody</b> else needs it.")),
        "act": _l("Go in"),
        "url": "http://localhost/join/a-secret",
        "code": "123456",
    }
    with app.app_context(), transaction():
        mail.send(**letter | more)


def waiting(live):
    with live.session() as db:
        return db.execute(text("select * from mail")).mappings().all()


def test_a_letter_arrives_and_leaves_no_trace_of_its_secret(post):
    app = post.app()
    send(app)
    (letter,) = waiting(post)
    with post.session() as db:
        job = db.scalar(
            text("select args::text from jobs.procrastinate_jobs where task_name like '%deliver'")
        )

    post.start_worker()
    wait_until(lambda: not waiting(post))

    browser = Browser(app, post.session())
    page = browser.open("/dev/mailbox").follow("A letter of the tests")
    assert job == f'{{"mail_id": "{letter["id"]}"}}'
    assert "The tests’ code is 123456." in page.one(".mail-text").text_content()
    assert f"<{letter['id'].hex}@kabinet.test>" in page.text
    assert page.one(".mail-text a").get("href") == "http://localhost/join/a-secret"
    assert "a-secret" not in post.logs()
    assert "123456" not in post.logs()
    assert "aliya" not in post.logs()
    browser.db.close()


def test_the_html_of_a_letter_is_shown_in_a_box(post):
    app = post.app()
    send(app)
    post.start_worker()
    wait_until(lambda: not waiting(post))

    browser = Browser(app, post.session())
    page = browser.open("/dev/mailbox").follow("A letter of the tests")
    box = browser.open(page.one("iframe").get("src"))

    assert box.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert "<b>Nobody</b> else needs it." in box.text
    assert re.search(r'<a href="http://localhost/join/a-secret" style="[^"]+">Go in', box.body)
    browser.db.close()


def test_what_is_rolled_back_is_not_sent(live):
    app = live.app()

    with pytest.raises(ZeroDivisionError), app.app_context(), transaction():
        mail.send(
            to="a@example.kz", language="ru", subject=_l("No"), lines=[_l("No" if 1 / 0 else "")]
        )

    assert waiting(live) == []


def test_the_web_process_cannot_read_what_it_sent(live):
    send(live.app())

    with live.session("kabinet_app") as db, pytest.raises(Exception, match="permission denied"):
        db.execute(text("select * from mail"))


def test_only_messages_of_the_sink_are_shown(live):
    browser = Browser(live.app(), live.session())

    for name in ("../../etc/passwd", "0" * 32, "a.eml"):
        assert browser.open(f"/dev/mailbox/{name}").status == 404, name


def test_an_address_that_cannot_be_written_does_not_come_back_for_ever(post):
    addresses = ("әлия@example.kz", "a b@example.kz", "a@b.kz>", "")
    app = post.app()
    for address in addresses:
        send(app, to=address)

    post.start_worker()
    wait_until(lambda: not waiting(post))

    assert post.logs().count("mail.unwritable") == len(addresses)
    assert not list(Path(post.settings["MAIL_DIR"]).glob("*.eml"))


def test_what_could_not_be_sent_is_forgotten_after_two_days(live):
    send(live.app())
    with live.session() as db:
        db.execute(text("update mail set created_at = created_at - interval '3 days'"))
        db.commit()
    send(live.app(), to="new@example.kz")

    with live.app("kabinet_worker").app_context():
        mail.forget_unsent()

    assert [letter["address"] for letter in waiting(live)] == ["new@example.kz"]
