"""Receivers with bad manners, a worker that is killed: all arrives, in order, once by its id."""

import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from datetime import timedelta
from uuid import uuid4

import pytest

from portal.api import actions
from portal.api.feed import Fact, Subject, append
from portal.core import clock
from portal.core.db import transaction
from tests.databases import ROOT
from tests.live import free_port, wait_until

pytestmark = pytest.mark.long

SUBJECTS = [Subject("appeal", uuid4()) for _ in range(6)]
PATIENCE = 150
ALL = 37  # events


@pytest.fixture
def receiver(certificate):
    """A process of its own; what arrives lies in files beside the certificate."""
    folder, port = certificate.parent, free_port()
    command = [sys.executable, "-m", "tests.api.receiver", folder, str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)})
    yield folder, f"https://127.0.0.1:{port}"
    process.kill()
    process.wait()


def arrived(folder, path):
    """Return the events that were taken at a path, in the order of their arrival."""
    file = folder / f"{path}.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def happen(app, numbers):
    for number in numbers:
        with app.app_context(), transaction():
            append([Fact("appeal.assigned", SUBJECTS[number % len(SUBJECTS)], {"n": number})])


def numbers(folder, path):
    return {event["data"]["n"] for event in arrived(folder, path)}


def subscribe(app, url, *paths):
    with app.app_context(), transaction(staff=True):
        for path in paths:
            settings = app.config["SETTINGS"]
            actions.subscribe(path, url=f"{url}/{path}", types=(), settings=settings, by=None)


def check(events):
    """Check that each event is there, and that those of a subject came in order."""
    once = {event["id"]: event for event in reversed(events)}
    by_subject = defaultdict(list)
    for event in reversed(once.values()):
        by_subject[event["subjectid"]].append(event["sequence"])
    assert len(once) == ALL
    assert all(places == sorted(places) for places in by_subject.values())


def test_every_event_arrives_in_order_whatever_happens(town, worker, certificate, receiver):
    folder, url = receiver
    subscribe(worker, url, "dead", "bad", "good")
    settings = {
        "SSL_CERT_FILE": str(certificate),
        "WEBHOOK_NETWORKS": "127.0.0.1/32",
        "WEBHOOK_RETRY_SECONDS": "1",
        "KABINET_NOW": (clock.now() + timedelta(minutes=1)).isoformat(),
    }
    happen(worker, range(24))
    process = town.live.start_worker(**settings)
    wait_until(lambda: len(arrived(folder, "bad")) > 5, PATIENCE)
    process.kill()
    process.wait()
    happen(worker, range(24, ALL - 1))
    town.live.start_worker(**settings)
    wait_until(lambda: numbers(folder, "good") == set(range(ALL - 1)), PATIENCE)

    began = time.monotonic()
    happen(worker, [ALL - 1])
    wait_until(lambda: ALL - 1 in numbers(folder, "good"), PATIENCE)
    assert time.monotonic() - began < 20  # although /dead answers nobody
    wait_until(lambda: numbers(folder, "bad") == set(range(ALL)), PATIENCE)
    assert arrived(folder, "dead") == []
    check(arrived(folder, "good"))
    check(arrived(folder, "bad"))
    assert len(arrived(folder, "bad")) > ALL  # some answers were lost on the way
