"""Making answers short-lived, so that a device forgets an old answer soon after a Save."""

_HEADER_SIZE = 12
_OPT = 41  # Its TTL field holds flags (RFC 6891).


def capped(answer: bytes, most: int) -> bytes:
    """Return a DNS answer in which no record lives longer than `most` seconds.

    It changes the TTL fields in place and nothing else. Raises ValueError if it is cut off.
    """
    out = bytearray(answer)
    questions, *sections = (int.from_bytes(answer[at : at + 2], "big") for at in (4, 6, 8, 10))
    at = _HEADER_SIZE
    for _ in range(questions):
        at = _after_name(answer, at) + 4
    for _ in range(sum(sections)):
        at = _after_name(answer, at)
        if at + 10 > len(answer):
            raise ValueError("a record is cut off")
        if int.from_bytes(answer[at : at + 2], "big") != _OPT:
            ttl = min(int.from_bytes(answer[at + 4 : at + 8], "big"), most)
            out[at + 4 : at + 8] = ttl.to_bytes(4, "big")
        at += 10 + int.from_bytes(answer[at + 8 : at + 10], "big")
    return bytes(out)


def _after_name(answer: bytes, at: int) -> int:
    while True:
        if at >= len(answer):
            raise ValueError("a name is cut off")
        length = answer[at]
        if length >= 0xC0:
            return at + 2
        at += 1 + length
        if length == 0:
            return at
