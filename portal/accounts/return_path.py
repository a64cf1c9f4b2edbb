"""Where to go on after signing in: only a path of our own."""

from unicodedata import category
from urllib.parse import urlsplit

LONGEST = 2000


def safe_path(target: str | None) -> str | None:
    """Return `target` if it leads to a page of this portal, else None.

    One slash in front and not two, no backslash, no space or control character anywhere, and no
    scheme or host when parsed again.
    Source: OWASP Unvalidated Redirects; security-checklist 11.
    """
    if not target or len(target) > LONGEST or not target.startswith("/"):
        return None
    if target.startswith("//") or any(_is_foul(letter) for letter in target):
        return None
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    return None if parts.scheme or parts.netloc else target


def _is_foul(letter: str) -> bool:
    return letter == "\\" or category(letter)[0] in "CZ"
