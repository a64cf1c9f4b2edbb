"""Names of rules, channels, kinds, calendars and days, as staff read them."""

from collections.abc import Mapping

from portal.core.text import Marked, _l
from portal.promises.policy import Rule

RULE_NAMES: Mapping[Rule, Marked] = {
    Rule.FIRST_RESPONSE: _l("First answer"),
    Rule.NEXT_RESPONSE: _l("Next answer"),
    Rule.INTERIM: _l("Interim answer"),
    Rule.FINAL_SIMPLE: _l("Final answer without investigation"),
    Rule.FINAL_INVESTIGATION: _l("Final answer after an investigation"),
    Rule.FINAL_LIMIT: _l("Latest final answer, pauses included"),
    Rule.WAITING_LIMIT: _l("Longest wait for the customer"),
    Rule.CLAIM: _l("Claim"),
    Rule.FORWARD: _l("Passing on"),
    Rule.REPAIR: _l("Repair"),
    Rule.VISIT: _l("Visit"),
    Rule.RATING_REVIEW: _l("Review of a rating"),
}
CHANNEL_NAMES: Mapping[str, Marked] = {
    "form": _l("Form of the portal"),
    "chat": _l("Chat"),
    "forum": _l("Forum"),
    "email": _l("E-mail"),
    "phone": _l("Phone"),
    "facebook": _l("Facebook"),
    "skype": _l("Skype"),
    "kiosk": _l("Kiosk"),
    "office": _l("Office"),
}
KIND_NAMES: Mapping[str, Marked] = {
    "fault": _l("Fault"),
    "question": _l("Question"),
    "complaint": _l("Complaint"),
    "suggestion": _l("Suggestion"),
    "gratitude": _l("Thanks"),
}
CALENDAR_NAMES: Mapping[str, Marked] = {
    "always": _l("Round the clock"),
    "technicians": _l("Technicians"),
    "office": _l("Office hours"),
}
DAY_NAMES = (
    _l("Monday"),
    _l("Tuesday"),
    _l("Wednesday"),
    _l("Thursday"),
    _l("Friday"),
    _l("Saturday"),
    _l("Sunday"),
)
