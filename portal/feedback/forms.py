"""Shapes of ratings and their reviews."""

from wtforms import BooleanField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from portal.core.forms import PortalForm
from portal.core.text import _l
from portal.feedback.models import LONGEST_COMMENT, Cause

_TOO_LONG = _l("This is too long: shorten it, please.")


class RatingForm(PortalForm):
    """1 to 5 and a comment."""

    score = RadioField(
        _l("Rating from 1 to 5"),
        choices=[
            SelectChoice(1, _l("bad")),
            SelectChoice(2, _l("weak")),
            SelectChoice(3, _l("tolerable")),
            SelectChoice(4, _l("good")),
            SelectChoice(5, _l("excellent")),
        ],
        coerce=int,
        validators=[InputRequired(_l("Choose a rating from 1 to 5."))],
    )
    comment = TextAreaField(
        _l("What was good or bad?"),
        validators=[Length(max=LONGEST_COMMENT, message=_TOO_LONG)],
    )


class ReviewForm(PortalForm):
    """What a supervisor found and did."""

    cause = RadioField(
        _l("Cause"),
        choices=[
            SelectChoice(Cause.SPECIALIST, _l("How the specialist worked")),
            SelectChoice(Cause.SPEED, _l("How long it took")),
            SelectChoice(Cause.NETWORK, _l("Network or equipment")),
            SelectChoice(Cause.PRICE, _l("Price or terms")),
            SelectChoice(Cause.INFORMATION, _l("Something was not explained")),
            SelectChoice(Cause.NOTHING, _l("Nothing was wrong")),
        ],
        validators=[InputRequired(_l("Choose the cause."))],
    )
    action = TextAreaField(
        _l("What was done?"),
        validators=[
            InputRequired(_l("Write what was done.")),
            Length(max=LONGEST_COMMENT, message=_TOO_LONG),
        ],
    )
    called_back = BooleanField(_l("I have called the customer back"))
