"""Shapes of input."""

from collections.abc import Iterable

from wtforms import HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from portal.catalog.models import Offering
from portal.core.forms import PortalForm
from portal.core.text import LANGUAGES, _l, in_language
from portal.news.models import Issue, Newsletter
from portal.news.words import Words

_TITLE = _l("Title")
_LEAD = _l("Summary")
_BODY = _l("Text")
_LEAD_HINT = _l("One or two sentences: they stand in lists and at the head of the e-mail.")
_BODY_HINT = _l("Markdown: **bold**, [words of a link](https://…), lists with a hyphen.")


def _title() -> StringField:
    return StringField(
        _TITLE, validators=[Length(max=150, message=_l("Keep the title under 150 letters."))]
    )


def _lead() -> TextAreaField:
    return TextAreaField(
        _LEAD,
        description=_LEAD_HINT,
        validators=[Length(max=400, message=_l("Keep the summary under 400 letters."))],
    )


def _body() -> TextAreaField:
    return TextAreaField(_BODY, description=_BODY_HINT)


class _SeenForm(PortalForm):
    """A form about a draft; `version` is that of the draft which the editor opened."""

    version = HiddenField()

    @property
    def seen(self) -> str:
        """Return the version that came with the form; empty if none did."""
        return str(next(iter(self.version.raw_data or ()), ""))


class IssueForm(_SeenForm):
    """An issue in three languages."""

    newsletter = SelectField(_l("Newsletter"), validators=[InputRequired(_l("Choose one."))])
    offering_code = SelectField(
        _l("Service to connect from this issue"),
        description=_l("Readers get a button that leads to its terms."),
    )
    title_kk, lead_kk, body_kk = _title(), _lead(), _body()
    title_ru, lead_ru, body_ru = _title(), _lead(), _body()
    title_en, lead_en, body_en = _title(), _lead(), _body()

    def offer(self, newsletters: Iterable[Newsletter], offerings: Iterable[Offering]) -> None:
        """Fill the choices."""
        self.newsletter.choices = [
            SelectChoice(each.code, in_language(each.names)) for each in newsletters
        ]
        self.offering_code.choices = [
            SelectChoice("", _l("None")),
            *(SelectChoice(each.code, each.name) for each in offerings),
        ]

    @property
    def words(self) -> dict[str, Words]:
        """What was typed, by language."""
        return {
            code: Words(
                title=" ".join((self[f"title_{code}"].data or "").split()),
                lead=self[f"lead_{code}"].data or "",
                body=self[f"body_{code}"].data or "",
            )
            for code in LANGUAGES
        }


def issue_values(issue: Issue) -> dict[str, object]:
    """Return a draft as the fields of IssueForm."""
    values: dict[str, object] = {
        "version": str(issue.version),
        "newsletter": issue.newsletter.code,
        "offering_code": issue.offering_code or "",
    }
    for each in issue.texts:
        for part in ("title", "lead", "body"):
            values[f"{part}_{each.language}"] = getattr(each, part)
    return values


class SendForm(_SeenForm):
    """The last press before an issue leaves."""

    gap_reason = StringField(
        _l("Why is a language missing?"),
        description=_l("Readers of that language get the issue in Russian or in another language."),
        validators=[Length(max=300)],
    )


class ConfirmForm(PortalForm):
    """One press."""


class PreferencesForm(PortalForm):
    """The newsletters that a reader wants by e-mail."""

    newsletters = SelectMultipleField(
        _l("By e-mail I want"), widget=ListWidget(), option_widget=CheckboxInput()
    )

    def offer(self, newsletters: Iterable[Newsletter]) -> None:
        """Fill the choices."""
        self.newsletters.choices = [
            SelectChoice(str(each.id), in_language(each.names)) for each in newsletters
        ]
