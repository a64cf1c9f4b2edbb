"""What the worker does for receivers of events."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from flask import current_app

from portal.api import feed, queries
from portal.api.actions import delivery
from portal.api.actions.delivery import Owed
from portal.api.models import Webhook
from portal.api.patience import LONGEST_REST
from portal.api.sending import Sender
from portal.config import Settings
from portal.core.db import transaction
from portal.core.jobs import enqueue, periodic, task

TURN = 2.0  # seconds for one receiver, then others have theirs
_UNWELL = "webhooks-unwell"  # a lane for all that fail or take long: one at a time


@periodic("* * * * * */2")
def offer_deliveries() -> None:
    """Give every receiver that is owed something a turn."""
    with transaction() as own:
        for webhook in queries.webhooks_owed(delivery.LEASE, LONGEST_REST):
            is_well = not webhook.failures and not webhook.is_slow
            lock = f"webhook:{webhook.id}" if is_well else _UNWELL
            enqueue(own, deliver, lock=lock, webhook_id=str(webhook.id))


@task(tries=2)
def deliver(webhook_id: str) -> None:
    """Send one receiver what it is owed."""
    take_turn(UUID(webhook_id))


def take_turn(webhook_id: UUID) -> None:
    """Send a receiver what it is owed, in order, for TURN seconds, unless somebody else does.

    Killed on the way it repeats at most one event, when its lease is over.
    """
    with _leased(webhook_id) as turn:
        if turn:
            turn.run()


class _Turn:
    """A turn of one receiver."""

    def __init__(self, webhook: Webhook, settings: Settings) -> None:
        self.webhook_id = webhook.id
        self.settings = settings
        self.sender = Sender(webhook.id, webhook.url, settings)
        self.slowest = 0.0
        self._ends = time.monotonic() + TURN

    def run(self) -> None:
        with self.sender:
            while self._send_batch():
                pass

    def _send_batch(self) -> bool:
        """Send what comes next; say whether there may be more that can go now."""
        with transaction():
            batch = delivery.owed(self.webhook_id)
        stuck: set[UUID] = set()
        for owed in batch:
            if time.monotonic() >= self._ends:
                return False
            if owed.is_behind or owed.event.subject_id in stuck:
                with transaction():
                    delivery.park(self.webhook_id, owed)
            elif not self._send(owed, stuck):
                return False
        return bool(batch)

    def _send(self, owed: Owed, stuck: set[UUID]) -> bool:
        """Send one event, outside of any transaction; say whether to go on."""
        envelope = feed.envelope(owed.event, self.settings.base_url)
        sent = self.sender.send(owed.event.id, envelope)
        self.slowest = max(self.slowest, sent.seconds)
        with transaction():
            if sent.fault is None:
                delivery.note_taken(self.webhook_id, owed)
                return True
            stuck.add(owed.event.subject_id)
            return delivery.note_refused(self.webhook_id, owed, sent, self.settings)


@contextmanager
def _leased(webhook_id: UUID) -> Iterator[_Turn | None]:
    with transaction():
        webhook = delivery.lease(webhook_id)
        turn = _Turn(webhook, current_app.config["SETTINGS"]) if webhook else None
    yield turn
    if turn:
        with transaction():
            delivery.give_back(webhook_id, was_slow=turn.slowest > delivery.SLOW)
