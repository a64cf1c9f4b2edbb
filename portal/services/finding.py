"""Finding an offering: what one wishes for, and which words stand in which text.

Pure. Letters are folded before they are compared, because many type Kazakh words on a Russian
keyboard and nobody types ё: `қызмет` and `кызмет`, `подключён` and `подключен` are the same.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from portal.catalog.families import Family

# Letters with a mark that Unicode can take off (ё, й) need no line here.
_TWINS = str.maketrans("әғқңөұүһі", "агкноуухи")
_MARKS = re.compile("[\u0300-\u036f]+")
_JOINTS = re.compile(r"(?<=\w)[-\u2010\u2011'’](?=\w)")
_WORDS = re.compile(r"\w+")
_STEM = 2  # how many letters of a word's end may differ: каналы, каналов
_SHORTEST_STEM = 4


class Sorting(StrEnum):
    CATALOGUE = "catalogue"
    PRICE = "price"


@dataclass(frozen=True)
class Search:
    """What one looks for; what is left out does not matter.

    `up_to` is a price a month in tenge, `speed` is in Mbit/s. `fits`: the line at the address
    carries it; `may_connect`: nothing stands in the way now.
    """

    words: str = ""
    family: Family | None = None
    up_to: Decimal | None = None
    speed: int | None = None
    fits: bool = False
    may_connect: bool = False
    sorting: Sorting = Sorting.CATALOGUE

    @property
    def is_open(self) -> bool:
        """Say whether everything is wanted."""
        return self == Search(sorting=self.sorting)

    @property
    def is_narrowed(self) -> bool:
        """Say whether there is more to it than words."""
        return self != Search(words=self.words)


def fold(text: str) -> str:
    """Return `text` in small letters without marks, Kazakh letters as their nearest Russian ones.

    Parts of a word that a hyphen joins become one word: `Wi-Fi` is `wifi`.
    """
    small = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return _JOINTS.sub("", _MARKS.sub("", small).translate(_TWINS))


def holds(texts: Iterable[str], words: str) -> bool:
    """Say whether every word of `words` stands in the texts.

    A word counts if a text holds it anywhere, or if a word of a text begins like it but for its
    last two letters: endings change.
    """
    folded = fold(" ".join(texts))
    begun = " " + " ".join(_WORDS.findall(folded))
    return all(word in folded or _has_stem(begun, word) for word in _WORDS.findall(fold(words)))


def _has_stem(begun: str, word: str) -> bool:
    stem = word[:-_STEM]
    return len(stem) >= _SHORTEST_STEM and f" {stem}" in begun
