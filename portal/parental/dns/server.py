"""The embedded DNS server: the same rules as on an operator's resolvers, on loopback."""

import logging
import struct
from dataclasses import dataclass
from ipaddress import ip_address

import lmdb

from portal.core import clock
from portal.parental.dns import questions, ttl
from portal.parental.dns.asking import UnansweredError, ask
from portal.parental.dns.questions import MalformedError, Question, read_question
from portal.parental.dns.store import Store
from portal.parental.policy import wire_name
from portal.parental.verdict import verdict

log = logging.getLogger(__name__)

FAULTS = (lmdb.Error, struct.error, ValueError, IndexError)
FILTERED_TTL = 30  # seconds; Source: parental-control.md, "Cap TTLs to 30 s"

# Source: parental-control.md, "Bypass". An address for the first would switch Firefox's DoH on.
UNKNOWN_CANARIES = tuple(
    wire_name(name) for name in ("use-application-dns.net", "mask.icloud.com", "mask-h2.icloud.com")
)
EMPTY_CANARY = wire_name("_dns.resolver.arpa")


@dataclass(frozen=True)
class Surroundings:
    """Where a server stands: whom it asks, where closed sites lead, what is never closed."""

    upstream: tuple[str, int]
    page_ipv4: str
    page_ipv6: str
    never_closed: tuple[bytes, ...] = ()


class FilteringServer:
    """Answers from the store's policies, and asks the resolver behind it for all that is open."""

    def __init__(self, store: Store, around: Surroundings) -> None:
        self.store = store
        self.around = around
        self.failed_open = 0

    async def respond(self, data: bytes, client: str, by_tcp: bool) -> bytes | None:
        """Answer one question of a client; what is no question gets its error or nothing."""
        try:
            question = read_question(data)
        except MalformedError as error:
            return error.answer
        is_filtered, own = self._judge(question, client)
        if own is not None:
            return own
        answer = await self._open_answer(question, data, by_tcp=by_tcp, is_filtered=is_filtered)
        return answer if by_tcp else questions.fitted(question, answer)

    def _judge(self, question: Question, client: str) -> tuple[bool, bytes | None]:
        """Return whether the client's home is filtered, and our own answer if we have one.

        A fault opens, and is counted: the internet must not stop because of a policy.
        """
        try:
            policy = self._policy_of(client)
            own = self._own_answer(question, policy) if policy else None
        except FAULTS:
            self.failed_open += 1
            log.exception("dns.failed_open count=%s", self.failed_open)
            return False, None
        return policy is not None, own

    def _policy_of(self, client: str) -> bytes | None:
        policy_id = self.store.policy_id_of(ip_address(client.partition("%")[0]))
        return None if policy_id is None else self.store.policy(policy_id)

    def _own_answer(self, question: Question, policy: bytes) -> bytes | None:
        name = question.name
        if _is_at_or_below(name, UNKNOWN_CANARIES):
            return questions.nothing(question, is_name_known=False)
        if _is_at_or_below(name, (EMPTY_CANARY,)):
            return questions.nothing(question, is_name_known=True)
        if self._is_closed(name, policy):
            page = self.around
            return questions.blocked(question, ipv4=page.page_ipv4, ipv6=page.page_ipv6)
        return None

    def _is_closed(self, name: bytes, policy: bytes) -> bool:
        if _is_at_or_below(name, self.around.never_closed):
            return False
        return verdict(
            policy,
            name,
            at=int(clock.now().timestamp()),
            categories=self.store.mask_of,
            free_days=self.store.free_days(),
        ).is_closed

    async def _open_answer(
        self, question: Question, data: bytes, *, by_tcp: bool, is_filtered: bool
    ) -> bytes:
        try:
            answer = await ask(self.around.upstream, data, by_tcp=by_tcp)
            return ttl.capped(answer, FILTERED_TTL) if is_filtered else answer
        except (UnansweredError, ValueError):
            return questions.failed(question)


def _is_at_or_below(name: bytes, sites: tuple[bytes, ...]) -> bool:
    at = 0
    while name[at]:
        if name[at:] in sites:
            return True
        at += 1 + name[at]
    return False
