"""Public lists as their authors ship them; they stand beside the project, not in it."""

from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "blocklists"


def real_list(name):
    """Return a list's bytes; skips the test on a machine without them."""
    if not FOLDER.exists():
        pytest.skip("the real lists (../shared/data/blocklists) are not on this machine")
    return (FOLDER / name).read_bytes()
