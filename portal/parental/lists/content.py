"""The text of a file that somebody sends as a list."""

import codecs

from portal.core.text import _l
from portal.parental.lists.entries import fault

LARGEST_LIST = 8 * 1024**2  # bytes; Source: security-checklist, import 8 MiB
_PACKED = (b"\x1f\x8b", b"PK\x03\x04", b"7z\xbc\xaf", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def text_of(content: bytes) -> str:
    """Return the text of an uploaded list. Nothing is unpacked, so no bomb can go off.

    Raises RuleError (field `file`) if it is too large, packed, not text or not UTF-8.
    """
    if len(content) > LARGEST_LIST:
        raise fault(_l("The file is larger than 8 MB. Split it or choose a shorter list."))
    return decoded(content)


def decoded(content: bytes) -> str:
    """Return the text of a list of any size.

    Raises RuleError (field `file`) if it is packed, not text or not UTF-8.
    """
    if content.startswith(_PACKED):
        raise fault(_l("This is a packed file. Unpack it and choose the list itself."))
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise fault(_l("This file is not a text. Choose a list of sites, one site in a line."))
    return text
