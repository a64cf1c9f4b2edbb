"""Two managers in the same moment, with real commits: one acts, the other is told."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from portal.accounts.models import StaffRole
from portal.catalog.models import CatalogueVersion, Offering, OfferingDraft, Price
from tests.cast import Person, make_user
from tests.live import Live
from tests.services.worked import Town, make_town

SAVE = "form:has([name=monthly])"
RELEASE = "form:has([name=reason])"


@pytest.fixture
def town(live: Live) -> Iterator[Town]:
    made = make_town(live)
    yield made
    made.close()


@pytest.fixture
def desks(town):
    """The browsers of two managers."""
    hana = make_user(town.db, "Hana Hadi", staff_role=StaffRole.CATALOGUE_MANAGER)
    town.db.commit()
    return [town.browser(town.cast["gulnara"]), town.browser(Person(hana))]


def at_once(*acts):
    """Do every act in the same moment, each in a thread and on a connection of its own."""
    gate = Barrier(len(acts))

    def run(act):
        gate.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def edited(desk, code):
    return desk.get("catalog.edit_offering", code=code)


def count(town, model):
    town.db.rollback()
    return town.db.scalar(select(func.count()).select_from(model))


def test_of_two_who_change_one_offering_at_once_one_is_told(desks, town):
    first, second = (edited(desk, "mesh") for desk in desks)

    pages = at_once(
        lambda: first.submit(form=SAVE, monthly="1000"),
        lambda: second.submit(form=SAVE, monthly="2000"),
    )

    assert sorted(page.status for page in pages) == [200, 422]
    [told] = [page for page in pages if page.status == 422]
    [row] = town.db.scalars(select(OfferingDraft)).all()
    assert "Somebody changed this offering meanwhile" in told.text
    assert told.value("monthly") != row.sheet["price"]["monthly"]


def test_two_who_change_two_offerings_at_once_are_both_served(desks, town):
    first, second = edited(desks[0], "mesh"), edited(desks[1], "antivirus")

    pages = at_once(
        lambda: first.submit(form=SAVE, monthly="1000"),
        lambda: second.submit(form=SAVE, monthly="600"),
    )

    assert [page.status for page in pages] == [200, 200]
    assert count(town, OfferingDraft) == 2


def test_two_who_release_at_once_make_one_version(desks, town):
    edited(desks[0], "mesh").submit(form=SAVE, monthly="1000")
    drafts = [desk.get("catalog.release_draft") for desk in desks]

    pages = at_once(*(lambda d=d: d.submit(form=RELEASE, reason="At once") for d in drafts))

    assert sorted(page.status for page in pages) == [200, 422]
    assert count(town, CatalogueVersion) == 2  # what stood before, and this one
    prices = select(Price.monthly).join(Price.offering).where(Offering.code == "mesh")
    assert town.db.scalars(prices.order_by(Price.valid_from)).all() == [890, 1000]


def test_a_release_does_not_swallow_a_change_of_the_same_moment(desks, town):
    edited(desks[0], "mesh").submit(form=SAVE, monthly="1000")
    draft, other = desks[0].get("catalog.release_draft"), edited(desks[1], "antivirus")

    released, saved = at_once(
        lambda: draft.submit(form=RELEASE, reason="Mesh alone"),
        lambda: other.submit(form=SAVE, monthly="600"),
    )

    assert saved.status == 200
    assert [
        row.code for row in town.db.scalars(select(OfferingDraft).order_by(OfferingDraft.id)).all()
    ] == (["antivirus"] if released.status == 200 else ["mesh", "antivirus"])
