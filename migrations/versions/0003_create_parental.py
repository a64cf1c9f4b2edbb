"""Create profiles, rules, the policy log and leases."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.tenancy import grant_only, protect

revision = "0003_create_parental"
down_revision = "0002_create_services"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


class _Xid8(sa.types.UserDefinedType):
    cache_ok = True

    def get_col_spec(self, **_options: object) -> str:
        return "xid8"


def upgrade() -> None:
    _create_profiles()
    _create_rules()
    _create_imports()
    _create_log()
    _create_leases()
    _create_nodes()
    _protect()


def _id() -> sa.Column:
    return sa.Column("id", sa.Uuid, primary_key=True)


def _account(*, nullable: bool = False) -> sa.Column:
    return sa.Column("account_id", sa.Uuid, sa.ForeignKey("account.id"), nullable=nullable)


def _profile() -> sa.Column:
    return sa.Column("profile_id", sa.Uuid, sa.ForeignKey("parental_profile.id"), nullable=False)


def _instant(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, _INSTANT, nullable=nullable)


def _create_profiles() -> None:
    op.create_table(
        "parental_profile",
        _id(),
        sa.Column("version", sa.Integer, nullable=False),
        _account(),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("policy_id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("is_enforced", sa.Boolean, nullable=False),
        _instant("ended_at", nullable=True),
        _instant("paused_until", nullable=True),
        _instant("saved_at"),
        _instant("created_at"),
        sa.CheckConstraint("kind in ('home', 'child')", name="ck_parental_profile_kind_is_known"),
        sa.UniqueConstraint("policy_id", name="uq_parental_profile_policy_id"),
    )
    op.create_index("ix_parental_profile_account_id", "parental_profile", ["account_id"])
    op.create_index(
        "uq_parental_profile_home",
        "parental_profile",
        ["account_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'home'"),
    )


def _create_rules() -> None:
    op.create_table(
        "parental_rule",
        _id(),
        _account(),
        _profile(),
        sa.Column("site", sa.String, nullable=False),
        sa.Column("subdomains_only", sa.Boolean, nullable=False),
        sa.Column("action", sa.String, nullable=False),
        sa.Column("note", sa.String, nullable=False),
        _instant("expires_at", nullable=True),
        _instant("created_at"),
        _instant("removed_at", nullable=True),
        sa.CheckConstraint("action in ('block', 'allow')", name="ck_parental_rule_action_is_known"),
        sa.CheckConstraint(
            "site = lower(site) and length(site) between 3 and 253",
            name="ck_parental_rule_site_is_name",
        ),
    )
    op.create_index("ix_parental_rule_account_id", "parental_rule", ["account_id"])
    standing = {"postgresql_where": sa.text("removed_at is null")}
    op.create_index(
        "uq_parental_rule_standing",
        "parental_rule",
        ["profile_id", "site", "action", "subdomains_only"],
        unique=True,
        **standing,
    )
    op.create_index(
        "ix_parental_rule_list", "parental_rule", ["profile_id", "action", "id"], **standing
    )


def _create_imports() -> None:
    op.create_table(
        "parental_import",
        _id(),
        _account(),
        _profile(),
        sa.Column("user_id", sa.Uuid, sa.ForeignKey("user_account.id"), nullable=False),
        sa.Column("action", sa.String, nullable=False),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("added", pg.JSONB, nullable=False),
        sa.Column("fates", pg.JSONB, nullable=False),
        sa.Column("samples", pg.JSONB, nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        _instant("created_at"),
        _instant("confirmed_at", nullable=True),
    )
    for column in ("account_id", "user_id"):
        op.create_index(f"ix_parental_import_{column}", "parental_import", [column])


def _create_log() -> None:
    op.create_table(
        "policy_log",
        sa.Column("seq", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("xid", _Xid8, nullable=False, server_default=sa.text("pg_current_xact_id()")),
        sa.Column("policy_id", sa.BigInteger, nullable=False),
        _account(),
        sa.Column("blob", sa.LargeBinary, nullable=False),
        sa.Column(
            "created_at", _INSTANT, nullable=False, server_default=sa.text("clock_timestamp()")
        ),
    )
    op.create_index("ix_policy_log_xid_seq", "policy_log", ["xid", "seq"])
    op.create_index("ix_policy_log_policy_id_seq", "policy_log", ["policy_id", "seq"])
    op.execute(
        """
        create function tell_dns_nodes() returns trigger language plpgsql as $$
        begin
            perform pg_notify('dns', '');
            return null;
        end $$
        """
    )
    op.execute(
        "create trigger tell_nodes after insert on policy_log"
        " for each statement execute function tell_dns_nodes()"
    )


def _create_leases() -> None:
    op.execute("create sequence lease_seq")
    op.create_table(
        "lease",
        sa.Column("prefix", pg.CIDR, primary_key=True),
        _account(nullable=True),
        sa.Column("policy_id", sa.BigInteger),
        sa.Column("xid", _Xid8, nullable=False, server_default=sa.text("pg_current_xact_id()")),
        sa.Column(
            "seq", sa.BigInteger, nullable=False, server_default=sa.text("nextval('lease_seq')")
        ),
        _instant("from_at"),
        sa.CheckConstraint(
            "(family(prefix) = 4 and masklen(prefix) = 32)"
            " or (family(prefix) = 6 and masklen(prefix) = 56)",
            name="ck_lease_is_one_home",
        ),
    )
    op.create_index("ix_lease_account_id", "lease", ["account_id"])
    op.create_index("ix_lease_xid_seq", "lease", ["xid", "seq"])
    op.execute(
        """
        create function place_lease() returns trigger language plpgsql as $$
        begin
            new.xid = pg_current_xact_id();
            new.seq = nextval('lease_seq');
            return new;
        end $$
        """
    )
    op.execute(
        "create trigger place before insert or update on lease"
        " for each row execute function place_lease()"
    )
    op.execute(
        "create trigger tell_nodes after insert or update on lease"
        " for each statement execute function tell_dns_nodes()"
    )


def _create_nodes() -> None:
    op.create_table(
        "dns_node",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("applied_xid", _Xid8, nullable=False),
        sa.Column("applied_seq", sa.BigInteger, nullable=False),
        _instant("seen_at"),
    )
    op.create_table(
        "policy_in_force",
        sa.Column("node", sa.String, primary_key=True),
        sa.Column("policy_id", sa.BigInteger, primary_key=True),
        _account(),
        sa.Column("seq", sa.BigInteger, nullable=False),
        _instant("applied_at"),
    )
    op.create_index("ix_policy_in_force_account_id", "policy_in_force", ["account_id"])


def _protect() -> None:
    """Staff have no business in a family's lists."""
    own = {"account": "account_id", "staff": False}
    protect("parental_profile", **own)
    protect("parental_rule", **own)
    protect("parental_import", **own)
    protect(
        "policy_log", app="select, insert", worker="select, insert, delete", dns="select", **own
    )
    protect("lease", app="select, update", dns="select", **own)
    protect(
        "policy_in_force",
        app="select",
        worker="select, delete",
        dns="select, insert, update",
        **own,
    )
    grant_only("dns_node", app="select", worker="select, delete", dns="select, insert, update")
    op.execute("grant usage on sequence lease_seq to kabinet_app, kabinet_worker")
