"""Business time: calendars, due times and elapsed working time, as pure functions."""

from portal.sla.calendar import Calendar, CalendarError
from portal.sla.duration import due_at, elapsed, working_intervals

__all__ = ["Calendar", "CalendarError", "due_at", "elapsed", "working_intervals"]
