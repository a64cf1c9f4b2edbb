"""What pages of questions write: names of what is closed, and codes that a camera reads."""

from collections.abc import Iterable

import segno

from portal.parental.categories.registry import registry


def names_of(codes: Iterable[str]) -> list[str]:
    """Return the names of categories and services in the reader's language, in their order."""
    wanted = set(codes)
    return [entry.name for entry in registry() if entry.code in wanted]


def qr_code(text: str) -> str:
    """Return a QR code of `text` as the address of a picture: dark on white in every scheme."""
    made = segno.make(text, error="m", micro=False)
    address: str = made.svg_data_uri(scale=5, border=4, dark="#000", light="#fff")
    return address
