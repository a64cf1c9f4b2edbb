"""A DNS server on UDP and TCP: it carries questions to a responder and answers back."""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import cast

log = logging.getLogger(__name__)

Responder = Callable[[bytes, str, bool], Awaitable[bytes | None]]
"""Return the answer to `data` from the client's address; the flag says that it came by TCP."""

DNS_PORT = 53
MOST_AT_ONCE = 1_000
TCP_IDLE = 10.0  # seconds


class ListenError(Exception):
    """The server can't be reached at this address; the message says why."""


def endpoint(written: str) -> tuple[str, int]:
    """Return host and port of `127.0.0.1:5353`, `[::1]:53` or `192.0.2.1`.

    Raises ValueError if it is neither.
    """
    host, colon, port = written.strip().rpartition(":")
    if not colon or (":" in host and not host.endswith("]")):
        host, port = written.strip(), str(DNS_PORT)
    host = host.strip("[]")
    if not host or not 0 < int(port) < 65536:
        raise ValueError(f"write address and port, for example 127.0.0.1:5353, not {written!r}")
    return host, int(port)


async def serve(listen: str, respond: Responder, *, ready: str) -> None:
    """Answer at `listen` until SIGTERM or SIGINT; what is in hand is answered first.

    Raises ListenError if the address is taken or not ours.
    """
    host, port = endpoint(listen)
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    try:
        udp, datagrams = await loop.create_datagram_endpoint(
            lambda: _Datagrams(respond), local_addr=(host, port)
        )
        tcp = await asyncio.start_server(_Stream(respond).serve, host, port)
    except OSError as error:
        raise ListenError(f"DNS can’t listen on {listen}: {error.strerror}") from error
    log.info(ready)
    await stop.wait()
    tcp.close()
    await datagrams.finish()
    udp.close()


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, respond: Responder) -> None:
        self.respond = respond
        self.in_hand: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, client: tuple[str, int]) -> None:
        if len(self.in_hand) >= MOST_AT_ONCE:
            return  # The client asks again; a queue without an end would help nobody.
        task = asyncio.get_running_loop().create_task(self._answer(data, client))
        self.in_hand.add(task)
        task.add_done_callback(self.in_hand.discard)

    async def _answer(self, data: bytes, client: tuple[str, int]) -> None:
        if (answer := await self.respond(data, client[0], False)) is not None:
            self.transport.sendto(answer, client)

    async def finish(self) -> None:
        if self.in_hand:
            await asyncio.wait(self.in_hand, timeout=3)


class _Stream:
    def __init__(self, respond: Responder) -> None:
        self.respond = respond
        self.room = asyncio.Semaphore(MOST_AT_ONCE)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = writer.get_extra_info("peername")[0]
        with suppress(asyncio.IncompleteReadError, TimeoutError, OSError):
            async with self.room:
                while data := await read_message(reader, wait=TCP_IDLE):
                    if (answer := await self.respond(data, client, True)) is None:
                        break
                    writer.write(len(answer).to_bytes(2, "big") + answer)
                    await writer.drain()
        writer.close()


async def read_message(reader: asyncio.StreamReader, *, wait: float) -> bytes:
    """Return one message of a TCP stream (two bytes of length first).

    Raises TimeoutError after `wait` seconds, IncompleteReadError if the stream ends.
    """
    async with asyncio.timeout(wait):
        length = int.from_bytes(await reader.readexactly(2), "big")
        return await reader.readexactly(length)
