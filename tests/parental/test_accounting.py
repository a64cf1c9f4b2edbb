"""What packets of RADIUS accounting say, and that their order of arrival does not matter."""

import itertools
import json
import random
from datetime import timedelta
from ipaddress import ip_network

import pytest
from sqlalchemy import select, text

from portal.core import clock
from portal.core.db import transaction
from portal.parental import actions
from portal.parental.accounting import Reset, Session, UnreadableError, read
from portal.parental.models import lease
from portal.parental.views.accounting import LEFT_ALONE
from tests.parental.factories import make_profile
from tests.parental.resolvers import add_lease

TAKE = text("select take_session(:prefix, :number, :session, :nas, :began_at, :at, :is_end)")
END = text("select end_sessions(:nas, :at)")
ADDRESS = "198.51.100.9/32"


def body(**attributes):
    """Return a body as rlm_rest writes it; names with _ for -."""
    packet = {
        "Acct-Status-Type": "Start",
        "User-Name": "712034456@telecom",
        "NAS-Identifier": "bras1",
        "Acct-Session-Id": "s1",
        "Framed-IP-Address": "198.51.100.9",
    } | {name.replace("_", "-"): value for name, value in attributes.items()}
    listed = {name: value if isinstance(value, list) else [value] for name, value in packet.items()}
    return json.dumps(
        {name: {"type": "string", "value": values} for name, values in listed.items() if values[0]}
    ).encode()


def told(event_time="", **attributes):
    return read(body(**attributes), event_time=event_time, now=clock.now())


def test_a_start_is_read():
    now = clock.now()

    assert told(Delegated_IPv6_Prefix="2001:db8:1:2200::/56") == Session(
        key="bras1/s1",
        nas="bras1",
        number="712034456",
        networks=(ip_network(ADDRESS), ip_network("2001:db8:1:2200::/56")),
        began_at=now,
        at=now,
        is_end=False,
    )


def test_times_are_those_of_the_event():
    now = clock.now()
    assert told(Acct_Delay_Time=30).at == now - timedelta(seconds=30)
    earlier = told(event_time=str(int(now.timestamp()) - 90), Acct_Session_Time=60)
    assert (earlier.at, earlier.began_at) == (
        now - timedelta(seconds=90),
        now - timedelta(seconds=150),
    )
    assert told(event_time=str(int(now.timestamp()) + 9999)).at == now
    assert told(event_time="0").at == now


@pytest.mark.parametrize("kind", ["Accounting-On", "Accounting-Off"])
def test_a_server_that_begins_anew_is_read(kind):
    assert told(Acct_Status_Type=kind, Framed_IP_Address="") == Reset("bras1", clock.now())


@pytest.mark.parametrize(
    "attributes",
    [
        {"Framed_IP_Address": ""},
        {"Acct_Status_Type": "Tunnel-Start"},
        {"Framed_IP_Address": "", "Delegated_IPv6_Prefix": "2001:db8::/64"},
    ],
)
def test_what_is_not_about_a_homes_address_is_nothing(attributes):
    assert told(**attributes) is None


def test_a_prefix_that_is_no_homes_is_told():
    left = []
    packet = body(Delegated_IPv6_Prefix=["2001:db8::/64", "2001:db8:1:2200::/56", "2001:db8::/48"])

    session = read(
        packet, event_time="", now=clock.now(), leave=lambda nas, length: left.append((nas, length))
    )

    assert left == [("bras1", 64), ("bras1", 48)]
    assert ip_network("2001:db8:1:2200::/56") in session.networks


def test_the_operator_hears_of_it_once_and_it_is_counted(live, capsys):
    token = "a-token-of-the-tests-that-is-long-enough"
    client = live.app(RADIUS_TOKENS=token).test_client()
    packet = body(NAS_Identifier="bras-of-64", Delegated_IPv6_Prefix="2001:db8::/64")

    for _ in range(3):
        headers = {"Authorization": f"Bearer {token}"}
        answer = client.post("/api/network/accounting", data=packet, headers=headers)
        assert answer.status_code == 204

    said = "accounting.prefix_left_alone nas=bras-of-64 length=64 wanted=56"
    assert capsys.readouterr().err.count(said) == 1
    (figures,) = LEFT_ALONE.collect()
    assert [each.value for each in figures.samples if each.name.endswith("_total")] == [3]


@pytest.mark.parametrize(
    "wrong",
    [
        b"", b"[]", b"7", b"{}", b"\xff\xfe", b'{"User-Name": 7}', b"[" * 100_000,
        body(NAS_Identifier=""), body(Acct_Session_Id=""), body(Framed_IP_Address="999.1.1.1"),
        body(User_Name="a\0b"), body(User_Name="x" * 300), body(Acct_Delay_Time="soon"),
        body(Delegated_IPv6_Prefix="::/999"), body(Acct_Session_Time=10**30),
    ],
)  # fmt: skip
def test_what_is_no_packet_is_refused(wrong):
    with pytest.raises(UnreadableError):
        read(wrong, event_time="", now=clock.now())


