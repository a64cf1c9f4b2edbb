"""What the demo's family has closed and opened, and the address that it sits behind."""

from ipaddress import ip_network

from sqlalchemy import insert

from portal.accounts.demo import Cast
from portal.core import clock
from portal.core.db import session
from portal.parental import actions
from portal.parental.limits import Limits
from portal.parental.models import lease
from portal.parental.sites import Action

SITES = (
    ("roblox.com", Action.BLOCK, "до каникул"),
    ("tiktok.com", Action.BLOCK, ""),
    ("казино-онлайн.қаз", Action.BLOCK, ""),
    ("shorts.example.kz", Action.BLOCK, "слишком долго смотрит"),
    ("kundelik.kz", Action.ALLOW, "дневник"),
    ("bilimland.kz", Action.ALLOW, "уроки"),
)
HERE = ("127.0.0.1/32", "::/56")  # Questions from this computer come from the family's home.


def load(cast: Cast) -> None:
    """Connect parental control at Aigerim's home, with two short lists."""
    profile = actions.start_enforcement(cast.home.id)
    for site, action, note in SITES:
        actions.add_site(
            profile,
            site=site,
            action=action,
            remark=actions.Remark(note),
            by=cast.aigerim,
            limits=Limits(),
        )
    rows = [
        {
            "prefix": ip_network(prefix),
            "account_id": cast.home.id,
            "policy_id": profile.policy_id,
            "from_at": clock.now(),
        }
        for prefix in HERE
    ]
    session.execute(insert(lease), rows)
