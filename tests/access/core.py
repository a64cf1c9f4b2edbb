"""Who may open the technical addresses."""

from tests.access import Row, public

ROWS = {
    "core.healthz": Row(public()),
    "core.readyz": Row(public(503)),
    "core.metrics": Row(public()),
    "core.static_file": Row(
        public(), values=lambda _world: {"version": "any", "path": "css/tokens.css"}
    ),
}
