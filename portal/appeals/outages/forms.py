"""Shapes of what is written about outages."""

from collections.abc import Sequence
from datetime import UTC, datetime

from wtforms import BooleanField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import DateTimeLocalField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal.appeals.models import LONGEST_SUBJECT
from portal.appeals.outages.models import Outage
from portal.appeals.outages.places import NewOutage, read_areas
from portal.catalog.places import CITIES, TECHNOLOGIES
from portal.core import clock
from portal.core.errors import RuleError
from portal.core.forms import PortalForm
from portal.core.text import LANGUAGES, ZONE, Marked, _l, local

_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
_ALMATY = _l("Almaty time")
_NO_TIME = _l("Write a day and a time.")
_NO_WORDS = _l("Write it in Kazakh, Russian and English.")
_NO_CITY = _l("Choose at least one city.")


def _moment(label: Marked) -> DateTimeLocalField:
    return DateTimeLocalField(
        label, description=_ALMATY, format=_FORMATS, validators=[InputRequired(_NO_TIME)]
    )


def _several(
    label: Marked,
    choices: list[SelectChoice],
    hint: Marked,
    validators: Sequence[InputRequired] = (),
) -> SelectMultipleField:
    return SelectMultipleField(
        label,
        description=hint,
        choices=choices,
        widget=ListWidget(),
        option_widget=CheckboxInput(),
        validators=validators,
    )


def _instant(field: DateTimeLocalField) -> datetime:
    """Return what was typed, a clock time of Almaty, as an instant."""
    typed: datetime = field.data
    return typed.replace(tzinfo=ZONE).astimezone(UTC)


class OutageForm(PortalForm):
    """A new outage: what, where, since when and until when."""

    kind = RadioField(
        _l("What is it?"),
        choices=[
            SelectChoice("now", _l("It does not work now")),
            SelectChoice("planned", _l("Planned works")),
        ],
        default="now",
        validators=[InputRequired(_l("Choose what it is."))],
    )
    cause_kk = StringField(
        _l("In Kazakh"),
        description=_l("A few words that customers read: what and where."),
        validators=[InputRequired(_NO_WORDS)],
    )
    cause_ru = StringField(_l("In Russian"), validators=[InputRequired(_NO_WORDS)])
    cause_en = StringField(_l("In English"), validators=[InputRequired(_NO_WORDS)])
    cities = _several(
        _l("Cities"),
        [SelectChoice(code, name) for code, name in CITIES.items()],
        _NO_CITY,
        [InputRequired(_NO_CITY)],
    )
    districts = StringField(
        _l("Districts"),
        description=_l("As billing writes them, with commas between. Empty: the whole city."),
    )
    technologies = _several(
        _l("Kinds of line"),
        [SelectChoice(each, each.upper()) for each in TECHNOLOGIES],
        _l("None chosen: every line."),
    )
    started_at = _moment(_l("Begins"))
    promised_at = _moment(_l("Promised until"))

    @classmethod
    def fresh(cls) -> "OutageForm":
        """Return an empty form that begins now."""
        return cls(data={"kind": "now", "started_at": local(clock.now())})

    @property
    def wish(self) -> NewOutage:
        """Return what is to be opened. Raises RuleError as `read_areas` does."""
        return NewOutage(
            areas=read_areas(self.cities.data or [], self.districts.data or ""),
            technologies=self.technologies.data or [],
            is_planned=self.kind.data == "planned",
            cause=_words(self, "cause"),
            started_at=_instant(self.started_at),
            promised_at=_instant(self.promised_at),
        )


class MoveForm(PortalForm):
    """Another promised time, and why."""

    promised_at = _moment(_l("New promised time"))
    reason_kk = StringField(
        _l("Reason in Kazakh"), description=_l("Needed for a later time; customers read it.")
    )
    reason_ru = StringField(_l("Reason in Russian"))
    reason_en = StringField(_l("Reason in English"))

    @property
    def until(self) -> datetime:
        return _instant(self.promised_at)

    @property
    def reason(self) -> dict[str, str]:
        return _words(self, "reason")


class UpdateForm(PortalForm):
    """How it goes, for all who follow."""

    text_kk = TextAreaField(_l("In Kazakh"))
    text_ru = TextAreaField(_l("In Russian"))
    text_en = TextAreaField(_l("In English"))
    names_time = BooleanField(
        _l("The text names the promised time: then it is an interim answer to each")
    )

    @property
    def texts(self) -> dict[str, str]:
        return _words(self, "text")


class RestoreForm(PortalForm):
    """Since when everything works again."""

    restored_at = _moment(_l("Works again since"))

    @property
    def since(self) -> datetime:
        """Return the minute that was typed; the present one means now."""
        typed, now = _instant(self.restored_at), clock.now()
        return now if typed == now.replace(second=0, microsecond=0) else typed


class LinkForm(PortalForm):
    """The faults that a specialist links."""

    appeals = SelectMultipleField(
        _l("Open faults at these addresses"),
        widget=ListWidget(),
        option_widget=CheckboxInput(),
        validators=[InputRequired(_l("Choose at least one appeal."))],
    )


class ChooseOutageForm(PortalForm):
    """The outage that an appeal is linked with."""

    outage_id = RadioField(_l("Outage"), validators=[InputRequired(_l("Choose an outage."))])


class FollowForm(PortalForm):
    """What was typed when somebody chose to follow; nothing is needed.

    The page of files sends no text: its draft has it.
    """

    appeal_id = StringField(validators=[Optional()])
    draft_id = StringField(validators=[Optional()])
    subject = StringField(validators=[Optional()])
    body = TextAreaField(validators=[Optional()])

    @property
    def typed(self) -> dict[str, str]:
        """Return the texts that were sent, by the names of a draft's."""
        texts = {"subject": self.subject.data, "body": self.body.data}
        return {name: text for name, text in texts.items() if text is not None}

    def check(self) -> None:
        """Raise RuleError if what was typed cannot be an appeal."""
        if not self.validate() or len(self.subject.data or "") > LONGEST_SUBJECT:
            raise RuleError(_l("This is too long: shorten it, please."))


class WorksForm(PortalForm):
    """The answer to “Does it work again?”."""

    works = RadioField(
        choices=[SelectChoice("yes", ""), SelectChoice("no", "")],
        validators=[InputRequired(_l("Say yes or no."))],
    )


def move_form(outage: Outage) -> MoveForm:
    """Return the form of another promised time, filled with the present one."""
    return MoveForm(formdata=None, data={"promised_at": local(outage.promised_at)})


def _words(form: PortalForm, name: str) -> dict[str, str]:
    return {code: form[f"{name}_{code}"].data or "" for code in LANGUAGES}
