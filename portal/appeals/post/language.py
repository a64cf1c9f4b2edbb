"""In which language somebody writes, guessed from his letters: Kazakh, Russian or English."""

_KAZAKH = frozenset("әғқңөұүһі")
_ENOUGH = 0.01  # of all Cyrillic letters; Kazakh prose has every tenth
FALLBACK = "ru"


def language_of(text: str) -> str:
    """Return kk, ru or en; ru if there is nothing to go by."""
    lower = text.lower()
    cyrillic = sum("\u0400" <= letter <= "\u04ff" for letter in lower)
    latin = sum("a" <= letter <= "z" for letter in lower)
    if cyrillic + latin == 0:
        return FALLBACK
    if latin > cyrillic:
        return "en"
    kazakh = sum(letter in _KAZAKH for letter in lower)
    return "kk" if kazakh > cyrillic * _ENOUGH else "ru"
