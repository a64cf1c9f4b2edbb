"""The option begins and ends; the resolvers follow, the lists stay."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from portal.core import clock
from portal.core.db import transaction
from portal.core.events import publish
from portal.events import ServiceEnded, ServicePaused, ServiceResumed, ServiceStarted
from portal.parental import actions
from portal.parental.actions import sweep as sweeping
from portal.parental.models import Profile, Rule, SavedVersion, lease, policy_log
from portal.parental.queries import state_of
from portal.parental.sweeping import forget_what_is_over
from tests.cast import make_cast
from tests.parental.factories import make_import, make_profile, make_rule, set_up
from tests.parental.resolvers import add_lease

_LOG = text(
    "insert into policy_log (policy_id, account_id, blob, created_at)"
    " values (:policy, :account, '', now() - make_interval(days => :days))"
)


@pytest.fixture
def tell(app, alice):
    """Tell the domain of an offering that begins or ends on alice's account."""

    def tell(event, code="parental-control"):
        with app.app_context(), transaction(account_id=alice.account_id):
            publish(event(alice.account_id, code))

    return tell


def policies(db):
    return db.scalar(select(func.count()).select_from(policy_log))


def test_connecting_makes_a_profile_that_is_enforced(tell, db, alice, newest_policy):
    add_lease(db, alice.account_id, None, "192.0.2.7/32")
    db.commit()

    tell(ServiceStarted)
    tell(ServiceStarted)

    profile = db.scalars(select(Profile)).one()
    assert profile.is_enforced
    assert newest_policy(profile).rules == ()
    assert policies(db) == 1
    assert db.scalars(select(lease.c.policy_id)).all() == [profile.policy_id]


def test_disconnecting_enforces_nothing_and_keeps_the_lists(tell, db, home, newest_policy, noon):
    make_rule(db, home)
    home.paused_until = noon + timedelta(hours=1)
    db.commit()

    tell(ServiceEnded)
    tell(ServiceEnded)

    db.refresh(home)
    assert (home.is_enforced, home.ended_at, home.paused_until) == (False, noon, None)
    assert newest_policy(home) is None
    assert policies(db) == 1
    assert db.scalars(select(Rule.site)).all() == ["casino.com"]


def test_connecting_again_brings_the_lists_back(tell, db, home, newest_policy):
    make_rule(db, home)
    db.commit()

    tell(ServiceEnded)
    tell(ServiceStarted)

    assert [rule.name for rule in newest_policy(home).rules] == ["casino.com"]


def test_other_offerings_change_nothing(tell, db):
    tell(ServiceStarted, "antivirus")
    tell(ServiceEnded, "antivirus")

    assert db.scalars(select(Profile)).all() == []


def test_the_end_without_a_beginning_changes_nothing(tell, db):
    tell(ServiceEnded)

    assert policies(db) == 0


def test_while_the_option_rests_nothing_is_enforced_and_nothing_forgotten(
    tell, sweep, db, home, newest_policy, noon
):
    make_rule(db, home)
    db.commit()

    tell(ServicePaused)
    tell(ServicePaused)

    db.expire_all()
    assert (newest_policy(home), home.is_enforced, policies(db)) == (None, False, 1)
    clock.freeze(noon + timedelta(days=180))
    sweep()
    tell(ServiceResumed)
    db.expire_all()
    assert [rule.name for rule in newest_policy(home).rules] == ["casino.com"]


def test_an_option_that_rested_ends_with_its_lists_kept_from_then_on(tell, db, home, noon):
    for event in (ServicePaused, ServiceEnded):
        tell(event)

    db.expire_all()
    assert (home.is_enforced, home.ended_at, policies(db)) == (False, noon, 1)


@pytest.fixture
def sweep(app, as_worker, db, monkeypatch):
    monkeypatch.setattr(sweeping, "BATCH", 2)

    def run():
        db.commit()
        with app.app_context():
            forget_what_is_over()
        db.expire_all()

    return run


def test_lists_are_kept_90_days_after_the_end(sweep, db, alice, bob, noon):
    ended = make_profile(db, alice.account, is_enforced=False, ended_at=noon)
    make_rule(db, ended, "forgotten.kz")
    make_rule(db, make_profile(db, bob.account), "kept.kz")

    clock.freeze(noon + timedelta(days=90))
    sweep()
    assert len(db.scalars(select(Rule)).all()) == 2

    clock.freeze(noon + timedelta(days=90, seconds=1))
    sweep()
    assert db.scalars(select(Rule.site)).all() == ["kept.kz"]


