"""Lists as JSON, as this portal writes them.

    {"kabinet": "sites", "rules": [
      {"site": "*.casino.com", "action": "block", "note": "why",
       "expires": null, "when": "windows"}]}

An array of rules alone, or of names, is read too.
"""

import json
from collections.abc import Iterator
from typing import Any

from portal.core.errors import RuleError
from portal.core.text import _l
from portal.parental.lists.entries import Named, Piece, fault
from portal.parental.lists.values import action_of, expiry_of, is_in_windows, note_of


def read_json(text: str) -> Iterator[Piece]:
    """Return the rules, numbered from 1. Raises RuleError if this is not such a JSON."""
    rules = _rules(text.removeprefix("\ufeff"))
    for number, rule in enumerate(rules, start=1):
        try:
            yield Piece(number, _text(rule), [_named(rule)])
        except RuleError as reason:
            yield Piece(number, _text(rule), reason)


def _rules(text: str) -> list[Any]:
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        raise fault(_l("This JSON is broken: it can’t be read to its end.")) from None
    rules = read.get("rules") if isinstance(read, dict) else read
    if not isinstance(rules, list):
        raise fault(_l('This JSON holds no list of rules: {"rules": [{"site": "…"}]}'))
    return rules


def _text(rule: Any) -> str:
    site = rule.get("site") if isinstance(rule, dict) else rule
    return site if isinstance(site, str) else "…"


def _named(rule: Any) -> Named:
    if isinstance(rule, str):
        return Named(rule)
    if not isinstance(rule, dict) or not isinstance(rule.get("site"), str):
        raise fault(_l("This rule names no site."))
    return Named(
        rule["site"],
        action_of(_word(rule, "action")),
        note_of(_word(rule, "note")),
        expiry_of(_word(rule, "expires")),
        is_in_windows(_word(rule, "when")),
    )


def _word(rule: dict[str, Any], key: str) -> str:
    """Return a text of a rule; nothing for null. Raises RuleError for anything else."""
    value = rule.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise fault(_l("“%(key)s” of this rule is not a text."), key=key)
    return value
