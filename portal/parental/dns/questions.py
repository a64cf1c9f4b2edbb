"""DNS questions and the answers that we give ourselves."""

from dataclasses import dataclass

from dnslib import AAAA, EDNS0, OPCODE, QTYPE, RCODE, RR, SOA, A, DNSError, DNSHeader, DNSRecord

BLOCKED_TTL = 10  # seconds; Source: parental-control.md, "Rules of the trade"
OUR_UDP_SIZE = 1232  # Source: DNS flag day 2020
_OPT = 41
_HEADER_SIZE = 12


class MalformedError(ValueError):
    """Bytes that are no question; `answer` is what to say to them, or None to say nothing."""

    def __init__(self, answer: bytes | None = None) -> None:
        super().__init__("not a question")
        self.answer = answer


@dataclass(frozen=True)
class Question:
    """One question of a client. `name` is in wire format, lower case."""

    record: DNSRecord
    name: bytes
    kind: int
    klass: int = 1

    @property
    def has_edns(self) -> bool:
        return any(extra.rtype == _OPT for extra in self.record.ar)


def read_question(data: bytes) -> Question:
    """Return the question in `data`. Raises MalformedError."""
    if len(data) < _HEADER_SIZE or data[2] & 0x80:
        raise MalformedError  # An answer is never answered: two servers would talk for ever.
    try:
        record = DNSRecord.parse(data)
    except (DNSError, ValueError, IndexError):
        raise MalformedError(_refusal(data, RCODE.FORMERR)) from None
    if record.header.opcode != OPCODE.QUERY:
        raise MalformedError(_refusal(data, RCODE.NOTIMP))
    if len(record.questions) != 1:
        raise MalformedError(_refusal(data, RCODE.FORMERR))
    labels = record.q.qname.label
    name = b"".join(bytes((len(label),)) + label.lower() for label in labels) + b"\0"
    return Question(record, name, record.q.qtype, record.q.qclass)


def blocked(question: Question, *, ipv4: str, ipv6: str) -> bytes:
    """Answer a closed name: the block page for A and AAAA, nothing for every other type.

    An answer for HTTPS (65) would lead browsers past the block page.
    """
    reply = _reply(question)
    if question.kind == QTYPE.A:
        reply.add_answer(RR(question.record.q.qname, QTYPE.A, rdata=A(ipv4), ttl=BLOCKED_TTL))
    elif question.kind == QTYPE.AAAA:
        answer = RR(question.record.q.qname, QTYPE.AAAA, rdata=AAAA(ipv6), ttl=BLOCKED_TTL)
        reply.add_answer(answer)
    else:
        _add_soa(reply)
    return bytes(reply.pack())


def nothing(question: Question, *, is_name_known: bool) -> bytes:
    """Answer that the name has nothing of this type, or (not `is_name_known`) does not exist."""
    reply = _reply(question)
    reply.header.rcode = RCODE.NOERROR if is_name_known else RCODE.NXDOMAIN
    _add_soa(reply)
    return bytes(reply.pack())


def failed(question: Question) -> bytes:
    """Answer SERVFAIL: whom we ask does not answer."""
    reply = _reply(question)
    reply.header.rcode = RCODE.SERVFAIL
    return bytes(reply.pack())


def refused(question: Question) -> bytes:
    """Answer REFUSED: this is not for whoever asks."""
    reply = _reply(question)
    reply.header.rcode = RCODE.REFUSED
    return bytes(reply.pack())


def fitted(question: Question, answer: bytes) -> bytes:
    """Return the answer for UDP: cut, with TC set, if the client can't take its size."""
    room = next((extra.rclass for extra in question.record.ar if extra.rtype == _OPT), 512)
    if len(answer) <= max(min(room, OUR_UDP_SIZE), 512):
        return answer
    reply = _reply(question)
    reply.header.tc = 1
    return bytes(reply.pack())


def _reply(question: Question) -> DNSRecord:
    reply = question.record.reply(ra=1, aa=0)
    if question.has_edns:
        reply.add_ar(EDNS0(udp_len=OUR_UDP_SIZE))
    return reply


def _add_soa(reply: DNSRecord) -> None:
    times = (1, BLOCKED_TTL, BLOCKED_TTL, BLOCKED_TTL, BLOCKED_TTL)
    soa = SOA("blocked.invalid.", "hostmaster.blocked.invalid.", times)
    reply.add_auth(RR("blocked.invalid.", QTYPE.SOA, rdata=soa, ttl=BLOCKED_TTL))


def _refusal(data: bytes, code: int) -> bytes:
    header = DNSHeader(id=int.from_bytes(data[:2], "big"), qr=1, rcode=code)
    return bytes(DNSRecord(header).pack())
