"""Random histories: every promise is read from the appeal's page alone, in three languages."""

import re
from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from babel.dates import get_month_names
from hypothesis import HealthCheck, Phase, example, given, settings

from portal.core import clock, ids
from portal.core.text import reading_as, translate
from portal.promises import queries
from portal.promises.fold import Event, Happening
from portal.promises.models import PromiseEvent
from tests.appeals.factories import acting
from tests.appeals.rows import add_appeal
from tests.promises.test_properties import histories

ALMATY = ZoneInfo("Asia/Almaty")
KINDS = {
    "first_response": "First answer",
    "next_response": "Answer to your message",
    "interim": "Answer on the same day",
    "final": "Final answer",
    "final after an investigation": "Final answer after an investigation",
    "claim": "Answer to the claim",
    "forward": "Passing on to whom it concerns",
    "repair": "Repair",
}
LATER_DAY = "Answer on %(day)s"
RULES = {
    "first_response": "First answer",
    "next_response": "Next answer",
    "interim": "Interim answer",
    "final_simple": "Final answer without investigation",
    "final_investigation": "Final answer after an investigation",
    "claim": "Claim",
    "forward": "Passing on",
    "repair": "Repair",
}
OUTCOMES = {
    "running": "%(promise)s: running",
    "kept": "%(promise)s: kept",
    "broken": "%(promise)s: broken",
    "replaced": "%(promise)s: replaced",
    "released": "%(promise)s: no longer needed",
}
RULE_LINE = "Rule “%(name)s”, version %(version)s of %(day)s."


class Reader:
    """Somebody who knows the words of one language, and nothing of the portal."""

    def __init__(self, language):
        self.language = language
        self.kinds = self._inverse(KINDS)
        self.rules = self._inverse(RULES)
        self.outcomes = {self._pattern(msgid): key for key, msgid in OUTCOMES.items()}
        self.later_day = self._pattern(LATER_DAY)
        self.rule_line = self._pattern(RULE_LINE)
        months = get_month_names("wide", locale=language, context="format")
        self.months = {name.lower(): number for number, name in months.items()}

    def _inverse(self, words):
        with reading_as(self.language):
            told = {translate(msgid): key for key, msgid in words.items()}
        assert len(told) == len(words), "two things have one name"
        return told

    def _pattern(self, msgid):
        marks = {"promise": "\0promise\0", "day": "\0day\0", "name": "\0name\0"}
        with reading_as(self.language):
            told = translate(msgid, version="\0version\0", **marks)
        return re.compile(
            re.sub("\0(.+?)\0", r"(?P<\1>.+?)", re.escape(told).replace("\\\0", "\0"))
        )

    def promises_of(self, page):
        """Return how often (kind, rule, due time, outcome) stands on the page."""
        rows = page.all("#now ul.promises > li.promise, [aria-labelledby=now] ul.promises > li")
        first = page.all(
            "[aria-labelledby=now] > details.why, [aria-labelledby=now] > div > details"
        )
        return Counter(self._promise(row, first) for row in dict.fromkeys(rows))

    def _promise(self, row, first):
        own = row.cssselect("details.why")
        why = own[0] if own else first[0]
        return (
            *self._title(_text(row.cssselect("b")[0])),
            self._rule(_text(why)),
            self._due(_text(why.cssselect("dl > div")[-1].cssselect("dd")[0])),
        )

    def _title(self, title):
        [(name, outcome)] = [
            (found["promise"], outcome)
            for pattern, outcome in self.outcomes.items()
            if (found := pattern.fullmatch(title))
        ]
        if name not in self.kinds:
            assert self.later_day.fullmatch(name), name
            return "interim", outcome
        return self.kinds[name].removesuffix(" after an investigation"), outcome

    def _rule(self, why):
        return self.rules[self.rule_line.search(why)["name"]]

    def _due(self, written):
        on, at = written.rsplit(", ", 1)
        numbers = [int(n) for n in re.findall(r"\d+", on)]
        [month] = [n for name, n in self.months.items() if name in on.lower()]
        year = next((n for n in numbers if n > 31), clock.now().astimezone(ALMATY).year)
        day = next(n for n in numbers if n <= 31)
        hours, minutes = at.split(":")
        midnight = datetime(year, month, day, tzinfo=ALMATY)
        return midnight + timedelta(hours=int(hours), minutes=int(minutes))


