"""A file says who is behind which address: wholly or not at all, and no save waits for it."""

from datetime import timedelta
from ipaddress import ip_network

import pytest
from flask import Flask
from sqlalchemy import select, text

from portal.accounts.models import Account
from portal.config import Settings
from portal.core import clock, ids
from portal.core.db import conninfo
from portal.parental.cli import cli
from portal.parental.dns.lease_file import MOST_FAULTS, SLICE, FaultyFileError, take_file
from portal.parental.leases import Lease, LineError, leases
from portal.parental.models import lease
from tests.parental.factories import make_profile

HEAD = "prefix,contract,from"
SINCE = "2026-11-22T12:00:00+05:00"


def read(*lines, head=HEAD):
    return list(leases([f"{line}\r\n" for line in (head, *lines)], now=clock.now()))


def test_a_line_is_an_address_a_contract_and_since_when():
    noon = clock.now()

    assert read(
        f"198.51.100.9,712034456,{noon.isoformat()}",
        "",
        f'2001:db8:1:2200::/56 ,"", {SINCE}',
    ) == [
        Lease(ip_network("198.51.100.9/32"), "712034456", noon),
        Lease(ip_network("2001:db8:1:2200::/56"), "", noon - timedelta(hours=5)),
    ]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (f"198.51.100.0/24,1,{SINCE}", "one IPv4 address"),
        (f"2001:db8::/64,1,{SINCE}", "a /56|of /56"),
        (f"2001:db8::1/56,1,{SINCE}", "host bits"),
        (f"home,1,{SINCE}", "does not appear"),
        (f"198.51.100.9,{'7' * 41},{SINCE}", "no number"),
        (f"198.51.100.9,7\0,{SINCE}", "no number|NUL"),
        ("198.51.100.9,1,2026-11-22T12:00:00", "offset"),
        ("198.51.100.9,1,", "since when"),
        ("198.51.100.9,1,2027-01-01T00:00:00Z", "not later"),
        ("198.51.100.9,1", "not enough"),
        (f"198.51.100.9,1,{SINCE},x", "too many"),
        ('198.51.100.9,"1', "unexpected end"),
    ],
)
def test_what_is_no_lease_is_told_with_its_line(line, words):
    found = read(f"198.51.100.8,1,{SINCE}", line)

    assert isinstance(found[0], Lease)
    assert isinstance(found[1], LineError)
    with pytest.raises(LineError, match=rf"^line 3: .*({words})"):
        raise found[1]


def test_a_file_has_a_head():
    (fault,) = read(head="198.51.100.9,1,x")

    assert "line 1: write the head prefix,contract,from" in str(fault)


@pytest.fixture
def home(live):
    """Give the number of a contract with a policy, and the policy."""
    with live.session() as db:
        account = Account(
            id=ids.uuid7(), number="712034456", holder_name="A", opened_at=clock.now()
        )
        db.add(account)
        db.flush()
        policy_id = make_profile(db, account).policy_id
        db.commit()
    return "712034456", policy_id


def write(live, lines):
    path = live.folder / "leases.csv"
    path.write_text("\n".join([HEAD, *lines]))
    return path


def test_a_long_file_is_taken_in_short_transactions(live, home):
    number, policy_id = home
    since = (clock.now() - timedelta(hours=1)).isoformat()
    lines = [f"198.51.{at // 200}.{at % 200},{number},{since}" for at in range(SLICE + 1)]
    path = write(live, [*lines, f"2001:db8::/56,999,{since}"])
    address = conninfo(live.urls["kabinet_app"])

    assert take_file(path, address) == (SLICE + 2, SLICE + 2)

    with live.session() as db:
        transactions = text("select count(*) from lease group by xmin order by 1")
        assert db.scalars(transactions).all() == [2, SLICE]
        last = select(lease.c.policy_id).where(lease.c.prefix == "198.51.1.0/32")
        assert db.scalar(last) == policy_id
        strangers = select(lease.c.policy_id).where(lease.c.prefix == "2001:db8::/56")
        assert db.scalars(strangers).all() == [None]
        place = select(lease.c.seq).order_by(lease.c.prefix)
        before = db.scalars(place).all()
    take_file(path, address)  # a second time wakes no node
    with live.session() as db:
        assert db.scalars(place).all() == before


def test_a_file_with_a_fault_changes_nothing(live, home):
    good = [f"198.51.{at // 200}.{at % 200},{home[0]},{SINCE}" for at in range(SLICE + 1)]
    path = write(live, [*good, *["nothing,1,1"] * (MOST_FAULTS + 3)])
    app = Flask(__name__)
    settings = live.settings | {"DATABASE_URL": live.urls["kabinet_app"]}
    app.config["SETTINGS"] = Settings.from_environment(settings)
    app.cli.add_command(cli)

    done = app.test_cli_runner().invoke(args=["dns", "leases", str(path)])

    assert done.exit_code == 1
    assert f"line {SLICE + 3}: 'nothing'" in done.output
    assert "and 3 more" in done.output
    path.write_bytes(HEAD.encode() + b"\n\xff")
    with pytest.raises(FaultyFileError, match="not UTF-8"):
        take_file(path, conninfo(live.urls["kabinet_app"]))
    with live.session() as db:
        assert db.scalars(select(lease.c.prefix)).all() == []
