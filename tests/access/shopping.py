"""Who compares what an agency saw; the agency itself is in `tests/feedback/shopping`."""

from tests.access import Row, staff

NOBODYS = "01a20320-a200-7511-a9a4-0f1d98a31f10"

ROWS = {
    "shopping.list_entries": Row(staff(only=())),
    "POST shopping.list_entries": Row(staff(only=())),
    "shopping.enter_visit": Row(staff(only=()), values=lambda _world: {"entry_id": NOBODYS}),
    "POST shopping.enter_visit": Row(staff(only=()), values=lambda _world: {"entry_id": NOBODYS}),
    "shopping.show_figures": Row(staff(only=("eric",))),
}
