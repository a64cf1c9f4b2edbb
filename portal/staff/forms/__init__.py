"""Shapes of what is written at the desk."""

from portal.staff.forms.answering import AnswerForm, InvestigationForm
from portal.staff.forms.canned import CannedForm
from portal.staff.forms.handling import Away, LinkForm, TransferForm, TurnAwayForm
from portal.staff.forms.many import ManyForm
from portal.staff.forms.registering import RegisterForm
from portal.staff.forms.supervising import SuperviseForm

__all__ = [
    "AnswerForm",
    "Away",
    "CannedForm",
    "InvestigationForm",
    "LinkForm",
    "ManyForm",
    "RegisterForm",
    "SuperviseForm",
    "TransferForm",
    "TurnAwayForm",
]
