"""Take a new password, or say in words what is wrong with it."""

from collections.abc import Iterable

from portal.accounts.passwords import LONGEST, hash_password
from portal.accounts.weakness import LEAST_ALONE, Weakness, weakness
from portal.core.errors import RuleError
from portal.core.text import _l

_SENTENCES = {
    Weakness.TOO_SHORT: _l(
        "Use at least %(least)s characters. Four or five words in a row are easy to remember."
    ),
    Weakness.TOO_LONG: _l("Use %(most)s characters at most."),
    Weakness.COMMON: _l(
        "Very many people use this password, so it is tried first. Choose another one."
    ),
    Weakness.PERSONAL: _l(
        "This password is made of your name, your address or the operator’s name."
        " Choose one that nobody can guess from them."
    ),
    Weakness.EASY: _l(
        "This password is made of repeated or well-known pieces, so it is easy to guess."
        " Choose another one."
    ),
}


def new_hash(password: str, *, personal: Iterable[str | None], field: str = "password") -> str:
    """Return the hash of a password that somebody chose.

    `personal` are the names and addresses that others know. Raises RuleError if it is weak.
    """
    found = weakness(password, personal=[each for each in personal if each])
    if found:
        raise RuleError(_SENTENCES[found], field=field, least=LEAST_ALONE, most=LONGEST)
    return hash_password(password)
