"""What a supervisor does with what is promised: draft, release, re-base."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from portal.accounts.models import User
from portal.core import audit, clock, ids
from portal.core.db import session
from portal.core.errors import RuleError
from portal.core.jobs import enqueue
from portal.core.text import _l, day, today
from portal.promises import actions as promises
from portal.promises.fold import Happening
from portal.promises.models import PromisePolicy, SlaCalendar
from portal.promises.planning import lines, queries
from portal.promises.planning.models import PromisePlan, PromiseRebasing
from portal.promises.planning.queries import PLAN_ID, Draft
from portal.promises.planning.writing import checked_calendar
from portal.promises.queries import version_in_force

REBASE = "portal.promises.planning.jobs.rebase"
_LOCK = "promises.rebase"


def save_line(place: int, row: Mapping[str, Any], *, seen: str, by: User) -> None:
    """Put a line into the draft: in place of the `place`-th, or added (0).

    Raises RuleError as `lines.with_line` does, and if the draft changed since it was `seen`.
    """
    draft = _seen_draft(seen)
    if row["calendar"] not in draft.calendars:
        raise RuleError(_l("Choose a calendar."), field="calendar")
    _keep(draft, lines.with_line(draft.terms, place, row), draft.calendars, by=by)


def remove_line(place: int, *, seen: str, by: User) -> None:
    """Take the `place`-th line out of the draft. Raises RuleError if it must stay."""
    draft = _seen_draft(seen)
    _keep(draft, lines.without_line(draft.terms, place), draft.calendars, by=by)


def save_calendar(name: str, body: Mapping[str, Any], *, seen: str, by: User) -> None:
    """Put a calendar into the draft, under a new name or in place of the one that has it.

    Raises RuleError for one that never opens or has no zone, and if the draft changed.
    """
    checked_calendar(body)
    draft = _seen_draft(seen)
    _keep(draft, draft.terms, {**draft.calendars, name: body}, by=by)


def drop_plan(*, seen: str, by: User) -> None:
    """Throw the draft away. Records `promises.plan_dropped`."""
    _seen_draft(seen)
    session.execute(delete(PromisePlan).where(PromisePlan.id == PLAN_ID))
    audit.record("promises.plan_dropped", actor=by)


def release(*, since: date, note: str, seen: str, by: User) -> PromisePolicy:
    """Make the draft the next version, in force from midnight of a day to come.

    Calendars that changed become new versions, too. Nothing that is promised already changes.
    Records `promises.policy_released`. Raises RuleError (fields `since`, `note`), if nothing is
    changed, or if the draft changed since it was `seen`.
    """
    draft = _seen_draft(seen)
    _check_release(draft, since, note)
    policy = PromisePolicy(
        id=ids.uuid7(),
        version=draft.base.version + 1,
        since_on=since,
        terms=list(draft.terms),
        calendars=_keep_calendars(draft),
        author_id=by.id,
        released_at=clock.now(),
        note=note,
    )
    session.add(policy)
    session.execute(delete(PromisePlan).where(PromisePlan.id == PLAN_ID))
    audit.record("promises.policy_released", subject=policy, actor=by, number=policy.version)
    return policy


def ask_for_rebasing(version: int, *, reason: str, by: User) -> PromiseRebasing:
    """Let what runs under older versions count by the one in force; the worker does it.

    Records `promises.rebasing_asked`. Raises RuleError (field `reason`) without a reason, for
    another version than the one in force, and while another re-basing runs.
    """
    if not reason.strip():
        raise RuleError(_l("Write why it is needed."), field="reason")
    if version != version_in_force(clock.now()):
        raise RuleError(_l("Open promises can only be put under the version in force."))
    asked = PromiseRebasing(
        id=ids.uuid7(),
        policy_version=version,
        reason=reason,
        author_id=by.id,
        asked_at=clock.now(),
        after_version=0,
        after_kind="",
        changed=0,
        left=0,
    )
    _add_alone(asked)
    audit.record("promises.rebasing_asked", subject=asked, actor=by, number=version)
    enqueue(session, REBASE, lock=_LOCK, rebasing_id=str(asked.id))
    return asked


def rebase_some(rebasing_id: UUID, *, most: int) -> bool:
    """Go on with a re-basing: `most` subjects in this transaction. Return whether more is left.

    Each subject gets an event of its own. Killed between two transactions it goes on where it was.
    """
    own = session.get_one(PromiseRebasing, rebasing_id, with_for_update=True)
    if own.finished_at is not None:
        return False
    after = (own.after_kind, own.after_id) if own.after_id else None
    found = queries.owners_under(own.after_version, after, most=most)
    for subject in (promises.Subject(*row) for row in found):
        _rebase(own, subject)
        own.after_kind, own.after_id = subject.kind, subject.id
    return bool(found) or _go_to_next_version(own)


def _rebase(own: PromiseRebasing, subject: promises.Subject) -> None:
    version = own.policy_version
    case = promises.record(subject, Happening.REBASED, policy=version, reason=own.reason)
    for promise in case.running():
        if promise.policy.version == version:
            own.changed += 1
        else:
            own.left += 1


def _go_to_next_version(own: PromiseRebasing) -> bool:
    following = queries.next_version_under(own.after_version, below=own.policy_version)
    if following is None:
        own.finished_at = clock.now()
        return False
    own.after_version, own.after_kind, own.after_id = following, "", None
    return True


def _add_alone(asked: PromiseRebasing) -> None:
    """Add a re-basing if none runs: of two at once the second is told."""
    values = {
        column.key: getattr(asked, column.key)
        for column in PromiseRebasing.__table__.columns
        if getattr(asked, column.key) is not None
    }
    statement = insert(PromiseRebasing).values(values).on_conflict_do_nothing()
    if session.scalar(statement.returning(PromiseRebasing.id)) is None:
        raise RuleError(_l("Open promises are being put under this version already."))


def _seen_draft(seen: str) -> Draft:
    draft = queries.draft(lock=True)
    if draft.is_stale or draft.seen != seen:
        raise RuleError(_l("This draft changed meanwhile. Open it again and look at it."))
    return draft


def _keep(
    draft: Draft,
    terms: Sequence[Mapping[str, Any]],
    calendars: Mapping[str, Mapping[str, Any]],
    *,
    by: User,
) -> None:
    if draft.plan is None:
        _begin(draft, by)
    plan = queries.draft(lock=True).plan
    if plan is None:
        raise RuleError(_l("This draft changed meanwhile. Open it again and look at it."))
    plan.terms, plan.calendars = [dict(row) for row in terms], dict(calendars)
    plan.changed_by_id, plan.changed_at = by.id, clock.now()
    audit.record("promises.plan_changed", actor=by)


def _begin(draft: Draft, by: User) -> None:
    """Begin the one draft there can be; of two at once the second is told."""
    values = {
        "id": PLAN_ID,
        "version": 1,
        "base_version": draft.base.version,
        "terms": list(draft.terms),
        "calendars": dict(draft.calendars),
        "changed_by_id": by.id,
        "changed_at": clock.now(),
    }
    statement = insert(PromisePlan).values(values).on_conflict_do_nothing()
    if session.scalar(statement.returning(PromisePlan.id)) is None:
        raise RuleError(_l("This draft changed meanwhile. Open it again and look at it."))


def _check_release(draft: Draft, since: date, note: str) -> None:
    if draft.plan is None or not _is_changed(draft):
        raise RuleError(_l("Nothing is changed yet."))
    if since <= today():
        raise RuleError(
            _l("Choose a day to come: what is promised today stays as it was promised."),
            field="since",
        )
    if since < draft.base.since_on:
        raise RuleError(
            _l("Version %(version)s begins on %(day)s. The next one cannot begin earlier."),
            field="since",
            version=draft.base.version,
            day=day(draft.base.since_on),
        )
    if not note.strip():
        raise RuleError(
            _l("Write what changes and why, for those who come after you."), field="note"
        )


def _is_changed(draft: Draft) -> bool:
    was = queries.calendars_of(draft.base)
    return list(draft.terms) != lines.ordered(draft.base.terms) or draft.calendars != was


def _keep_calendars(draft: Draft) -> dict[str, int]:
    """Add a version of each calendar that changed; return the version of each that is used."""
    was, used = queries.calendars_of(draft.base), {row["calendar"] for row in draft.terms}
    kept: dict[str, int] = {}
    for name, body in sorted(draft.calendars.items()):
        if was.get(name) == body:
            kept[name] = draft.base.calendars[name]
        elif name in used or name in was:
            kept[name] = queries.newest_calendar(name) + 1
            session.add(SlaCalendar(name=name, version=kept[name], body=dict(body)))
    return kept
