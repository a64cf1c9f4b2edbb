"""How issues and deliveries are shown on the editors' desk."""

from portal.core.text import _l
from portal.news.models import DeliveryState, State

STATES = {
    State.DRAFT: _l("Draft"),
    State.SENDING: _l("Being sent"),
    State.PAUSED: _l("Paused"),
    State.SENT: _l("Sent"),
    State.STOPPED: _l("Stopped"),
}
BADGES = {
    State.DRAFT: "",
    State.SENDING: "run",
    State.PAUSED: "warn",
    State.SENT: "ok",
    State.STOPPED: "bad",
}
COPIES = {
    DeliveryState.SENT: _l("Sent"),
    DeliveryState.QUEUED: _l("Waiting"),
    DeliveryState.IN_FLIGHT: _l("Leaving now"),
    DeliveryState.UNCERTAIN: _l("Uncertain"),
    DeliveryState.FAILED: _l("Not accepted"),
    DeliveryState.WITHDRAWN: _l("Unsubscribed meanwhile"),
}
LANGUAGE_NAMES = {"kk": _l("Kazakh"), "ru": _l("Russian"), "en": _l("English")}
