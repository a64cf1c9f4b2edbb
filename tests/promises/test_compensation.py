"""A broken promise gives money back by the operator's table, once, and not beyond its cap."""

from datetime import date, timedelta
from decimal import Decimal
from inspect import unwrap

import pytest
from sqlalchemy import select, text

from portal.appeals import actions
from portal.appeals.states import AppealKind, Channel
from portal.appeals.timekeeping.models import AppealCredit
from portal.core import clock
from portal.core.db import transaction
from portal.notify.models import Notification
from portal.promises import timing
from portal.promises.policy import Kind
from portal.services import jobs
from portal.services.compensating import CompensationSheet, in_force, read_sheet
from portal.services.models import Charge
from tests.appeals.factories import acting, as_customer, file_appeal, writer_of
from tests.services.worked import make_town

TABLE = b"""
since: 2026-11-01
lines:
  - {promise: repair, per: day, amount: 1000, most: 2500}
  - {promise: final, per: case, amount: 700.50, most: 700.50}
  - {promise: visit, per: case, amount: 2000, most: 2000}
"""
VISIT = {"promise": "visit", "per": "case", "amount": 1, "most": 1}


@pytest.mark.parametrize(
    ("kind", "owed"),
    [
        (Kind.REPAIR, ["1000", "1000", "500", "0", "0"]),
        (Kind.FINAL, ["700.50", "0", "0", "0", "0"]),
        (Kind.INTERIM, ["0", "0", "0", "0", "0"]),
    ],
)
def test_each_late_day_adds_its_sum_up_to_the_most(kind, owed):
    sheet = read_sheet(TABLE)

    assert [sheet.owed(kind, day) for day in range(1, 6)] == [Decimal(sum_) for sum_ in owed]


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (b"since: 2026-11-01", "lines"),
        (b"a: [", "no YAML"),
        (TABLE.replace(b"2500", b"10"), "most is less"),
        (TABLE.replace(b"1000", b"-1000"), "greater than 0"),
        (TABLE.replace(b"final", b"repair"), "same promise"),
        (TABLE.replace(b"promise: visit", b"promise: claim"), "missed visit"),
        (TABLE.replace(b"day,", b"week,"), "lines.0.per"),
    ],
)
def test_a_table_that_cannot_be_is_refused(content, wrong):
    with pytest.raises(ValueError, match=wrong):
        read_sheet(content)


def test_the_newest_version_in_force_on_the_day_counts():
    first, second = (
        CompensationSheet(since=date(2026, month, 1), lines=[VISIT]) for month in (11, 12)
    )

    assert in_force([second, first], date(2026, 12, 1)) is second
    assert in_force([second, first], date(2026, 11, 30)) is first
    assert in_force([second, first], date(2026, 10, 31)) is None


def test_an_operator_adds_a_version_and_a_wrong_one_changes_nothing(app, db, tmp_path):
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_bytes(TABLE.replace(b"2026-11-01", b"2026-12-01"))
    bad.write_bytes(b"lines: []")
    run = app.test_cli_runner().invoke

    refused = run(args=["services", "compensation", str(bad)])
    added = run(args=["services", "compensation", str(good)])

    assert refused.exit_code == 1
    assert "since" in refused.output
    assert "version 2, since 2026-12-01" in added.output
    assert "repair: 1000 a day, 2500 at most" in added.output


@pytest.fixture
def town(live, noon):
    clock.freeze(noon)
    town = make_town(live)
    yield town
    town.close()


class Clockwork:
    """The tracker's look and the worker's job, in this process and as their role."""

    def __init__(self, town):
        self.town = town
        self.app = town.live.app("kabinet_worker")

    def look(self, moment):
        """Tell all that is due at a moment, then credit it, each job twice."""
        clock.freeze(moment)
        with self.app.app_context():
            told = 1
            while told:
                with transaction():
                    told = timing.pass_time(most=200)
            for days in self._asked() * 2:
                unwrap(jobs.credit_late_days.func)(days=days)

    def _asked(self):
        self.town.db.rollback()
        rows = self.town.db.execute(
            text("select args from jobs.procrastinate_jobs where task_name like '%late_days'")
        )
        return [row.args["days"] for row in rows]

    def credited(self):
        self.town.db.rollback()
        query = select(Charge.amount).where(Charge.kind == "compensation")
        return [int(amount) for amount in self.town.db.scalars(query.order_by(Charge.created_at))]


def test_a_late_repair_is_credited_day_by_day_and_shown(town, noon):
    appeal_id = file_appeal(town.app, town.alice, AppealKind.FAULT)
    work = Clockwork(town)
    due = noon + timedelta(days=2)
    work.look(due)
    before = work.credited()

    work.look(due + timedelta(minutes=1))
    first = work.credited()
    work.look(due + timedelta(days=2, minutes=1))
    third = work.credited()
    as_customer(town.app, town.alice, appeal_id, actions.close_as_working)
    work.look(due + timedelta(days=9))

    assert (before, first, third) == ([], [-1000], [-1000] * 3)
    assert work.credited() == third  # It was repaired; nothing more is owed.
    rows = town.db.scalars(select(AppealCredit).order_by(AppealCredit.day)).all()
    assert [(row.appeal_id, row.day, int(row.amount)) for row in rows] == [
        (appeal_id, day, 1000) for day in (1, 2, 3)
    ]
    kind = Notification.kind == "appeals.compensated"
    assert town.db.scalars(select(Notification.user_id).where(kind)).all() == [town.alice.id] * 3
    _is_shown(town, appeal_id)


def _is_shown(town, appeal_id):
    browser = town.browser(town.alice)
    appeal = browser.open(f"/a/{town.alice.account_id}/appeals/{appeal_id}")
    assert "Repair, late day 3" in appeal.text
    sums = [" ".join(dd.text_content().split()) for dd in appeal.all("dd.num")]
    assert sums.count("1 000 ₸") == 3
    money = browser.open(f"/a/{town.alice.account_id}/money?month=2026-11")
    assert "for a repair that came too late" in money.text
    assert "−1 000 ₸" in money.text


def test_a_chat_that_nobody_answers_in_time_is_credited_once(town, noon):
    with acting(town.app, account_id=town.alice.account_id, user_id=town.alice.id) as session:
        writer = writer_of(session, town.alice)
        chat = type(writer)(**vars(writer) | {"channel": Channel.CHAT})
        actions.file_appeal(chat, kind=AppealKind.QUESTION, subject="Hello", body="Hello?")
    work = Clockwork(town)

    for minutes in (4, 6, 60, 600):
        work.look(noon + timedelta(minutes=minutes))

    assert work.credited() == [-500]


def test_whoever_has_no_contract_gets_no_line(town, noon):
    with acting(town.app):
        writer = actions.Writer("Nursultan", "n@example.kz", "en")
        actions.file_appeal(writer, kind=AppealKind.FAULT, subject="Cable", body="It hangs.")
    work = Clockwork(town)

    work.look(noon + timedelta(days=9))

    assert work.credited() == []
