"""Shapes of input."""

from typing import TypedDict

from wtforms import HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput, ListWidget

from portal.appeals.forms import KINDS
from portal.appeals.knowledge.models import (
    LONGEST_BODY,
    LONGEST_COMMENT,
    LONGEST_QUESTION,
    Answer,
    Tag,
)
from portal.appeals.knowledge.wording import Words
from portal.core.forms import PortalForm
from portal.core.text import LANGUAGES, _l


class Facts(TypedDict):
    """Which appeals an answer may spare, and what it is about."""

    kind: str | None
    tags: list[Tag]


TAGS = {
    Tag.INTERNET: _l("Internet"),
    Tag.WIFI: _l("Wi-Fi"),
    Tag.TV: _l("Television"),
    Tag.MONEY: _l("Bills and payment"),
    Tag.CONTRACT: _l("The contract"),
    Tag.TARIFF: _l("Tariffs and services"),
    Tag.MOVING: _l("Moving home"),
    Tag.CHILDREN: _l("Parental control"),
    Tag.EQUIPMENT: _l("Equipment"),
    Tag.PORTAL: _l("This portal"),
}
_TOO_LONG = _l("This is too long: shorten it, please.")


def _question() -> StringField:
    return StringField(
        _l("Question as readers ask it"),
        validators=[Length(max=LONGEST_QUESTION, message=_TOO_LONG)],
    )


def _body() -> TextAreaField:
    return TextAreaField(
        _l("Its answer"),
        description=_l("Markdown: **bold**, [words of a link](https://…), lists with a hyphen."),
        validators=[Length(max=LONGEST_BODY, message=_TOO_LONG)],
    )


class AnswerForm(PortalForm):
    """A question and its answer in three languages. `version` is what the editor opened."""

    version = HiddenField()
    vain = HiddenField()
    kind = SelectField(
        _l("Which appeals may it spare?"),
        choices=[SelectChoice("", _l("Any")), *KINDS],
    )
    tags = SelectMultipleField(
        _l("Topics"),
        choices=[SelectChoice(tag, name) for tag, name in TAGS.items()],
        widget=ListWidget(),
        option_widget=CheckboxInput(),
    )
    question_kk, body_kk = _question(), _body()
    question_ru, body_ru = _question(), _body()
    question_en, body_en = _question(), _body()

    @property
    def words(self) -> Words:
        """What was typed, (question, answer) by language."""
        return {
            code: (
                " ".join((self[f"question_{code}"].data or "").split()),
                self[f"body_{code}"].data or "",
            )
            for code in LANGUAGES
        }

    @property
    def facts(self) -> Facts:
        """What is said of the answer beside its words."""
        return {"kind": self.kind.data or None, "tags": [Tag(tag) for tag in self.tags.data or ()]}

    @property
    def seen(self) -> str:
        """Return the version that came with the form; empty if none did."""
        return str(next(iter(self.version.raw_data or ()), ""))


def answer_values(answer: Answer) -> dict[str, object]:
    """Return what an editor goes on from, as the fields of AnswerForm."""
    values: dict[str, object] = {
        "version": str(answer.version),
        "kind": answer.kind or "",
        "tags": answer.tags,
    }
    for code, text in answer.newest.items():
        values |= {f"question_{code}": text.question, f"body_{code}": text.body}
    return values


class VoteForm(PortalForm):
    """Yes or no is the button that is pressed; the words are free."""

    comment = TextAreaField(
        _l("What is missing?"),
        description=_l("Please no names, numbers or passwords: we cannot answer you here."),
        validators=[Length(max=LONGEST_COMMENT, message=_TOO_LONG)],
    )
