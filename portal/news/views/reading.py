"""The feed, one issue, and the same for feed readers."""

from datetime import UTC, datetime
from uuid import UUID

from flask import Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import visitor
from portal.config import Settings
from portal.core.access import Permission, allow
from portal.core.errors import NotFoundError
from portal.core.markdown import html_of
from portal.core.text import gettext, in_language, language
from portal.news import atom, queries
from portal.news.models import Issue, Newsletter
from portal.news.views.blueprint import bp

_BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)


def _asked_topic() -> Newsletter | None:
    code = request.args.get("topic")
    return queries.newsletter_called(code) if code else None


def _base_url() -> str:
    settings: Settings = current_app.config["SETTINGS"]
    return settings.base_url


@bp.get("/news")
@allow(Permission.PUBLIC)
def list_issues() -> ResponseReturnValue:
    after, topic = request.args.get("after"), _asked_topic()
    return render_template(
        "news/list_issues.html",
        page=queries.published_issues(topic, after=after),
        after=after,
        topic=topic,
        newsletters=queries.newsletters(),
    )


@bp.get("/news/<uuid:issue_id>")
@allow(Permission.PUBLIC)
def show_issue(issue_id: UUID) -> ResponseReturnValue:
    issue = queries.published_issue(issue_id)
    return _issue_page(issue, issue.text_in(language()).language)


@bp.get("/news/<uuid:issue_id>/<any(kk, ru, en):written_in>")
@allow(Permission.PUBLIC)
def show_issue_in(issue_id: UUID, written_in: str) -> ResponseReturnValue:
    issue = queries.published_issue(issue_id)
    if written_in not in issue.languages:
        raise NotFoundError
    return _issue_page(issue, written_in)


def _issue_page(issue: Issue, written_in: str) -> str:
    words, who = issue.text_in(written_in), visitor()
    return render_template(
        "news/show_issue.html",
        issue=issue,
        words=words,
        body=html_of(words.body, base_url=_base_url()),
        offering=queries.offering_of(issue),
        is_reader=who is not None and issue.newsletter_id in queries.subscribed_ids(who.user),
    )


@bp.get("/news/feed.atom")
@allow(Permission.PUBLIC)
def show_feed() -> ResponseReturnValue:
    topic = _asked_topic()
    issues = queries.newest_issues(topic)
    body = atom.written(_feed(topic), [_entry(issue) for issue in issues])
    response = Response(body, content_type=f"{atom.MIME_TYPE}; charset=utf-8")
    shared = "public" if "lang" in request.args else "private"  # Else it is as the reader reads.
    response.headers["Cache-Control"] = f"{shared}, max-age=300"
    response.add_etag()
    return response.make_conditional(request)


def _feed(topic: Newsletter | None) -> atom.Feed:
    settings: Settings = current_app.config["SETTINGS"]
    code = topic.code if topic else None
    name = in_language(topic.names) if topic else gettext("News")
    return atom.Feed(
        url=_base_url() + url_for("news.show_feed", topic=code, lang=language()),
        page=_base_url() + url_for("news.list_issues", topic=code),
        title=f"{settings.operator_name}: {name}",
        author=str(settings.operator_name),
        language=language(),
        updated_at=_BEGINNING,
    )


def _entry(issue: Issue) -> atom.Entry:
    words = issue.text_in(language())
    at = issue.published_at or issue.created_at
    path = url_for("news.show_issue_in", issue_id=issue.id, written_in=words.language)
    return atom.Entry(
        url=_base_url() + path,
        language=words.language,
        title=words.title,
        summary=words.lead,
        html=html_of(words.body, base_url=_base_url()),
        category=issue.newsletter.code,
        published_at=at,
        updated_at=at,
    )
