"""Numbers of a sentence on one line each, for narrow screens."""

import re

from markupsafe import Markup, escape

# `26-4F7K-3`, `26-5T46-V43F-Y`; a receipt's head, `8c2d 1516 5dee 1257`.
_NUMBER = re.compile(r"\b\d{2}(?:-[0-9A-Z]{4}){1,2}-[0-9A-Z]\b|\b[0-9a-f]{4}(?: [0-9a-f]{4}){3}\b")


def unbroken(sentence: str) -> Markup:
    """Return the sentence as HTML whose numbers of appeals, orders and receipts do not break."""
    pieces, end = [], 0
    for found in _NUMBER.finditer(sentence):
        pieces.append(escape(sentence[end : found.start()]))
        pieces.append(Markup('<span class="num">{}</span>').format(found[0]))
        end = found.end()
    return Markup("").join([*pieces, escape(sentence[end:])])
