"""What the demo's family has closed and opened, its child, and the address that it sits behind."""

from dataclasses import replace
from ipaddress import ip_network

from sqlalchemy import insert

from portal.accounts.demo import Cast
from portal.core import clock
from portal.core.db import session
from portal.parental import actions
from portal.parental.asking import demo as asking
from portal.parental.counts import demo as counts
from portal.parental.history import Act
from portal.parental.limits import Limits
from portal.parental.models import Profile, lease
from portal.parental.presets import Age
from portal.parental.settings import ProfileSettings, TimeWindow, week_of
from portal.parental.sites import Action

SITES = (
    ("roblox.com", Action.BLOCK, "до каникул"),
    ("tiktok.com", Action.BLOCK, ""),
    ("казино-онлайн.қаз", Action.BLOCK, ""),
    ("shorts.example.kz", Action.BLOCK, "слишком долго смотрит"),
    ("kundelik.kz", Action.ALLOW, "дневник"),
    ("bilimland.kz", Action.ALLOW, "уроки"),
)
LIST = (
    "casino-x.example.com\nwww.casino-x.example.com\n||poker.example.kz^\n@@||chess.example.kz^\n"
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
    _load_child(cast)
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


def _load_child(cast: Cast) -> None:
    """Give the child of ten what suits his age, lessons without games, and two closed services."""
    child = actions.add_child(cast.home, name="Алихан, 10", age=Age.FROM_7, by=cast.aigerim)
    actions.change_settings(child, Act.SWITCHED, _without_services, by=cast.aigerim)
    actions.change_settings(child, Act.SCHEDULED, _with_lessons, by=cast.aigerim)
    for site, action in (("shorts.example.kz", Action.BLOCK), ("bilimland.kz", Action.ALLOW)):
        actions.add_site(child, site=site, action=action, by=cast.aigerim, limits=Limits())
    _load_list(child, cast)
    asking.load(child, by=cast.aigerim)
    counts.load(child)


def _load_list(child: Profile, cast: Cast) -> None:
    """Take over a list, which can be undone for a day."""
    prepared = actions.prepare_import(
        child,
        source=actions.Source(LIST, "игры на деньги.txt"),
        reader=actions.Reader(Action.BLOCK),
        limits=Limits(),
        by=cast.aigerim,
    )
    session.flush()  # It is looked for by its number.
    actions.confirm_import(child, prepared.id, by=cast.aigerim, limits=Limits())


def _without_services(before: ProfileSettings) -> ProfileSettings:
    return replace(before, closed=before.closed | {"tiktok", "roblox"})


def _with_lessons(before: ProfileSettings) -> ProfileSettings:
    week = week_of({day: range(16, 28) for day in range(5)})
    lessons = TimeWindow(name="Уроки", closes=frozenset({"games", "video"}), school_days=week)
    return replace(before, windows=(*before.windows, lessons))
