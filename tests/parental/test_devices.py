"""Naming a device and taking the profile from it; nodes follow in the order of commits."""

from uuid import UUID

import psycopg
import pytest
from sqlalchemy import select, text

from portal.accounts.models import Account, User
from portal.config import Settings
from portal.core import clock, ids
from portal.core.audit import AuditEvent
from portal.core.db import conninfo, session, transaction
from portal.core.errors import NotFoundError, RuleError
from portal.parental.devices import queries
from portal.parental.devices.actions import name_device, revoke_device
from portal.parental.devices.addresses import addresses_of
from portal.parental.devices.models import LONGEST_NAME, MOST_DEVICES, Device
from portal.parental.dns.node import Node
from portal.parental.dns.store import Store
from portal.parental.dns.tokens import is_token, new_token
from portal.parental.models import Profile
from tests.live import wait_until
from tests.parental.factories import make_profile

SETTINGS = {"DATABASE_URL": "postgresql://nobody@localhost/none", "DEBUG": "1"}


@pytest.fixture
def at_home(app, db, alice, home):
    """Give Home and its holder within a transaction of the portal."""
    db.commit()
    with app.app_context(), transaction(account_id=alice.account_id) as session:
        yield session.get(Profile, home.id), session.get(User, alice.id)


def test_a_device_has_addresses_of_its_own(at_home):
    home, alice = at_home
    device = name_device(home, name="  Phone  of Daniyar ", by=alice)

    assert device.name == "Phone of Daniyar"
    assert is_token(device.token)
    assert queries.devices_of(home) == [device]
    both = {"DOH_URL": "https://dns.example.kz/family/", "DOT_DOMAIN": "dns.example.kz"}
    found = addresses_of(device, Settings.from_environment(SETTINGS | both))
    assert found.doh_url == f"https://dns.example.kz/family/{device.token}"
    assert found.dot_host == f"{device.token}.dns.example.kz"
    none = addresses_of(device, Settings.from_environment(SETTINGS))
    assert (none.doh_url, none.dot_host) == ("", "")


@pytest.mark.parametrize("name", ["", "  ", "x" * (LONGEST_NAME + 1)])
def test_a_name_that_helps_nobody_is_refused(at_home, name):
    home, alice = at_home
    with pytest.raises(RuleError) as refused:
        name_device(home, name=name, by=alice)

    assert refused.value.field == "name"
    assert queries.devices_of(home) == []


def test_two_devices_of_one_name_are_refused_until_the_first_is_gone(at_home):
    home, alice = at_home
    first = name_device(home, name="Phone", by=alice)
    session.flush()
    with pytest.raises(RuleError):
        name_device(home, name="phone", by=alice)

    revoke_device(first, by=alice)
    second = name_device(home, name="phone", by=alice)

    assert second.token != first.token
    assert queries.devices_of(home) == [second]


def test_a_profile_has_room_for_so_many(at_home):
    home, alice = at_home
    for number in range(MOST_DEVICES):
        name_device(home, name=f"Phone {number}", by=alice)

    with pytest.raises(RuleError) as refused:
        name_device(home, name="One more", by=alice)

    assert str(MOST_DEVICES) in refused.value.message % refused.value.values


def test_revoking_twice_changes_nothing(app, db, alice, home):
    db.commit()
    times = []

    def within(act):
        with app.app_context(), transaction(account_id=alice.account_id) as own:
            act(own.get(Profile, home.id), own.get(User, alice.id))

    def revoke(profile, by):
        (device,) = session.scalars(select(Device))
        revoke_device(device, by=by)
        times.append(device.revoked_at)

    within(lambda profile, by: name_device(profile, name="Phone", by=by))
    within(revoke)
    within(revoke)

    assert times[0] == times[1] is not None
    kinds = db.scalars(select(AuditEvent.kind).order_by(AuditEvent.seq)).all()
    assert kinds == ["parental.device_named", "parental.device_revoked"]


@pytest.fixture
def others(db, bob):
    return make_profile(db, bob.account)


def test_a_device_of_somebody_else_is_not_found(others, at_home):
    home, alice = at_home
    device = name_device(home, name="Phone", by=alice)

    assert queries.device_of(home, device.id) is device
    with pytest.raises(NotFoundError):
        queries.device_of(others, device.id)


def _device(db, profile, token):
    device = Device(
        id=ids.uuid7(), account_id=profile.account_id, profile_id=profile.id,
        policy_id=profile.policy_id, name=token[:6], token=token, created_at=clock.now(),
    )  # fmt: skip
    db.add(device)
    db.flush()
    return device


@pytest.fixture
def world(live):
    """Give a profile that is there for all to see, and a node of this process, step by step."""
    with live.session() as db:
        account = Account(
            id=ids.uuid7(), number="712034456", holder_name="A", opened_at=clock.now()
        )
        db.add(account)
        profile = make_profile(db, account)
        db.commit()
    store = Store(live.folder / "dns", is_writer=True)
    with psycopg.connect(conninfo(live.urls["kabinet_dns"]), autocommit=True) as reads:
        node = Node("", store, name="stepwise")
        node.prepare(reads)
        yield profile, store, lambda: node.step(reads)
    store.close()


def test_nodes_learn_tokens_in_the_order_of_commits(live, world):
    profile, store, step = world
    tokens = [new_token() for _ in range(3)]

    def known():
        wait_until(lambda: not step().is_more_near)
        return [store.policy_id_of_token(token.encode()) for token in tokens]

    with live.session() as slow, live.session() as quick:
        _device(slow, profile, tokens[0])  # The lower number, which commits last.
        second = _device(quick, profile, tokens[1])
        quick.commit()
        assert not step().applied
        slow.commit()
        assert known() == [profile.policy_id, profile.policy_id, None]

        second.revoke(clock.now())
        _device(quick, profile, tokens[2])
        quick.commit()
        assert known() == [profile.policy_id, None, profile.policy_id]
        assert step().applied == 0


def test_a_session_sees_the_devices_of_its_own_account_only(live):
    with live.session() as db:
        for number in ("712034456", "712034467"):
            account = Account(id=ids.uuid7(), number=number, holder_name="A", opened_at=clock.now())
            db.add(account)
            _device(db, make_profile(db, account), new_token())
        db.commit()
    with live.session("kabinet_app") as app:
        app.execute(text("select set_config('app.account_id', :a, true)"), {"a": str(account.id)})
        seen = list(app.scalars(select(Device.account_id)))

    assert seen == [UUID(str(account.id))]
