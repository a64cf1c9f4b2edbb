"""A chat: opened, answered live, one chain whoever writes at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from portal.accounts.models import Account, User
from portal.appeals import actions, chain
from portal.appeals.models import Appeal, Message
from portal.appeals.presence import is_typing, note_presence, present
from portal.appeals.states import Author
from portal.core import clock
from portal.promises.models import Promise
from tests.appeals.factories import acting, as_staff, stored
from tests.browser import Browser
from tests.cast import make_cast

LIVE = {"HX-Request": "true"}


def say(app, person, body):
    """Write in the chat as a customer; return the id of its appeal."""
    with acting(app, account_id=person.account_id, user_id=person.id) as session:
        user, account = (
            session.get_one(User, person.id),
            session.get_one(Account, person.account_id),
        )
        return actions.chat(user, account, body=body).id


def open_page(browser, person, appeal_id):
    return browser.get("appeals.show_appeal", account_id=person.account_id, appeal_id=appeal_id)


def ask(browser, page, **headers):
    """Ask what is new, as the open page does."""
    return browser.open(page.one("#live").get("hx-get"), headers=LIVE | headers)


def test_a_chat_is_an_appeal_with_its_promise_of_five_minutes(browser, db, alice, noon):
    browser.log_in(alice)
    asked = browser.get("appeals.open_chat", account_id=alice.account_id)
    assert "within 5 minutes" in asked.text

    page = asked.submit(body="Hello!\nMy television shows no channel of sport.")

    appeal = db.scalars(select(Appeal)).one()
    first = db.scalars(select(Promise).where(Promise.kind == "first_response")).one()
    assert (appeal.channel, appeal.subject, appeal.account_id) == (
        "chat",
        "Hello!",
        alice.account_id,
    )
    assert first.due_at == noon + timedelta(minutes=5)
    assert "My television shows no channel of sport." in page.text
    assert browser.get("appeals.open_chat", account_id=alice.account_id).h1 == "Hello!"


def test_a_second_first_message_goes_into_the_chat_that_runs(app, browser, db, alice):
    browser.log_in(alice)
    asked = browser.get("appeals.open_chat", account_id=alice.account_id)
    say(app, alice, "From the telephone.")

    asked.submit(body="From the computer.")

    assert db.scalars(select(Appeal)).one().length == 2


def test_an_open_page_gets_the_answer_by_itself(app, browser, db, alice, dora):
    appeal_id = say(app, alice, "Hello!")
    browser.log_in(alice)
    page = open_page(browser, alice, appeal_id)
    quiet = ask(browser, page)
    assert not quiet.body.strip()
    known = {"If-None-Match": quiet.headers["ETag"]}
    assert ask(browser, page, **known).status == 304

    as_staff(app, dora, appeal_id, actions.answer, body="Good day! Which channel is it?")
    news = ask(browser, page, **known)

    assert news.status == 200
    assert "Good day! Which channel is it?" in news.one("#appeal-talk").text_content()
    assert "First answer: kept" in " ".join(news.one("#appeal-side").text_content().split())
    assert "Dora D. has written." in news.one("#appeal-heard").text_content()
    assert not ask(browser, news).body.strip()  # What came asks for what comes next.


def test_the_customer_sees_who_reads_and_who_types(app, browser, alice, dora):
    appeal_id = say(app, alice, "Hello!")
    browser.log_in(alice)
    page = open_page(browser, alice, appeal_id)
    with acting(app, user_id=dora.id, staff=True) as session:
        there, author = stored(session, appeal_id), Author.SPECIALIST
        note_presence(there, author=author, user=session.get_one(User, dora.id), is_typing=True)

    typing = ask(browser, page, **{"X-Typing": "1"})
    clock.freeze(clock.now() + timedelta(seconds=10))
    reading = ask(browser, typing)

    assert "Dora D. is writing" in typing.text
    assert not typing.all("#appeal-talk")  # The conversation itself has not changed.
    assert "Dora D. is reading" in reading.text


def test_a_message_is_sent_without_leaving_the_page(app, browser, db, alice):
    appeal_id = say(app, alice, "Hello!")
    browser.log_in(alice)
    page = open_page(browser, alice, appeal_id)
    form = page.form("#reply")
    data = dict(form.form_values()) | {"body": "It began <b>yesterday</b>."}

    sent = browser.send("POST", form.action, data=data, headers=LIVE)
    again = browser.send("POST", form.action, data=data, headers=LIVE)
    refused = browser.send("POST", form.action, data=data | {"body": "x" * 20_001}, headers=LIVE)

    assert sent.status == 200
    assert "It began <b>yesterday</b>." in sent.one("#appeal-talk").text_content()
    assert again.status == 303  # It is in already.
    assert refused.status == 422
    assert "too long" in refused.one("#appeal-refused").text_content()
    assert stored(db, appeal_id).length == 2


@pytest.fixture
def people(live):
    return make_cast(live.session())


def test_the_desk_sees_that_the_customer_types(live, people):
    app, alice, dora = live.app(), people["alice"], people["dora"]
    appeal_id = say(app, alice, "Hello!")
    with live.session() as session:
        browser = Browser(app, session)
        browser.log_in(alice)
        ask(browser, open_page(browser, alice, appeal_id), **{"X-Typing": "1"})

    with acting(app, user_id=dora.id, staff=True) as session:
        (seen,) = present(stored(session, appeal_id), now=clock.now(), but=dora.id)
        assert (seen.author, seen.name) == ("customer", "Alice Akhmetova")
        assert is_typing(seen, clock.now())


def test_two_at_once_stay_one_chat_and_one_chain(live, people):
    app, alice, dora = live.app(), people["alice"], people["dora"]
    start = Barrier(3)

    def begin(words):
        start.wait()
        return say(app, alice, words)

    with ThreadPoolExecutor(3) as pool:
        begun = [pool.submit(begin, f"First {place}") for place in range(3)]
    (appeal_id,) = {each.result() for each in begun}

    def answer(place):
        start.wait()
        as_staff(app, dora, appeal_id, actions.answer, body=f"Answer {place}")

    with ThreadPoolExecutor(3) as pool:
        done = [pool.submit(answer, 1), pool.submit(answer, 2), pool.submit(begin, "And this")]
    assert [each.exception() for each in done] == [None, None, None]

    with live.session() as session:
        messages = session.scalars(select(Message).order_by(Message.position)).all()
        assert [message.position for message in messages] == [1, 2, 3, 4, 5, 6]
        assert chain.first_break(message.link for message in messages) is None
        assert session.scalars(select(Appeal)).one().head == messages[-1].own
