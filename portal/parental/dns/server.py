"""The embedded DNS server: the same rules as on an operator's resolvers, on loopback."""

import logging
import struct
from dataclasses import dataclass
from ipaddress import ip_address

import lmdb
from dnslib import QTYPE

from portal.core import clock
from portal.parental.dns import closings, in_force, questions, ttl
from portal.parental.dns.asking import UnansweredError, ask
from portal.parental.dns.questions import MalformedError, Question, read_question
from portal.parental.dns.store import Network, Store
from portal.parental.policy import KEEPS_LOG, wire_name
from portal.parental.verdict import Verdict, verdict

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
    """Where a server stands: whom it asks, where closed sites lead, what is never closed.

    From `asking_networks` the portal asks what is in force.
    """

    upstream: tuple[str, int]
    page_ipv4: str
    page_ipv6: str
    never_closed: tuple[bytes, ...] = ()
    asking_networks: tuple[Network, ...] = ()


class FilteringServer:
    """Answers from the store's policies, and asks the resolver behind it for all that is open."""

    def __init__(self, store: Store, around: Surroundings) -> None:
        self.store = store
        self.around = around
        self.failed_open = 0
        self.teller = closings.Teller(store.folder)

    async def respond(self, data: bytes, client: str, by_tcp: bool) -> bytes | None:
        """Answer one question of a client; what is no question gets its error or nothing."""
        try:
            question = read_question(data)
        except MalformedError as error:
            return error.answer
        if policy_id := in_force.asked_policy(question.name, question.kind, question.klass):
            return self._in_force(question, policy_id, client)
        is_filtered, own = self._judge(question, client)
        if own is not None:
            return own
        answer = await self._open_answer(question, data, by_tcp=by_tcp, is_filtered=is_filtered)
        return answer if by_tcp else questions.fitted(question, answer)

    def _in_force(self, question: Question, policy_id: int, client: str) -> bytes:
        """Tell the portal what is in force; anybody else is refused."""
        address = ip_address(client.partition("%")[0])
        if not any(address in network for network in self.around.asking_networks):
            return questions.refused(question)
        return in_force.answer(question.record, *self.store.kept_save(policy_id))

    def _judge(self, question: Question, client: str) -> tuple[bool, bytes | None]:
        """Return whether the client's home is filtered, and our own answer if we have one.

        A fault opens, and is counted: the internet must not stop because of a policy.
        """
        try:
            policy_id = self.store.policy_id_of(ip_address(client.partition("%")[0]))
            policy = None if policy_id is None else self.store.policy(policy_id)
            own = self._own_answer(question, policy_id or 0, policy) if policy else None
        except FAULTS:
            self.failed_open += 1
            log.exception("dns.failed_open count=%s", self.failed_open)
            return False, None
        return policy is not None, own

    def _own_answer(self, question: Question, policy_id: int, policy: bytes) -> bytes | None:
        name = question.name
        if _is_at_or_below(name, UNKNOWN_CANARIES):
            return questions.nothing(question, is_name_known=False)
        if _is_at_or_below(name, (EMPTY_CANARY,)):
            return questions.nothing(question, is_name_known=True)
        found = self._verdict(name, policy)
        if found and found.is_closed:
            self._count(question, policy_id, policy, found)
            page = self.around
            return questions.blocked(question, ipv4=page.page_ipv4, ipv6=page.page_ipv6)
        return None

    def _verdict(self, name: bytes, policy: bytes) -> Verdict | None:
        """Return what the policy says, None of what is never closed."""
        if _is_at_or_below(name, self.around.never_closed):
            return None
        return verdict(
            policy,
            name,
            at=int(clock.now().timestamp()),
            categories=self.store.mask_of,
            free_days=self.store.free_days(),
        )

    def _count(self, question: Question, policy_id: int, policy: bytes, found: Verdict) -> None:
        """Tell the node: a browser asks for A, AAAA and HTTPS at once and is counted once."""
        if question.kind == QTYPE.A:
            name = question.name if policy[1] & KEEPS_LOG else b""
            self.teller.tell(closings.encode(policy_id, found.outcome, found.mask, name))

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
