"""Who may open the technical addresses."""

from tests.access import Row, public

ROWS = {
    "core.brand_stylesheet": Row(public(404)),  # the tests' operator has Kabinet's own colour
    "core.brand_logo": Row(public(404)),
    "core.healthz": Row(public()),
    "core.readyz": Row(public(503)),
    "core.metrics": Row(public()),
    "core.security_txt": Row(public(404)),  # the tests' operator names nobody
    "core.static_file": Row(
        public(), values=lambda _world: {"version": "any", "path": "css/tokens.css"}
    ),
    # Only where DEBUG is on, and the tests' portal is not; see tests/core/test_mailbox.py.
    "mailbox.list_mails": Row(public(404)),
    "mailbox.show_mail": Row(public(404), values=lambda _world: {"name": "0" * 32}),
    "mailbox.show_mail_page": Row(public(404), values=lambda _world: {"name": "0" * 32}),
}
