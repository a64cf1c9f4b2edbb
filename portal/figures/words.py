"""Names of channels, kinds of appeals and promises, and of what is rated, as figures tell them."""

from collections.abc import Mapping

from portal.core.text import Marked, _l

CHANNELS: Mapping[str, Marked] = {
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
KINDS: Mapping[str, Marked] = {
    "fault": _l("Fault"),
    "question": _l("Question"),
    "complaint": _l("Complaint"),
    "suggestion": _l("Suggestion"),
    "gratitude": _l("Thanks"),
}
PROMISES: Mapping[str, Marked] = {
    "first_response": _l("First answer"),
    "next_response": _l("Next answer"),
    "interim": _l("Interim answer"),
    "final": _l("Final answer"),
    "claim": _l("Claim"),
    "forward": _l("Passing on"),
    "repair": _l("Repair"),
    "visit": _l("Visit"),
    "rating_review": _l("Review of a rating"),
}
RATED: Mapping[str, Marked] = {
    "appeal": _l("Answer to an appeal"),
    "contact": _l("Call or office"),
    "order": _l("Order"),
    "visit": _l("Visit"),
}


def named(names: Mapping[str, Marked], word: str) -> str:
    """Return the name of a word; one that is not known here stands for itself."""
    return str(names.get(word, word))
