"""The operator's first policy as the migration seeds it, and events in local time."""

import json
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from portal.promises.fold import Event, Happening
from portal.promises.policy import Policy, Term, read_calendar

ALMATY = ZoneInfo("Asia/Almaty")
SEED = Path(__file__).parents[2] / "migrations" / "data" / "promises_1.json"


def first_policy(version=1, **grace):
    seed = json.loads(SEED.read_text())
    rows = [row | grace if row["rule"] == "interim" else row for row in seed["terms"]]
    return Policy(
        version=version,
        since=date.fromisoformat(seed["since"]),
        terms=tuple(Term.read(row) for row in rows),
        calendars={name: read_calendar(body) for name, body in seed["calendars"].items()},
    )


POLICIES = {1: first_policy()}


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=ALMATY)


def event(happening, moment, **data):
    return Event(Happening(happening), at(moment), data.pop("policy", 1), data)


def registered(moment, kind="question", channel="form"):
    return event("registered", moment, kind=kind, channel=channel)


def interim(moment, until, reason=""):
    return event("interim_sent", moment, promised_at=at(until).isoformat(), reason=reason)
