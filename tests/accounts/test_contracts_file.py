"""The operator's file of contracts: what a line says, what is refused, and what it does."""

import io
import json
from datetime import date

import pytest
from sqlalchemy import select

from portal.accounts import contracts
from portal.accounts.actions import contracts as actions
from portal.accounts.contracts import Contract, ContractLine, Known
from portal.accounts.models import Account, Membership, Premises
from portal.config import ROOT
from portal.core import csv_file
from portal.core.audit import AuditEvent
from portal.core.csv_file import HeadError, RefusedLine, read_rows
from tests.accounts.test_joining import NEW_PASSWORD, code_in
from tests.services.factories import make_offering

KNOWN = Known(cities=("almaty", "talgar"), technologies=("gpon", "lte"), today=date(2026, 11, 22))
HEAD = "number;holder_name;email;phone;opened_at;city;district;street;technology"
GOOD = {
    "number": "7 1203 9999",
    "holder_name": "Әлия Нұрғали",
    "email": "Newcomer@Example.kz",
    "phone": "8 (701) 555-12-34",
    "opened_at": "2019-04-02",
    "city": "almaty",
    "district": "Ауэзовский",
    "street": "Абая, 1, кв. 2",
    "technology": "gpon",
}
OURS = Contract(
    "712039999", "Әлия Нұрғали", "newcomer@example.kz", "+77015551234", date(2019, 4, 2)
)


def line(**other):
    return ";".join({**GOOD, **other}.values())


def stream(*lines, head=HEAD, coding="utf-8-sig"):
    return io.BytesIO("\r\n".join([head, *lines]).encode(coding))


def read(*lines):
    return list(contracts.read_contracts(stream(*lines), KNOWN))


def test_a_line_is_read_as_people_and_spreadsheets_write_it():
    assert read(line()) == [
        ContractLine(2, OURS, "almaty", "Ауэзовский", "Абая, 1, кв. 2", "gpon"),
    ]
    assert read(line(opened_at="02.04.2019", number="№ 7-1203-9999"))[0].contract == OURS
    plain = read(line(email="", phone="", district="", street="  Абая,\N{NO-BREAK SPACE} 1 "))[0]
    assert (plain.contract.email, plain.contract.phone) == (None, None)
    assert (plain.district, plain.street) == (None, "Абая, 1")


def test_commas_quotation_marks_and_another_order_of_columns_are_read():
    head = "technology,street,district,city,opened_at,phone,email,holder_name,number"
    values = ",".join(f'"{value}"' for value in reversed(GOOD.values()))

    found = list(contracts.read_contracts(stream(values, head=head, coding="utf-8"), KNOWN))

    assert found == read(line())


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"number": "AB-7120"}, "number: write 1 to 20 digits"),
        ({"number": "1" * 21}, "number: write 1 to 20 digits"),
        ({"holder_name": ""}, "holder_name: must not be empty"),
        ({"holder_name": "A" * 201}, "holder_name: use 200 characters at most"),
        ({"holder_name": "A\0B"}, "holder_name holds a character that cannot be printed"),
        ({"email": "no at"}, "email: write one like name@example.kz"),
        ({"phone": "555"}, "phone: write one like 8 701 555 14 08"),
        ({"opened_at": "2026-11-23"}, "opened_at: write a day"),
        ({"opened_at": "31.02.2019"}, "opened_at: write a day"),
        ({"city": "atlantis"}, "city: write one of almaty, talgar"),
        ({"technology": "string"}, "technology: write one of gpon, lte"),
        ({"street": " "}, "street: must not be empty"),
        ({"street": "a;b"}, "has 10 cells, the head 9"),
        ({"street": '"a'}, "has a quotation mark that is not closed"),
        ({"street": "a" * csv_file.LONGEST_LINE}, "is longer than 10000 bytes"),
    ],
)
def test_what_cannot_be_used_is_told_with_its_line_and_spoils_no_other(other, why):
    first, refused, last = read(line(), line(**other), line(street="Абая, 3"))

    assert isinstance(refused, RefusedLine)
    assert str(refused).startswith(f"line 3: {why}")
    assert (first.line, last.line) == (2, 4)


def test_another_coding_spoils_its_line_alone_and_empty_lines_none():
    lines = [HEAD, line(), line().encode("cp1251", "replace"), "", ";;;;;;;;", line()]
    raw = b"\n".join(each if isinstance(each, bytes) else each.encode() for each in lines)

    found = list(contracts.read_contracts(io.BytesIO(raw), KNOWN))

    assert [each.line for each in found] == [2, 3, 6]
    assert found[1] == RefusedLine(3, "is not UTF-8")


def test_lines_of_one_contract_must_agree():
    _, refused, other = read(line(), line(email="b@example.kz"), line(street="Абая, 3"))

    assert "another holder, e-mail, phone or day" in refused.why
    assert other.street == "Абая, 3"


def test_the_example_of_the_documents_is_read():
    example = (ROOT / "deploy/README.md").read_text().split(HEAD, 1)[1].split("```", 1)[0]
    known = Known(("almaty", "talgar", "kaskelen"), ("gpon", "lte", "fttb"), KNOWN.today)

    found = list(contracts.read_contracts(stream(example.strip()), known))

    assert [each.line for each in found if isinstance(each, ContractLine)] == [2, 3, 4]


