"""Taking a list out, in every format; and what each of them can't hold."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.core import files
from portal.core.access import Permission, allow
from portal.core.text import ngettext
from portal.parental import queries
from portal.parental.comparison import reduced
from portal.parental.forms import FORMAT_NAMES
from portal.parental.lists import Entry, Format, Lost, held, write
from portal.parental.sites import Action
from portal.parental.views.blueprint import bp, profile_here

_FILES = {
    Format.HOSTS: ("txt", "text/plain"),
    Format.PLAIN: ("txt", "text/plain"),
    Format.ADBLOCK: ("txt", "text/plain"),
    Format.DNSMASQ: ("conf", "text/plain"),
    Format.RPZ: ("zone", "text/plain"),
    Format.CSV: ("csv", "text/csv"),
    Format.JSON: ("json", "application/json"),
}


class Choice(NamedTuple):
    """A file that can be taken out: how many sites it would hold, and what not, in sentences."""

    format: Format
    one_list: Action
    name: str
    rules: int
    lost: list[str]


@bp.route("/profiles/<uuid:profile_id>/export")
@allow(Permission.PARENTAL_EDIT)
def export_list(account_id: UUID, profile_id: UUID) -> ResponseReturnValue:
    profile = profile_here(profile_id)
    entries = queries.entries_of(profile)
    return render_template(
        "parental/export_list.html",
        account_id=account_id,
        profile=profile,
        total=len(entries),
        covered=len(entries) - len(reduced(entries)),
        choices=_choices(entries),
    )


@bp.route(
    "/profiles/<uuid:profile_id>/export/<any(hosts, plain, adblock, dnsmasq, rpz, csv, json):name>"
)
@allow(Permission.PARENTAL_EDIT)
def download_list(account_id: UUID, profile_id: UUID, name: str) -> ResponseReturnValue:
    form = Format(name)
    one_list = Action.ALLOW if request.args.get("list") == Action.ALLOW else Action.BLOCK
    entries = queries.entries_of(profile_here(profile_id))
    kept = reduced(held(entries, form, one_list=one_list).entries)
    if not kept:
        return redirect(url_for(".export_list", account_id=account_id, profile_id=profile_id))
    ending, media_type = _FILES[form]
    opened = "-open" if form is Format.PLAIN and one_list is Action.ALLOW else ""
    return files.attachment(
        write(kept, form).encode(), name=f"kabinet-{form}{opened}.{ending}", media_type=media_type
    )


def _choices(entries: Sequence[Entry]) -> list[Choice]:
    """Return the files, those that hold everything first."""
    kinds = [(form, Action.BLOCK) for form in reversed(Format)]
    kinds.insert(-1, (Format.PLAIN, Action.ALLOW))
    return [_choice(entries, form, one_list) for form, one_list in kinds]


def _choice(entries: Sequence[Entry], form: Format, one_list: Action) -> Choice:
    found = held(entries, form, one_list=one_list)
    lost = [_sentence(reason, count, one_list) for reason, count in found.lost.items()]
    return Choice(form, one_list, str(FORMAT_NAMES[form]), len(found.entries), lost)


def _sentence(reason: Lost, count: int, one_list: Action) -> str:
    if reason is Lost.OTHER_LIST and one_list is Action.ALLOW:
        reason_in_words = _closed
    else:
        reason_in_words = _SENTENCES[reason]
    return str(reason_in_words(count))


def _closed(count: int) -> Any:
    return ngettext(
        "%(num)s closed site is not in it.", "%(num)s closed sites are not in it.", count
    )


def _other_list(count: int) -> Any:
    return ngettext(
        "%(num)s site that is always open is not in it.",
        "%(num)s sites that are always open are not in it.",
        count,
    )


def _both_lists(count: int) -> Any:
    return ngettext(
        "%(num)s site that is on both lists stands in it as always open only.",
        "%(num)s sites that are on both lists stand in it as always open only.",
        count,
    )


def _subdomains(count: int) -> Any:
    return ngettext(
        "%(num)s rule for subdomains alone is not in it.",
        "%(num)s rules for subdomains alone are not in it.",
        count,
    )


def _ending(count: int) -> Any:
    return ngettext(
        "%(num)s rule that ends by itself is not in it.",
        "%(num)s rules that end by themselves are not in it.",
        count,
    )


def _windows(count: int) -> Any:
    return ngettext(
        "%(num)s rule for times of the week is not in it.",
        "%(num)s rules for times of the week are not in it.",
        count,
    )


def _note(count: int) -> Any:
    return ngettext("%(num)s note is not in it.", "%(num)s notes are not in it.", count)


_SENTENCES = {
    Lost.OTHER_LIST: _other_list,
    Lost.BOTH_LISTS: _both_lists,
    Lost.SUBDOMAINS: _subdomains,
    Lost.ENDING: _ending,
    Lost.WINDOWS: _windows,
    Lost.NOTE: _note,
}
