"""The clock: real, moved, standing."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from portal.config import ROOT
from portal.core import clock

SOON = timedelta(seconds=5)


@pytest.fixture(autouse=True)
def running(noon: datetime) -> object:
    clock.freeze(None)
    yield
    clock.start_at(None)


def test_it_tells_the_real_time_in_utc() -> None:
    assert abs(clock.now() - datetime.now(UTC)) < SOON
    assert clock.now().tzinfo is UTC


def test_time_starts_elsewhere_and_runs_on() -> None:
    start = datetime(2030, 1, 1, tzinfo=UTC)

    clock.start_at(start)
    first = clock.now()
    second = clock.now()

    assert start <= first <= second < start + SOON
    assert second > start


def test_the_setting_moves_the_clock_of_a_whole_process() -> None:
    program = (
        "from portal.app import create_app; from portal.core import clock; create_app();"
        " print(clock.now().isoformat())"
    )
    settings = {
        "DATABASE_URL": "postgresql://nobody/none",
        "DEBUG": "1",
        "KABINET_NOW": "2030-01-01T05:00:00+05:00",
    }

    told = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()

    assert told.startswith("2030-01-01T00:00")
