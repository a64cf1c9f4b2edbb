"""What is left of a promise, as a dial shows it. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.core.pictures import percent

SHOWN_IN_DAYS = timedelta(hours=48)


@dataclass(frozen=True)
class Dial:
    """`left` is negative when the promise is late; `percent` is what is left of the whole time."""

    left: timedelta
    percent: int

    @property
    def is_late(self) -> bool:
        return self.left < timedelta()

    @property
    def days(self) -> int:
        """Whole days that are left, 0 when it is a matter of hours."""
        return self.left.days if self.left >= SHOWN_IN_DAYS else 0

    @property
    def hours(self) -> str:
        """Hours and minutes: `4:42`."""
        minutes = int(abs(self.left).total_seconds()) // 60
        return f"{minutes // 60}:{minutes % 60:02d}"


def dial(*, started_at: datetime, due_at: datetime, now: datetime) -> Dial:
    """Return the dial of a promise that runs from `started_at` to `due_at`."""
    whole = (due_at - started_at).total_seconds()
    left = due_at - now
    return Dial(left=left, percent=percent(left.total_seconds(), whole))
