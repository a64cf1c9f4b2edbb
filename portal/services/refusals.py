"""Why a line of the billing feed was refused, in words for staff."""

from portal.core.text import Marked, _l
from portal.services.feed import Fault

FAULTS: dict[str, Marked] = {
    Fault.NO_OBJECT: _l("This line is no JSON object."),
    Fault.NO_CONTRACT: _l("There is no contract with this number."),
    Fault.MISSING: _l("The field “%(field)s” is missing."),
    Fault.UNKNOWN: _l("The field “%(field)s” is not known here."),
    Fault.WRONG: _l("The field “%(field)s” holds what cannot be used."),
    Fault.CONFLICT: _l("Another line of the same moment says something else."),
}
