"""How the people of the demo rated, and what the supervisor did."""

from datetime import timedelta

from sqlalchemy import select

from portal.accounts.demo import Cast
from portal.core import clock
from portal.core.db import session
from portal.feedback import actions, queries
from portal.feedback.actions import Opinion
from portal.feedback.models import Cause, Mark, RatingRequest

_GIVEN = (
    ("Медленный Wi-Fi в спальне", 5, "Быстро и понятно, спасибо!", [Mark.FAST, Mark.CLEAR]),
    ("Почему подорожал тариф?", 2, "Ответили вежливо, но дешевле не стало.", [Mark.UNSOLVED]),
)


def load(cast: Cast) -> None:
    """Add two ratings: one is reviewed, one waits for the supervisor. After the appeals."""
    for title, score, comment, marks in _GIVEN:
        session.flush()  # The requests were made by the appeals.
        asked = session.scalars(select(RatingRequest).where(RatingRequest.title == title)).one()
        moment = min(asked.asked_at + timedelta(hours=2), clock.now())
        with clock.standing_at(moment):
            by = cast.aigerim if score == max(each[1] for each in _GIVEN) else cast.neighbour
            rating_id = actions.give_rating(asked, Opinion(score, comment, marks), by=by)
        if score > 3:
            with clock.standing_at(moment + timedelta(hours=20)):
                rating = queries.rating_of(rating_id)
                actions.acknowledge(rating, by=cast.supervisor)
                session.expire(rating)
                actions.close_review(
                    queries.rating_of(rating_id),
                    actions.Step(Cause.NOTHING, "Поблагодарила Данияра на планёрке."),
                    by=cast.supervisor,
                )
