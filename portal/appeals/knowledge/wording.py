"""What somebody typed, as words to search for; and what of it may be kept."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from portal.appeals.knowledge import kazakh

MOST_WORDS = 12
Words = Mapping[str, tuple[str, str]]  # (question, answer) by language
LONGEST_KEPT = 80
_WORD = re.compile(r"[^\W_]+")
_EMAIL = re.compile(r"[^\s,;]*@[^\s,;]*")
_NUMBER = re.compile(r"\S*\d{5}\S*|\+?\d[\d\s().-]{3,}\d")
_CYRILLIC = re.compile(r"[Ѐ-ӿ]")
# Words that say nothing alone; PostgreSQL knows only some of them, and in one language at a time.
_SILENT = frozenset(
    word
    for line in Path(__file__).with_name("silent.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
    for word in line.split()
)


@dataclass(frozen=True)
class Word:
    """One word that is searched for. `loose` is a beginning of it, for typing errors; or empty."""

    text: str
    stem: str
    loose: str


def words_of(typed: str, *, most: int = MOST_WORDS) -> list[Word]:
    """Return the telling words of `typed`, each once, in their order, `most` of them at most."""
    folded = unicodedata.normalize("NFC", typed).casefold().replace("ё", "е")
    found = (each for each in _WORD.findall(folded) if _tells(each))
    return [_word(each) for each in list(dict.fromkeys(found))[:most]]


def kept(typed: str) -> str:
    """Return what may be kept of a search that found nothing: words alone, without anybody's data.

    E-mails and numbers of five digits or more are taken out, and so is a word that holds digits
    and is longer than four; "" if nothing is left.
    """
    bare = _NUMBER.sub(" ", _EMAIL.sub(" ", typed))
    words = [each.text for each in words_of(bare) if not _is_somebodys(each.text)]
    return " ".join(words)[:LONGEST_KEPT].strip()


def scrubbed(text: str) -> str:
    """Return a comment without e-mails and long numbers: `…` stands for them."""
    return _NUMBER.sub("…", _EMAIL.sub("…", text))


def kazakh_stems(text: str) -> str:
    """Return a Kazakh text as the stems of its words, for the index."""
    folded = unicodedata.normalize("NFC", text).casefold()
    return " ".join(kazakh.stem(word) for word in _WORD.findall(folded))


def _tells(word: str) -> bool:
    return len(word) > 1 and word not in _SILENT


def _is_somebodys(word: str) -> bool:
    return len(word) > 4 and any(letter.isdigit() for letter in word)


def _word(text: str) -> Word:
    text = text[:40]
    is_ours = bool(_CYRILLIC.search(text))
    return Word(text, kazakh.stem(text) if is_ours else text, _loose(text))


def _loose(text: str) -> str:
    """Return the beginning that a word with a wrong ending or a lost letter still has."""
    return text[: max(len(text) - 2, 4)] if len(text) > 4 else ""
