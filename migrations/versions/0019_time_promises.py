"""Time every promise: what is due next, and what its breach costs."""

import json
from datetime import date

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.tenancy import grant_only, protect

revision = "0019_time_promises"
down_revision = "0018_plan_promises"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_ALL = "select, insert, update, delete"
_OF_PROMISE = "exists (select 1 from promise p where p.id = promise_timer.id)"
_OF_APPEAL = "exists (select 1 from appeal a where a.id = appeal_credit.appeal_id)"
_SINCE = date(2026, 11, 1)
_FIRST_TABLE = [
    {"promise": "repair", "per": "day", "amount": "1000", "most": "10000"},
    {"promise": "final", "per": "case", "amount": "1000", "most": "1000"},
    {"promise": "first_response", "per": "case", "amount": "500", "most": "500"},
    {"promise": "visit", "per": "case", "amount": "2000", "most": "2000"},
]


def upgrade() -> None:
    _create_timers()
    _fill_timers()
    _create_compensation()
    _create_credits()


def _create_timers() -> None:
    op.create_table(
        "promise_timer",
        sa.Column("id", sa.Uuid, sa.ForeignKey("promise.id", ondelete="cascade"), primary_key=True),
        sa.Column("fires_at", _INSTANT, nullable=False),
        sa.Column("step", sa.SmallInteger, nullable=False),
        sa.Column("told", sa.SmallInteger, nullable=False),
    )
    op.create_index("ix_promise_timer_fires_at_id", "promise_timer", ["fires_at", "id"])
    protect("promise_timer", extra=_OF_PROMISE, app=_ALL)


def _fill_timers() -> None:
    """Let each open promise begin with its first step; what has passed is told at once, once.

    A visit has none: whether it was kept is written down afterwards.
    """
    op.execute("set local statement_timeout = 0")  # There may be very many.
    op.execute(
        """
        insert into promise_timer (id, fires_at, step, told)
        select id, started_at
            + make_interval(secs => extract(epoch from due_at - started_at)::float8 / 2), 50, 0
        from promise where ended_at is null and kind <> 'visit'
        """
    )


def _create_compensation() -> None:
    op.create_table(
        "compensation_table",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("since_on", sa.Date, nullable=False),
        sa.Column("lines", pg.JSONB, nullable=False),
        sa.UniqueConstraint("version", name="uq_compensation_table_version"),
    )
    grant_only("compensation_table", app="select, insert", worker="select")
    row = {"version": 1, "since_on": _SINCE, "lines": json.dumps(_FIRST_TABLE)}
    op.execute(
        sa.text(
            "insert into compensation_table (id, version, since_on, lines)"
            " values (gen_random_uuid(), :version, :since_on, cast(:lines as jsonb))"
        ).bindparams(**row)
    )
    op.drop_constraint("ck_charge_ck_charge_cause_is_known", "charge")
    op.create_check_constraint(
        op.f("ck_charge_cause_is_known"),
        "charge",
        "cause is null or kind = 'compensation'"
        " and cause in ('visit_missed', 'outage', 'late_answer', 'late_repair')",
    )


def _create_credits() -> None:
    op.create_table(
        "appeal_credit",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("appeal_id", sa.Uuid, sa.ForeignKey("appeal.id"), nullable=False),
        sa.Column("promise_kind", sa.String, nullable=False),
        sa.Column("cycle", sa.Integer, nullable=False),
        sa.Column("day", sa.Integer, nullable=False),
        sa.Column("amount", sa.Numeric(12, 2), nullable=False),
        sa.Column("credited_at", _INSTANT, nullable=False),
        sa.UniqueConstraint(
            "appeal_id",
            "promise_kind",
            "cycle",
            "day",
            name="uq_appeal_credit_appeal_id_promise_kind_cycle_day",
        ),
        sa.CheckConstraint("amount > 0", name="ck_appeal_credit_amount_is_given"),
    )
    protect("appeal_credit", staff=False, extra=_OF_APPEAL, app="select", worker="select, insert")
