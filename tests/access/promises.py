"""Who may say what is promised: a supervisor alone."""

from typing import Any

from tests.access import Row, World, staff

SUPERVISORS = ("eric",)


def _line(_world: World) -> dict[str, Any]:
    return {"place": 1}


def _calendar(_world: World) -> dict[str, Any]:
    return {"name": "office"}


def _version(_world: World) -> dict[str, Any]:
    return {"version": 1}


ROWS = {
    "planning.list_versions": Row(staff(only=SUPERVISORS)),
    "planning.release_plan": Row(staff(only=SUPERVISORS)),
    "POST planning.release_plan": Row(staff(422, only=SUPERVISORS)),
    "POST planning.drop_plan": Row(staff(422, only=SUPERVISORS)),
    "planning.edit_line": Row(staff(only=SUPERVISORS), values=_line),
    "POST planning.edit_line": Row(staff(422, only=SUPERVISORS), values=_line),
    "planning.edit_calendar": Row(staff(only=SUPERVISORS), values=_calendar),
    "POST planning.edit_calendar": Row(staff(422, only=SUPERVISORS), values=_calendar),
    "planning.show_version": Row(staff(only=SUPERVISORS), values=_version),
    "POST planning.show_version": Row(staff(422, only=SUPERVISORS), values=_version),
}
