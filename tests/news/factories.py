"""Newsletters, issues and readers for tests; valid by default."""

from sqlalchemy import select

from portal.core import clock, ids
from portal.core.db import digest
from portal.news.models import Channel, Issue, IssueText, Newsletter, Reader, UnsubscribeToken
from tests.cast import make_user

NAMES = {"kk": "Жаңа қызметтер", "ru": "Новые услуги", "en": "New services"}
TEXTS = {
    "kk": ("Бірге 500", "Жылдамдық артты.", "**500 Мбит/с** бүкіл үйге."),
    "ru": ("Вместе 500", "Скорость выросла.", "**500 Мбит/с** на весь дом."),
    "en": ("Together 500", "It is faster now.", "**500 Mbit/s** for the whole home."),
}


def make_newsletter(db, code="new-services", **more):
    """Return the newsletter of that code, added if the migration has not brought it."""
    if known := db.scalar(select(Newsletter).where(Newsletter.code == code)):
        return known
    newsletter = Newsletter(
        **{"id": ids.uuid7(), "code": code, "names": NAMES, "about": NAMES, "position": 1, **more}
    )
    db.add(newsletter)
    db.flush()
    return newsletter


def make_issue(db, newsletter, author, *, languages=("kk", "ru", "en"), number=None, **more):
    """Add a draft; with `number` one that has been sent."""
    now = clock.now()
    values = {
        "id": ids.uuid7(),
        "newsletter_id": newsletter.id,
        "author_id": author.id,
        "created_at": now,
        "changed_at": now,
    }
    if number:
        values |= {"number": number, "state": "sent", "published_at": now, "ended_at": now}
    issue = Issue(**values | more)
    for code in languages:
        title, lead, body = TEXTS[code]
        issue.texts.append(IssueText(language=code, title=title, lead=lead, body=body))
    db.add(issue)
    db.flush()
    return issue


def make_reader(db, newsletter, user, channel=Channel.EMAIL):
    db.add(
        Reader(
            id=ids.uuid7(),
            user_id=user.id,
            newsletter_id=newsletter.id,
            channel=channel,
            since_at=clock.now(),
        )
    )
    db.flush()


def add_token(db, newsletter, person, token):
    """Add the unsubscribe link of a person's e-mail."""
    db.add(
        UnsubscribeToken(
            id=ids.uuid7(),
            token_hash=digest(token),
            user_id=person.id,
            newsletter_id=newsletter.id,
            channel=Channel.EMAIL,
        )
    )
    db.flush()


def make_readers(db, newsletter, count, **more):
    """Add people who read a newsletter; reader7@example.kz is the seventh."""
    people = [
        make_user(db, f"Reader{number} Test", language=("kk", "ru", "en")[number % 3], **more)
        for number in range(count)
    ]
    db.flush()
    for person in people:
        make_reader(db, newsletter, person)
    return people
