"""What docs/events.md prints is run as it stands."""

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import uuid4

import pytest

from portal.api import actions, feed, signing
from portal.api.models import Scope
from portal.api.tmf621 import Status, TicketSaid
from portal.core import clock
from portal.core.db import transaction
from tests.appeals.factories import file_appeal
from tests.databases import ROOT
from tests.live import wait_until

DOCUMENT = (ROOT / "docs/events.md").read_text()


def printed(name):
    """Return the code block of this name."""
    return re.search(rf"```python {name}\n(.*?)```", DOCUMENT, re.DOTALL).group(1)


def test_the_table_of_events_is_whole():
    told = set(re.findall(r"^\| `([a-z]+\.[a-z_]+)` \|", DOCUMENT, re.MULTILINE))
    sources = (ROOT / "portal/api/listeners.py").read_text()
    written = set(re.findall(r'"((?:appeal|promise|rating|outage)\.[a-z_]+)"', sources))

    assert told == set(feed.TYPES) == written


def test_the_printed_ticket_is_taken_and_every_status_is_told():
    document = (ROOT / "docs/trouble-tickets.md").read_text()
    ticket = re.search(r"```json\n(.*?)```", document, re.DOTALL).group(1)

    assert TicketSaid.model_validate_json(ticket).external_id == "crm-4711"
    assert set(re.findall(r"^\| `(\w+)` \|", document, re.MULTILINE)) == set(Status)
    event = json.loads(re.search(r"```json\n(.*?)```", DOCUMENT, re.DOTALL).group(1))
    row = SimpleNamespace(
        id=1, type="", at=datetime.now(UTC), number="", xid=1, seq=1,
        subject_kind="", subject_id=1, data={},
    )  # fmt: skip
    assert event.keys() == feed.envelope(row, "").keys()


def test_the_printed_receiver_knows_what_is_genuine():
    names = {}
    exec(printed("receiver"), names)  # noqa: S102 - our own document
    webhook, event, body = uuid4(), uuid4(), b'{"a": 1}'
    made = signing.headers(webhook, event, body, at=datetime.now(UTC), keys=["new", "old"])
    headers = {name.lower(): value for name, value in made}

    for key, is_right in (("new", True), ("old", True), ("other", False)):
        secret = signing.secret_of(webhook, key)
        assert names["is_genuine"](secret, headers, body) is is_right
    secret = signing.secret_of(webhook, "new")
    assert not names["is_genuine"](secret, headers, body + b" ")
    assert not names["is_genuine"](secret, headers | {"webhook-timestamp": "1"}, body)


def test_the_printed_consumer_is_short_and_of_the_standard_library():
    code = printed("consumer")
    imported = set(re.search(r"^import (.*)$", code, re.MULTILINE).group(1).split(", "))

    assert len(code.splitlines()) <= 30
    assert {name.split(".")[0] for name in imported} <= sys.stdlib_module_names


class Consumer:
    """The printed program, as a process; what it prints is kept when it is killed."""

    def __init__(self, folder, settings):
        self.folder, self.settings = folder, settings
        (folder / "consumer.py").write_text(printed("consumer"))
        self.process = None

    def start(self):
        with (self.folder / "printed").open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, self.folder / "consumer.py", self.folder / "cursor"],
                env=os.environ | self.settings,
                stdout=out,
            )

    def kill(self):
        self.process.kill()
        self.process.wait()

    def seen(self):
        return [line.split()[0] for line in (self.folder / "printed").read_text().splitlines()]


@pytest.mark.long
def test_the_printed_consumer_follows_a_live_portal_and_survives_a_kill(town, tmp_path):
    with town.app.app_context(), transaction(staff=True):
        token = actions.open_to("tracker", scopes={Scope.READ_EVENTS}, days=1)[1]
    url = town.live.start_web(KABINET_NOW=clock.now().isoformat())
    consumer = Consumer(tmp_path, {"KABINET_URL": url, "KABINET_TOKEN": token})
    first = file_appeal(town.app, town.alice)
    consumer.start()
    wait_until(consumer.seen)
    consumer.kill()
    second = file_appeal(town.app, town.cast["bob"])
    consumer.start()

    wanted = events_of(town, first) + events_of(town, second)
    wait_until(lambda: set(wanted) <= set(consumer.seen()))
    consumer.kill()
    once = [event for event in dict.fromkeys(consumer.seen()) if event in set(wanted)]
    assert once == wanted


def events_of(town, appeal_id):
    with town.app.app_context(), transaction(staff=True):
        rows = feed.events_after(feed.Place())
    return [str(row.id) for row in rows if row.subject_id == appeal_id]
