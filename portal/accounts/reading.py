"""What people type to say who they are, brought to the form in which it is stored."""

import re

_NATIONAL = 10
_COUNTRY = "+7"


def read_login(typed: str) -> str:
    """Return an e-mail in lower case, or a phone in E.164; anything else as it is, lower case."""
    plain = typed.strip().lower()
    return plain if "@" in plain else read_phone(plain) or plain


def read_phone(typed: str) -> str | None:
    """Return the E.164 form of `8 701 555 12 34`, `+7 (701) ...`, `701...`; None if it is none."""
    digits = re.sub(r"[\s()\-\u00a0\u2011]", "", typed)
    if not re.fullmatch(r"\+?[0-9]{10,15}", digits):
        return None
    if digits.startswith("+"):
        return digits
    if len(digits) == _NATIONAL:
        return _COUNTRY + digits
    if len(digits) == _NATIONAL + 1 and digits[0] in "78":
        return _COUNTRY + digits[1:]
    return "+" + digits


def read_contract(typed: str) -> str:
    """Return the digits of a contract's number as people type it: `7 1203 4456`, `№ 7-1203`."""
    return re.sub(r"[^0-9]", "", typed)
