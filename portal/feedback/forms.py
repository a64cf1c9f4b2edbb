"""Shapes of ratings and their reviews."""

from wtforms import BooleanField, RadioField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal.core.forms import PortalForm
from portal.core.text import _l
from portal.feedback.models import LONGEST_COMMENT, Cause, Mark, Rating

_TOO_LONG = _l("This is too long: shorten it, please.")

MARKS = {
    Mark.FAST: _l("Good: it was quick"),
    Mark.KIND: _l("Good: they were friendly"),
    Mark.CLEAR: _l("Good: it was explained well"),
    Mark.SOLVED: _l("Good: it is settled"),
    Mark.SLOW: _l("Bad: it took long"),
    Mark.RUDE: _l("Bad: they were unfriendly"),
    Mark.UNCLEAR: _l("Bad: I did not understand it"),
    Mark.UNSOLVED: _l("Bad: it is not settled"),
}


class RatingForm(PortalForm):
    """1 to 5, what was good or bad, and a comment."""

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
    marks = SelectMultipleField(
        _l("What was good or bad?"),
        choices=[SelectChoice(mark, name) for mark, name in MARKS.items()],
        widget=ListWidget(),
        option_widget=CheckboxInput(),
    )
    comment = TextAreaField(
        _l("In your words"),
        validators=[Length(max=LONGEST_COMMENT, message=_TOO_LONG)],
    )


class ReviewForm(PortalForm):
    """What a supervisor has found and done so far: a step may be empty until it is taken."""

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
        validators=[Optional()],
    )
    action = TextAreaField(
        _l("What was done?"),
        validators=[
            Length(max=LONGEST_COMMENT, message=_TOO_LONG),
        ],
    )
    called_back = BooleanField(_l("I have called the customer back"))


def review_values(rating: Rating) -> dict[str, object]:
    """Return the steps that a reviewer has taken, as the fields of ReviewForm."""
    review = rating.review
    if review is None:
        return {}
    return {
        "cause": review.cause,
        "action": review.action,
        "called_back": review.called_back_at is not None,
    }
