"""Write an issue."""

from collections.abc import Mapping

from portal.accounts.models import User
from portal.core import audit, clock
from portal.core.db import session
from portal.core.errors import RuleError
from portal.core.text import _l
from portal.news.models import Issue, Newsletter, State
from portal.news.words import Words


def create_issue(
    newsletter: Newsletter, *, words: Mapping[str, Words], offering_code: str, by: User
) -> Issue:
    """Add a draft; `words` by language. Records `news.issue_created`.

    Raises RuleError if there are no words in any language.
    """
    now = clock.now()
    issue = Issue(
        newsletter=newsletter,
        state=State.DRAFT,
        author_id=by.id,
        created_at=now,
        changed_at=now,
        texts=[],
    )
    session.add(issue)
    _write(issue, words, offering_code)
    session.flush()  # The audit names the issue's id.
    audit.record("news.issue_created", subject=issue, actor=by, newsletter=newsletter.code)
    return issue


def write_issue(
    issue: Issue,
    *,
    newsletter: Newsletter,
    words: Mapping[str, Words],
    offering_code: str,
    seen: str,
    by: User,
) -> None:
    """Change a draft that the editor opened in version `seen`. Records `news.issue_changed`.

    Raises RuleError if it is no draft any more, if somebody changed it meanwhile, or if no words
    would be left.
    """
    if issue.is_draft:
        issue.check_seen(seen)
    _write(issue, words, offering_code)
    issue.newsletter = newsletter
    audit.record("news.issue_changed", subject=issue, actor=by)


def _write(issue: Issue, words: Mapping[str, Words], offering_code: str) -> None:
    now = clock.now()
    for language, each in words.items():
        issue.write(language, title=each.title, lead=each.lead, body=each.body, now=now)
    if not issue.texts:
        raise RuleError(_l("Write something first: a title will do for a draft."))
    issue.offering_code = offering_code or None
