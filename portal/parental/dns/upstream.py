"""A small authoritative server for the demo and the tests: every name has the same address."""

from dnslib import AAAA, QTYPE, RR, TXT, A

from portal.parental.dns.questions import MalformedError, read_question

# Source: RFC 5737 and RFC 3849, addresses for documentation.
ADDRESS = "198.51.100.7"
ADDRESS_IPV6 = "2001:db8::7"
TTL = 300  # seconds


async def respond(data: bytes, _client: str, _by_tcp: bool) -> bytes | None:
    """Answer A, AAAA and TXT of any name; it has nothing of another type."""
    try:
        question = read_question(data)
    except MalformedError as error:
        return error.answer
    reply = question.record.reply(aa=1, ra=0)
    contents = {QTYPE.A: A(ADDRESS), QTYPE.AAAA: AAAA(ADDRESS_IPV6), QTYPE.TXT: TXT("demo")}
    if (found := contents.get(question.kind)) is not None:
        name = question.record.q.qname
        reply.add_answer(RR(name, question.kind, rdata=found, ttl=TTL))
    return bytes(reply.pack())
