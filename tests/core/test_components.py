"""The macros, each rendered alone: what a person and a screen reader get."""

from itertools import pairwise
from typing import Any

import pytest
from flask import Flask, render_template_string
from lxml import html
from wtforms import FileField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from portal.core import pictures
from portal.core.errors import RuleError
from portal.core.forms import PortalForm
from portal.core.text import _l


class SampleForm(PortalForm):
    name = StringField("Name", [InputRequired("Write a name.")], description="As in the passport.")
    kind = RadioField("Kind", [InputRequired("Choose one.")], choices=[SelectChoice("a", "A")])


class FileForm(PortalForm):
    picture = FileField("Picture")


def _render(app: Flask, source: str, **values: Any) -> html.HtmlElement:
    with app.test_request_context("/", method="POST", data={}):
        values = {name: make() if callable(make) else make for name, make in values.items()}
        return html.fragment_fromstring(render_template_string(source, **values), "div")


def _refused() -> SampleForm:
    form = SampleForm()
    form.validate()
    return form


FORM = (
    '{% from "components/form.html" import form_tag, field, radios %}'
    '{% call form_tag(form, submit="Save") %}'
    "{{ field(form.name) }}{{ radios(form.kind) }}{% endcall %}"
)


def test_a_form_carries_its_token_and_its_number_once(app: Flask) -> None:
    page = _render(app, FORM, form=SampleForm)

    assert [one.get("name") for one in page.cssselect("[type=hidden]")] == [
        "submission_id",
        "csrf_token",
    ]
    assert not page.cssselect("[type=hidden][id]")


def test_a_field_is_tied_to_its_label_hint_and_error(app: Flask) -> None:
    page = _render(app, FORM, form=_refused)

    (field,) = page.cssselect("[name=name]")
    described = [
        page.get_element_by_id(at).text_content() for at in field.get("aria-describedby").split()
    ]
    assert page.cssselect("label[for=name]")
    assert described == ["As in the passport.", "Write a name."]
    assert field.get("aria-invalid") == "true"


def test_the_summary_names_each_error_and_leads_to_its_field(app: Flask) -> None:
    page = _render(app, FORM, form=_refused)

    (summary,) = page.cssselect(".errors[role=alert][tabindex='-1']")
    targets = {link.get("href")[1:]: link.text_content() for link in summary.cssselect("a")}
    assert targets == {"name": "Write a name.", "kind-0": "Choose one."}
    assert all(page.get_element_by_id(target) is not None for target in targets)


def test_a_form_without_errors_has_no_summary(app: Flask) -> None:
    assert not _render(app, FORM, form=SampleForm).cssselect(
        ".errors, .field-error, [aria-invalid]"
    )


def test_a_refusal_without_a_field_stands_at_the_head(app: Flask) -> None:
    def refused() -> SampleForm:
        form = SampleForm()
        form.refuse(RuleError(_l("Nothing was changed.")))
        return form

    (summary,) = _render(app, FORM, form=refused).cssselect(".errors")

    assert summary.cssselect("li")
    assert not summary.cssselect("a")


def test_a_form_with_files_is_sent_in_parts(app: Flask) -> None:
    source = (
        '{% from "components/form.html" import form_tag %}{% call form_tag(form) %}{% endcall %}'
    )

    (form,) = _render(app, source, form=FileForm).cssselect("form")

    assert form.get("enctype") == "multipart/form-data"


def test_what_was_typed_is_never_markup(app: Flask) -> None:
    source = '{% from "components/thing.html" import thing %}{{ thing(title="<b onclick=x>") }}'

    assert _render(app, source).cssselect(".thing-text b")[0].text_content() == "<b onclick=x>"


@pytest.mark.parametrize(
    ("shares", "widths"),
    [([], []), ([("tv", 5)], [1000.0]), ([("tv", 1), ("phone", 1), ("rest", 0)], [498.0, 498.0])],
)
def test_a_bar_is_filled_whole(shares: list[tuple[str, int]], widths: list[float]) -> None:
    parts = pictures.bar(shares)

    assert [part.width for part in parts] == widths
    assert all(later.x > earlier.x for earlier, later in pairwise(parts))


@pytest.mark.parametrize(
    ("part", "whole", "wanted"), [(1, 3, 33), (0, 0, 0), (5, 4, 100), (-1, 4, 0)]
)
def test_a_percentage_stays_between_0_and_100(part: int, whole: int, wanted: int) -> None:
    assert pictures.percent(part, whole) == wanted


def test_the_highest_column_reaches_the_ceiling() -> None:
    low, high = pictures.columns([("Oct", 50), ("Nov", 100)])

    assert (high.y, high.height) == (pictures.CHART_CEILING, 140)
    assert low.height == 70
