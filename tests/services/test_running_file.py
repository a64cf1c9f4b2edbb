"""The operator's file of services that run already: subscriptions without orders."""

import getpass
import io
from datetime import date

import pytest
from sqlalchemy import select

from portal.accounts.models import Premises
from portal.core import ids
from portal.core.audit import AuditEvent
from portal.core.csv_file import RefusedLine
from portal.parental.models import Profile
from portal.services import cli
from portal.services.models import Order, Subscription
from portal.services.running_file import RunningLine, read_running
from tests.exports import exports

TODAY = date(2026, 11, 22)
HEAD = "number;offering;since;city;street"


def test_a_line_is_read_or_refused_with_its_number():
    lines = ["7 1203 4456,vmeste-200,02.04.2019", "712034456,,2019-04-02", "1,a,2027-01-01"]
    raw = "\n".join(["number,offering,since", *lines]).encode()

    good, *refused = read_running(io.BytesIO(raw), today=TODAY)

    assert good == RunningLine(2, "712034456", "vmeste-200", date(2019, 4, 2), ("", ""))
    assert [each.line for each in refused if isinstance(each, RefusedLine)] == [3, 4]


@pytest.fixture
def take(app, db, catalogue, tmp_path):
    """Return what imports a file of these lines by the command and returns its outcome."""

    def run(*lines):
        file = tmp_path / "running.csv"
        file.write_text("\n".join([HEAD, *lines]), encoding="utf-8")
        db.commit()
        done = app.test_cli_runner().invoke(args=["services", "import-running", str(file)])
        db.expire_all()
        return done

    return run


def held(db, person):
    query = select(Subscription).where(Subscription.account_id == person.account_id)
    return {each.offering_id: each for each in db.scalars(query)}


def test_services_run_without_an_order_and_the_same_file_again_changes_nothing(
    db, alice, alices, catalogue, take
):
    lines = [f"712034456;{code};2019-04-02;;" for code in ("vmeste-200", "parental-control")]

    done = take(*lines)

    assert done.exit_code == 0, done.output
    assert "begun 2, known already 0" in done.output
    internet = held(db, alice)[catalogue["vmeste-200"].id]
    place = db.scalar(select(Premises.id).where(Premises.account_id == alice.account_id))
    assert (internet.premises_id, internet.started_on) == (place, date(2026, 10, 1))
    assert internet.price > 0
    assert db.scalars(select(Order)).all() == []
    home = db.scalars(select(Profile).where(Profile.account_id == alice.account_id)).one()
    assert home.is_enforced
    page = alices.get(
        "services.show_subscription", account_id=alice.account_id, subscription_id=internet.id
    )
    assert "Works since 2 April 2019" in page.text

    assert "begun 0, known already 2" in take(*lines).output
    event = db.scalars(
        select(AuditEvent)
        .where(AuditEvent.kind == "services.running_imported")
        .order_by(AuditEvent.seq)
    ).first()
    assert (event.details["begun"], event.details["file"]) == (2, "running.csv")


def test_parental_control_of_many_homes_begins_in_one_batch(db, alice, bob, take):
    homes = (alice, bob)
    assert (
        take(*[f"{home.account.number};parental-control;2024-09-01;;" for home in homes]).exit_code
        == 0
    )

    enforced = db.scalars(select(Profile.account_id).where(Profile.is_enforced)).all()
    assert set(enforced) == {home.account_id for home in homes}


def test_what_ended_here_since_is_not_begun_again(db, alice, catalogue, take):
    take("712034456;vmeste-200;2019-04-02;;")
    held(db, alice)[catalogue["vmeste-200"].id].end(on=TODAY, now=alice.account.opened_at)

    assert "begun 0, known already 1" in take("712034456;vmeste-200;2019-04-02;;").output
    assert "begun 1, known already 0" in take("712034456;vmeste-200;2026-11-22;;").output


def test_what_cannot_begin_is_refused_alone(db, alice, take):
    db.add(
        Premises(
            id=ids.uuid7(),
            account_id=alice.account_id,
            city="talgar",
            street="Конаева, 4",
            technology="gpon",
        )
    )

    done = take(
        "712000000;vmeste-200;2019-04-02;;",
        "712034456;nothing;2019-04-02;;",
        "712034456;vmeste-200;2019-04-02;;",
        "712034456;vmeste-200;2019-04-02;almaty;Конаева, 4",
        "712034456;vmeste-200;2019-04-02;Talgar;конаева, 4",
    )

    assert done.exit_code == 1
    for words in (
        "line 2: number: there is no such contract",
        "line 3: offering: the catalogue has none",
        "line 4: street: the contract has several addresses",
        "line 5: street: the contract has no such address",
        "begun 1, known already 0",
        "Refused lines: 4",
    ):
        assert words in done.output
    begun = db.scalars(select(Subscription)).one()
    assert db.get_one(Premises, begun.premises_id).city == "talgar"


def test_billing_learns_the_references_of_what_runs(app, db, alice, take, monkeypatch):
    monkeypatch.setattr(cli, "MOST_READ", 1)
    take(*[f"712034456;{code};2019-04-02;;" for code in ("vmeste-200", "parental-control")])

    told = app.test_cli_runner().invoke(args=["services", "references"]).output.splitlines()

    held_ids = [each.id for each in db.scalars(select(Subscription).order_by(Subscription.id))]
    assert told[0] == "number,offering,city,street,reference"
    assert [row.split(",")[:2] for row in told[1:]] == [
        ["712034456", "vmeste-200"],
        ["712034456", "parental-control"],
    ]
    assert [row.rsplit(",", 1)[1] for row in told[1:]] == [
        f"subscription:{id_}" for id_ in held_ids
    ]
    let_out = {"rows": 2, "by": getpass.getuser()}
    assert exports(db) == [("services.references_exported", let_out)]
