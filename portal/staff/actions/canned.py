"""Canned replies are written, changed and removed by a supervisor."""

from collections.abc import Mapping

from sqlalchemy import func, select

from portal.accounts.models import User
from portal.core import audit, ids
from portal.core.db import session
from portal.core.errors import RuleError
from portal.core.text import LANGUAGES, _l
from portal.staff.fields import FIELDS, unknown_fields
from portal.staff.models import CannedReply
from portal.staff.queries.canned import MOST_REPLIES


def save_reply(
    reply: CannedReply | None, *, name: str, texts: Mapping[str, str], by: User
) -> CannedReply:
    """Write a new canned reply (None) or change one; `texts` has kk, ru and en.

    Records `staff.canned_reply_saved`. Raises RuleError (field kk, ru or en) for a field that
    nobody can fill, (field `name`) for a name that another reply has, and for too many replies.
    """
    for language in LANGUAGES:
        if wrong := unknown_fields(texts[language]):
            raise RuleError(
                _l("Nobody can fill %(wrong)s. The fields are: %(known)s."),
                field=language,
                wrong=", ".join(wrong),
                known=", ".join(f"{{{each}}}" for each in FIELDS),
            )
    _check_name(reply, name)
    if reply is None:
        reply = CannedReply(id=ids.uuid7())
        session.add(reply)
    reply.name, reply.texts = name, {language: texts[language] for language in LANGUAGES}
    audit.record("staff.canned_reply_saved", subject=reply, actor=by)
    return reply


def remove_reply(reply: CannedReply, *, by: User) -> None:
    """Remove a canned reply; what was sent with it stays. Records `staff.canned_reply_removed`."""
    session.delete(reply)
    audit.record("staff.canned_reply_removed", subject=reply, actor=by)


def _check_name(reply: CannedReply | None, name: str) -> None:
    own = reply.id if reply else None
    with session.no_autoflush:
        same = session.scalar(select(CannedReply.id).where(CannedReply.name == name))
        count = session.scalar(select(func.count()).select_from(CannedReply)) or 0
    if same and same != own:
        raise RuleError(_l("Another reply has this name."), field="name")
    if own is None and count >= MOST_REPLIES:
        raise RuleError(_l("There are %(most)s replies. Remove one first."), most=MOST_REPLIES)
