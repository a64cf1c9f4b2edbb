"""The laptop's mail server: takes every message and keeps it as a file in MAIL_DIR.

Started by `python -m portal.laptop.mail_sink`; listens where SMTP_URL points to.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path
from uuid import uuid4

from aiosmtpd.smtp import SMTP, Envelope, Session

from portal.core.smtp import MailServer

LARGEST_MESSAGE = 10 * 1024 * 1024


class Keeper:
    """Writes each message that arrives into a folder, whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(  # noqa: N802 (the name is aiosmtpd's)
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content
        if not isinstance(content, bytes):
            return "554 This is no message"
        await asyncio.to_thread(self._keep, envelope, content)
        return "250 Kept"

    def _keep(self, envelope: Envelope, content: bytes) -> None:
        trace = [f"Return-Path: <{envelope.mail_from}>"]
        trace += [f"Delivered-To: {address}" for address in envelope.rcpt_tos]
        name = uuid4().hex
        unfinished = self._folder / f"{name}.part"
        unfinished.write_bytes("".join(f"{line}\r\n" for line in trace).encode() + content)
        unfinished.rename(self._folder / f"{name}.eml")


async def serve(handler: object, *, host: str, port: int) -> None:
    """Take mail on `host`:`port` until SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for reason in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(reason, ended.set)

    def protocol() -> SMTP:
        return SMTP(handler, data_size_limit=LARGEST_MESSAGE, hostname="kabinet", loop=loop)

    server = await loop.create_server(protocol, host=host, port=port)
    async with server:
        await ended.wait()


def main() -> int:
    """Run the sink with SMTP_URL and MAIL_DIR from the environment."""
    server = MailServer.from_url(os.environ.get("SMTP_URL", "smtp://127.0.0.1:2525"))
    keeper = Keeper(Path(os.environ.get("MAIL_DIR", "var/mail")))
    try:
        asyncio.run(serve(keeper, host=server.host, port=server.port))
    except OSError as error:
        sys.stderr.write(f"The mail sink cannot listen on port {server.port}: {error.strerror}.\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
