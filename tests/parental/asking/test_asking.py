"""A child asks behind its link; its parents are told at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts.models import Account
from portal.core import clock
from portal.core.db import transaction
from portal.core.errors import RuleError
from portal.notify.models import Notification
from portal.parental.asking import actions
from portal.parental.asking.models import Question
from portal.parental.limits import Limits
from portal.parental.models import CHILD, Profile
from portal.parental.settings import ProfileSettings, TimeWindow, YouTube, week_of
from portal.parental.sites import Action
from tests.cast import make_account
from tests.parental.asking.factories import make_link, make_question
from tests.parental.factories import make_profile, make_rule


@pytest.fixture
def kid(db, alice, home):
    """Give Daniyar's profile, which closes one site with a note of the parents."""
    kid = make_profile(db, alice.account, kind=CHILD, name="Daniyar")
    make_rule(db, kid, "roblox.com", note="too long every evening")
    return kid


@pytest.fixture
def secret(db, kid, browser):
    browser.client.set_cookie("kabinet-look", "en.system")
    return make_link(db, kid)


def asked(browser, secret, site):
    return browser.get("child.show_child", secret=secret, site=site)


def sent(browser, secret, site):
    return browser.send(
        "POST",
        browser.url("child.ask_parents", secret=secret),
        data={"site": site},
        token=True,
        follow=True,
    )


def questions(db):
    return db.scalars(select(Question.site).order_by(Question.id)).all()


def test_the_child_sees_what_is_closed_and_never_a_note(browser, db, kid, secret):
    evening = week_of({6: range(32, 40)})  # Sunday 16:00-20:00
    kid.settings = ProfileSettings(
        closed=frozenset({"adult"}),
        windows=(TimeWindow(name="Lessons", closes=frozenset({"games"}), school_days=evening),),
        safe_search=True,
        youtube=YouTube.STRICT,
    )
    make_rule(db, kid, "brief.kz", Action.ALLOW, expires_at=clock.now() + timedelta(minutes=5))
    make_rule(db, kid, "over.kz", Action.ALLOW, expires_at=clock.now() - timedelta(minutes=5))

    page = browser.get("child.show_child", secret=secret)

    for words in ("The rules for Daniyar", "roblox.com", "Adult", "Lessons", "Games", "20:00"):
        assert words in page.text
    assert "brief.kz until 22 November, 17:05" in page.text
    assert "safe results only" in page.text
    assert "too long" not in page.body
    assert "over.kz" not in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (ProfileSettings(keeps_log=True), "The log is on"),
        (ProfileSettings(), "is not written down"),
    ],
)
def test_the_child_is_told_what_is_written_down(browser, db, kid, secret, settings, words):
    kid.settings = settings

    assert words in browser.get("child.show_child", secret=secret).text


def test_a_closed_site_is_checked_asked_for_and_told(browser, db, alice, kid, secret):
    page = asked(browser, secret, "https://www.roblox.com/games")
    assert "www.roblox.com is closed" in page.text
    assert "Your parents closed roblox.com." in page.text

    page = page.submit(form="form[action$='/ask']", button="site=www.roblox.com")

    assert "Your parents are asked for roblox.com." in page.text
    assert "Your parents have not answered yet" in page.text
    assert "4 questions are left for today." in page.text
    told = db.scalars(select(Notification)).all()
    assert [(each.user_id, each.kind, each.link) for each in told] == [
        (
            alice.id,
            "parental.child_asks",
            f"/a/{alice.account_id}/parental-control/questions",
        )
    ]


def test_at_home_somebody_asks(browser, db, home):
    make_rule(db, home, "casino.com")
    sent(browser, make_link(db, home), "casino.com")

    assert db.scalars(select(Notification.kind)).all() == ["parental.home_asks"]


@pytest.mark.parametrize(
    ("site", "words"),
    [
        ("open.kz", "opens now"),
        ("egov.kz", "opens now"),
        ("com.kz", "ending of"),
        ("", "Write a site"),
        ("http://[", "site"),
    ],
)
def test_what_need_not_or_cannot_be_asked_is_refused_and_kept(browser, db, secret, site, words):
    page = sent(browser, secret, site)

    assert page.status == 422
    assert words in page.text
    assert page.value("site") == site
    assert questions(db) == []
    assert db.scalars(select(Notification)).all() == []


def test_a_site_is_asked_for_once_and_five_sites_in_a_day(browser, db, kid, secret):
    for number in range(6):
        make_rule(db, kid, f"game{number}.com")
    first = sent(browser, secret, "game0.com")
    assert first.status == 200

    assert "know already" in sent(browser, secret, "www.game0.com").text
    for number in range(1, 5):
        assert sent(browser, secret, f"game{number}.com").status == 200
    refused = sent(browser, secret, "game5.com")

    assert refused.status == 422
    assert "You have asked 5 times today" in refused.text
    assert len(questions(db)) == 5


