"""What the worker does for questions by itself."""

from portal.core.db import transaction
from portal.core.jobs import periodic
from portal.parental.asking import actions


@periodic("47 2 * * *")
def forget_questions() -> None:
    """Forget old questions, each night."""
    with transaction():
        actions.forget_questions()
