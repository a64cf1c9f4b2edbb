"""What asks for a rating."""

from portal.core.events import on
from portal.events import AppealAnswered
from portal.feedback import actions


@on(AppealAnswered)
def ask_for_rating(event: AppealAnswered) -> None:
    actions.ask_about_appeal(event)
