"""What a compensation is for."""

from enum import StrEnum

from portal.core.text import Marked, _l


class CompensationCause(StrEnum):
    """Why the operator gives money back."""

    VISIT_MISSED = "visit_missed"
    OUTAGE = "outage"
    LATE_ANSWER = "late_answer"
    LATE_REPAIR = "late_repair"

    @property
    def label(self) -> Marked:
        return _LABELS[self]


_LABELS = {
    CompensationCause.VISIT_MISSED: _l("for a technician who did not come"),
    CompensationCause.OUTAGE: _l("for an interruption of the service"),
    CompensationCause.LATE_ANSWER: _l("for an answer that came too late"),
    CompensationCause.LATE_REPAIR: _l("for a repair that came too late"),
}
