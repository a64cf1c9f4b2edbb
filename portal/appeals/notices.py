"""What people are told about their appeals."""

from portal.core.text import _l
from portal.notify.kinds import Kind, register

register(
    Kind(
        "appeals.registered",
        "receipt-text",
        _l("Your appeal %(number)s is registered"),
        _l("“%(topic)s”. We answer by %(due)s. Receipt: %(head)s."),
        _l("Open the appeal"),
    ),
    Kind(
        "appeals.answered",
        "messages-square",
        _l("An answer to your appeal %(number)s"),
        _l("“%(topic)s”: %(name)s has answered. Receipt: %(head)s."),
        _l("Read the answer"),
    ),
    Kind(
        "appeals.asked",
        "circle-help",
        _l("A question about your appeal %(number)s"),
        _l("“%(topic)s”: %(name)s needs an answer from you. Receipt: %(head)s."),
        _l("Answer the question"),
    ),
    Kind(
        "appeals.wait_ended",
        "timer",
        _l("We go on with your appeal %(number)s"),
        _l("“%(topic)s”: we waited 15 days for your answer. Our promise runs again."),
        _l("Open the appeal"),
    ),
    Kind(
        "appeals.interim_sent",
        "hourglass",
        _l("Your appeal %(number)s: the final answer comes by %(promised)s"),
        _l("“%(topic)s”: %(name)s has written. Receipt: %(head)s."),
        _l("Read the answer"),
    ),
    Kind(
        "appeals.final_sent",
        "circle-check",
        _l("The final answer to your appeal %(number)s"),
        _l("“%(topic)s”: %(name)s has answered. Please rate the answer. Receipt: %(head)s."),
        _l("Read and rate"),
    ),
    Kind(
        "appeals.transferred",
        "user-plus",
        _l("Appeal %(number)s is yours now"),
        _l("“%(topic)s”: %(name)s gave it to you."),
        _l("Open the appeal"),
    ),
)
