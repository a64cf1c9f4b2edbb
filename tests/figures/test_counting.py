"""The sums of a day are what its appeals tell one by one, and stay so when counted again."""

import csv
import io
import random
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from portal.core import clock, ids
from portal.core.db import transaction
from portal.figures import actions
from portal.figures.models import AnswerDay, AppealDay, FiguresCount, PromiseDay, RatingDay
from portal.promises import queries as promises
from portal.promises.fold import Event, Happening
from portal.promises.models import PromiseEvent
from portal.promises.obligation import Outcome
from tests.conftest import _sessions
from tests.promises.histories import write, write_histories

RANDOM = 60
WORDS = ("in_time", "late", "replaced", "released", "running")
HOUR = timedelta(hours=1)
# What became of an appeal, and the happenings that make it so, an hour apart.
STORIES = {
    "in_time": (Happening.FINAL_SENT,),
    "replaced": (*(Happening.INTERIM_SENT, Happening.INVESTIGATION_OPENED, Happening.FINAL_SENT),),
    "released": (Happening.WITHDRAWN,),
}
NOW = datetime(2026, 12, 12, 12, tzinfo=UTC)


@pytest.fixture
def written(app, db):
    """Appeals of a month under three versions, on 12 December: random ones, and some of each word.

    Of those that are not random 14 came by the form and 3 by a kiosk, all but two in November.
    """
    clock.freeze(NOW)
    chance = random.Random(8)  # noqa: S311 - a history, no secret
    november = datetime(2026, 11, 24, 4, tzinfo=UTC)
    told = [story(word, november, "form") for word in STORIES for _ in range(4)]
    told += [story(word, november, "kiosk") for word in STORIES]
    told += [story("running", NOW - HOUR, "form") for _ in range(2)]
    with as_worker(app, db):
        write_histories(app, db, count=RANDOM, seed=5)
        write(app, told, chance)
    db.commit()
    yield db
    promises.forget()


def story(word, at, channel, version=3):
    """Return the events of an appeal that ends as `word` says."""
    what = {"channel": channel, "kind": "question", "received_at": at.isoformat()}
    data = {"promised_at": (at + 20 * HOUR).isoformat(), "reason": "so"}
    rest = [
        Event(happening, at + hours * HOUR, version, data)
        for hours, happening in enumerate(STORIES.get(word, ()), 1)
    ]
    return [Event(Happening.REGISTERED, at, version, what), *rest]


@contextmanager
def as_worker(app, db):
    """Let the app be the worker's process for a while."""
    real = app.extensions["db_session_factory"]
    app.extensions["db_session_factory"] = _sessions(db.info["outer"], "kabinet_worker")
    yield
    app.extensions["db_session_factory"] = real


def count(app, db):
    """Do what the periodic job does."""
    began_at = clock.now()
    with as_worker(app, db), app.app_context():
        with transaction():
            days = actions.changed_days()
        for day in days:
            with transaction():
                actions.count_day(day)
        with transaction():
            actions.count_ratings()
            actions.finish(began_at)
    return days


def by_hand(app, db):
    """Judge every appeal by its own events, as a person would."""
    words, kinds, now = Counter(), Counter(), clock.now()
    with as_worker(app, db), app.app_context(), transaction():
        for story in promises.stories("appeal"):
            case = promises.case_from(story.events)
            outcomes = [(p.kind.value, p.outcome(now)) for p in case.promises]
            words[case.channel, case.kind, word_of(outcomes, is_over=case.is_over)] += 1
            kinds.update((case.channel, kind, how.value) for kind, how in outcomes)
    return words, kinds


def word_of(outcomes, *, is_over):
    how = {outcome for _kind, outcome in outcomes} | (set() if is_over else {Outcome.RUNNING})
    kept = {kind for kind, outcome in outcomes if outcome is Outcome.KEPT}
    for outcome, word in (
        (Outcome.BROKEN, "late"),
        (Outcome.REPLACED, "replaced"),
        (Outcome.RUNNING, "running"),
    ):
        if outcome in how:
            return word
    is_released = Outcome.RELEASED in how and not kept & {"final", "claim", "repair"}
    return "released" if is_released else "in_time"


def sums(db):
    db.expire_all()
    found = Counter()
    for row in db.scalars(select(AppealDay)):
        assert row.received == sum(getattr(row, word) for word in WORDS)
        found.update({(row.channel, row.kind, word): getattr(row, word) for word in WORDS})
    return +found


def of_kinds(db):
    found = Counter()
    for row in db.scalars(select(PromiseDay)):
        for name in ("kept", "late", "replaced", "released", "running"):
            how = "broken" if name == "late" else name
            found[row.channel, row.kind, how] += getattr(row, name)
    return +found


def test_sums_are_what_each_appeal_tells(app, written):
    days = count(app, written)
    words, kinds = by_hand(app, written)

    assert sums(written) == words
    assert {word for *_, word in words} == set(WORDS), "every word came up"
    assert of_kinds(written) == kinds
    assert len(count(app, written)) < len(days), "only the last hour is looked at again"
    with as_worker(app, written):
        command = ["figures", "count", "2026-11-09", "2026-12-12"]
        done = app.test_cli_runner().invoke(args=command)
    assert done.output.endswith("34 days counted\n")
    assert sums(written) == words
    check_answers(written)


def test_what_breaks_later_is_counted_with_the_day_of_its_receipt(app, written):
    count(app, written)
    before = sums(written)

    clock.freeze(clock.now() + timedelta(days=40))
    days = count(app, written)

    after = sums(written)
    assert NOW.date() in days
    assert sum(after.values()) == sum(before.values()) == RANDOM + 17
    assert {word for *_, word in before} - {word for *_, word in after} == {"running"}
    assert after == by_hand(app, written)[0]


