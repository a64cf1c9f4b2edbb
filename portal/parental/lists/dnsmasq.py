"""Lines of a dnsmasq configuration that close or open sites.

    address=/d/  address=/d/#  address=/d/0.0.0.0    the site gets no address: closed
    server=/d/   local=/d/                           nobody is asked about it: closed
    server=/d/#                                      asked as usual, within a closed name: open
    address=/d/1.2.3.4  server=/d/8.8.8.8            sent or asked elsewhere: neither, refused

Several names may stand in one line. dnsmasq means a name and all below it, as we do.
Source: dnsmasq(8), --address, --server, --local.
"""

import re

from portal.core.text import _l
from portal.parental.lists.addresses import NOWHERE, elsewhere
from portal.parental.lists.entries import Named, fault
from portal.parental.sites import Action

_RULE = re.compile(r"(address|server|local)\s*=\s*/(.*)/([^/]*)")
_SETTING = re.compile(r"[a-z][a-z0-9-]*\s*=.*")
_ALL = "#"


def is_dnsmasq(line: str) -> bool:
    """Say whether a line can only be a setting of dnsmasq."""
    return bool(_SETTING.fullmatch(line))


def dnsmasq_line(line: str) -> list[Named]:
    """Return the sites of a line without comment. Raises RuleError if it means something else."""
    rule = _RULE.fullmatch(line)
    if not rule:
        raise fault(_l("This is a setting of dnsmasq that closes no site. It is not needed here."))
    option, names, target = rule.groups()
    action = _action(option, target.strip())
    return [Named(_name(name), action) for name in names.split("/")]


def _action(option: str, target: str) -> Action:
    if not target:
        return Action.BLOCK
    if option == "address":
        if target == _ALL or target in NOWHERE:
            return Action.BLOCK
        raise elsewhere()
    if target == _ALL:
        return Action.ALLOW
    raise fault(
        _l("This line asks another server about a site, which neither closes nor opens it.")
    )


def _name(name: str) -> str:
    if name.strip() in {"", _ALL}:
        raise fault(_l("This line means every site. Write the sites that you mean."))
    return name.strip().removeprefix(".")
