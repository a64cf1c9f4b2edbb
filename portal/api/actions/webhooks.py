"""Receivers of events: who is told, and what an administrator does about them."""

from collections.abc import Collection
from ipaddress import ip_address
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import delete, update

from portal.accounts.models import User
from portal.api import feed, signing
from portal.api.models import Webhook, WebhookDelivery
from portal.config import Settings
from portal.core import audit, clock, ids
from portal.core.db import session
from portal.core.errors import NotFoundError, RuleError
from portal.core.outside import Guard, is_plain_https
from portal.core.text import _l


def subscribe(
    name: str, *, url: str, types: Collection[str], settings: Settings, by: User | None
) -> tuple[Webhook, str]:
    """Let a receiver be told of all that happens from now on; return it and its secret.

    `types` (none: all) are as in feed.TYPES. Records `api.webhook_added`.
    Raises RuleError (field `url`) if it is not https, or leads into a private network.
    """
    _check(url, settings)
    now, place = clock.now(), feed.place_of_now()
    webhook = Webhook(
        id=ids.uuid7(),
        name=name,
        url=url,
        types=sorted(types),
        created_at=now,
        created_by_id=by.id if by else None,
        cursor_xid=place.xid,
        cursor_seq=place.seq,
        rests_until=now,
        leased_until=now,
    )
    session.add(webhook)
    audit.record("api.webhook_added", subject=webhook, actor=by)
    return webhook, signing.secret_of(webhook.id, settings.secret_key)


def pause(webhook: Webhook, *, by: User) -> None:
    """Let a receiver wait; nothing is lost. Records `api.webhook_paused`; again: nothing."""
    if webhook.paused_at is None:
        webhook.paused_at = clock.now()
        audit.record("api.webhook_paused", subject=webhook, actor=by)


def resume(webhook: Webhook, *, by: User) -> None:
    """Go on with a receiver now, with all that waits. Records `api.webhook_resumed`."""
    webhook.paused_at, webhook.rests_until = None, clock.now()
    session.execute(
        update(WebhookDelivery)
        .where(WebhookDelivery.webhook_id == webhook.id, WebhookDelivery.next_try_at.is_not(None))
        .values(next_try_at=clock.now())
    )
    audit.record("api.webhook_resumed", subject=webhook, actor=by)


def end(webhook: Webhook, *, by: User) -> None:
    """Tell a receiver nothing any more, also not what waits. Records `api.webhook_ended`."""
    if webhook.ended_at is None:
        webhook.ended_at = clock.now()
        session.execute(delete(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook.id))
        audit.record("api.webhook_ended", subject=webhook, actor=by)


def replay(webhook: Webhook, *, delivery_id: UUID | None = None, by: User) -> None:
    """Try what was given up again, one event or (None) all. Records `api.webhook_replayed`.

    Raises NotFoundError if this receiver has no such event that was given up.
    """
    dead = update(WebhookDelivery).where(
        WebhookDelivery.webhook_id == webhook.id, WebhookDelivery.dead_at.is_not(None)
    )
    if delivery_id:
        dead = dead.where(WebhookDelivery.id == delivery_id)
    again = dead.values(dead_at=None, tries=0, next_try_at=clock.now())
    found = session.scalars(again.returning(WebhookDelivery.id)).all()
    if delivery_id and not found:
        raise NotFoundError
    audit.record("api.webhook_replayed", subject=webhook, actor=by, events=len(found))


def _check(url: str, settings: Settings) -> None:
    if not is_plain_https(url):
        raise RuleError(
            _l("Write an https address, for example https://tracker.example.kz/events."),
            field="url",
        )
    try:
        address = ip_address((urlsplit(url).hostname or "").strip("[]"))
    except ValueError:
        return  # A name; where it leads is looked at with every connection.
    if not Guard(settings.webhook_networks).allows(address):
        raise RuleError(
            _l("This address is inside a private network that WEBHOOK_NETWORKS does not name."),
            field="url",
        )
