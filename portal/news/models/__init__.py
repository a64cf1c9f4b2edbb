"""Newsletters, their issues, who reads them, and what was sent to whom."""

from portal.news.models.deliveries import Delivery, DeliveryState
from portal.news.models.issues import STEPS, Issue, IssueText, Newsletter, State
from portal.news.models.readers import Channel, Consent, Reader, Suppression, UnsubscribeToken

__all__ = [
    "STEPS",
    "Channel",
    "Consent",
    "Delivery",
    "DeliveryState",
    "Issue",
    "IssueText",
    "Newsletter",
    "Reader",
    "State",
    "Suppression",
    "UnsubscribeToken",
]
