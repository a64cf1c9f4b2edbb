"""What happens in the newsletters when something comes from outside."""

from flask import Flask

from portal.core.incoming import take_at
from portal.news.edition import MAILBOX
from portal.news.leaving import leave_by


def init_app(app: Flask) -> None:
    """Take the letters that end a newsletter."""
    take_at(app, MAILBOX, leave_by)
