"""What the editor of the demo wrote, and who reads it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

from portal.accounts.demo import Cast
from portal.accounts.models import User
from portal.core import clock
from portal.core.db import session
from portal.news.actions import change_subscriptions
from portal.news.models import (
    Channel,
    Delivery,
    DeliveryState,
    Issue,
    IssueText,
    Newsletter,
    State,
)
from portal.news.queries import newsletters

WRITTEN = Path(__file__).with_suffix(".yaml")


def load(cast: Cast) -> None:
    """Let people subscribe, and add the issues that they got and one draft."""
    topics = {each.code: each for each in newsletters()}
    readers = {
        cast.aigerim: ("new-services", "parents", "network-works"),
        cast.father: ("network-works",),
        cast.sister: ("new-services", "promotions"),
        cast.neighbour: ("new-services",),
    }
    for reader, codes in readers.items():
        wanted = {topics[code].id for code in codes}
        change_subscriptions(reader, offered=topics.values(), wanted=wanted)
    for each in yaml.safe_load(WRITTEN.read_text(encoding="utf-8")):
        issue = _issue(each, topics[each["newsletter"]], cast.editor)
        if not issue.is_draft:
            _deliver(issue, [who for who, codes in readers.items() if each["newsletter"] in codes])


def _issue(written: dict[str, Any], newsletter: Newsletter, author: User) -> Issue:
    at = clock.now() - timedelta(days=written.get("days", 0), hours=4)
    is_sent = "number" in written
    issue = Issue(
        newsletter=newsletter,
        number=written.get("number"),
        offering_code=written.get("offering"),
        state=State.SENT if is_sent else State.DRAFT,
        author_id=author.id,
        created_at=at - timedelta(days=1),
        changed_at=at,
        published_at=at if is_sent else None,
        listed_at=at if is_sent else None,
        ended_at=at if is_sent else None,
        texts=[IssueText(language=code, **words) for code, words in written["texts"].items()],
    )
    session.add(issue)
    session.flush()  # The deliveries' foreign key needs the row.
    return issue


def _deliver(issue: Issue, readers: list[User]) -> None:
    session.add_all(
        Delivery(
            issue_id=issue.id,
            user_id=reader.id,
            channel=Channel.EMAIL,
            state=DeliveryState.SENT,
            tries=1,
            changed_at=issue.published_at or issue.created_at,
        )
        for reader in readers
    )
