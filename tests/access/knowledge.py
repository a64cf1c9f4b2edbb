"""Who may read and who may write questions and answers."""

from typing import Any

from portal.appeals.knowledge.models import Answer, AnswerText
from portal.core import clock, ids
from tests.access import Row, World, public, staff

_EDITORS = ("eric", "fiona")


def _answer(world: World) -> dict[str, Any]:
    """Add an answer that is published in Russian alone, and has a draft."""
    now = clock.now()
    answer = Answer(
        id=ids.uuid7(),
        version=1,
        tags=["internet"],
        live=1,
        draft=2,
        document="",
        author_id=world.cast["fiona"].id,
        changed_at=now,
        published_at=now,
    )
    world.db.add(answer)
    world.db.flush()
    for number in (1, 2):
        text = AnswerText(id=ids.uuid7(), answer_id=answer.id, number=number, language="ru")
        text.question, text.body = "Почему медленно?", "Перезапустите роутер."
        world.db.add(text)
    return {"answer_id": answer.id}


ROWS = {
    "knowledge.list_answers": Row(public()),
    "knowledge.show_answer": Row(public(), values=_answer),
    "POST knowledge.show_answer": Row(public(303), values=_answer, data={"vote": "yes"}),
    "POST knowledge.suggest_answers": Row(public(), data={"subject": "slow"}),
    "knowledge.list_drafts": Row(staff(only=_EDITORS)),
    "POST knowledge.list_drafts": Row(staff(303, only=_EDITORS)),
    "knowledge.edit_answer": Row(staff(only=_EDITORS), values=_answer),
    "POST knowledge.edit_answer": Row(staff(422, only=_EDITORS), values=_answer),
}
