"""A form that came too late: sealed, so that its browser can carry it through the sign-in."""

from collections.abc import Iterable
from dataclasses import dataclass

from itsdangerous import BadData, URLSafeTimedSerializer

LASTS_SECONDS = 3600
LARGEST = 700 * 1024  # letters; the form of the sign-in may hold 1 MiB with all that it sends
_LEFT_OUT = ("csrf_token", "submission_id", "kept")


@dataclass(frozen=True)
class KeptForm:
    """Where the form goes, and what was typed: (name, value) in order, no passwords."""

    path: str
    fields: tuple[tuple[str, str], ...]


def seal(secret: str, path: str, fields: Iterable[tuple[str, str]]) -> str:
    """Return the form in a form that only we can have written.

    '' if nothing is worth keeping, or if it is more than the sign-in can carry.
    """
    kept = worth_keeping(fields)
    sealed = str(_sealer(secret).dumps([path, kept])) if kept else ""
    return sealed if len(sealed) <= LARGEST else ""


def worth_keeping(fields: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return what was typed, in order: no token, no number of the submission, no password."""
    return tuple((name, value) for name, value in fields if _is_worth_keeping(name))


def unseal(secret: str, sealed: str) -> KeptForm | None:
    """Return the form, or None if we did not seal it or it is older than an hour."""
    try:
        path, fields = _sealer(secret).loads(sealed, max_age=LASTS_SECONDS)
    except BadData:
        return None
    return KeptForm(path, tuple((name, value) for name, value in fields))


def _is_worth_keeping(name: str) -> bool:
    return name not in _LEFT_OUT and "password" not in name


def _sealer(secret: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret, salt="kept-form")
