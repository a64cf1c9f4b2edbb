"""The shape of what parents send; each subject is a module."""

from portal.parental.forms.profiles import (
    BonusForm,
    ChildForm,
    NameForm,
    SearchForm,
    SeenForm,
    SwitchesForm,
)
from portal.parental.forms.schedule import (
    WindowForm,
)
from portal.parental.forms.sites import (
    ALWAYS,
    FORMAT_NAMES,
    IN_WINDOWS,
    LONGEST_LIST_TEXT,
    CheckForm,
    ConfirmForm,
    ImportForm,
    PauseForm,
    RemarkForm,
    SiteForm,
)

__all__ = [
    "ALWAYS",
    "FORMAT_NAMES",
    "IN_WINDOWS",
    "LONGEST_LIST_TEXT",
    "BonusForm",
    "CheckForm",
    "ChildForm",
    "ConfirmForm",
    "ImportForm",
    "NameForm",
    "PauseForm",
    "RemarkForm",
    "SearchForm",
    "SeenForm",
    "SiteForm",
    "SwitchesForm",
    "WindowForm",
]
