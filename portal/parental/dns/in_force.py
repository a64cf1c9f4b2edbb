"""Asking a resolver what it enforces: "123.in-force.kabinet", class CHAOS, type TXT.

The process that answers the devices answers it too, from what it reads at that moment: the number
of the save of policy 123, and when its host applied it (milliseconds of Unix time), "42 1795...".
"""

import secrets
import select
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from dnslib import CLASS, QTYPE, RR, TXT, DNSError, DNSHeader, DNSQuestion, DNSRecord

from portal.core import clock
from portal.parental.policy import dotted_name, wire_name

IN_FORCE = wire_name("in-force.kabinet")
PATIENCE = 0.4  # seconds; a resolver is a millisecond or two away


@dataclass(frozen=True)
class Report:
    """What a resolver says it enforces: the save's number (0: none), since when."""

    seq: int
    since: datetime | None

    @classmethod
    def read(cls, said: str) -> "Report":
        """Read it. Raises ValueError if these are not two numbers."""
        seq, applied_at = (int(part) for part in said.split())
        return cls(seq, datetime.fromtimestamp(applied_at / 1000, UTC) if applied_at else None)


def asked_policy(name: bytes, kind: int, klass: int) -> int | None:
    """Return the policy that a question asks about, None if it asks something else."""
    if klass != CLASS.CH or kind != QTYPE.TXT or not name.endswith(IN_FORCE):
        return None
    label = dotted_name(name[: -len(IN_FORCE)] + b"\0")
    return int(label) if label.isdecimal() and int(label) < 1 << 32 else None


def answer(record: DNSRecord, seq: int, applied_at: int) -> bytes:
    """Return the answer to such a question."""
    reply = record.reply(ra=0, aa=1)
    text = TXT(f"{seq} {applied_at}")
    reply.add_answer(RR(record.q.qname, QTYPE.TXT, CLASS.CH, rdata=text, ttl=0))
    return bytes(reply.pack())


def ask_all(
    policy_id: int, resolvers: Mapping[str, tuple[str, int]], *, patience: float = PATIENCE
) -> dict[str, Report]:
    """Ask resolvers (name -> host and port) at once; return what was answered within `patience`.

    Who is dead, or answers something else, is not in it.
    """
    waiting: dict[socket.socket, tuple[str, bytes]] = {}
    reports: dict[str, Report] = {}
    try:
        for name, address in resolvers.items():
            _ask(waiting, name, address, policy_id)
        ends = clock.monotonic() + patience
        while waiting and (left := ends - clock.monotonic()) > 0:
            for ready in select.select(list(waiting), [], [], left)[0]:
                _hear(waiting, ready, reports)
    finally:
        for unheard in waiting:
            unheard.close()
    return reports


def _ask(
    waiting: dict[socket.socket, tuple[str, bytes]],
    name: str,
    address: tuple[str, int],
    policy_id: int,
) -> None:
    own_id = secrets.token_bytes(2)
    header = DNSHeader(id=int.from_bytes(own_id, "big"), rd=0)
    asked = f"{policy_id}.{dotted_name(IN_FORCE)}"
    question = DNSRecord(header, q=DNSQuestion(asked, QTYPE.TXT, CLASS.CH))
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    asking = socket.socket(family, socket.SOCK_DGRAM)
    try:
        asking.setblocking(False)
        asking.connect(address)
        asking.send(bytes(question.pack()))
    except OSError:
        asking.close()
    else:
        waiting[asking] = name, own_id


def _hear(
    waiting: dict[socket.socket, tuple[str, bytes]],
    ready: socket.socket,
    reports: dict[str, Report],
) -> None:
    """Take an answer; what is none is passed over, and an error ends the waiting."""
    name, own_id = waiting[ready]
    try:
        data = ready.recv(4096)
        if data[:2] != own_id:
            return
        (record,) = DNSRecord.parse(data).rr
        reports[name] = Report.read(record.rdata.data[0].decode())
    except (OSError, DNSError, ValueError, AttributeError, IndexError):
        pass
    del waiting[ready]
    ready.close()
