"""The addresses for other systems, and the administrator's page about them."""

from portal.api.views import desk, events, tickets
from portal.api.views.blueprint import bp

BLUEPRINTS = (bp,)

__all__ = ["BLUEPRINTS", "desk", "events", "tickets"]
