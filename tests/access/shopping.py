"""Who writes down what an agency saw, and who compares it."""

from typing import Any

from tests.access import AGENCY, Row, World, staff

NOBODYS = "01a20320-a200-7511-a9a4-0f1d98a31f10"


def _nobodys(_world: World) -> dict[str, Any]:
    return {"entry_id": NOBODYS}


ROWS = {
    "shopping.list_entries": Row(staff(only=(AGENCY,))),
    "POST shopping.list_entries": Row(staff(404, only=(AGENCY,))),
    "shopping.enter_visit": Row(staff(404, only=(AGENCY,)), values=_nobodys),
    "POST shopping.enter_visit": Row(staff(404, only=(AGENCY,)), values=_nobodys),
    "shopping.show_figures": Row(staff(only=("eric",))),
}
