"""Bare rows of appeals, for tests that only ask who may open what."""

from uuid import UUID

from portal.appeals.models import Appeal, Contact, Draft, Message, MessageBody
from portal.core import clock, ids
from portal.core.db import digest
from portal.feedback.models import Rating, RatingRequest

SECRET = "a-secret-of-a-receipt"


def add_appeal(db, *, account_id: UUID | None = None, state="in_progress") -> Appeal:
    """Add an appeal with one message: of an account, or behind SECRET."""
    owner = {"account_id": account_id, "secret_hash": None if account_id else digest(SECRET)}
    now = clock.now()
    contact = Contact(
        id=ids.uuid7(),
        channel="form",
        name="Alice",
        address="a@example.kz",
        language="en",
        created_at=now,
        **owner,
    )
    db.add(contact)
    db.flush()
    appeal = Appeal(
        id=ids.uuid7(),
        number=ids.short_number(2026),
        contact_id=contact.id,
        kind="question",
        channel="form",
        subject="Evening trouble",
        state=state,
        received_at=now,
        answered_at=now if state == "answered" else None,
        head="0" * 64,
        length=1,
        **owner,
    )
    db.add(appeal)
    db.flush()
    message = Message(
        id=ids.uuid7(),
        appeal_id=appeal.id,
        position=1,
        author="customer",
        signature="Alice",
        kind="message",
        at=now,
        files=[],
        body_hash="",
        before="",
        own="0" * 64,
    )
    db.add(message)
    db.flush()
    db.add(MessageBody(id=ids.uuid7(), message_id=message.id, salt=b"", body="Text"))
    return appeal


def add_draft(
    db,
    *,
    user_id: UUID | None = None,
    account_id: UUID | None = None,
    appeal_id: UUID | None = None,
) -> Draft:
    """Add the draft of a new appeal or of a reply: of a user, or behind SECRET."""
    draft = Draft(
        id=ids.uuid7(),
        account_id=account_id,
        user_id=user_id,
        secret_hash=None if user_id else digest(SECRET),
        appeal_id=appeal_id,
        content={
            "kind": "question",
            "subject": "Evening trouble",
            "body": "Text",
            "name": "Nursultan",
            "email": "n@example.kz",
            "language": "en",
        },
        saved_at=clock.now(),
    )
    db.add(draft)
    return draft


def add_request(db, appeal: Appeal, about_id: UUID) -> RatingRequest:
    """Ask for the rating of an appeal."""
    request = RatingRequest(
        id=ids.uuid7(),
        subject_kind="appeal",
        subject_id=appeal.id,
        cycle=1,
        title=appeal.subject,
        number=appeal.number,
        account_id=appeal.account_id,
        secret_hash=appeal.secret_hash,
        about_id=about_id,
        about_name="Dora D.",
        asked_at=clock.now(),
    )
    db.add(request)
    db.flush()
    return request


def add_rating(db, request: RatingRequest, score=5) -> Rating:
    """Rate it."""
    rating = Rating(
        id=ids.uuid7(),
        request_id=request.id,
        account_id=request.account_id,
        secret_hash=request.secret_hash,
        score=score,
        comment="",
        given_at=clock.now(),
    )
    db.add(rating)
    return rating