@pytest.mark.parametrize(
    ("head", "why"),
    [
        ("", "the head lacks number"),
        (HEAD.replace(";city", ""), "the head lacks city"),
        (HEAD + ";balance", "unknown columns: balance"),
        (HEAD + ";city", "names a column twice"),
    ],
)
def test_a_head_that_is_not_understood_stops_at_once(head, why):
    with pytest.raises(HeadError, match=why):
        read_rows(stream(head=head), contracts.COLUMNS)


@pytest.fixture
def take(app, db, tmp_path):
    """Return what imports a file of these lines by the command and returns its outcome."""

    def run(*lines, head=HEAD, options=()):
        file = tmp_path / "contracts.csv"
        file.write_bytes(stream(*lines, head=head).getvalue())
        db.commit()
        done = app.test_cli_runner().invoke(
            args=["services", "import-contracts", str(file), *options]
        )
        db.expire_all()
        return done

    return run


def places(db):
    query = select(Premises).join(Premises.account).where(Account.number == "712039999")
    rows = db.scalars(query.order_by(Premises.id))
    return [(each.street, each.district, each.technology) for each in rows]


def test_the_same_file_again_changes_nothing_and_another_one_what_it_says(db, take):
    lines = [line(), line(street="Абая, 3", district=""), line(number="712038888", email="")]
    done = take(*lines)
    assert done.exit_code == 0, done.output
    assert "3 lines: contracts new 2, changed 0; addresses new 3, changed 0" in done.output

    assert "contracts new 0, changed 0; addresses new 0, changed 0" in take(*lines).output

    changed = take(line(phone="", technology="lte", street="АБАЯ, 1, КВ. 2"))
    assert "contracts new 0, changed 1; addresses new 0, changed 1" in changed.output
    found = db.scalars(select(Account).where(Account.number == "712039999")).one()
    assert (found.email, found.phone, found.version) == ("newcomer@example.kz", None, 2)
    assert places(db) == [("АБАЯ, 1, КВ. 2", "Ауэзовский", "lte"), ("Абая, 3", None, "gpon")]


def test_a_contract_whose_lines_lie_in_two_batches_is_one(db, take, monkeypatch):
    monkeypatch.setattr(actions, "BATCH", 1)

    done = take(line(), line(email="b@example.kz"), line(street="Абая, 3"), line(number="1"))

    assert "4 lines: contracts new 2, changed 0; addresses new 3, changed 0" in done.output
    assert [street for street, *_ in places(db)] == ["Абая, 1, кв. 2", "Абая, 3"]


def test_only_the_first_refused_lines_are_told_without_a_report(take):
    done = take(*[line(city="") for _ in range(25)])

    assert done.output.count("city: write one of") == 20
    assert "Refused lines: 25; name a file with --refused to see all." in done.output


def test_what_an_offering_names_is_known_too(db, take):
    make_offering(db, "dsl-10", cities=["atyrau"], technologies=["dsl"])

    assert take(line(city="Atyrau", technology="DSL")).exit_code == 0


def test_a_street_gets_another_name_in_its_place(db, take):
    take(line())
    head = HEAD + ";street_before"
    for outcome in ("new 0, changed 1", "new 0, changed 0"):
        done = take(line(street="Абылай хана, 1") + ";Абая, 1, кв. 2", head=head)
        assert f"addresses {outcome}" in done.output

    assert places(db) == [("Абылай хана, 1", "Ауэзовский", "gpon")]


def test_refused_lines_stop_nothing_and_are_written_down_without_what_they_say(db, take, tmp_path):
    report = tmp_path / "refused.txt"

    done = take(line(email="secret"), line(), options=["--refused", str(report)])

    assert done.exit_code == 1
    assert "Refused lines: 1; they stand in" in done.output
    said = report.read_text()
    assert said.startswith("line 2: email: ")
    assert "secret" not in said
    assert db.scalar(select(Account.number).where(Account.number == "712039999"))
    event = db.scalars(
        select(AuditEvent).where(AuditEvent.kind == "accounts.contracts_imported")
    ).one()
    assert event.details["file"] == "contracts.csv"
    assert (event.details["lines"], event.details["refused"], event.details["new"]) == (2, 1, 1)
    assert event.details["by"]


def test_a_faulty_head_takes_nothing(db, take):
    done = take(line(), head=HEAD.replace("city", "town"))

    assert done.exit_code == 1
    assert "line 1: the head lacks city. Nothing was taken." in done.output
    assert db.scalars(select(AuditEvent.id).where(AuditEvent.kind.like("%import%"))).all() == []


def test_who_stands_in_the_file_joins_by_the_contracts_number(browser, db, take, letters):
    take(line())

    page = browser.get("accounts.join").submit(contract="7 1203 9999", email="newcomer@example.kz")
    page = page.submit(code=code_in(letters)).submit(name="Әлия", password=NEW_PASSWORD)

    account = db.scalars(select(Account).where(Account.number == "712039999")).one()
    assert page.path == f"/a/{account.id}"
    assert "Абая, 1, кв. 2" in page.text
    held = db.scalars(select(Membership).where(Membership.account_id == account.id)).one()
    assert held.role == "holder"


def test_the_billing_feed_knows_a_contract_of_the_file(app, db, take, tmp_path):
    feed = tmp_path / "feed.jsonl"
    said = {"kind": "balance", "contract": "712039999", "balance": "5.00"}
    feed.write_text(json.dumps(said | {"as_of": "2026-11-22T06:00:00+05:00"}))
    bring = app.test_cli_runner().invoke
    assert "no_contract" in bring(args=["services", "import-billing", str(feed)]).output

    take(line())

    assert (
        "taken 1, known already 0" in bring(args=["services", "import-billing", str(feed)]).output
    )
