"""What is promised, in words that a notice can carry in three languages. Pure."""

from portal.core.text import Marked, _l
from portal.promises.policy import Kind

NAMES: dict[Kind, Marked] = {
    Kind.FIRST_RESPONSE: _l("First answer"),
    Kind.NEXT_RESPONSE: _l("Next answer"),
    Kind.INTERIM: _l("Interim answer"),
    Kind.FINAL: _l("Final answer"),
    Kind.CLAIM: _l("Answer to the claim"),
    Kind.FORWARD: _l("Passing on to whom it concerns"),
    Kind.REPAIR: _l("Repair"),
}
