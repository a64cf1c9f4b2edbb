"""Supervisors are told of reviews whose time runs out, and of those that are late."""

from collections.abc import Iterator, Sequence

from portal.accounts.queries import supervisors
from portal.events import PromiseBroken, PromiseDue, PromiseLate
from portal.feedback.queries import SUBJECT
from portal.notify.actions import Notice, notify_all
from portal.promises.steps import MOST

Step = PromiseDue | PromiseBroken | PromiseLate
_LINK = "/staff/ratings"


def tell_of_reviews(steps: Sequence[Step]) -> None:
    """Tell of what passed at once, in one notice for each heap.

    Source: appeals-and-sla.md, "Promises", `rating_review`.
    """
    notices = list(_notices([step for step in steps if step.subject_kind == SUBJECT]))
    if notices:
        notify_all([Notice(user_id, *said) for user_id in supervisors() for said in notices])


def _notices(steps: Sequence[Step]) -> Iterator[tuple[str, str, dict[str, int]]]:
    late = sum(isinstance(step, PromiseBroken) for step in steps)
    soon = sum(isinstance(step, PromiseDue) and step.percent == MOST for step in steps)
    for word, count in (("reviews_late", late), ("reviews_due", soon)):
        if count:
            yield f"feedback.{word}", _LINK, {"count": count}
