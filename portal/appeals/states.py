"""The words of an appeal: its kinds and channels, its states and the steps between them."""

from enum import StrEnum


class AppealKind(StrEnum):
    """Why somebody writes."""

    FAULT = "fault"
    QUESTION = "question"
    COMPLAINT = "complaint"
    SUGGESTION = "suggestion"
    GRATITUDE = "gratitude"


class Channel(StrEnum):
    """Where the appeal came from."""

    FORM = "form"
    CHAT = "chat"
    FORUM = "forum"
    EMAIL = "email"
    PHONE = "phone"
    FACEBOOK = "facebook"
    SKYPE = "skype"
    KIOSK = "kiosk"
    OFFICE = "office"


class State(StrEnum):
    """Where an appeal stands."""

    REGISTERED = "registered"
    IN_PROGRESS = "in_progress"
    WAITING_CUSTOMER = "waiting_customer"
    ANSWERED = "answered"
    REOPENED = "reopened"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"


_ENDS = {State.ANSWERED, State.CLOSED, State.WITHDRAWN, State.REJECTED}
STEPS: dict[State, set[State]] = {
    State.REGISTERED: {State.IN_PROGRESS, State.WAITING_CUSTOMER, *_ENDS},
    State.IN_PROGRESS: {State.WAITING_CUSTOMER, *_ENDS},
    State.WAITING_CUSTOMER: {State.IN_PROGRESS, *_ENDS},
    State.REOPENED: {State.IN_PROGRESS, State.WAITING_CUSTOMER, *_ENDS},
    State.ANSWERED: {State.REOPENED, State.CLOSED},
    State.CLOSED: set(),
    State.WITHDRAWN: set(),
    State.REJECTED: set(),
}
OPEN_STATES = tuple(state for state, steps in STEPS.items() if State.ANSWERED in steps)


class Author(StrEnum):
    """Who speaks in a message."""

    CUSTOMER = "customer"
    SPECIALIST = "specialist"
    SYSTEM = "system"


class MessageKind(StrEnum):
    """What a message is. A note is no message: it has a table of its own."""

    MESSAGE = "message"
    QUESTION = "question"
    INTERIM = "interim"
    FINAL = "final"


class Proof(StrEnum):
    """How somebody who did not sign in proved to a specialist that a contract is his."""

    DOCUMENT = "document"
    CALL_BACK = "call_back"
    CODE = "code"
    FACTS = "facts"


class Rejection(StrEnum):
    """Why an appeal was rejected; the customer reads the reason as a message."""

    FORWARDED = "forwarded"
    SPAM = "spam"
