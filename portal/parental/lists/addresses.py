"""The addresses that lists give to a site: nowhere, which closes it, or elsewhere."""

import re

from portal.core.errors import RuleError
from portal.core.text import _l
from portal.parental.lists.entries import fault

_ZERO = ".".join("0000")
NOWHERE = frozenset({_ZERO, "127.0.0.1", "::", "::1"})
ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]*:[0-9a-fA-F:.]*(?:%\w+)?")


def elsewhere() -> RuleError:
    """Return why a site can't be sent to an address of the list's choice."""
    return fault(
        _l(
            "This line sends a site to another address. A closed site stands "
            "after 0.0.0.0, 127.0.0.1, :: or ::1."
        )
    )
