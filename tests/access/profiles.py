"""Who may change a profile of parental control: as in parental.py."""

from typing import Any

from portal.parental.models import CHILD
from tests.access import Row, World, private
from tests.parental.factories import make_profile


def home(world: World) -> dict[str, Any]:
    make_profile(world.db, world.cast["alice"].account)
    return {}


def child(world: World) -> dict[str, Any]:
    home(world)
    made = make_profile(world.db, world.cast["alice"].account, kind=CHILD, name="Арман")
    return {"profile_id": made.id}


ROWS = {
    "parental.add_child": Row(private()),
    "POST parental.add_child": Row(private(302), home, {"name": "Арман"}),
    "parental.rename_child": Row(private(), child),
    "POST parental.rename_child": Row(private(302), child, {"name": "Әмина"}),
    "parental.remove_child": Row(private(), child),
    "POST parental.remove_child": Row(private(302), child),
}
