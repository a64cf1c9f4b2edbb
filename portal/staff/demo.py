"""The desk of the demo: its canned replies, and a call that a specialist wrote down."""

from datetime import timedelta
from pathlib import Path

import yaml

from portal.accounts.demo import Cast
from portal.appeals.states import AppealKind, Channel, Proof
from portal.core import clock
from portal.staff import actions

_REPLIES = Path(__file__).with_name("demo.yaml")


def load(cast: Cast) -> None:
    """Write the replies as the supervisor, and register a call as Daniyar."""
    for told in yaml.safe_load(_REPLIES.read_text(encoding="utf-8")):
        name = told.pop("name")
        actions.save_reply(None, name=name, texts=told, by=cast.supervisor)
    actions.register(
        actions.Told(
            channel=Channel.PHONE,
            received_at=clock.now() - timedelta(minutes=5),
            kind=AppealKind.QUESTION,
            subject="Как перенести телефон в другую комнату?",
            body="Звонит из дома, спрашивает, нужен ли для этого мастер и сколько это стоит.",
            name="Сауле Ибраева",
            address="+7 701 234 56 78",
            language="ru",
            contract=cast.neighbours.number,
            proof=Proof.FACTS,
        ),
        by=cast.daniyar,
    )
