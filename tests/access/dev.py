"""Pages of developers: nobody sees them where DEBUG is off."""

from tests.access import Row, public

ROWS = {
    "dev.show_components": Row(public(404)),
    "POST dev.show_components": Row(public(404)),
}
