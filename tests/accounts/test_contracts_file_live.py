"""Contracts from two files at once, with real commits."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import func, select

from portal.accounts.actions import import_contracts
from portal.accounts.contracts import Known, read_contracts
from portal.accounts.models import Account, Premises
from tests.accounts.test_contracts_file import HEAD, stream

pytestmark = pytest.mark.long

KNOWN = Known(cities=("almaty",), technologies=("gpon",), today=date(2026, 11, 22))


def lines(street):
    return [
        f"{700_000_000 + number // 2};A;;;2019-04-02;almaty;;{street} {number};gpon"
        for number in range(3000)
    ]


def test_two_files_at_once_make_each_contract_and_address_once(live):
    app = live.app()
    ours, theirs = lines("Абая"), lines("Абая")[::-1] + lines("Сатпаева")

    def bring(file):
        with app.app_context():
            read = read_contracts(io.BytesIO(stream(*file, head=HEAD).getvalue()), KNOWN)
            return import_contracts(read, source="a.csv", by="root", refuse=lambda _: None)

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(bring, (ours, theirs))

    db = live.session()
    assert (first.refused, second.refused) == (0, 0)
    assert first.new + second.new == db.scalar(select(func.count()).select_from(Account)) == 1500
    assert first.new_addresses + second.new_addresses == 6000
    assert db.scalar(select(func.count()).select_from(Premises)) == 6000
