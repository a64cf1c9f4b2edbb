"""The measurement itself runs, with small numbers."""

import re
import subprocess
import sys

import pytest

from tests.databases import ROOT

KEYS = {
    "tick_ms_200_due_900",
    "tick_ms_200_due_2000",
    "tick_ratio",
    "queue_page_ms",
    "customer_page_statements",
    "file_appeal_ms",
    "notice_s",
}


@pytest.mark.long
def test_the_measurement_finds_each_figure() -> None:
    asked = ["--few", "900", "--many", "2000", "--rounds", "2"]
    done = subprocess.run(
        [sys.executable, "-m", "bench.sla", *asked],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr[-2000:]
    found = dict(re.findall(r"^RESULT (\w+)=(.+)$", done.stdout, re.MULTILINE))
    assert found.keys() >= KEYS
    assert all(float(found[key]) > 0 for key in KEYS)
    assert float(found["customer_page_statements"]) <= 10
