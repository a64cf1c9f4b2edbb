"""What other systems call: a token opens it, and no sign-in does."""

from tests.access import Row, public

ROWS = {
    "api.list_events": Row(public(401)),
}