def test_lists_of_a_removed_child_are_kept_90_days(sweep, db, alice, home, noon):
    child = make_profile(db, alice.account, kind="child", name="Arman", removed_at=noon)
    for number in range(5):
        make_rule(db, child, f"forgotten{number}.kz")
    set_up(db, child, closed=frozenset({"games"}), keeps_log=True)
    make_rule(db, home, "kept.kz")

    clock.freeze(noon + timedelta(days=90))
    sweep()
    assert len(db.scalars(select(Rule)).all()) == 6

    clock.freeze(noon + timedelta(days=90, seconds=1))
    sweep()
    assert db.scalars(select(Rule.site)).all() == ["kept.kz"]
    assert (child.stored_settings, db.scalars(select(SavedVersion)).all()) == ({}, [])


def test_no_night_is_too_short_for_all_homes(sweep, db, alice, noon):
    ended = {"is_enforced": False, "ended_at": noon - timedelta(days=91)}
    for number in range(120):
        child = make_profile(db, alice.account, kind="child", name=str(number), **ended)
        make_rule(db, child)

    sweep()

    assert db.scalars(select(Rule)).all() == []


def test_lists_that_count_again_are_not_forgotten(app, as_worker, db, home, noon):
    rule = make_rule(db, home)
    home.ended_at = noon - timedelta(days=91)
    db.commit()

    with app.app_context(), transaction():
        assert actions.forget_lists(home.id) == 0

    assert db.get(Rule, rule.id)


def test_what_is_over_is_swept_and_what_is_needed_stays(sweep, db, alice, home, noon):
    make_rule(db, home, "old.kz", removed_at=noon - timedelta(days=91))
    make_rule(db, home, "kept.kz", removed_at=noon - timedelta(days=89))
    make_rule(db, home, "stands.kz")
    make_import(db, home, alice.user, created_at=noon - timedelta(days=2))
    for policy_id, days in ((1, 8), (1, 8), (1, 0), (2, 8), (2, 8)):
        db.execute(_LOG, {"policy": policy_id, "account": alice.account_id, "days": days})

    sweep()

    assert sorted(db.scalars(select(Rule.site))) == ["kept.kz", "stands.kz"]
    assert db.scalar(text("select count(*) from parental_import")) == 0
    kept = db.execute(
        text("select policy_id, count(*) from policy_log group by 1 order by 1")
    ).all()
    assert [tuple(row) for row in kept] == [(1, 1), (2, 1)]


def test_rules_that_ended_by_themselves_stand_no_more_from_the_next_version_on(
    sweep, db, home, noon
):
    home.last_version = 4
    make_rule(db, home, "ended.kz", "allow", expires_at=noon - timedelta(minutes=1), added_in=2)
    make_rule(db, home, "open.kz", "allow", expires_at=noon + timedelta(minutes=1), added_in=3)

    sweep()

    found = db.execute(select(Rule.site, Rule.removed_in).order_by(Rule.site)).all()
    assert found == [("ended.kz", 5), ("open.kz", None)]
    assert policies(db) == 0


def test_the_home_page_asks_once(app, db, alice, home, noon):
    make_rule(db, home)
    make_rule(db, home, "b.kz")
    make_rule(db, home, "c.kz", "allow")
    make_rule(db, home, "ended.kz", "allow", expires_at=noon)
    home.paused_until = noon + timedelta(hours=1)
    db.commit()

    with app.app_context(), transaction(account_id=alice.account_id):
        state = state_of(alice.account)

    assert (state.blocked, state.allowed, state.is_enforced) == (2, 1, True)
    assert state.is_paused(noon)


def test_a_home_without_parental_control_has_no_state(app, db, bob):
    with app.app_context(), transaction(account_id=bob.account_id):
        assert state_of(bob.account) is None


def test_the_worker_may_do_all_of_it(live):
    """The order is completed by the worker's role, under its own rights."""
    with live.session() as db:
        account_id = make_cast(db)["alice"].account_id
        add_lease(db, account_id, None, "192.0.2.7/32")
        db.commit()

    with live.app("kabinet_worker").app_context():
        for event in (ServiceStarted, ServiceEnded, ServiceStarted):
            with transaction():
                publish(event(account_id, "parental-control"))
        forget_what_is_over()

    with live.session() as db:
        profile = db.scalars(select(Profile)).one()
        assert profile.is_enforced
        assert policies(db) == 3
        assert db.scalars(select(lease.c.policy_id)).all() == [profile.policy_id]
