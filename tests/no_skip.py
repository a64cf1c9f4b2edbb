"""With KABINET_NO_SKIP a skipped test is a failed one: CI proves everything or says so."""

import os

import pytest

MUST_NOT_SKIP = bool(os.environ.get("KABINET_NO_SKIP"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    return _refuse_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    return _refuse_skip((yield))


def _refuse_skip(report):
    if MUST_NOT_SKIP and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"Skipped, and KABINET_NO_SKIP is set: {report.longrepr}"
    return report
