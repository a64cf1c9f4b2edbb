"""What somebody typed into the desk's search: a number, a contract, an address, or words."""

import re
from dataclasses import dataclass

from portal.accounts.reading import read_login, read_phone
from portal.core import ids

_MOST_WORDS = 8
_CONTRACT = re.compile(r"\d{6,12}")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Asked:
    """The readings of what was typed; one text may be several things at once.

    `number`: of an appeal, its check character right. `contract`: digits. `addresses`: phone
    (E.164) or e-mail as a contact may be written. `words`: a query of PostgreSQL, or "".
    """

    typed: str
    number: str | None
    contract: str | None
    addresses: tuple[str, ...]
    words: str

    @property
    def is_empty(self) -> bool:
        return not (self.number or self.contract or self.addresses or self.words)


def read_asked(typed: str) -> Asked:
    """Read a line of the search field."""
    typed = typed.strip()[:200]
    digits = re.sub(r"[\s\u00a0()-]", "", typed)
    phone = read_phone(typed)
    addresses = [phone] if phone else []
    if "@" in typed:
        addresses = list(dict.fromkeys([typed, read_login(typed)]))
    return Asked(
        typed=typed,
        number=ids.read_short_number(typed),
        contract=digits if _CONTRACT.fullmatch(digits) and digits.isascii() else None,
        addresses=tuple(addresses),
        words=_query(typed),
    )


def _query(typed: str) -> str:
    """Return words that must all be there, each by its beginning; single letters do not count."""
    words = [word for word in _WORD.findall(typed) if len(word) > 1][:_MOST_WORDS]
    return " & ".join(f"'{word}':*" for word in words)
