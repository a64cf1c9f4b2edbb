"""The manager changes and looks; customers see it after the release, and not before."""

import pytest
from sqlalchemy import select

from portal.catalog.models import Offering, OfferingDraft
from portal.core.audit import AuditEvent
from tests.catalog.acts import SAVE, WORDS, count, edit, monthly, release
from tests.catalog.factories import make_version, sheet
from tests.services.factories import make_offering


def test_a_price_waits_in_the_draft_and_is_released(desk, db, catalogue, alice):
    page = edit(desk, "vmeste-200", monthly="7 490")
    assert "Saved in the draft" in page.text
    assert "7 490 ₸" in page.text
    assert monthly(db, "vmeste-200") == [(6990, True)]

    draft = desk.get("catalog.release_draft")
    assert "dearer by 500 ₸" in draft.text
    page = release(desk)

    assert page.h1 == "Version 2"  # the first is what stood before
    assert monthly(db, "vmeste-200") == [(6990, False), (7490, True)]
    assert count(db, OfferingDraft) == 0
    kinds = db.scalars(select(AuditEvent.kind).order_by(AuditEvent.seq)).all()
    assert kinds == ["catalog.offering_drafted", "catalog.version_released"]
    desk.log_in(alice)
    shown = desk.get("services.show_offering", account_id=alice.account_id, code="vmeste-200")
    assert "7 490 ₸" in shown.text


def test_a_new_offering_stands_on_the_shelf_after_the_release(desk, db, catalogue, alice):
    page = desk.get("catalog.create_offering").submit(
        form=SAVE, code="vpn-home", family="security", monthly="290,50",
        figure_devices="5", requires_0_plan_of="internet", excludes=["antivirus"], **WORDS,
    )  # fmt: skip
    assert page.h1 == "name en"
    release(desk)

    offering = db.scalars(select(Offering).where(Offering.code == "vpn-home")).one()
    assert (offering.characteristics, offering.excludes) == ({"devices": 5}, ["antivirus"])
    assert offering.requires == [{"plan_of": "internet"}]
    desk.log_in(alice)
    shelf = desk.get("services.list_offerings", account_id=alice.account_id)
    assert "name en" in shelf.text
    assert "290.50 ₸" in shelf.text


def test_opening_and_saving_changes_nothing_in_any_offering(desk, db, catalogue):
    for code in catalogue:
        page = edit(desk, code)
        assert page.status == 200, code

    assert db.scalars(select(OfferingDraft.code)).all() == []


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"monthly": "much"}, "monthly", "Write a sum in tenge"),
        ({"monthly": "-1"}, "monthly", "greater than or equal to 0"),
        ({"monthly": ""}, "monthly", "Is missing"),
        ({"name_kk": ""}, "name_kk", "at least 1 character"),
        ({"ending_ru": ""}, "ending_ru", "at least 1 character"),
        ({"promo_monthly": "1"}, "promo_months", "Is missing"),
        ({"promo_monthly": "9999", "promo_months": "3"}, "promo_monthly", "lower than the monthly"),
        ({"coming_0_monthly": "5"}, "coming_0_valid_from", "Is missing"),
        ({"coming_0_valid_from": "soon", "coming_0_monthly": "5"}, "coming_0_valid_from", "a day"),
        ({"coming_0_valid_from": "2026-11-21", "coming_0_monthly": "5"}, "coming_0_valid_from",
         "today or later"),
        ({"figure_devices": "many"}, "figure_devices", "whole number"),
        ({"term_months": "99", "exit_fee": "1"}, "term_months", "less than or equal to 36"),
        ({"pause_min_days": "20"}, "pause_max_days", "Is missing"),
        ({"sold_from": "2026-02-01", "sold_until": "2026-01-01"}, "sold_until", "later than"),
        ({"requires_0_plan_of": "internet", "requires_0_any_of": ["mesh"]},
         "requires_0_plan_of", "Name either"),
        ({"requires_0_plan_of": "equipment"}, "requires_0_plan_of", "nothing that is sold"),
        ({"replaces": ["mesh"]}, "replaces", "another family"),
    ],
)  # fmt: skip
def test_a_fault_stands_at_its_field_and_what_was_typed_stays(
    desk, db, catalogue, fields, field, words
):
    page = edit(desk, "antivirus", summary_en="Typed", **fields)

    assert page.status == 422
    error = page.one(f"#{field}-error")
    assert words.lower() in error.text_content().lower()
    assert page.value("summary_en") == "Typed"
    assert count(db, OfferingDraft) == 0


