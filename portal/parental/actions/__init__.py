"""What can be done with parental control; each use case is a module."""

from portal.parental.actions.change_sites import Added, add_site, remove_site, restore_site
from portal.parental.actions.end_silent_sessions import end_silent_sessions
from portal.parental.actions.import_list import Source, confirm_import, prepare_import
from portal.parental.actions.pause_profile import pause_profile, resume_profile
from portal.parental.actions.start_enforcement import end_enforcement, start_enforcement
from portal.parental.actions.sweep import sweep
from portal.parental.actions.take_accounting import take_accounting

__all__ = [
    "Added",
    "Source",
    "add_site",
    "confirm_import",
    "end_enforcement",
    "end_silent_sessions",
    "pause_profile",
    "prepare_import",
    "remove_site",
    "restore_site",
    "resume_profile",
    "start_enforcement",
    "sweep",
    "take_accounting",
]
