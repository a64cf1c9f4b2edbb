"""The answers of the demo, as its editor wrote them; some readers say that they helped."""

from pathlib import Path

import yaml

from portal.accounts.demo import Cast
from portal.appeals.knowledge import actions
from portal.appeals.knowledge.models import Tag
from portal.core.db import digest, session

ANSWERS = Path(__file__).with_name("demo.yaml")


def load(cast: Cast) -> None:
    """Publish the answers of `demo.yaml`."""
    for told in yaml.safe_load(ANSWERS.read_text(encoding="utf-8")):
        words = {code: (told[code]["question"], told[code]["body"]) for code in ("kk", "ru", "en")}
        tags = [Tag(tag) for tag in told["tags"]]
        answer = actions.create_answer(words, kind=told.get("kind"), tags=tags, by=cast.editor)
        session.flush()  # What is published is in the database.
        actions.publish_answer(answer, by=cast.editor)
        session.flush()
        for number in range(told.get("helped", 0)):
            opinion = actions.Opinion(is_helpful=True, ended_appeal=number == 0)
            actions.vote(answer, opinion, voter=digest(f"demo {number}"), language="ru")
