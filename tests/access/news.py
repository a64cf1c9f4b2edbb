"""Who may open news, and the desk of the editors."""

from typing import Any

from tests.access import Row, World, public, signed_in, staff
from tests.news.factories import add_token, make_issue, make_newsletter

EDITORS = ("fiona",)


def _sent(world: World) -> dict[str, Any]:
    newsletter = make_newsletter(world.db)
    issue = make_issue(world.db, newsletter, world.cast["fiona"].user, number=1)
    return {"issue_id": issue.id}


def _draft(world: World) -> dict[str, Any]:
    newsletter = make_newsletter(world.db)
    return {"issue_id": make_issue(world.db, newsletter, world.cast["fiona"].user).id}


def _link(world: World) -> dict[str, Any]:
    newsletter = make_newsletter(world.db)
    add_token(world.db, newsletter, world.cast["alice"], "secret")
    return {"token": "secret"}


ROWS = {
    "news.list_issues": Row(public(), values=lambda world: _sent(world) and {}),
    "news.show_issue": Row(public(), values=_sent),
    "news.show_issue_in": Row(public(), values=lambda world: _sent(world) | {"written_in": "kk"}),
    "news.show_feed": Row(public(), values=lambda world: _sent(world) and {}),
    "news.change_preferences": Row(signed_in()),
    "POST news.change_preferences": Row(signed_in(303)),
    "news.unsubscribe": Row(public(), values=_link),
    "POST news.unsubscribe": Row(public(), values=_link),
    "news.list_drafts": Row(staff(only=EDITORS), values=lambda world: _draft(world) and {}),
    "news.create_issue": Row(staff(only=EDITORS)),
    "POST news.create_issue": Row(staff(422, only=EDITORS)),
    "news.show_draft": Row(staff(only=EDITORS), values=_draft),
    "news.show_progress": Row(staff(only=EDITORS), values=_sent),
    "news.preview_issue": Row(
        staff(only=EDITORS), values=lambda world: _draft(world) | {"written_in": "ru"}
    ),
    "news.edit_issue": Row(staff(only=EDITORS), values=_draft),
    "POST news.edit_issue": Row(staff(422, only=EDITORS), values=_draft),
    "news.send_issue": Row(staff(only=EDITORS), values=_draft),
    "POST news.send_issue": Row(staff(422, only=EDITORS), values=_draft),
    "POST news.change_issue": Row(
        staff(422, only=EDITORS), values=lambda world: _draft(world) | {"change": "pause"}
    ),
    "news.list_copies": Row(
        staff(only=EDITORS), values=lambda world: _sent(world) | {"state": "uncertain"}
    ),
}