def _text(element):
    return " ".join(element.text_content().replace("\N{NO-BREAK SPACE}", " ").split())


def told_by_events(appeal, now):
    """Return the same by the fold; a page tells minutes."""
    return Counter(
        (
            promise.kind.value,
            promise.outcome(now).value,
            promise.rule.value,
            promise.due_at.astimezone(ALMATY).replace(second=0, microsecond=0),
        )
        for promise in queries.case_of("appeal", appeal.id).promises
    )


def keep(db, appeal, events):
    for event in events:
        db.add(
            PromiseEvent(
                id=ids.uuid7(),
                subject_kind="appeal",
                subject_id=appeal.id,
                account_id=appeal.account_id,
                happening=event.happening,
                at=event.at,
                data=dict(event.data),
                policy_version=event.policy,
            )
        )
        db.flush()
    db.commit()


@pytest.fixture
def check(app, db, browser, alice):
    def check(events):
        appeal = add_appeal(db, account_id=alice.account_id)
        keep(db, appeal, events)
        now = clock.now()
        with acting(app, staff=True):
            told = told_by_events(appeal, now)
            readers = [Reader(language) for language in ("kk", "ru", "en")]
        assert told
        for reader in readers:
            alice.user.language = reader.language
            db.commit()
            browser.log_in(alice)
            page = browser.get(
                "appeals.show_appeal", account_id=alice.account_id, appeal_id=appeal.id
            )
            assert reader.promises_of(page) == told, reader.language

    return check


def history(kind, channel, *later):
    """Return a registration on 1 November and what comes after it, at hours from then."""
    start = datetime(2026, 11, 1, 10, 0, tzinfo=ALMATY)
    events = [Event(Happening.REGISTERED, start, 1, {"kind": kind, "channel": channel})]
    for hours, happening, *until in later:
        data = {"reason": "so"}
        if until:
            data["promised_at"] = (start + timedelta(hours=until[0])).isoformat()
        events.append(Event(Happening(happening), start + timedelta(hours=hours), 1, data))
    return events


EXTENDED = history(
    "complaint",
    "email",
    (1, "answered"),
    (2, "claim_recognised"),
    (3, "investigation_opened"),
    (30, "asked"),
    (40, "customer_wrote"),
    (45, "interim_sent", 90),
    (50, "extended"),
)
MOVED = history(
    "fault", "chat", (0.2, "interim_sent", 20), (19, "interim_sent", 22), (23, "final_sent"),
    (30, "reopened"), (60, "answered"), (90, "settled"),
)  # fmt: skip
BY_PHONE = history(
    "complaint", "phone", (1, "interim_sent", 20), (30, "interim_sent", 40), (45, "final_sent"),
    (50, "reopened"),
)  # fmt: skip
IN_AN_OUTAGE = history("fault", "form", (0, "outage_joined", 700), (20, "answered"))

quietly = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    "phases": (Phase.explicit, Phase.reuse, Phase.generate),
}


@settings(max_examples=10, derandomize=True, **quietly)
@given(events=histories())
@example(events=EXTENDED)
@example(events=MOVED)
@example(events=IN_AN_OUTAGE)
@example(events=BY_PHONE)
def test_every_promise_is_read_from_the_page_in_three_languages(check, events):
    check(events)


@pytest.mark.long
@settings(max_examples=150, **quietly)
@given(events=histories())
def test_every_promise_of_many_histories_is_read_from_the_page(check, events):
    check(events)
