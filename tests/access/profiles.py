"""Who may change a profile of parental control: as in parental.py."""

from datetime import timedelta
from typing import Any

from portal.core import clock
from portal.parental.models import CHILD, Profile
from portal.parental.settings import ProfileSettings, TimeWindow, week_of
from tests.access import Row, World, parenting
from tests.parental.factories import make_profile, make_rule, set_up


def home(world: World) -> dict[str, Any]:
    make_profile(world.db, world.cast["alice"].account)
    return {}


def child(world: World) -> dict[str, Any]:
    home(world)
    made = make_profile(world.db, world.cast["alice"].account, kind=CHILD, name="Арман")
    return {"profile_id": made.id}


def family(world: World) -> dict[str, Any]:
    """A home with a child who has a bedtime, lessons and sites."""
    ids = child(world)
    profile = world.db.get(Profile, ids["profile_id"])
    assert profile is not None
    bedtime = TimeWindow(internet_off=True, school_days=week_of({0: range(40, 48)}))
    lessons = TimeWindow("Lessons", frozenset({"games"}), own_rules=True, free_days=1)
    set_up(world.db, profile, closed=frozenset({"tiktok"}), windows=(bedtime, lessons))
    make_rule(world.db, profile, in_windows=True)
    return ids


def night(world: World) -> dict[str, Any]:
    alice = world.cast["alice"]
    made = make_profile(world.db, alice.account, bonus_until=clock.now() + timedelta(hours=1))
    made.settings = ProfileSettings(windows=(TimeWindow(internet_off=True, school_days=1),))
    return {"profile_id": made.id}


def numbered(world: World) -> dict[str, Any]:
    return night(world) | {"number": 1}


def aged(world: World) -> dict[str, Any]:
    return child(world) | {"age": "7-11"}


NIGHT = {"what": "internet", "does": "close", "begins": "43", "ends": "14", "holidays": "same"}

ROWS = {
    "parental.show_profile": Row(parenting(), family),
    "parental.add_child": Row(parenting()),
    "POST parental.add_child": Row(parenting(302), home, {"name": "Арман"}),
    "parental.rename_child": Row(parenting(), child),
    "POST parental.rename_child": Row(parenting(302), child, {"name": "Әмина"}),
    "parental.remove_child": Row(parenting(), child),
    "POST parental.remove_child": Row(parenting(302), child),
    "parental.change_categories": Row(parenting(), child),
    "POST parental.change_categories": Row(parenting(302), child, {"categories": "games"}),
    "parental.change_search": Row(parenting(), child),
    "POST parental.change_search": Row(parenting(302), child, {"youtube": "2"}),
    "parental.take_age": Row(parenting(), aged),
    "POST parental.take_age": Row(parenting(302), aged),
    "parental.add_window": Row(parenting(), child),
    "POST parental.add_window": Row(parenting(302), child, NIGHT | {"days": "0"}),
    "parental.edit_window": Row(parenting(), numbered),
    "POST parental.edit_window": Row(parenting(302), numbered, NIGHT | {"week": "0-1"}),
    "POST parental.remove_window": Row(parenting(302), numbered),
    "POST parental.give_bonus": Row(parenting(302), child, {"hours": "1"}),
    "POST parental.end_bonus": Row(parenting(302), night),
}