@pytest.fixture
def homes(db, alice, bob):
    """Give the policies of two homes, by the numbers of their contracts."""
    return {
        person.account.number: make_profile(db, person.account).policy_id for person in (alice, bob)
    }


def take(db, number, session, *, began, at, end=False, prefix=ADDRESS):
    """Take one event; moments are in seconds after noon."""
    noon = clock.now()
    values = {
        "prefix": prefix, "number": number, "session": session, "nas": "bras1", "is_end": end,
        "began_at": noon + timedelta(seconds=began), "at": noon + timedelta(seconds=at),
    }  # fmt: skip
    return db.scalar(TAKE, values)


def policy_behind(db, prefix=ADDRESS):
    return db.scalar(select(lease.c.policy_id).where(lease.c.prefix == prefix))


def test_each_order_of_arrival_ends_the_same(db, homes):
    (first, mine), (second, theirs) = homes.items()
    began = {"number": first, "session": "a", "began": 1}
    of_a = [began | {"at": 1}, began | {"at": 3}, began | {"at": 5, "end": True}]
    began = {"number": second, "session": "b", "began": 6}
    of_b = [began | {"at": 6}, began | {"at": 7}, began | {"at": 9, "end": True}]
    cases = [
        (of_a, None),
        (of_a[:2], mine),
        ([*of_a, *of_b[:2]], theirs),
        ([*of_a, *of_b], None),
        ([of_a[0], of_a[2] | {"at": 8}, *of_b[:2]], theirs),  # a's end came after b had begun
        ([of_a[0], of_a[1] | {"at": 8}, *of_b[:2]], theirs),  # a's server did not notice
        ([of_a[0], of_b[2]], None),  # b's beginning was lost: the address is not a's any more
        ([of_a[0], of_b[1]], theirs),
        ([of_a[0], of_a[2] | {"at": 1}], None),  # all within a second
    ]
    made, place = random.Random(1), 0  # noqa: S311 - not for secrets
    for events, expected in cases:
        orders = list(itertools.permutations(events))
        for order in made.sample(orders, min(100, len(orders))):
            place += 1
            prefix = f"10.1.{place // 250}.{place % 250}/32"
            for event in [*order, *made.sample(order, min(2, len(order)))]:  # and some once more
                take(db, **event, prefix=prefix)
            assert policy_behind(db, prefix) == expected, order
    assert place > 250


def test_an_unknown_contract_makes_the_address_nobodys(db, homes):
    number = next(iter(homes))
    take(db, number, "a", began=1, at=1)
    assert policy_behind(db) == homes[number]

    take(db, "0000000", "b", began=2, at=2)

    assert policy_behind(db) is None


def test_a_server_that_begins_anew_ends_what_was_before(db, homes):
    number = next(iter(homes))
    take(db, number, "a", began=1, at=1)
    take(db, number, "b", began=9, at=9, prefix="198.51.100.10/32")

    assert db.scalar(END, {"nas": "bras1", "at": clock.now() + timedelta(seconds=5)}) == 1
    assert db.scalar(END, {"nas": "bras2", "at": clock.now() + timedelta(seconds=50)}) == 0
    assert (policy_behind(db), policy_behind(db, "198.51.100.10/32")) == (None, homes[number])
    assert not take(db, number, "a", began=1, at=4)
    assert policy_behind(db) is None


def test_a_session_that_goes_on_does_not_wake_the_nodes(db, homes):
    number = next(iter(homes))
    place = select(lease.c.seq, lease.c.event_at).where(lease.c.prefix == ADDRESS)
    take(db, number, "a", began=1, at=1)
    before = db.execute(place).one()

    assert take(db, number, "a", began=1, at=60)
    after = db.execute(place).one()

    assert after.seq == before.seq
    assert after.event_at > before.event_at
    take(db, number, "a", began=1, at=70, end=True)
    assert db.execute(place).one().seq > before.seq


def test_a_silent_session_ends_and_returns_with_its_next_packet(app, db, homes):
    number = next(iter(homes))
    take(db, number, "a", began=1, at=1)
    take(db, number, "b", began=1, at=50, prefix="198.51.100.10/32")
    add_lease(db, None, homes[number], "198.51.100.11/32")  # not told by RADIUS
    db.commit()
    clock.freeze(clock.now() + timedelta(seconds=660))

    with app.app_context(), transaction() as session:
        session.execute(text("set local role kabinet_worker"))
        assert actions.end_silent_sessions(timedelta(minutes=10)) == 2

    db.expire_all()
    assert policy_behind(db) is None
    assert policy_behind(db, "198.51.100.11/32") == homes[number]
    assert take(db, number, "a", began=-659, at=0)
    assert policy_behind(db) == homes[number]
