from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select, update

from portal.catalog.models import Offering
from portal.services.models import Quote
from tests.services.factories import make_offering, subscribe


def leaving(browser, person, subscription, **more):
    page = browser.get(
        "services.disconnect",
        account_id=person.account_id,
        subscription_id=subscription.id,
        **more,
    )
    assert page.status == 200
    return page


def card(page, heading):
    """Return what a card says, white space folded; nothing if there is none."""
    words = [
        part for each in page.all(f"[aria-labelledby='{heading}']") for part in each.itertext()
    ]
    return " ".join(" ".join(words).replace("\N{NO-BREAK SPACE}", " ").split())


def test_all_that_ends_is_named_with_its_words_before_anybody_is_asked_why(
    alices, db, alice, catalogue
):
    plan, *_ = subscribe(
        db, alice.account, "vmeste-200", "parental-control", "antivirus", "phone-home", "caller-id"
    )

    page = leaving(alices, alice, plan)

    lost = card(page, "losing")
    assert "Internet “Together 200”. 200 Mbit/s, unlimited" in lost
    assert "Parental control. It cannot work alone and ends too. Your lists are kept" in lost
    assert "Antivirus. It cannot work alone and ends too. The devices are left" in lost
    assert "What stays: Home phone, Caller ID" in lost
    assert "Each month now 9 570 ₸" in lost
    assert "Each month without it 1 400 ₸" in lost
    assert "To pay once for leaving early nothing" in lost
    assert db.scalar(select(func.count()).select_from(Quote)) == 0


def test_the_fee_for_leaving_early_is_said_with_its_months(alices, db, alice, catalogue):
    [plan] = subscribe(
        db, alice.account, "vmeste-500", term_until=date(2027, 1, 5), exit_fee=Decimal(1000)
    )

    lost = card(leaving(alices, alice, plan), "losing")

    assert "Leaving before the term ends costs 2 000 ₸: 2 months left × 1 000 ₸" in lost
    assert "To pay once for leaving early 2 000 ₸" in lost


def test_a_cheaper_plan_and_a_pause_are_offered_instead(alices, db, alice, catalogue):
    [plan] = subscribe(db, alice.account, "vmeste-500")

    page = leaving(alices, alice, plan)

    instead = card(page, "instead")
    assert instead.index("Together 200") < instead.index("Together 100")
    assert "2 000 ₸ less each month" in instead
    assert "Country house" not in instead  # The line does not carry it.
    assert "Together 1000" not in instead
    assert page.follow("Let it rest for a while").path.endswith("/pause")
    assert page.follow("Change to Internet “Together 200”").path.endswith("/vmeste-200")


def test_what_is_cheapest_and_cannot_rest_has_nothing_instead(alices, db, alice, catalogue):
    subscribe(db, alice.account, "vmeste-200")
    [option] = subscribe(db, alice.account, "cloud-100")

    assert card(leaving(alices, alice, option), "instead") == ""


def test_a_service_that_rests_already_is_not_offered_a_rest(alices, db, alice, catalogue):
    [plan] = subscribe(
        db,
        alice.account,
        "vmeste-200",
        pauses=[{"from_on": "2026-11-20", "until_on": "2026-12-20", "price": "300"}],
        rests_until=date(2026, 12, 20),
    )

    assert "Let it rest" not in leaving(alices, alice, plan).text


def test_it_stays_on_the_page_when_something_is_to_mend(alices, db, alice, catalogue):
    [plan] = subscribe(db, alice.account, "vmeste-500")

    page = leaving(alices, alice, plan).submit(words="dear operator")

    assert page.status == 422
    assert "Choose a reason" in page.text
    assert page.value("words").strip() == "dear operator"
    assert "What you would lose" in page.text


@pytest.mark.parametrize(
    ("language", "words"), [("ru", "Что вы потеряете"), ("kk", "Неден айырыласыз")]
)
def test_it_speaks_the_readers_language(alices, db, alice, catalogue, language, words):
    plan, _ = subscribe(db, alice.account, "vmeste-200", "parental-control")

    page = leaving(alices, alice, plan, lang=language)

    assert words in page.text
    assert "It cannot" not in page.text


def test_statements_do_not_grow(alices, db, alice, catalogue, count_statements):
    [plan] = subscribe(db, alice.account, "vmeste-200")
    where = {"account_id": alice.account_id, "subscription_id": plan.id}
    few = count_statements("services.disconnect", **where)
    for number in range(30):
        make_offering(
            db, f"more-{number}", requires=[{"plan_of": "internet"}] if number % 2 else []
        )
        subscribe(db, alice.account, f"more-{number}")

    assert count_statements("services.disconnect", **where) == few
    assert "and 3 more" in leaving(alices, alice, plan).text


def test_the_markup_of_a_catalogue_text_stays_text(alices, db, alice, catalogue):
    endings = {"en": "<b>Bold</b> end"}
    db.execute(update(Offering).where(Offering.code == "vmeste-200").values(endings=endings))
    [plan] = subscribe(db, alice.account, "vmeste-200")

    assert "<b>Bold</b> end" in leaving(alices, alice, plan).text
