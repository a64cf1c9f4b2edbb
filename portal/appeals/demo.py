"""What the people of the demo have written, and how it was answered: kept and broken promises."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml
from PIL import Image, ImageDraw

from portal.accounts.demo import Cast
from portal.accounts.models import User
from portal.appeals import actions
from portal.appeals.models import Appeal, Draft
from portal.appeals.states import AppealKind, Channel
from portal.core import clock
from portal.core.db import session
from portal.core.text import ZONE, local

STORY = Path(__file__).with_name("demo.yaml")
_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
_ACTS: dict[str, Callable[[Appeal, User, dict[str, Any]], object]] = {
    "claim": lambda it, by, _said: actions.claim(it, by=by),
    "answer": lambda it, by, said: actions.answer(it, body=said["body"], by=by),
    "note": lambda it, by, said: actions.add_note(it, body=said["body"], by=by),
    "final": lambda it, by, said: actions.send_final(it, body=said["body"], by=by),
    "investigate": lambda it, by, said: actions.open_investigation(it, reason=said["body"], by=by),
    "interim": lambda it, by, said: actions.send_interim(
        it,
        body=said["body"],
        promised_at=it.received_at + timedelta(hours=said["promised"]),
        reason="",
        by=by,
    ),
}


def load(cast: Cast) -> None:
    """Let everything of `demo.yaml` happen, each thing at its own time; Daniyar answers it all."""
    now = clock.now()
    for told in yaml.safe_load(STORY.read_text(encoding="utf-8")):
        filed_at = now - timedelta(hours=told["ago"])
        with clock.standing_at(filed_at):
            appeal = _file(cast, told)
        for step in told.get("steps", ()):
            with clock.standing_at(_moment(step, filed_at)):
                _ACTS[step["act"]](appeal, cast.daniyar, step)
    with clock.standing_at(now - timedelta(days=1)):
        session.flush()  # The closing reads what was answered from the database.
        actions.close_answered(most=100)


def _moment(step: dict[str, Any], filed_at: datetime) -> datetime:
    if "after" in step:
        return filed_at + timedelta(hours=step["after"])
    next_day = local(filed_at).date() + timedelta(days=1)
    return datetime.combine(next_day, time.fromisoformat(step["next_day"]), ZONE).astimezone(UTC)


def _file(cast: Cast, told: dict[str, Any]) -> Appeal:
    writer = _writer(cast, told["who"])
    if "channel" in told:
        writer = replace(writer, channel=Channel(told["channel"]))
    return actions.file_appeal(
        writer,
        kind=AppealKind(told["kind"]),
        subject=told["subject"],
        body=told["body"],
        draft=_draft_with_files(writer) if told.get("files") else None,
    ).appeal


def _writer(cast: Cast, who: str | dict[str, str]) -> actions.Writer:
    if isinstance(who, dict):
        writer = actions.Writer(who["name"], who["email"], who["language"])
        if "channel" not in who:
            return writer
        return replace(writer, channel=Channel(who["channel"]), received_at=clock.now())
    user, account = {
        "aigerim": (cast.aigerim, cast.home),
        "father": (cast.father, cast.parents),
        "neighbour": (cast.neighbour, cast.neighbours),
    }[who]
    return actions.Writer(user.name, user.email, user.language, user, account)


def _draft_with_files(writer: actions.Writer) -> Draft:
    if writer.user is None or writer.account is None:
        raise ValueError("only people with a contract send files in the demo")
    draft = actions.save_draft(
        None, content={}, account_id=writer.account.id, user_id=writer.user.id
    )
    session.flush()  # The files point to the draft.
    actions.attach_file(draft, stream=_lamp(), name="красная-лампа.jpg")
    actions.attach_file(draft, stream=io.BytesIO(_PDF), name="проверка-скорости.pdf")
    session.flush()  # The draft reads its files anew.
    session.refresh(draft, ["attachments"])
    return draft


def _lamp() -> io.BytesIO:
    """Draw the picture of a router's red lamp."""
    image = Image.new("RGB", (640, 420), "#23252b")
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((80, 130, 560, 290), 26, fill="#34373f")
    for place, colour in enumerate(("#3fbf6f", "#3fbf6f", "#e5484d", "#555a66")):
        pen.ellipse((150 + place * 100, 195, 180 + place * 100, 225), fill=colour)
    out = io.BytesIO()
    image.save(out, format="JPEG", quality=88)
    out.seek(0)
    return out
