"""A tracker that stands still is seen: in the metrics, and by supervisors in their language."""

import re
from datetime import timedelta

import pytest
import yaml

from portal.core import clock
from portal.core.db import transaction
from portal.promises import timing
from portal.promises.watching import LONGEST_DELAY
from tests.appeals.factories import file_appeal
from tests.databases import ROOT

SECOND = timedelta(seconds=1)
FIRST_STEP = timedelta(hours=3, minutes=30)  # of a question: half the time until midnight
METRIC = "kabinet_promise_step_late_seconds"


@pytest.fixture
def appeal(app, alice):
    return file_appeal(app, alice)


def late_of(browser):
    return float(browser.open("/metrics").body.split(f"\n{METRIC} ")[1].split()[0])


def test_the_metrics_say_how_late_the_first_due_step_is(app, browser, appeal, noon):
    assert late_of(browser) == 0

    clock.freeze(noon + FIRST_STEP + 90 * SECOND)
    assert late_of(browser) == 90
    assert "tracker" not in browser.open("/readyz").body

    with app.app_context(), transaction(staff=True):
        timing.pass_time(most=9)
    assert late_of(browser) == 0


def test_each_alert_looks_at_a_figure_that_is_told(browser):
    rules = yaml.safe_load((ROOT / "deploy/alerts.yaml").read_text())["groups"][0]["rules"]
    named = {name for rule in rules for name in re.findall(r"kabinet_\w+", rule["expr"])}

    told = set(re.findall(r"^# TYPE (\w+)", browser.open("/metrics").body, re.MULTILINE))

    assert named
    assert named <= told


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Deadlines are not being watched"),
        ("ru", "За сроками никто не следит"),
        ("kk", "Мерзімдер қадағаланбай тұр"),
    ],
)
def test_supervisors_read_that_deadlines_are_not_watched(
    app, browser, eric, appeal, noon, language, words
):
    clock.freeze(noon + FIRST_STEP + LONGEST_DELAY)
    browser.log_in(eric)
    assert words not in browser.get("staff.supervise", lang=language).text

    clock.freeze(noon + FIRST_STEP + LONGEST_DELAY + SECOND)
    page = browser.get("staff.supervise", lang=language)
    assert words in page.text
    assert "20:30" in page.text

    with app.app_context(), transaction(staff=True):
        timing.pass_time(most=9)
    assert words not in browser.get("staff.supervise", lang=language).text
