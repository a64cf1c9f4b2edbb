"""The child's link of the demo, and what it asks for."""

from flask import current_app

from portal.accounts.models import User
from portal.parental.asking import actions
from portal.parental.categories.queries import categories_above
from portal.parental.limits import Limits
from portal.parental.models import Profile

ASKED = "shorts.example.kz"


def load(child: Profile, *, by: User) -> None:
    """Give the child its link, and let it ask for a site that is closed."""
    settings = current_app.config["SETTINGS"]
    actions.renew_link(child, key=settings.secret_key, by=by)
    actions.ask(child, typed=ASKED, limits=Limits.of(settings), categories=categories_above)
