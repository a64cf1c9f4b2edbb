"""Who may release the operator's categories: the catalogue's manager alone."""

from typing import Any

from tests.access import Row, World, staff
from tests.parental.categories.rows import add_release

MANAGERS = ("gulnara",)


def _draft(world: World) -> dict[str, Any]:
    add_release(world.db, None)
    return {}


def _release(world: World) -> dict[str, Any]:
    add_release(world.db, 1)
    add_release(world.db, 2)
    return {"number": 1}


ROWS = {
    "categories.list_categories": Row(staff(only=MANAGERS), values=_draft),
    "POST categories.list_categories": Row(staff(303, only=MANAGERS)),
    "categories.release_draft": Row(staff(only=MANAGERS), values=_draft),
    "POST categories.release_draft": Row(staff(422, only=MANAGERS), values=_draft),
    "categories.roll_back": Row(staff(only=MANAGERS), values=_release),
    "POST categories.roll_back": Row(
        staff(422, only=MANAGERS), values=_release, data={"seen": "1"}
    ),
}
