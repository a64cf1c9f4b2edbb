"""Name devices by tokens, count what was closed."""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import protect

revision = "0016_name_devices"
down_revision = "0015_deepen_imports"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


class _Xid8(sa.types.UserDefinedType):
    cache_ok = True

    def get_col_spec(self, **_options: object) -> str:
        return "xid8"


def upgrade() -> None:
    _create_devices()
    _create_counts()
    _create_blocked_names()
    op.add_column("dns_node", sa.Column("answers_at", sa.String))
    op.add_column("dns_node", sa.Column("alarmed_at", _INSTANT))
    op.execute("grant update (alarmed_at) on dns_node to kabinet_worker")
    own = {"account": "account_id", "staff": False}
    protect("parental_device", dns="select", **own)
    op.execute("grant usage on sequence parental_device_seq to kabinet_app, kabinet_worker")
    for table in ("parental_count", "parental_blocked_name"):
        protect(
            table,
            app="select, delete",
            worker="select, delete",
            dns="select, insert, update",
            **own,
        )


def _account() -> sa.Column:
    return sa.Column("account_id", sa.Uuid, sa.ForeignKey("account.id"), nullable=False)


def _create_devices() -> None:
    op.execute("create sequence parental_device_seq")
    op.create_table(
        "parental_device",
        sa.Column("id", sa.Uuid, primary_key=True),
        _account(),
        sa.Column("profile_id", sa.Uuid, sa.ForeignKey("parental_profile.id"), nullable=False),
        sa.Column("policy_id", sa.BigInteger, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("token", sa.String, nullable=False),
        sa.Column("xid", _Xid8, nullable=False, server_default=sa.text("pg_current_xact_id()")),
        sa.Column(
            "seq",
            sa.BigInteger,
            nullable=False,
            server_default=sa.text("nextval('parental_device_seq')"),
        ),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("revoked_at", _INSTANT),
        sa.CheckConstraint("token ~ '^[a-z2-7]{26}$'", name="ck_parental_device_token_is_a_label"),
        sa.UniqueConstraint("token", name="uq_parental_device_token"),
    )
    op.create_index("ix_parental_device_account_id", "parental_device", ["account_id"])
    op.create_index("ix_parental_device_xid_seq", "parental_device", ["xid", "seq"])
    op.create_index(
        "uq_parental_device_standing",
        "parental_device",
        ["profile_id", "name"],
        unique=True,
        postgresql_where=sa.text("revoked_at is null"),
    )
    _tell_nodes_of_devices()


def _tell_nodes_of_devices() -> None:
    """Place each device that is named or revoked in the order of commits, as leases are."""
    op.execute(
        """
        create function place_device() returns trigger language plpgsql as $$
        begin
            if tg_op = 'INSERT' or new.revoked_at is distinct from old.revoked_at then
                new.xid = pg_current_xact_id();
                new.seq = nextval('parental_device_seq');
                perform pg_notify('dns', '');
            end if;
            return new;
        end $$
        """
    )
    op.execute(
        "create trigger place before insert or update on parental_device"
        " for each row execute function place_device()"
    )


def _create_counts() -> None:
    op.create_table(
        "parental_count",
        sa.Column("policy_id", sa.BigInteger, primary_key=True),
        sa.Column("day_on", sa.Date, primary_key=True),
        sa.Column("outcome", sa.String, primary_key=True),
        sa.Column("bit", sa.SmallInteger, primary_key=True),
        _account(),
        sa.Column("times", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_parental_count_account_id", "parental_count", ["account_id"])
    op.create_index("ix_parental_count_day_on", "parental_count", ["day_on"])


def _create_blocked_names() -> None:
    op.create_table(
        "parental_blocked_name",
        sa.Column("policy_id", sa.BigInteger, primary_key=True),
        sa.Column("day_on", sa.Date, primary_key=True),
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("bit", sa.SmallInteger, nullable=False),
        _account(),
        sa.Column("times", sa.BigInteger, nullable=False),
        sa.Column("last_at", _INSTANT, nullable=False),
    )
    op.create_index("ix_parental_blocked_name_account_id", "parental_blocked_name", ["account_id"])
    op.create_index("ix_parental_blocked_name_day_on", "parental_blocked_name", ["day_on"])
