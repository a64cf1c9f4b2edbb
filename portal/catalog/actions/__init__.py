"""Writes of the catalogue."""

from portal.catalog.actions.applying import Loaded
from portal.catalog.actions.drafting import (
    Taken,
    change_offering,
    draft_file,
    draft_version,
    drop_change,
    drop_draft,
)
from portal.catalog.actions.releasing import load_catalogue, release_draft

__all__ = [
    "Loaded",
    "Taken",
    "change_offering",
    "draft_file",
    "draft_version",
    "drop_change",
    "drop_draft",
    "load_catalogue",
    "release_draft",
]
