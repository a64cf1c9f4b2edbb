"""What the agency of the demo has found this month, and one visit that it still writes."""

from datetime import timedelta

from portal.accounts.demo import Cast
from portal.core import clock
from portal.core.text import today
from portal.feedback.shopping import actions, queries
from portal.feedback.shopping.scoring import Reply, Seen

_FOUND = (
    ("office", "Алматы, Абылай хана, 91", {"queue", "full-price"}),
    ("office", "Қаскелең, Абылай хан, 30", {"full-price"}),
    ("call", "160, вечер", {"once"}),
    ("technician", "Алматы, Бостандыкский район", set[str]()),
)


def load(cast: Cast) -> None:
    """Load the checklists and let Zhanna submit what she saw; the last entry is a draft."""
    actions.load_checklists()
    for place_in_list, (code, place, failed) in enumerate(_FOUND):
        with clock.standing_at(clock.now() - timedelta(hours=30 - place_in_list)):
            entry = actions.begin_entry(queries.checklist_of(code), by=cast.agent)
            answers = {
                each.code: (Reply.NO if each.code in failed else Reply.YES).value
                for each in entry.checklist.asked
            }
            seen = Seen(place, today(), answers)
            actions.submit_entry(entry, seen, by=cast.agent)
    draft = actions.begin_entry(queries.checklist_of("office"), by=cast.agent)
    actions.save_entry(draft, Seen("Астана, Кенесары, 42"))