def check_answers(db):
    """Compare the minutes of each first final answer with what was counted, rounded up."""
    received, answered = {}, {}
    for event in db.scalars(select(PromiseEvent).order_by(PromiseEvent.seq)):
        if event.happening == "registered":
            received[event.subject_id] = datetime.fromisoformat(event.data["received_at"])
        if event.happening == "final_sent":
            answered.setdefault(event.subject_id, event.at)
    took = sorted((at - received[each]).total_seconds() / 60 for each, at in answered.items())
    steps = select(AnswerDay.minutes, func.sum(AnswerDay.number)).group_by(AnswerDay.minutes)
    told = sorted(minutes for minutes, number in db.execute(steps) for _ in range(number))
    assert len(told) == len(took) > 10
    for minutes, real in zip(told, took, strict=True):
        assert real <= minutes <= real * 1.1 + 1


def test_what_nobody_answered_is_never_in_time(app, db):
    """Not even what has no promise left: a call with an interim answer as it was once written."""
    clock.freeze(NOW)
    with as_worker(app, db):
        write(app, [story("running", NOW, "phone", 2) for _ in range(3)], random)
    db.execute(text("delete from promise_timer"))
    db.execute(text("delete from promise where kind = 'interim'"))
    db.commit()
    clock.freeze(NOW + 24 * 20 * HOUR)
    with as_worker(app, db), app.app_context(), transaction():
        actions.count_day(NOW.date())

    assert sums(db) == {("phone", "question", "running"): 3}


def test_a_second_promise_that_breaks_is_counted_too(app, db):
    """The interim is broken and still open when the final answer is too late as well."""
    clock.freeze(NOW)
    with as_worker(app, db):
        write(app, [story("running", NOW, "form", 2)], random)
    clock.freeze(NOW + 12 * HOUR)
    count(app, db)
    assert of_kinds(db) == {("form", "interim", "broken"): 1, ("form", "final", "running"): 1}

    clock.freeze(NOW + 30 * HOUR)
    count(app, db)
    assert of_kinds(db) == {("form", "interim", "broken"): 1, ("form", "final", "broken"): 1}


def cells(page, group):
    """Return the numbers of a group's row in the table of channels."""
    [row] = [
        row
        for row in page.all("section[aria-labelledby=channels] tbody tr")
        if row.cssselect("th")[0].text_content().strip() == group
    ]
    return [cell.text_content().split() for cell in row.cssselect("td")]


def lines_of(page):
    return list(csv.reader(io.StringIO(page.body.lstrip("\ufeff"))))


def received_in_november(db, channel):
    days = db.scalars(select(AppealDay).where(AppealDay.channel == channel))
    return sum(each.received for each in days if each.day_on.month == 11)


def test_the_public_page_and_its_file(app, written, browser):
    count(app, written)
    by_form, by_kiosk = (received_in_november(written, each) for each in ("form", "kiosk"))
    assert (by_form >= 12, by_kiosk < 10) == (True, True)

    page = browser.open("/promises?month=2026-11&lang=en")

    assert cells(page, "Form of the portal")[0] == [str(by_form)]
    assert cells(page, "Kiosk") == [["fewer", "than", "10", "appeals:", "not", "told"]]
    assert "Counted on 12 December, 17:00" in page.text
    file = lines_of(browser.open("/promises.csv?lang=en"))
    lines = {line[1]: line[2:] for line in file if line[0] == "2026-11"}
    assert lines["Form of the portal"][0] == str(by_form)
    assert sum(int(number) for number in lines["Form of the portal"][1:6]) == by_form
    assert set(lines["Kiosk"]) == {""}


def test_the_analysis_tells_every_group(app, written, browser, eric, count_statements):
    count(app, written)
    by_kiosk = str(received_in_november(written, "kiosk"))
    browser.log_in(eric)

    page = browser.get("figures.show_analysis", month="2026-11")

    assert cells(page, "Kiosk")[0] == [by_kiosk]
    for words in ("Complaint", "Interim answer", "Mystery shopping", "Why customers leave"):
        assert words in page.text
    file = lines_of(browser.get("figures.download_analysis"))
    assert ["2026-11", "Channel", "Kiosk", by_kiosk] in [line[:4] for line in file]
    assert count_statements("figures.show_analysis", month="2026-11") <= 22
    assert count_statements("figures.show_promises", month="2026-11") <= 14


def test_ratings_are_a_chart_by_month_with_its_table(db, browser, eric):
    """Of a month with fewer than thirty ratings no share is told, so it has no column."""
    given = {9: (30, 20), 10: (40, 38), 11: (29, 29)}
    for month, (answered, good) in given.items():
        for place, kind in enumerate(("appeal", "visit")):
            part = (answered // 2 + answered % 2 * place, good // 2 + good % 2 * place)
            day = date(2026, month, 3)
            db.add(
                RatingDay(
                    id=ids.uuid7(), day_on=day, subject_kind=kind, channel="form",
                    asked=50, answered=part[0], good=part[1],
                )
            )  # fmt: skip
    db.commit()
    browser.log_in(eric)

    page = browser.get("figures.show_analysis", month="2026-11")

    rows = page.all("section[aria-labelledby=ratings] figure tbody tr")
    assert [row.cssselect("td")[-1].text_content() for row in rows] == ["67", "95"]


def test_before_the_first_count_the_page_says_so(browser, db):
    assert db.scalars(select(FiguresCount.counted_at)).one() is None
    assert "Nothing is counted yet." in browser.open("/promises?lang=en").text
