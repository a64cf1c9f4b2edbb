"""What starts beside the pages is light, or a start takes the time of eight portals."""

import subprocess
import sys

import pytest

from tests.databases import ROOT

PAGES = {"portal.app", "portal.shell", "portal.accounts.models", "wtforms", "procrastinate"}


@pytest.mark.parametrize(
    ("process", "heavy"),
    [
        ("portal.laptop.mail_sink", {*PAGES, "flask", "sqlalchemy"}),
        ("portal.parental.dns.app", PAGES),
        ("portal.laptop.run", PAGES),
    ],
)
def test_a_process_loads_what_it_uses(process: str, heavy: set[str]) -> None:
    asked = f"import sys, {process}; print(*sys.modules)"
    told = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True
    )

    loaded = set(told.stdout.split())
    assert process in loaded
    assert not loaded & heavy
