"""A light normaliser of Kazakh words, for searching: the same stem out of the forms of a noun.

PostgreSQL has no dictionary of Kazakh. A noun takes its endings in a fixed order: plural,
possessor, case, so they are taken off from the outside in, the longest first, while at least
SHORTEST letters stay. The last consonant is made voiceless again (`жылдамдығы`: `жылдамдық`). It
is applied both where an answer is indexed and where somebody asks, so that a stem which is no word
does no harm. Source: the tables of endings (жалғаулар) of any school grammar of Kazakh.
"""

SHORTEST = 3

_CASES = (
    *("нының", "нінің", "ның", "нің", "дың", "дің", "тың", "тің"),
    *("ындағы", "індегі", "дағы", "дегі", "тағы", "тегі"),
    *("ына", "іне", "ға", "ге", "қа", "ке"),
    *("ны", "ні", "ды", "ді", "ты", "ті", "ын", "ін"),
    *("ында", "інде", "да", "де", "та", "те"),
    *("ынан", "інен", "дан", "ден", "тан", "тен", "нан", "нен"),
    *("мен", "бен", "пен", "сыз", "сіз"),
)
_POSSESSORS = (
    *("ымыз", "іміз", "мыз", "міз", "ыңыз", "іңіз", "ңыз", "ңіз"),
    *("сы", "сі", "ым", "ім", "ың", "ің", "ы", "і"),
)
_PLURALS = ("лар", "лер", "дар", "дер", "тар", "тер")
_VERBS = ("ймын", "ймін", "амын", "емін", "йды", "йді", "ады", "еді", "ып", "іп", "у")
_HARD = "пткқсшфхцчщбвгд"  # what an ending that begins with т, қ, к or п may follow
_SOFT = "аәеиоөуұүыіэюяйлмнңрзжв"
_FOLLOWS = {"т": _HARD, "қ": _HARD, "к": _HARD, "лар": "аәеиоөуұүыіюяйр", "лер": "аәеиоөуұүыіюяйр"}
_FOLLOWS |= {"дар": "лмнңзж", "дер": "лмнңзж", "д": _SOFT}
_VOICELESS = {"б": "п", "г": "к", "ғ": "қ"}


def stem(word: str) -> str:
    """Return the stem of a word in lower case; what is not Kazakh stays almost whole."""
    if (verb := _without(word, _VERBS)) != word:
        return _ended(verb)
    for endings in (_CASES, _POSSESSORS, _PLURALS, ("ы", "і")):
        word = _without(word, endings)
    return _ended(word)


def _without(word: str, endings: tuple[str, ...]) -> str:
    for ending in sorted(endings, key=len, reverse=True):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) >= SHORTEST and _may_follow(rest[-1], ending):
            return rest
    return word


def _may_follow(letter: str, ending: str) -> bool:
    """Say whether an ending goes with the sound before it: `шот-тар`, but `роутер`."""
    return letter in _FOLLOWS.get(ending, _FOLLOWS.get(ending[0], letter))


def _ended(word: str) -> str:
    return word[:-1] + _VOICELESS.get(word[-1], word[-1]) if word else word
