"""Between the form of an offering and its sheet: what was typed, and which field to blame."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from portal.catalog.difference import LANGUAGE_NAMES
from portal.catalog.faults import CatalogueError, Fault, Path, faults_of
from portal.catalog.forms import PAUSES, PRICES, WORDS, OfferingForm
from portal.catalog.presenting import sentence
from portal.catalog.sheet import MOST_COMING, MOST_REQUIREMENTS, OfferingSheet, PriceSheet
from portal.core.text import LANGUAGES

Tree = dict[str, Any]
_FIRST_FIELD = {"pause": "pause_min_days", "minimal_term": "term_months", "price": "monthly"}


@dataclass
class _Typed:
    """What was typed as a tree; `rows` say in which row of the form an entry of a list stood."""

    tree: Tree
    rows: dict[str, list[int]] = field(default_factory=dict)


def sheet_from(form: OfferingForm) -> OfferingSheet:
    """Return what was typed. Raises CatalogueError; `blame` shows its faults at their fields."""
    typed = _typed(form)
    try:
        return OfferingSheet.model_validate(typed.tree)
    except ValidationError as error:
        raise CatalogueError(faults_of(error)) from None


def blame(form: OfferingForm, faults: list[Fault]) -> None:
    """Put each fault at its field, named for the summary, or at the head; one for a field."""
    rows = _typed(form).rows
    for fault in faults:
        target = form._fields.get(_field_of(fault.path, rows))
        if target is None:
            form.form_errors = [*form.form_errors, sentence(fault)]
        elif not target.errors:
            target.errors = [f"{_name_of(target)}: {fault.message}."]


def _name_of(target: Any) -> str:
    language = LANGUAGE_NAMES.get(target.name[-2:], "")
    return f"{target.label.text}, {language}" if language else str(target.label.text)


def values_of(sheet: OfferingSheet) -> dict[str, Any]:
    """Return a sheet as the fields of OfferingForm."""
    values: dict[str, Any] = {
        "code": sheet.code,
        "family": sheet.family.value,
        "is_plan": sheet.one_per is not None,
        "needs_technician": sheet.needs_technician,
        "sold_from": sheet.sold_from.isoformat() if sheet.sold_from else "",
        "sold_until": sheet.sold_until.isoformat() if sheet.sold_until else "",
    }
    values |= {name: [*getattr(sheet, name)] for name in ("cities", "technologies")}
    values |= {name: [*getattr(sheet, name)] for name in ("excludes", "replaces")}
    for word in WORDS:
        if texts := getattr(sheet, word):
            values |= {f"{word}_{code}": getattr(texts, code) for code in LANGUAGES}
    figures = sheet.characteristics.model_dump(exclude_none=True)
    values |= {f"figure_{name}": figure for name, figure in figures.items()}
    return values | _price_values("", sheet.price) | _rows_of(sheet)


def _rows_of(sheet: OfferingSheet) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for row, coming in enumerate(sheet.coming_prices):
        values[f"coming_{row}_valid_from"] = coming.valid_from.isoformat()
        values |= _price_values(f"coming_{row}_", coming)
    for row, requirement in enumerate(sheet.requires):
        values[f"requires_{row}_plan_of"] = requirement.plan_of.value if requirement.plan_of else ""
        values[f"requires_{row}_any_of"] = [*requirement.any_of]
    if term := sheet.minimal_term:
        values |= {"term_months": str(term.months), "exit_fee": _plain(term.exit_fee)}
    if pause := sheet.pause:
        values |= {f"pause_{part}": _plain(getattr(pause, part)) for part in PAUSES}
    return values


def _price_values(group: str, price: PriceSheet) -> dict[str, Any]:
    values: dict[str, Any] = {
        "monthly": price.monthly,
        "one_time": price.one_time,
        "vat_percent": price.vat_percent,
    }
    if price.promo:
        values |= {"promo_monthly": price.promo.monthly, "promo_months": price.promo.months}
    return {f"{group}{name}": _plain(value) for name, value in values.items()}


def _plain(value: Any) -> str:
    return f"{value:f}".removesuffix(".00") if not isinstance(value, int) else str(value)


def _typed(form: OfferingForm) -> _Typed:
    tree: Tree = {
        "code": form.code.data or "",
        "family": form.family.data,
        "one_per": "address" if form.is_plan.data else None,
        "cities": form.cities.data,
        "technologies": form.technologies.data,
        "needs_technician": form.needs_technician.data,
        "excludes": form.excludes.data,
        "replaces": form.replaces.data,
        "sold_from": form.sold_from.data or None,
        "sold_until": form.sold_until.data or None,
        "characteristics": _figures(form),
        "price": _price(form, ""),
    }
    for word in WORDS:
        texts = {code: form[f"{word}_{code}"].data or "" for code in LANGUAGES}
        if word != "ending" or any(texts.values()):
            tree[word] = texts
    tree |= _group(form, "minimal_term", {"months": "term_months", "exit_fee": "exit_fee"})
    tree |= _group(form, "pause", {part: f"pause_{part}" for part in PAUSES})
    typed = _Typed(tree)
    _take_coming(form, typed)
    _take_requirements(form, typed)
    return typed


def _figures(form: OfferingForm) -> Tree:
    found = {}
    for each in form:
        if each.name.startswith("figure_") and each.data:
            typed = each.data if each.data is True else _whole(each.data)
            found[each.name.removeprefix("figure_")] = typed
    return found


def _price(form: OfferingForm, group: str) -> Tree:
    sums = {name: _sum(form[f"{group}{name}"].data) for name in PRICES[:3]}
    promo = _numbers(form, {"monthly": f"{group}promo_monthly", "months": f"{group}promo_months"})
    return _without_empty(sums) | ({"promo": promo} if promo else {})


def _group(form: OfferingForm, name: str, fields: Mapping[str, str]) -> Tree:
    found = _numbers(form, fields)
    return {name: found} if found else {}


def _numbers(form: OfferingForm, fields: Mapping[str, str]) -> Tree:
    """Return the filled fields: sums as they are read, everything else as whole numbers."""
    found = {}
    for name, source in fields.items():
        read = _sum if name in {"monthly", "exit_fee"} else _whole
        found[name] = read(form[source].data)
    return _without_empty(found)


def _take_coming(form: OfferingForm, typed: _Typed) -> None:
    now = typed.tree["price"]
    typed.tree["coming_prices"], typed.rows["coming_prices"] = [], []
    for row in range(MOST_COMING):
        group = f"coming_{row}_"
        day, price = form[f"{group}valid_from"].data, _price(form, group)
        if day or price:
            # What is left empty stays as it is now; a promotion does not.
            same = {name: now[name] for name in PRICES[:3] if name in now}
            dated = {"valid_from": day} if day else {}
            typed.tree["coming_prices"].append(same | price | dated)
            typed.rows["coming_prices"].append(row)


def _take_requirements(form: OfferingForm, typed: _Typed) -> None:
    typed.tree["requires"], typed.rows["requires"] = [], []
    for row in range(MOST_REQUIREMENTS):
        plan, several = form[f"requires_{row}_plan_of"].data, form[f"requires_{row}_any_of"].data
        if plan or several:
            typed.tree["requires"].append({"plan_of": plan or None, "any_of": several or []})
            typed.rows["requires"].append(row)


def _sum(written: str | None) -> str:
    return "".join((written or "").split()).replace(",", ".")


def _whole(written: str | None) -> Any:
    digits = "".join((written or "").split())
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 20 else written


def _without_empty(values: Tree) -> Tree:
    return {name: value for name, value in values.items() if value not in {"", None}}


def _field_of(path: Path, rows: Mapping[str, list[int]]) -> str:
    """Return the name of the field that says what stands at `path`; "" for none."""
    head, *rest = path or ("",)
    if head in rows and rest:
        row = rows[str(head)][int(rest[0])]
        if head == "requires":
            return f"requires_{row}_plan_of"
        return "_".join(["coming", str(row), *map(str, rest[1:])])
    if head in {"excludes", "replaces", "cities", "technologies"}:
        return str(head)
    return _named(str(head), [str(part) for part in rest])


def _named(head: str, rest: list[str]) -> str:
    if not rest:
        return _FIRST_FIELD.get(head, head)
    if head == "characteristics":
        return f"figure_{rest[0]}"
    if head == "minimal_term":
        return {"months": "term_months", "exit_fee": "exit_fee"}[rest[0]]
    return "_".join(rest if head == "price" else [head, *rest])
