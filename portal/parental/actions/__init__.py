"""What can be done with parental control; each use case is a module."""

from portal.parental.actions.change_settings import (
    Change,
    change_settings,
    restore_version,
    take_preset,
)
from portal.parental.actions.change_sites import (
    Added,
    Remark,
    add_site,
    change_remark,
    remove_site,
    restore_site,
)
from portal.parental.actions.end_silent_sessions import end_silent_sessions
from portal.parental.actions.keep_profiles import add_child, remove_child, rename_child
from portal.parental.actions.pause_profile import (
    end_bonus,
    give_bonus,
    pause_profile,
    resume_profile,
)
from portal.parental.actions.read_list import (
    Reader,
    Source,
    keep_reading,
    list_to_read,
    prepare_import,
    read,
    tell_progress,
)
from portal.parental.actions.start_enforcement import (
    end_enforcement,
    rest_enforcement,
    start_enforcement,
)
from portal.parental.actions.sweep import PARTS_OF_SWEEP, forget_lists
from portal.parental.actions.take_accounting import take_accounting
from portal.parental.actions.take_list import confirm_import, undo_import

__all__ = [
    "PARTS_OF_SWEEP",
    "Added",
    "Change",
    "Reader",
    "Remark",
    "Source",
    "add_child",
    "add_site",
    "change_remark",
    "change_settings",
    "confirm_import",
    "end_bonus",
    "end_enforcement",
    "end_silent_sessions",
    "forget_lists",
    "give_bonus",
    "keep_reading",
    "list_to_read",
    "pause_profile",
    "prepare_import",
    "read",
    "remove_child",
    "remove_site",
    "rename_child",
    "rest_enforcement",
    "restore_site",
    "restore_version",
    "resume_profile",
    "start_enforcement",
    "take_accounting",
    "take_preset",
    "tell_progress",
    "undo_import",
]
