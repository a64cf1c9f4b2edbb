"""Send an issue, pause it, stop it; the worker does the rest (jobs.py)."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select

from portal.accounts.models import User
from portal.core import audit, clock, throttle
from portal.core.db import session
from portal.core.errors import RuleError
from portal.core.jobs import enqueue
from portal.core.text import _l
from portal.news.models import Issue

SENDERS = 2
"""How many jobs send one issue side by side."""

TESTS_AN_HOUR = 20


def send_issue(issue: Issue, *, gap_reason: str, seen: str, by: User) -> None:
    """Publish the version `seen` of an issue; the worker sends it to all its newsletter's readers.

    Records `news.issue_sent`. Raises RuleError as Issue.start_sending and check_seen do.
    """
    if issue.is_draft:
        issue.check_seen(seen)
    issue.start_sending(
        number=_next_number(issue.newsletter_id), gap_reason=gap_reason, now=clock.now()
    )
    audit.record("news.issue_sent", subject=issue, actor=by, number=issue.number)
    enqueue(session, "portal.news.jobs.list_deliveries", issue_id=str(issue.id))


def _next_number(newsletter_id: UUID) -> int:
    """Count on within the newsletter; two at once wait for each other."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"issue:{newsletter_id}"))))
    newest = select(func.max(Issue.number)).where(Issue.newsletter_id == newsletter_id)
    return (session.scalar(newest) or 0) + 1


def pause_issue(issue: Issue, *, by: User) -> None:
    """Let the worker send no more for now; what is in its hands still leaves."""
    issue.pause()
    audit.record("news.issue_paused", subject=issue, actor=by)


def resume_issue(issue: Issue, *, by: User) -> None:
    """Let the worker go on."""
    issue.resume()
    audit.record("news.issue_resumed", subject=issue, actor=by)
    enqueue(session, "portal.news.jobs.list_deliveries", issue_id=str(issue.id))


def stop_issue(issue: Issue, *, by: User) -> None:
    """End a mailing for good: who has not got it will not get it."""
    issue.stop(clock.now())
    audit.record("news.issue_stopped", subject=issue, actor=by)


def send_test_issue(issue: Issue, *, by: User) -> None:
    """Send the issue to `by` alone, in every language in which it is whole.

    Raises RuleError if it is whole in none, ThrottledError after 20 in an hour.
    """
    if not issue.languages:
        raise RuleError(_l("Write the title, the summary and the text first."))
    throttle.hit(f"news.test:{by.id}", limit=TESTS_AN_HOUR, window=timedelta(hours=1))
    audit.record("news.issue_tested", subject=issue, actor=by)
    enqueue(session, "portal.news.jobs.send_test", issue_id=str(issue.id), user_id=str(by.id))
