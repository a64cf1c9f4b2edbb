"""How the people of the demo rated, and what the supervisor did."""

from datetime import timedelta

from sqlalchemy import select

from portal.accounts.demo import Cast
from portal.core import clock
from portal.core.db import session
from portal.feedback import actions, queries
from portal.feedback.models import Cause, RatingRequest

_GIVEN = (
    ("Медленный Wi-Fi в спальне", 5, "Быстро и понятно, спасибо!"),
    ("Почему подорожал тариф?", 2, "Ответили вежливо, но дешевле не стало."),
)


def load(cast: Cast) -> None:
    """Add two ratings: one is reviewed, one waits for the supervisor. After the appeals."""
    for title, score, comment in _GIVEN:
        session.flush()  # The requests were made by the appeals.
        asked = session.scalars(select(RatingRequest).where(RatingRequest.title == title)).one()
        moment = min(asked.asked_at + timedelta(hours=2), clock.now())
        with clock.standing_at(moment):
            by = cast.aigerim if score == max(s for _, s, _ in _GIVEN) else cast.neighbour
            rating_id = actions.give_rating(asked, score=score, comment=comment, by=by)
        if score > 3:
            with clock.standing_at(moment + timedelta(hours=20)):
                rating = queries.rating_of(rating_id)
                actions.acknowledge(rating, by=cast.supervisor)
                session.expire(rating)
                actions.close_review(
                    queries.rating_of(rating_id),
                    cause=Cause.NOTHING,
                    action="Поблагодарила Данияра на планёрке.",
                    called_back=False,
                    by=cast.supervisor,
                )
