"""The shape of an answer to many at once."""

from uuid import UUID

from wtforms import HiddenField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from portal.core.forms import read_uuid
from portal.core.text import _l
from portal.staff.forms.answering import AnswerForm, text_field
from portal.staff.speech import Speech


class ManyForm(AnswerForm):
    """One text, or a canned reply in the language of each; the appeals are boxes of the page."""

    kind = RadioField(
        _l("What do you write?"),
        choices=[
            SelectChoice(Speech.MESSAGE, _l("Answer")),
            SelectChoice(Speech.INTERIM, _l("Interim")),
            SelectChoice(Speech.FINAL, _l("Final")),
        ],
        default=Speech.MESSAGE,
        validators=[InputRequired(_l("Choose what you write."))],
    )
    reply_id = SelectField(
        _l("Canned reply, in the language of each"),
        coerce=read_uuid,
        validate_choice=False,
        validators=[Optional()],
    )
    body = text_field(Optional(), Length(max=20_000))
    chosen = HiddenField()
    to_linked = None

    def choose(self, appeal_ids: list[UUID]) -> None:
        """Remember which boxes are set, so that they stay set after a refusal."""
        self.chosen_ids = set(appeal_ids)
