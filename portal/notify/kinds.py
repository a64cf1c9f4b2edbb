"""The kinds of notification: each domain registers its own, with the sentences a person reads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.core import wording
from portal.core.mail import Attachment
from portal.core.text import Marked, _l, one_line, translate

_ACT = _l("Open in the portal")


@dataclass(frozen=True)
class Kind:
    """How one kind of notification looks and reads.

    `name` is `<feature>.<what happened>`; `icon` is one of the sprite's; `title` is a sentence,
    `body` a second one or none, both with %(name)s places; `act` is what the e-mail's link says;
    `attach` makes the file that goes along with the e-mail, in a job, out of the kept values.
    """

    name: str
    icon: str
    title: Marked
    body: Marked | None = None
    act: Marked = _ACT
    by_email: bool = True
    attach: Callable[[Mapping[str, Any]], Attachment] | None = None

    def title_for(self, kept: Mapping[str, Any]) -> str:
        """Return the title in the reader's language, on one line."""
        return one_line(translate(self.title, **wording.written(kept)))

    def body_for(self, kept: Mapping[str, Any]) -> str:
        """Return the body in the reader's language; empty if the kind has none."""
        return translate(self.body, **wording.written(kept)) if self.body else ""


_kinds: dict[str, Kind] = {}
_GONE = Kind("notify.gone", "inbox", _l("A message of the portal"))


def register(*kinds: Kind) -> None:
    """Make kinds known. Call it in the module of the domain that sends them, at import."""
    for kind in kinds:
        if _kinds.setdefault(kind.name, kind) != kind:
            raise ValueError(f"two kinds of notification are called {kind.name}")


def known(name: str) -> Kind:
    """Return the kind of that name. Raises KeyError if nobody registered it."""
    return _kinds[name]


def remembered(name: str) -> Kind:
    """Return the kind of a stored notification, which a later release may no longer know."""
    return _kinds.get(name, _GONE)
