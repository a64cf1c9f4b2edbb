"""Ask for a rating, once after every contact: in the portal, and by a link in an e-mail."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import current_app
from sqlalchemy.dialects.postgresql import insert

from portal.accounts.models import User
from portal.core import clock, ids, mail
from portal.core.db import digest, session
from portal.core.text import Marked, _l
from portal.feedback.models import RatingRequest
from portal.notify.actions import notify

_SUBJECTS: Mapping[str, Marked] = {
    "appeal": _l("Please rate our answer to appeal %(number)s"),
    "contact": _l("Please rate how we served you, appeal %(number)s"),
    "order": _l("Please rate order %(number)s"),
    "visit": _l("Please rate the technician’s visit, order %(number)s"),
}
_LINES = (
    _l("1 to 5, and a word if you like. A supervisor reads it; no employee can change it."),
    _l("The link is good for 30 days. We ask once and do not remind."),
)


@dataclass(frozen=True)
class Reach:
    """How who is asked can be reached: a user, or an address with its language, or neither.

    `is_told`: a notice that he has got already asks him.
    """

    user_id: UUID | None = None
    address: str = ""
    language: str = ""
    is_told: bool = False


@dataclass(frozen=True, kw_only=True)
class Contact:
    """What may be rated, as RatingRequest keeps it."""

    subject_kind: str
    subject_id: UUID
    cycle: int = 1
    number: str
    title: str = ""
    channel: str
    account_id: UUID | None
    secret_hash: str | None = None
    about_id: UUID | None = None
    about_name: str = ""


def ask(about: Contact, reach: Reach) -> None:
    """Ask for the rating of a contact; a second time does nothing.

    Who cannot be reached is not asked how he was served; an answer he may rate where he reads it.
    """
    user = session.get(User, reach.user_id) if reach.user_id else None
    address, language = _reached(user, reach)
    link = secrets.token_urlsafe(18) if address else ""
    is_reached = bool(user or link or reach.is_told)
    if not is_reached and about.subject_kind != "appeal":
        return
    row = insert(RatingRequest).values(
        id=ids.uuid7(),
        user_id=reach.user_id,
        link_hash=digest(link) if link else None,
        asked_at=clock.now(),
        is_reached=is_reached,
        **vars(about),
    )
    made = session.scalar(row.on_conflict_do_nothing().returning(RatingRequest.id))
    if made is None:
        return
    if user:
        _tell(about, user)
    if link:
        _write(about, address, language, link)


def _reached(user: User | None, reach: Reach) -> tuple[str, str]:
    """Return the e-mail to write to, "" if there is none, and its language."""
    if user:
        return user.email, user.language
    return (reach.address, reach.language) if "@" in reach.address else ("", "")


def _tell(about: Contact, user: User) -> None:
    notify(
        user,
        f"feedback.{about.subject_kind}_asked",
        link=f"/a/{about.account_id}/ratings/{about.subject_kind}/{about.subject_id}",
        account_id=about.account_id,
        number=about.number,
    )


def _write(about: Contact, address: str, language: str, link: str) -> None:
    mail.send(
        to=address,
        language=language,
        subject=_SUBJECTS[about.subject_kind],
        lines=_LINES,
        act=_l("Rate"),
        url=f"{current_app.config['SETTINGS'].base_url}/ratings/{link}?lang={language}",
        number=about.number,
    )
