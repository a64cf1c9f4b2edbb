"""Who may rate, and who reviews ratings."""

from typing import Any

from portal.core.db import digest
from tests.access import Row, World, private, public, staff
from tests.appeals.rows import SECRET, add_appeal, add_rating, add_request


def _asked(world: World) -> dict[str, Any]:
    appeal = add_appeal(world.db, account_id=world.cast["alice"].account_id, state="answered")
    add_request(world.db, appeal, world.cast["dora"].id)
    return {"subject_kind": "appeal", "subject_id": appeal.id}


def _asked_by_secret(world: World) -> dict[str, Any]:
    add_request(world.db, add_appeal(world.db, state="answered"), world.cast["dora"].id)
    return {"secret": SECRET}


def _asked_by_link(world: World) -> dict[str, Any]:
    appeal = add_appeal(world.db, account_id=world.cast["alice"].account_id, state="answered")
    add_request(world.db, appeal, world.cast["dora"].id).link_hash = digest("a-link")
    return {"link": "a-link"}


def _rated(world: World) -> dict[str, Any]:
    request = add_request(world.db, add_appeal(world.db, state="answered"), world.cast["dora"].id)
    return {"rating_id": add_rating(world.db, request).id}


_SUPERVISORS = ("eric",)

ROWS = {
    "feedback.rate": Row(private(), values=_asked),
    "POST feedback.rate": Row(private(302), values=_asked, data={"score": "5"}),
    "feedback.rate_tracked": Row(public(), values=_asked_by_secret),
    "POST feedback.rate_tracked": Row(public(302), values=_asked_by_secret, data={"score": "5"}),
    "feedback.rate_by_link": Row(public(), values=_asked_by_link),
    "POST feedback.rate_by_link": Row(public(302), values=_asked_by_link, data={"score": "5"}),
    "feedback.list_reviews": Row(staff(only=_SUPERVISORS)),
    "feedback.review_rating": Row(staff(only=_SUPERVISORS), values=_rated),
    "POST feedback.review_rating": Row(staff(422, only=_SUPERVISORS), values=_rated),
    "POST feedback.acknowledge_rating": Row(staff(302, only=_SUPERVISORS), values=_rated),
}
