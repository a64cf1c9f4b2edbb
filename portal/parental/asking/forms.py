"""The shape of what children ask and parents answer."""

from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from portal.core.forms import PortalForm
from portal.core.text import _l
from portal.parental.asking.models import Answer


class AskForm(PortalForm):
    """A site that a child wants to open."""

    site = StringField(
        _l("Site"),
        validators=[InputRequired(_l("Write a site, for example youtube.com."))],
        render_kw={"autocomplete": "off", "inputmode": "url", "spellcheck": "false"},
    )


class AnswerForm(PortalForm):
    """What a parent says, with one press."""

    answer = RadioField(
        _l("Answer"),
        choices=[
            SelectChoice(Answer.MINUTES, _l("15 minutes")),
            SelectChoice(Answer.TODAY, _l("Today")),
            SelectChoice(Answer.ALWAYS, _l("Always")),
            SelectChoice(Answer.NO, _l("No")),
        ],
        coerce=Answer,
        validators=[InputRequired(_l("Choose an answer."))],
    )
