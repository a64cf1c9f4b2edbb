"""The operator's file of contracts: one line per address, read and checked. Pure.

    number;holder_name;email;phone;opened_at;city;district;street;technology
    7 1203 4456;Айгерим Ахметова;aigerim@example.kz;8 701 555 14 08;2019-04-02;almaty;;Абая, 1;gpon

Lines of one contract stand one after the other. `email`, `phone` and `district` may be empty: there
is none. The column `street_before` may be missing; it says what the street was called until now.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import IO

from email_validator import EmailNotValidError, validate_email

from portal.accounts.reading import read_contract, read_phone
from portal.core.csv_file import RefusedLine, Row, read_rows

COLUMNS = (
    *("number", "holder_name", "email", "phone", "opened_at"),
    *("city", "district", "street", "technology"),
)
OPTIONAL = ("street_before",)
LONGEST = {"holder_name": 200, "district": 100, "street": 200, "street_before": 200}
MOST_DIGITS = 20
FIRST_DAY = date(1990, 1, 1)
_DOTTED = re.compile(r"([0-9]{2})\.([0-9]{2})\.([0-9]{4})")
_NUMBER = re.compile(r"№? ?[0-9][0-9 ./-]*")


@dataclass(frozen=True)
class Contract:
    """A contract as the operator's systems know it. `email` in lower case, `phone` in E.164."""

    number: str
    holder_name: str
    email: str | None
    phone: str | None
    opened_on: date


@dataclass(frozen=True)
class ContractLine:
    """One address of a contract; `street_before`: the name of the street until now, or ""."""

    line: int
    contract: Contract
    city: str
    district: str | None
    street: str
    technology: str
    street_before: str = ""


@dataclass(frozen=True)
class Known:
    """What a line may name: codes of `cities` and `technologies`; nothing begins after `today`."""

    cities: Collection[str]
    technologies: Collection[str]
    today: date


def read_contracts(stream: IO[bytes], known: Known) -> Iterator[ContractLine | RefusedLine]:
    """Return each line's address, or why it cannot be used. Raises HeadError, at once."""
    return _agreeing(_line(row, known) for row in read_rows(stream, COLUMNS, optional=OPTIONAL))


def _agreeing(
    lines: Iterable[ContractLine | RefusedLine],
) -> Iterator[ContractLine | RefusedLine]:
    """Refuse a line that says something else of the contract than the line before it."""
    before: Contract | None = None
    for each in lines:
        if isinstance(each, RefusedLine):
            yield each
        elif before and before.number == each.contract.number and before != each.contract:
            yield RefusedLine(
                each.line, "the lines above name another holder, e-mail, phone or day of it"
            )
        else:
            before = each.contract
            yield each


def _line(row: Row | RefusedLine, known: Known) -> ContractLine | RefusedLine:
    if isinstance(row, RefusedLine):
        return row
    try:
        return _read(row, known)
    except ValueError as error:
        return RefusedLine(row.line, str(error))


def _read(row: Row, known: Known) -> ContractLine:
    cells = row.cells
    for name, most in LONGEST.items():
        if len(cells[name]) > most:
            raise ValueError(f"{name}: use {most} characters at most")
    return ContractLine(
        line=row.line,
        contract=Contract(
            number=read_number(cells["number"]),
            holder_name=_required(cells, "holder_name"),
            email=_email(cells["email"]),
            phone=_phone(cells["phone"]),
            opened_on=read_day("opened_at", cells["opened_at"], today=known.today),
        ),
        city=_one_of("city", cells["city"], known.cities),
        district=cells["district"] or None,
        street=_required(cells, "street"),
        technology=_one_of("technology", cells["technology"], known.technologies),
        street_before=cells["street_before"],
    )


def read_number(written: str) -> str:
    """Return a contract's digits, as joining reads them. Raises ValueError for anything else."""
    digits = read_contract(written) if _NUMBER.fullmatch(written) else ""
    if not 1 <= len(digits) <= MOST_DIGITS:
        raise ValueError(f"number: write 1 to {MOST_DIGITS} digits, for example 7 1203 4456")
    return digits


def read_day(column: str, written: str, *, today: date) -> date:
    """Return a day written 2019-04-02 or 02.04.2019, no later than `today`. Raises ValueError."""
    try:
        day = date.fromisoformat(_DOTTED.sub(r"\3-\2-\1", written))
    except ValueError:
        day = date.max
    if FIRST_DAY <= day <= today:
        return day
    raise ValueError(f"{column}: write a day, for example 2019-04-02, that is not in the future")


def _email(written: str) -> str | None:
    address = written.lower()
    try:
        if address:
            validate_email(address, check_deliverability=False)
    except EmailNotValidError:
        raise ValueError("email: write one like name@example.kz, or leave it empty") from None
    return address or None


def _phone(written: str) -> str | None:
    phone = read_phone(written)
    if written and phone is None:
        raise ValueError("phone: write one like 8 701 555 14 08, or leave it empty")
    return phone


def _required(cells: dict[str, str], name: str) -> str:
    if not cells[name]:
        raise ValueError(f"{name}: must not be empty")
    return cells[name]


def _one_of(name: str, written: str, known: Collection[str]) -> str:
    code = written.lower()
    if code not in known:
        raise ValueError(f"{name}: write one of {', '.join(sorted(known))}")
    return code
