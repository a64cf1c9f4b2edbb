"""How often something was closed. Nodes write these rows; allowed names are never stored."""

from datetime import timedelta

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Table,
    Uuid,
)

from portal.core.db import Model

COUNTS_KEPT = timedelta(days=90)
NAMES_KEPT = timedelta(days=7)  # Source: parental-control.md, "Privacy"
NO_BIT = -1

parental_count = Table(
    "parental_count",
    Model.metadata,
    Column("policy_id", BigInteger, primary_key=True),
    Column("day_on", Date, primary_key=True),
    Column("outcome", String, primary_key=True),
    Column("bit", SmallInteger, primary_key=True),
    Column("account_id", Uuid, ForeignKey("account.id"), nullable=False, index=True),
    Column("times", BigInteger, nullable=False),
    Index("ix_parental_count_day_on", "day_on"),
)
"""How many questions of a day a policy closed: by outcome, and by the category's bit or NO_BIT."""

parental_blocked_name = Table(
    "parental_blocked_name",
    Model.metadata,
    Column("policy_id", BigInteger, primary_key=True),
    Column("day_on", Date, primary_key=True),
    Column("name", String, primary_key=True),
    Column("outcome", String, nullable=False),
    Column("bit", SmallInteger, nullable=False),
    Column("account_id", Uuid, ForeignKey("account.id"), nullable=False, index=True),
    Column("times", BigInteger, nullable=False),
    Column("last_at", DateTime(timezone=True), nullable=False),
    Index("ix_parental_blocked_name_day_on", "day_on"),
)
"""Names that were closed on a day, where the parent turned this on: how, and when last."""

parental_counting = Table(
    "parental_counting",
    Model.metadata,
    Column("run_id", Uuid, primary_key=True),
    Column("slice", BigInteger, nullable=False),
    Column("written_at", DateTime(timezone=True), nullable=False),
)
"""Up to which of its slices a run of a node has written what it counted: none is added twice."""
