"""What editors do with issues, and readers with newsletters."""

from portal.news.actions.read import change_subscriptions, unsubscribe_by
from portal.news.actions.send import (
    pause_issue,
    resume_issue,
    send_issue,
    send_test_issue,
    stop_issue,
)
from portal.news.actions.write import create_issue, write_issue

__all__ = [
    "change_subscriptions",
    "create_issue",
    "pause_issue",
    "resume_issue",
    "send_issue",
    "send_test_issue",
    "stop_issue",
    "unsubscribe_by",
    "write_issue",
]
