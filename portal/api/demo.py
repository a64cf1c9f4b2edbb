"""Other systems of the demo: one that reads, and one that will be told when somebody goes on."""

from datetime import timedelta

from flask import current_app

from portal.accounts.demo import Cast
from portal.api import actions
from portal.api.models import Scope
from portal.core import clock
from portal.core.db import session


def load(cast: Cast) -> None:
    """Add a token that nobody knows, and a receiver that waits. After all that happens."""
    by, settings = cast.administrator, current_app.config["SETTINGS"]
    with clock.standing_at(clock.now() - timedelta(days=3)):
        actions.open_to("Хранилище данных", scopes={Scope.READ_EVENTS}, days=365, by=by)
        webhook, _secret = actions.subscribe(
            "Трекер качества",
            url="https://tracker.example.kz/events",
            types=("promise.due", "promise.breached"),
            settings=settings,
            by=by,
        )
        session.flush()  # What is done to it next is recorded by its id.
        actions.pause(webhook, by=by)
