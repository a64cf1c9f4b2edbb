"""Who may open the pages of appeals."""

from typing import Any

from portal.core import ids
from tests.access import Row, World, private, public
from tests.appeals.rows import SECRET, add_appeal, add_draft

_ALICES = {"alice": 302, "bob": 302, "carol": 302}


def _appeal(world: World) -> dict[str, Any]:
    return {"appeal_id": add_appeal(world.db, account_id=world.cast["alice"].account_id).id}


def _no_file(world: World) -> dict[str, Any]:
    return _appeal(world) | {"attachment_id": ids.uuid7()}


def _draft(world: World) -> dict[str, Any]:
    alice = world.cast["alice"]
    draft = add_draft(world.db, user_id=alice.id, account_id=alice.account_id)
    return {"draft_id": draft.id}


def _no_file_of_draft(world: World) -> dict[str, Any]:
    return _draft(world) | {"attachment_id": ids.uuid7()}


def _tracked(world: World) -> dict[str, Any]:
    add_appeal(world.db)
    return {"secret": SECRET}


def _no_tracked_file(world: World) -> dict[str, Any]:
    return _tracked(world) | {"attachment_id": ids.uuid7()}


def _held_draft(world: World) -> dict[str, Any]:
    appeal = add_appeal(world.db)
    return {"secret": SECRET, "draft_id": add_draft(world.db, appeal_id=appeal.id).id}


def _no_file_of_held_draft(world: World) -> dict[str, Any]:
    return _held_draft(world) | {"attachment_id": ids.uuid7()}


_TEXT = {"body": "Text"}
_RECEIPT = {"number": "26-4F7K-3", "head": "0" * 16}
_WRITES = private(302)

ROWS = {
    "appeals.list_appeals": Row(private(viewer=200)),
    "appeals.file_appeal": Row(private()),
    "POST appeals.file_appeal": Row(private(422)),
    "appeals.open_chat": Row(private()),
    "POST appeals.open_chat": Row(private(422)),
    "appeals.show_appeal": Row(private(viewer=200), values=_appeal),
    "appeals.show_news": Row(private(303, viewer=303), values=_appeal),
    "POST appeals.reply_appeal": Row(_WRITES, values=_appeal, data=_TEXT),
    "POST appeals.close_appeal": Row(_WRITES, values=_appeal),
    "POST appeals.withdraw_appeal": Row(_WRITES, values=_appeal),
    "appeals.download_file": Row(private(404, viewer=404), values=_no_file),
    "appeals.send_file": Row(public(404), values=lambda _world: {"sealed": "unsealed"}),
    "appeals.add_files": Row(private(), values=_draft),
    "POST appeals.add_files": Row(private(422), values=_draft),
    "POST appeals.send_draft": Row(_WRITES, values=_draft),
    "POST appeals.remove_file": Row(private(404), values=_no_file_of_draft),
    "appeals.file_publicly": Row(public() | _ALICES),
    "POST appeals.file_publicly": Row(public(422) | _ALICES),
    "appeals.add_files_publicly": Row(public(), values=_held_draft),
    "POST appeals.add_files_publicly": Row(public(422), values=_held_draft),
    "POST appeals.send_draft_publicly": Row(public(302), values=_held_draft),
    "POST appeals.remove_file_publicly": Row(public(404), values=_no_file_of_held_draft),
    "appeals.check_receipt": Row(public()),
    "POST appeals.check_receipt": Row(public(302), data=_RECEIPT),
    "appeals.track_appeal": Row(public()),
    "POST appeals.track_appeal": Row(public(422)),
    "appeals.show_tracked": Row(public(), values=_tracked),
    "appeals.show_news_tracked": Row(public(303), values=_tracked),
    "POST appeals.reply_tracked": Row(public(302), values=_tracked, data=_TEXT),
    "POST appeals.close_tracked": Row(public(302), values=_tracked),
    "POST appeals.withdraw_tracked": Row(public(302), values=_tracked),
    "appeals.download_tracked": Row(public(404), values=_no_tracked_file),
}
