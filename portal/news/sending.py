"""Send one issue: take copies from the ledger, hand them over, write down what became of them."""

import logging
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.db import transaction
from portal.core.smtp import (
    AddressRefusedError,
    MailDeferredError,
    MailRefusedError,
    MailUncertainError,
    Postman,
)
from portal.news import ledger
from portal.news.edition import Copy
from portal.news.ledger import MOST_TRIES, Outcome
from portal.news.letters import Press
from portal.news.models import Channel, DeliveryState

log = logging.getLogger(__name__)
SERVER_IS_AWAY = timedelta(minutes=1)
MOST_REFUSALS = 25
"""After so many refusals on end the mailing is paused: something is wrong with it, or with us."""


class Addressee(NamedTuple):
    """One copy that was taken from the ledger."""

    delivery_id: UUID
    user_id: UUID
    address: str
    name: str
    language: str


class HaltedError(Exception):
    """Nothing more can be sent now: the issue was paused, or the mail server is away."""


class Sender:
    """One of the jobs that send an issue.

    Each copy costs one commit: it writes down what became of the copy before and puts this one in
    flight, so that a sender that is killed leaves at most one copy of which nobody knows.
    """

    def __init__(self, issue_id: UUID, newsletter_id: UUID, number: int) -> None:
        self._issue_id = issue_id
        self._newsletter_id = newsletter_id
        self._number = number
        self._settled: tuple[UUID, Outcome] | None = None
        self._refusals = 0

    def run(self, press: Press, postman: Postman) -> None:
        """Send until nothing is left to take, the issue is paused, or the server is away."""
        try:
            while batch := self._take(press):
                for addressee in batch:
                    self._send(addressee, press, postman)
        except HaltedError as reason:
            log.info("news.halted issue=%s sender=%s: %s", self._issue_id, self._number, reason)
        finally:
            with transaction() as own:
                self._write_down(own)
                ledger.give_back(own, self._issue_id, self._number)

    def _take(self, press: Press) -> list[Addressee]:
        with transaction() as own:
            self._write_down(own)
            rows = ledger.take_batch(own, self._issue_id, self._number, now=clock.now())
            batch = [Addressee(*row) for row in rows]
            tokens = [(each.user_id, press.token(each.user_id)) for each in batch]
            ledger.remember_tokens(own, self._newsletter_id, Channel.EMAIL, tokens)
        return batch

    def _send(self, to: Addressee, press: Press, postman: Postman) -> None:
        tries = self._begin(to)
        if not tries:
            return
        outcome = self._hand_over(to, press, postman, tries)
        self._settled = (to.delivery_id, outcome)
        self._count(outcome)

    def _begin(self, to: Addressee) -> int:
        where: dict[str, Any] = {"sender": self._number, "now": clock.now()}
        with transaction() as own:
            self._write_down(own)
            if tries := ledger.begin(own, to.delivery_id, **where):
                return tries
            if ledger.withdraw(own, to.delivery_id, **where):
                return 0
        raise HaltedError("it is not being sent any more")

    def _hand_over(self, to: Addressee, press: Press, postman: Postman, tries: int) -> Outcome:
        edition, key = press.edition(to.language), to.delivery_id.hex
        own = Copy(address=to.address, name=to.name, token=press.token(to.user_id), key=key)
        try:
            postman.deliver(
                edition.copy(own), sender=edition.bounce_address(key), recipient=to.address
            )
        except (MailRefusedError, ValueError) as error:
            return self._refused(to, error)
        except MailUncertainError as error:
            return Outcome(state=DeliveryState.UNCERTAIN, reason=error.reason)
        except MailDeferredError as error:
            return self._deferred(to, error, tries)
        return Outcome(state=DeliveryState.SENT)

    def _refused(self, to: Addressee, error: Exception) -> Outcome:
        if isinstance(error, AddressRefusedError):
            with transaction() as own:
                ledger.suppress(own, to.address, reason=f"refused {error.code}", now=clock.now())
        code = getattr(error, "code", 0)
        return Outcome(state=DeliveryState.FAILED, reason=f"refused {code}" if code else "address")

    def _deferred(self, to: Addressee, error: MailDeferredError, tries: int) -> Outcome:
        if not error.code:  # Nobody answered at all: the fault is not this reader's.
            self._settled = (
                to.delivery_id,
                Outcome(state=DeliveryState.QUEUED, retry_at=clock.now() + SERVER_IS_AWAY),
            )
            raise HaltedError("the mail server is away")
        if tries >= MOST_TRIES:
            return Outcome(state=DeliveryState.FAILED, reason=f"deferred {error.code}")
        wait = timedelta(minutes=2**tries)
        reason = f"deferred {error.code}"
        return Outcome(state=DeliveryState.QUEUED, reason=reason, retry_at=clock.now() + wait)

    def _count(self, outcome: Outcome) -> None:
        self._refusals = self._refusals + 1 if outcome.state == DeliveryState.FAILED else 0
        if self._refusals >= MOST_REFUSALS:
            with transaction() as own:
                ledger.pause(own, self._issue_id)
            raise HaltedError("refusals pile up")

    def _write_down(self, own: Session) -> None:
        if self._settled:
            delivery_id, outcome = self._settled
            ledger.settle(own, delivery_id, self._number, outcome, now=clock.now())
            self._settled = None
