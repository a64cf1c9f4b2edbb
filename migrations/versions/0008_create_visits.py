"""Create visits and their slots, and promise that technicians come in time."""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import grant_only, protect

revision = "0008_create_visits"
down_revision = "0007_create_catalogue_desk"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_places()
    _create_visits()
    _protect()
    _promise_visits()


def _area() -> list[sa.Column]:
    return [
        sa.Column("city", sa.String, nullable=False),
        sa.Column("district", sa.String, nullable=False),
    ]


def _create_places() -> None:
    op.create_table(
        "visit_capacity",
        sa.Column("id", sa.Uuid, primary_key=True),
        *_area(),
        sa.Column("weekday", sa.Integer, nullable=False),
        sa.Column("places", sa.Integer, nullable=False),
        sa.UniqueConstraint(
            "city", "district", "weekday", name="uq_visit_capacity_city_district_weekday"
        ),
        sa.CheckConstraint("weekday between 0 and 6", name="ck_visit_capacity_weekday_is_one"),
        sa.CheckConstraint("places between 0 and 50", name="ck_visit_capacity_places_are_possible"),
    )
    op.create_table(
        "visit_exception",
        sa.Column("id", sa.Uuid, primary_key=True),
        *_area(),
        sa.Column("day_on", sa.Date, nullable=False),
        sa.Column("places", sa.Integer, nullable=False),
        sa.UniqueConstraint(
            "city", "district", "day_on", name="uq_visit_exception_city_district_day_on"
        ),
        sa.CheckConstraint(
            "places between 0 and 50", name="ck_visit_exception_places_are_possible"
        ),
    )
    op.create_table(
        "visit_slot",
        sa.Column("id", sa.Uuid, primary_key=True),
        *_area(),
        sa.Column("starts_at", _INSTANT, nullable=False),
        sa.Column("taken", sa.Integer, nullable=False),
        sa.UniqueConstraint(
            "city", "district", "starts_at", name="uq_visit_slot_city_district_starts_at"
        ),
        sa.CheckConstraint("taken >= 0", name="ck_visit_slot_taken_is_counted"),
    )


def _create_visits() -> None:
    op.create_table(
        "visit",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("account.id"), nullable=False),
        sa.Column("order_id", sa.Uuid, sa.ForeignKey("service_order.id"), nullable=False),
        *_area(),
        sa.Column("starts_at", _INSTANT, nullable=False),
        sa.Column("ends_at", _INSTANT, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("booked_by_id", sa.Uuid, sa.ForeignKey("user_account.id"), nullable=False),
        sa.Column("booked_at", _INSTANT, nullable=False),
        sa.Column("changed_at", _INSTANT, nullable=False),
        sa.Column("remind_at", _INSTANT),
        sa.Column("arrived_at", _INSTANT),
        sa.Column("ended_at", _INSTANT),
        sa.Column("result_by_id", sa.Uuid, sa.ForeignKey("user_account.id")),
        sa.Column("obstacle", sa.String),
        sa.Column("words", sa.String),
        sa.CheckConstraint(
            "state in ('booked', 'done', 'not_home', 'impossible', 'missed', 'cancelled')",
            name="ck_visit_state_is_known",
        ),
        sa.CheckConstraint("ends_at > starts_at", name="ck_visit_time_is_whole"),
        sa.CheckConstraint("(state = 'booked') = (ended_at is null)", name="ck_visit_end_has_time"),
        sa.CheckConstraint(
            "(state = 'impossible') = (obstacle is not null)", name="ck_visit_reason_is_told"
        ),
    )
    booked = sa.text("state = 'booked'")
    op.create_index("uq_visit_booked", "visit", ["order_id"], unique=True, postgresql_where=booked)
    op.create_index("ix_visit_order_id_id", "visit", ["order_id", "id"])
    op.create_index("ix_visit_account_id", "visit", ["account_id"])
    op.create_index("ix_visit_place", "visit", ["city", "district", "starts_at", "id"])
    op.create_index("ix_visit_waiting", "visit", ["ends_at", "id"], postgresql_where=booked)
    op.create_index(
        "ix_visit_reminding",
        "visit",
        ["remind_at", "id"],
        postgresql_where=sa.text("remind_at is not null"),
    )


def _protect() -> None:
    """Let customers take places, and only staff say how many there are."""
    protect("visit", account="account_id", worker="select, insert, update")
    grant_only("visit_slot", app="select, insert, update", worker="select, insert, update")
    for table in ("visit_capacity", "visit_exception"):
        protect(table, app="select, insert, update, delete", worker="select")
        op.execute(f"create policy read on {table} for select to kabinet_app using (true)")


def _promise_visits() -> None:
    """Make the next version of the policy: the newest one, and that technicians come in time.

    Source: appeals-and-sla.md, the table of promises.
    """
    op.execute(
        """
        insert into promise_policy (id, version, since_on, terms, calendars)
        select gen_random_uuid(), version + 1, greatest(since_on, date '2026-11-01'),
            terms || '[{"rule": "visit", "calendar": "always", "minutes": 120}]', calendars
        from promise_policy order by version desc limit 1
        """
    )
