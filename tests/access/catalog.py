"""Who may sit at the catalogue's desk: its manager alone."""

from typing import Any

from tests.access import Row, World, staff
from tests.catalog.factories import make_draft, make_version
from tests.services.factories import make_offering

MANAGERS = ("gulnara",)


def _shelf(world: World) -> dict[str, Any]:
    make_offering(world.db, "one")
    return {}


def _offering(world: World) -> dict[str, Any]:
    make_draft(world.db, make_offering(world.db, "one"), world.cast["gulnara"].user)
    return {"code": "one"}


def _draft(world: World) -> dict[str, Any]:
    _offering(world)
    return {}


def _version(world: World) -> dict[str, Any]:
    _shelf(world)
    make_version(world.db, 1)
    return {"number": 1}


ROWS = {
    "rises.announce_rise": Row(staff(only=MANAGERS), values=_offering),
    "POST rises.announce_rise": Row(staff(422, only=MANAGERS), values=_offering),
    "catalog.list_catalogue": Row(staff(only=MANAGERS), values=_draft),
    "catalog.create_offering": Row(staff(only=MANAGERS), values=_shelf),
    "POST catalog.create_offering": Row(staff(422, only=MANAGERS), values=_shelf),
    "catalog.edit_offering": Row(staff(only=MANAGERS), values=_offering),
    "POST catalog.edit_offering": Row(staff(422, only=MANAGERS), values=_offering),
    "catalog.preview_offering": Row(staff(only=MANAGERS), values=_offering),
    "POST catalog.drop_change": Row(staff(422, only=MANAGERS), values=_offering),
    "catalog.release_draft": Row(staff(only=MANAGERS), values=_draft),
    "POST catalog.release_draft": Row(staff(422, only=MANAGERS), values=_draft),
    "POST catalog.drop_draft": Row(staff(422, only=MANAGERS), values=_draft),
    "catalog.list_versions": Row(staff(only=MANAGERS), values=lambda world: _version(world) and {}),
    "catalog.show_version": Row(staff(only=MANAGERS), values=_version),
    "POST catalog.restore_version": Row(staff(303, only=MANAGERS), values=_version),
    "catalog.import_catalogue": Row(staff(only=MANAGERS)),
    "POST catalog.import_catalogue": Row(staff(422, only=MANAGERS)),
    "catalog.export_catalogue": Row(staff(only=MANAGERS), values=_shelf),
}
