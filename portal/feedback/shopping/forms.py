"""The agency's entry: place, day, and one reply for each question of its checklist."""

from typing import Any

from wtforms import DateField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional

from portal.core.forms import PortalForm
from portal.core.text import _l, in_language
from portal.feedback.shopping.models import ShoppingVisit
from portal.feedback.shopping.scoring import Reply, Seen

_TOO_LONG = _l("This is too long: shorten it, please.")
_REPLIES = (
    SelectChoice(Reply.YES, _l("Yes")),
    SelectChoice(Reply.NO, _l("No")),
    SelectChoice(Reply.NOT_MET, _l("No occasion")),
)
_PREFIX = "q-"


class EntryForm(PortalForm):
    """What stands in every entry; `form_of` adds the questions."""

    place = StringField(
        _l("Place"),
        description=_l("Office and town, or the number that was called; nobody’s name"),
        validators=[Length(max=200, message=_TOO_LONG)],
    )
    visited_on = DateField(_l("Day"), validators=[Optional()])
    comment = TextAreaField(
        _l("What else was seen?"),
        description=_l("No names and numbers of customers"),
        validators=[Length(max=4000, message=_TOO_LONG)],
    )

    @property
    def replies(self) -> list[RadioField]:
        """Return the fields of the questions, in their order."""
        return [field for field in self if field.name.startswith(_PREFIX)]

    @property
    def seen(self) -> Seen:
        """What was typed."""
        return Seen(
            place=self.place.data or "",
            visited_on=self.visited_on.data,
            answers={
                field.name.removeprefix(_PREFIX): field.data for field in self.replies if field.data
            },
            comment=self.comment.data or "",
        )


def form_of(entry: ShoppingVisit) -> EntryForm:
    """Return the form of an entry, with what is written there already."""
    fields: dict[str, Any] = {
        f"{_PREFIX}{each.code}": RadioField(
            in_language(each.texts), choices=list(_REPLIES), validators=[Optional()]
        )
        for each in entry.checklist.asked
    }
    written = {f"{_PREFIX}{code}": reply for code, reply in entry.answers.items()}
    made = type("EntryFormOfChecklist", (EntryForm,), fields)
    form: EntryForm = made(
        data={
            "place": entry.place,
            "visited_on": entry.visited_on,
            "comment": entry.comment,
            **written,
        }
    )
    return form