def test_what_is_required_cannot_be_excluded_too(desk, db, catalogue):
    page = edit(desk, "mesh", excludes=["router-wifi6"])

    assert page.status == 422
    assert "required and excluded at once: router-wifi6." in page.text


def test_what_breaks_another_offering_is_told_before_the_release(desk, db, catalogue):
    edit(desk, "router-wifi6", sold_until="2026-11-22")

    draft = desk.get("catalog.release_draft")
    refused = desk.post("catalog.release_draft", {"reason": "x", "seal": draft.value("seal")})

    assert "Wi-Fi extender : Nothing that is sold can meet this requirement" in draft.text
    assert not draft.all("[name=reason]")
    assert refused.status == 422
    assert db.scalar(select(Offering.sold_until).where(Offering.code == "router-wifi6")) is None


def test_a_code_is_taken_once(desk, db, catalogue):
    page = desk.get("catalog.create_offering").submit(form=SAVE, code="mesh", monthly="1", **WORDS)

    assert page.status == 422
    assert "an offering with this code already" in page.one("#code-error").text_content()


def test_the_second_manager_is_told_and_overwrites_nothing(desk, db, catalogue):
    first = desk.get("catalog.edit_offering", code="mesh")
    second = desk.get("catalog.edit_offering", code="mesh")
    other = desk.get("catalog.edit_offering", code="antivirus")
    first.submit(form=SAVE, monthly="1000")

    page = second.submit(form=SAVE, monthly="2000")

    assert page.status == 422
    assert "Somebody changed this offering meanwhile" in page.text
    assert page.value("monthly") == "2000"
    assert "1 000 ₸" in desk.get("catalog.preview_offering", code="mesh").text
    assert other.submit(form=SAVE, monthly="500").status == 200  # nobody touched this one


def test_a_preview_says_what_the_customers_page_says(desk, catalogue, alice):
    preview = desk.get("catalog.preview_offering", code="tv-cinema")
    desk.log_in(alice)
    page = desk.get("services.show_offering", account_id=alice.account_id, code="tv-cinema")

    said = [[each.text_content() for each in one.all("dl.facts dd")] for one in (preview, page)]
    assert said[0] == said[1]
    assert "490\N{NO-BREAK SPACE}₸ a month for the first 3 months" in [w.strip() for w in said[0]]


def test_the_list_finds_by_any_language_and_by_code(desk, catalogue):
    for words in ("усилитель", "WI-FI KÜ", "mesh", "күшейт"):
        page = desk.open(f"/staff/catalogue?q={words}")
        if words != "WI-FI KÜ":
            assert "Wi-Fi extender" in page.text, words
            assert "Antivirus" not in page.text
        else:
            assert "Nothing is called like this" in page.text


def test_nobody_else_finds_an_offering_or_a_version(desk, catalogue):
    assert desk.get("catalog.edit_offering", code="nothing").status == 404
    assert desk.get("catalog.preview_offering", code="nothing").status == 404
    assert desk.get("catalog.show_version", number=77).status == 404
    assert desk.post("catalog.restore_version", number=77).status == 404
    assert desk.post("catalog.drop_change", code="nothing").status == 404


def test_pages_cost_as_much_for_many_as_for_few(desk, db, catalogue, count_statements):
    make_version(db, 1, sheet("one"), sheet("two"))
    make_version(db, 2, sheet("one", price={"monthly": 7}))
    pages = (
        ("catalog.list_catalogue", {}),
        ("catalog.release_draft", {}),
        ("catalog.edit_offering", {"code": "mesh"}),
        ("catalog.preview_offering", {"code": "mesh"}),
        ("catalog.list_versions", {}),
        ("catalog.show_version", {"number": 2}),
    )
    few = [count_statements(endpoint, **values) for endpoint, values in pages]
    for number in range(100):
        make_offering(db, f"many-{number}")
    for number in range(3, 20):
        make_version(db, number)

    assert [count_statements(endpoint, **values) for endpoint, values in pages] == few
