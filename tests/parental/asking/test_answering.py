"""Parents answer with one press; what they opened closes by itself."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.accounts.models import Role
from portal.core import clock
from portal.core.audit import AuditEvent
from portal.core.db import session, transaction
from portal.core.errors import RuleError
from portal.notify.models import Notification
from portal.parental.asking import actions
from portal.parental.asking.models import Answer, Question
from portal.parental.limits import Limits
from portal.parental.models import Profile, Rule, SavedVersion, policy_log
from portal.parental.policy import wire_name
from portal.parental.settings import ProfileSettings
from portal.parental.sites import Action
from portal.parental.verdict import verdict
from tests.cast import Person, make_membership, make_user
from tests.parental.asking.factories import make_question
from tests.parental.categories.factories import make_release
from tests.parental.factories import make_profile, make_rule


@pytest.fixture
def question(db, home):
    make_rule(db, home, "roblox.com")
    return make_question(db, home)


@pytest.fixture
def other_parent(db, alice):
    user = make_user(db, "Zhanna")
    make_membership(db, user, alice.account, Role.PARENT)
    db.flush()
    return Person(user)


@pytest.fixture
def press(browser, db, alice, question):
    """Return a function that presses an answer of the page, as alice."""

    def pressed(answer):
        browser.log_in(alice)
        page = browser.get("asking.list_questions", account_id=alice.account_id)
        return page.submit(form="form[action$='/answer']", button=f"answer={answer}")

    return pressed


def is_closed(db, home, at, site=b"www.roblox.com"):
    query = select(policy_log.c.blob).where(policy_log.c.policy_id == home.policy_id)
    blob = db.scalar(query.order_by(policy_log.c.seq.desc()).limit(1))
    return verdict(blob, wire_name(site.decode()), at=int(at.timestamp())).is_closed


@pytest.mark.parametrize(
    ("answer", "length", "words"),
    [
        ("minutes", timedelta(minutes=15), "opens until 22 November, 17:15"),
        ("today", timedelta(hours=7), "opens until 22 November, 24:00"),
    ],
)
def test_a_passing_answer_ends_by_itself_with_no_write(
    press, db, home, noon, answer, length, words
):
    page = press(answer)

    assert f"roblox.com {words} and closes by itself." in page.text
    assert not is_closed(db, home, noon)
    assert not is_closed(db, home, noon + length - timedelta(seconds=1))
    assert is_closed(db, home, noon + length)
    assert db.scalar(select(func.count()).select_from(policy_log)) == 1


def test_always_is_a_lasting_rule_and_a_version(press, db, home, noon, alice):
    page = press("always")

    assert "roblox.com always opens." in page.text
    assert not is_closed(db, home, noon + timedelta(days=900))
    version = db.scalars(select(SavedVersion)).one()
    assert (version.act, version.values, version.by_name) == (
        "allowed_for",
        {"site": "roblox.com"},
        alice.user.name,
    )


def test_no_opens_nothing(press, db, home, question):
    page = press("no")

    assert "roblox.com stays closed." in page.text
    assert db.scalars(select(SavedVersion)).all() == []
    assert db.get(Question, question.id).answer == "no"
    assert db.scalars(select(AuditEvent.kind)).all() == ["parental.question_answered"]


def test_the_first_answer_stands_and_the_second_parent_is_told(
    press, browser, db, alice, home, question, other_parent, noon
):
    press("minutes")
    browser.log_in(other_parent)

    page = browser.send(
        "POST",
        browser.url("asking.answer_question", account_id=alice.account_id, question_id=question.id),
        data={"answer": "always"},
        token=True,
        follow=True,
    )

    assert "Alice Akhmetova has answered already." in page.text
    assert db.get(Question, question.id).answer == "minutes"
    assert is_closed(db, home, noon + timedelta(minutes=15))
    told = db.execute(select(Notification.user_id, Notification.kind)).all()
    assert told == [(other_parent.id, "parental.site_opened_until")]


@pytest.mark.parametrize("answer", ["", "for ever", "0"])
def test_what_is_no_answer_changes_nothing(browser, db, alice, question, answer):
    browser.log_in(alice)
    ids = {"account_id": alice.account_id, "question_id": question.id}

    browser.post("asking.answer_question", {"answer": answer}, **ids)

    assert db.get(Question, question.id).answer is None


def test_the_full_profile_says_so_and_the_question_waits(app, browser, db, alice, home, question):
    make_rule(db, home, "a.kz")
    db.commit()
    with app.app_context(), transaction(account_id=alice.account_id), pytest.raises(RuleError):
        actions.answer_question(
            session.get(Question, question.id),
            session.get(Profile, home.id),
            Answer.ALWAYS,
            by=alice.user,
            limits=Limits(most=2),
        )

    assert db.get(Question, question.id).answer is None


def test_a_rule_of_before_gives_way_or_is_enough(press, db, home, noon):
    old = make_rule(db, home, "roblox.com", Action.ALLOW, expires_at=noon - timedelta(days=1))

    press("minutes")

    rules = db.scalars(select(Rule).where(Rule.action == "allow", Rule.removed_at.is_(None))).all()
    assert [rule.expires_at for rule in rules] == [noon + timedelta(minutes=15)]
    assert db.get(Rule, old.id).removed_in == 1


def test_the_list_says_until_when_and_a_lasting_rule_takes_the_place(
    press, browser, db, alice, home, noon
):
    press("minutes")
    ids = {"account_id": alice.account_id, "profile_id": home.id}
    listed = browser.get("parental.list_sites", **ids, list="allow").text
    assert "roblox.com open until 22 November, 17:15" in listed
    clock.freeze(noon + timedelta(minutes=16))
    over = browser.get("parental.list_sites", **ids, list="allow").text
    assert "This list is empty" in over

    browser.post("parental.add_site", {"site": "roblox.com", "action": "allow"}, **ids)

    standing = select(Rule.expires_at).where(Rule.action == "allow", Rule.removed_at.is_(None))
    assert db.scalars(standing).all() == [None]


def test_a_lasting_rule_that_was_removed_comes_back_over_a_passing_one(
    press, browser, db, alice, home, noon
):
    lasting = make_rule(db, home, "roblox.com", Action.ALLOW, removed_at=noon)
    press("minutes")

    browser.post(
        "parental.restore_site",
        account_id=alice.account_id,
        profile_id=home.id,
        rule_id=lasting.id,
    )

    standing = select(Rule.expires_at).where(Rule.action == "allow", Rule.removed_at.is_(None))
    assert db.scalars(standing).all() == [None]


def test_a_longer_rule_is_not_shortened(press, db, home, noon):
    make_rule(db, home, "roblox.com", Action.ALLOW)

    press("minutes")

    (rule,) = db.scalars(select(Rule).where(Rule.action == "allow")).all()
    assert (rule.expires_at, rule.removed_at) == (None, None)


def test_a_rule_for_certain_times_is_not_lost(press, db, home, question):
    make_rule(db, home, "roblox.com", Action.ALLOW, in_windows=True)

    page = press("minutes")

    assert "at certain times" in page.text
    assert db.get(Question, question.id).answer is None
    assert "always opens" in press("always").text


@pytest.fixture
def youtube(app, db, home):
    """Release YouTube's sites, and let a child ask for one of them."""
    home.settings = ProfileSettings(closed=frozenset({"video"}))
    with app.app_context(), transaction():
        make_release(session, youtube=("youtube.com", "googlevideo.com", "x.googlevideo.com"))
    return make_question(db, home, "youtube.com")


