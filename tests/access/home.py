"""Who may open the first page and the home page."""

from tests.access import Row, private, public

ROWS = {
    "home.start": Row(public(303, anonymous=200)),
    "home.show_home": Row(private(viewer=200)),
}
