"""A mail server of the tests: the laptop's sink, but slow, or away, or refusing some.

`python -m tests.news.sink`: SMTP_URL and MAIL_DIR as the sink; SINK_SECONDS is how long it takes
over each message. It refuses never@..., defers later@..., and says nothing to hang@....
"""

import asyncio
import os
import sys
from pathlib import Path

from portal.core.smtp import MailServer
from portal.laptop.mail_sink import Keeper, serve


class SlowKeeper(Keeper):
    """Keeps what arrives, in its own time."""

    async def handle_RCPT(  # noqa: N802
        self, _server, _session, envelope, address, _options
    ):
        refusals = {"never": "550 5.1.1 No such person", "later": "451 4.3.0 Later"}
        if refusal := refusals.get(address.partition("@")[0]):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        kept = await super().handle_DATA(server, session, envelope)
        await asyncio.sleep(float(os.environ.get("SINK_SECONDS", "0")))
        return kept


if __name__ == "__main__":
    at = MailServer.from_url(os.environ["SMTP_URL"])
    keeper = SlowKeeper(Path(os.environ["MAIL_DIR"]))
    asyncio.run(serve(keeper, host=at.host, port=at.port))
    sys.exit(0)
