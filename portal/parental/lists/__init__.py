"""Lists of sites as other programs write them, and as we do."""

from portal.parental.lists.content import LARGEST_LIST, text_of
from portal.parental.lists.entries import Entry, Format, Reading, Refusal
from portal.parental.lists.holding import Held, Lost, held
from portal.parental.lists.reading import MOST_LINES, lines_of, read_list
from portal.parental.lists.writing import write

__all__ = [
    "LARGEST_LIST",
    "MOST_LINES",
    "Entry",
    "Format",
    "Held",
    "Lost",
    "Reading",
    "Refusal",
    "held",
    "lines_of",
    "read_list",
    "text_of",
    "write",
]
