"""Asking the resolver that stands behind us."""

import asyncio
import secrets
from typing import cast

from portal.parental.dns.listening import read_message

WAIT = 2.0  # seconds for each try
TRIES = 2


class UnansweredError(Exception):
    """The resolver behind us is dead, or answered something else."""


async def ask(upstream: tuple[str, int], question: bytes, *, by_tcp: bool) -> bytes:
    """Return the answer of `upstream` to `question`, under the question's own id.

    Raises UnansweredError.
    """
    own_id = secrets.token_bytes(2)  # Guessing it together with our port is what a forger needs.
    asked = own_id + question[2:]
    way = _by_tcp if by_tcp else _by_udp
    for _ in range(TRIES):
        try:
            answer = await way(upstream, asked)
        except (TimeoutError, OSError, asyncio.IncompleteReadError):
            continue
        if len(answer) >= 12 and answer[:2] == own_id:
            return question[:2] + answer[2:]
    raise UnansweredError


async def _by_udp(upstream: tuple[str, int], asked: bytes) -> bytes:
    loop = asyncio.get_running_loop()
    transport, waiting = await loop.create_datagram_endpoint(
        lambda: _Waiting(asked[:2]), remote_addr=upstream
    )
    try:
        transport.sendto(asked)
        async with asyncio.timeout(WAIT):
            return await waiting.answer
    finally:
        transport.close()


async def _by_tcp(upstream: tuple[str, int], asked: bytes) -> bytes:
    async with asyncio.timeout(WAIT):
        reader, writer = await asyncio.open_connection(*upstream)
    try:
        writer.write(len(asked).to_bytes(2, "big") + asked)
        return await read_message(reader, wait=WAIT)
    finally:
        writer.close()


class _Waiting(asyncio.DatagramProtocol):
    """Waits for the one answer with our id; all else is passed over."""

    def __init__(self, own_id: bytes) -> None:
        self.own_id = own_id
        self.answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def datagram_received(self, data: bytes, _address: tuple[str, int]) -> None:
        if data[:2] == self.own_id and not self.answer.done():
            self.answer.set_result(data)

    def error_received(self, error: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(cast(OSError, error))