def test_with_a_site_of_a_service_what_it_needs_opens_too(browser, db, alice, home, youtube, noon):
    make_rule(db, home, "googlevideo.com", Action.ALLOW, expires_at=noon)
    browser.log_in(alice)
    page = browser.get("asking.list_questions", account_id=alice.account_id)
    assert "It belongs to YouTube" in page.text

    page.submit(form="form[action$='/answer']", button="answer=minutes")

    standing = select(Rule.site, Rule.note, Rule.expires_at).where(Rule.removed_at.is_(None))
    end = noon + timedelta(minutes=15)
    assert set(db.execute(standing).all()) == {
        ("youtube.com", "", end),
        ("googlevideo.com", "YouTube", end),
    }
    assert home.last_version == 1


def test_the_page_lists_what_waits_and_what_was_answered(press, browser, alice, db, home, noon):
    page = press("minutes")

    assert "Nobody waits for an answer" in page.text
    assert "Alice Akhmetova answered at 17:00" in page.text
    make_question(db, home, "chess.com")
    home.paused_until = noon + timedelta(hours=1)
    again = browser.get("asking.list_questions", account_id=alice.account_id)
    assert "chess.com" in again.text
    assert "What was allowed opens after the pause." in again.text


def test_the_profiles_page_shows_what_waits(browser, alice, home, question):
    browser.log_in(alice)
    page = browser.get("parental.show_profile", account_id=alice.account_id, profile_id=home.id)

    page = page.submit(form="form[action$='/answer']", button="answer=always")

    assert "roblox.com always opens." in page.text
    again = browser.get("parental.show_profile", account_id=alice.account_id)
    assert "A child asks for a site" not in again.text


def test_somebody_elses_question_is_not_found(browser, db, bob, cast, question):
    other = make_profile(db, bob.account)
    own = make_question(db, other)
    browser.log_in(cast["alice"])

    for account in (cast["alice"].account_id, bob.account_id):
        answered = browser.post(
            "asking.answer_question",
            {"answer": "always"},
            account_id=account,
            question_id=own.id,
        )
        assert answered.status == 404
    assert db.get(Question, own.id).answer is None