def test_the_next_day_has_questions_of_its_own(browser, db, kid, secret, noon):
    for number in range(5):
        make_question(db, kid, f"game{number}.com")
    clock.freeze(noon + timedelta(hours=7))  # 00:00 of the next day in Almaty

    assert sent(browser, secret, "roblox.com").status == 200


def test_a_name_that_the_parents_closed_by_itself_is_asked_as_it_is(browser, db, kid, secret):
    make_rule(db, kid, "www.chess.com")

    sent(browser, secret, "www.chess.com")

    assert questions(db) == ["www.chess.com"]


def test_a_pause_alone_is_no_reason_to_ask(browser, db, kid, secret, noon):
    kid.paused_until = noon + timedelta(hours=1)

    page = browser.get("child.show_child", secret=secret)
    refused = sent(browser, secret, "open.kz")

    assert "The internet is paused until 22 November, 18:00" in page.text
    assert "closed by the pause only" in refused.text
    assert sent(browser, secret, "roblox.com").status == 200


def test_without_the_option_nothing_is_closed(browser, db, kid, secret):
    kid.is_enforced = False

    assert "Nothing is closed now" in browser.get("child.show_child", secret=secret).text
    assert sent(browser, secret, "roblox.com").status == 422


def test_checks_are_throttled(live):
    with live.session() as own:
        account = make_account(own, "71203001")
        own.flush()
        secret = make_link(own, make_profile(own, account))
        own.commit()
    child = live.app().test_client()

    statuses = [child.get(f"/child/{secret}?site=open.kz").status_code for _ in range(61)]

    assert statuses == [200] * 60 + [429]
    assert child.get(f"/child/{secret}").status_code == 200


def test_children_who_ask_at_once_get_five_questions_together(live):
    with live.session() as own:
        account = make_account(own, "71203001")
        own.flush()
        kid = make_profile(own, account)
        for number in range(8):
            make_rule(own, kid, f"game{number}.com")
        own.commit()
    app = live.app()

    def ask(number):
        try:
            with app.app_context(), transaction(account_id=account.id) as session:
                actions.ask(
                    session.get(Profile, kid.id),
                    typed=f"game{number % 7}.com",
                    limits=Limits(),
                    categories=lambda _host: lambda _name: 0,
                )
        except RuleError:
            return 0
        return 1

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(ask, range(8))) == 5
    with live.session() as own:
        assert len(set(own.scalars(select(Question.site)))) == 5


def test_a_link_that_was_taken_back_or_never_made_opens_nothing(browser, db, kid, home, noon):
    gone = make_link(db, kid, revoked_at=noon)
    account = db.get(Account, home.account_id)
    removed = make_profile(db, account, kind=CHILD, name="A", removed_at=noon)
    of_removed = make_link(db, removed)

    for secret in (gone, of_removed, "a" * 26, "x"):
        assert browser.get("child.show_child", secret=secret).status == 404
        assert sent(browser, secret, "roblox.com").status == 404
        assert browser.get("child.show_answers", secret=secret).status == 404


def test_the_child_sees_each_answer(browser, db, kid, secret, noon):
    given = {"answered_at": noon, "answered_by": "Alice"}
    make_question(db, kid, "a.kz", answer="no", **given)
    make_question(db, kid, "b.kz", answer="always", **given)
    later, before = noon + timedelta(minutes=9), noon - timedelta(minutes=9)
    make_question(db, kid, "c.kz", answer="minutes", open_until=later, **given)
    make_question(db, kid, "d.kz", answer="minutes", open_until=before, **given)
    make_question(db, kid, "e.kz", asked_at=noon - timedelta(days=1), answer="no", **given)

    text = browser.get("child.show_answers", secret=secret).text

    for words in (
        "No: it stays closed",
        "Yes: it always opens",
        "Yes: open until 22 November, 17:09",
        "Was open until 22 November, 16:51",
        "1 question is left for today.",
    ):
        assert words in text
    assert "e.kz" not in text


def test_an_unchanged_answer_costs_nothing(browser, secret):
    first = browser.get("child.show_answers", secret=secret)
    again = browser.open(
        browser.url("child.show_answers", secret=secret),
        headers={"If-None-Match": first.headers["ETag"]},
    )

    assert again.status == 304


def test_the_childs_page_has_a_fixed_number_of_statements(
    browser, db, kid, secret, count_statements
):
    few = count_statements("child.show_child", secret=secret)
    for number in range(40):
        make_rule(db, kid, f"game{number}.com")
        make_question(db, kid, f"game{number}.com")

    assert count_statements("child.show_child", secret=secret) == few
