"""Free days come from the operator's calendar: on the nodes, and on the pages of parents."""

import threading
from contextlib import closing
from datetime import date

import psycopg
import pytest
from sqlalchemy import text

from portal.core.db import conninfo
from portal.parental.dns.free_days import keep_free_days
from portal.parental.dns.node import Node
from portal.parental.dns.store import Store
from portal.parental.settings import TimeWindow, week_of
from portal.promises.free_days import BUILT_IN
from tests.live import wait_until
from tests.parental.factories import set_up
from tests.promises.calendars import release_office

TUESDAY, INDEPENDENCE, FAR = date(2026, 11, 24), date(2026, 12, 16), date(2029, 3, 21)
NO_SCHOOL = [TUESDAY, INDEPENDENCE]
LESSONS = TimeWindow(internet_off=True, school_days=week_of({1: range(16, 28)}))


@pytest.fixture
def address(live):
    return conninfo(live.urls["kabinet_dns"])


def release(live, *off):
    with live.session() as db:
        release_office(db, date(2026, 11, 23), off=list(off))
        db.commit()


def kept(store):
    return set(store.free_days().days())


def test_a_running_node_and_a_new_one_follow_the_calendar(live, address, tmp_path):
    with closing(Store(tmp_path / "one", is_writer=True)) as store:
        node = Node(address, store, name="one")
        running = threading.Thread(target=node.run)
        running.start()
        try:
            wait_until(lambda: kept(store) == BUILT_IN)
            release(live, *BUILT_IN, TUESDAY, FAR)
            wait_until(lambda: kept(store) == BUILT_IN | {TUESDAY, FAR})
        finally:
            node.stop()
            running.join()

    with (
        closing(Store(tmp_path / "two", is_writer=True)) as store,
        psycopg.connect(address, autocommit=True) as reads,
    ):
        Node(address, store, name="two").prepare(reads)
        assert kept(store) == BUILT_IN | {TUESDAY, FAR}


def test_a_calendar_that_cannot_be_read_changes_nothing(live, address, tmp_path):
    with (
        closing(Store(tmp_path / "one", is_writer=True)) as old,
        closing(Store(tmp_path / "two", is_writer=True)) as new,
        psycopg.connect(address, autocommit=True) as reads,
    ):
        release(live, FAR)
        keep_free_days(reads, old)
        with live.session() as db:
            db.execute(text("revoke all on sla_calendar from kabinet_dns"))
            db.execute(text("revoke select (body) on sla_calendar from kabinet_dns"))
            db.commit()

        for store in (old, new):
            keep_free_days(reads, store)

        assert (kept(old), kept(new)) == (BUILT_IN | {FAR}, BUILT_IN)


@pytest.mark.parametrize(
    "wanted",
    ["select terms from promise_policy", "select 1 from promise", "delete from sla_calendar"],
)
def test_a_node_sees_nothing_else_of_what_is_promised(live, address, wanted):
    with (
        psycopg.connect(address, autocommit=True) as reads,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        reads.execute(wanted)


@pytest.mark.parametrize(("off", "is_closed"), [([INDEPENDENCE], True), (NO_SCHOOL, False)])
def test_pages_of_parents_follow_the_calendar(browser, db, alice, home, off, is_closed):
    set_up(db, home, windows=(LESSONS,))
    release_office(db, date(2026, 11, 23), off=off)
    db.commit()
    browser.log_in(alice)
    ids = {"account_id": alice.account_id, "profile_id": home.id}

    checked = browser.get("parental.check_site", **ids, site="open.kz", at="2026-11-24T09:00")
    profile = browser.get("parental.show_profile", **ids)

    assert ("open.kz is closed" in checked.text) is is_closed
    assert ("It closes for bedtime: 24 November, 08:00." in profile.text) is is_closed
