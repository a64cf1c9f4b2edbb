"""What resolvers are told: the log of policies, who is behind an address, and what is in force."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    String,
    Table,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import CIDR

from portal.core.db import Model, Xid8

_INSTANT = DateTime(timezone=True)

policy_log = Table(
    "policy_log",
    Model.metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("xid", Xid8, nullable=False, server_default=text("pg_current_xact_id()")),
    Column("policy_id", BigInteger, nullable=False),
    Column("account_id", Uuid, ForeignKey("account.id"), nullable=False),
    Column("blob", LargeBinary, nullable=False),
    Column("created_at", _INSTANT, nullable=False, server_default=text("clock_timestamp()")),
    Index("ix_policy_log_xid_seq", "xid", "seq"),
    Index("ix_policy_log_policy_id_seq", "policy_id", "seq"),
)
"""One row for each save. An empty blob means: nothing is enforced."""

lease = Table(
    "lease",
    Model.metadata,
    Column("prefix", CIDR, primary_key=True),
    Column("account_id", Uuid, ForeignKey("account.id"), nullable=True, index=True),
    Column("policy_id", BigInteger, nullable=True),
    Column("xid", Xid8, nullable=False, server_default=text("pg_current_xact_id()")),
    Column("seq", BigInteger, nullable=False, server_default=text("nextval('lease_seq')")),
    Column("from_at", _INSTANT, nullable=False),
    Column("session", String, nullable=True),
    Column("nas", String, nullable=True, index=True),
    Column("event_at", _INSTANT, nullable=True),
    Column("ended_at", _INSTANT, nullable=True),
    CheckConstraint(
        "(family(prefix) = 4 and masklen(prefix) = 32)"
        " or (family(prefix) = 6 and masklen(prefix) = 56)",
        name="is_one_home",
    ),
    Index("ix_lease_xid_seq", "xid", "seq"),
)
"""Who is behind an address, and by which session of which access server (NAS) we know it.

Each change of the policy gives a row a new place in the commit order. A session that ended stays
as a row without an account, so that its late packets are known as late.
"""

dns_node = Table(
    "dns_node",
    Model.metadata,
    Column("name", String, primary_key=True),
    Column("applied_xid", Xid8, nullable=False),
    Column("applied_seq", BigInteger, nullable=False),
    Column("seen_at", _INSTANT, nullable=False),
    Column("answers_at", String, nullable=True),
    Column("alarmed_at", _INSTANT, nullable=True),
    Column("building_since", _INSTANT, nullable=True),
)
"""Each resolver host, up to where it has applied the log, and where it can be asked (by DNS).

`alarmed_at`: since when staff know that it is ill. `building_since`: since when it, being new,
replays the log for the first time; null once it has come to its end.
"""

policy_in_force = Table(
    "policy_in_force",
    Model.metadata,
    Column("node", String, primary_key=True),
    Column("policy_id", BigInteger, primary_key=True),
    Column("account_id", Uuid, ForeignKey("account.id"), nullable=False, index=True),
    Column("seq", BigInteger, nullable=False),
    Column("applied_at", _INSTANT, nullable=False),
)
"""The save that a resolver host applied last, for the proof."""
