"""What the operator gives back for broken promises."""

from datetime import date
from typing import Any

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Model
from portal.services.compensating import CompensationSheet


class CompensationTable(Model):
    """One version of the table. It never changes; a change is a new version."""

    __tablename__ = "compensation_table"

    version: Mapped[int] = mapped_column(unique=True)
    since_on: Mapped[date]
    lines: Mapped[list[Any]] = mapped_column(JSONB)

    @property
    def sheet(self) -> CompensationSheet:
        """Return the version as calculations read it."""
        return CompensationSheet.model_validate({"since": self.since_on, "lines": self.lines})
