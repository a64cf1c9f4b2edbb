"""What makes a password easy to guess. Pure: a password goes in, a weakness or None comes out."""

from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from importlib.resources import files
from itertools import pairwise
from unicodedata import normalize

from portal.accounts.passwords import LONGEST

LEAST_ALONE = 15
"""Characters when the password is the only factor. Source: NIST SP 800-63B-4, 3.1.1.2."""

LEAST_PIECES = 6
"""A password is read as the fewest guessable pieces; below so many it is refused."""

_LONGEST_WORD = 32
_LEAST_CONTEXT = 3
_LINES = (
    "abcdefghijklmnopqrstuvwxyz",
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "01234567890",
    "qwertyuiop[]",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "йцукенгшщзхъ",
    "фывапролджэ",
    "ячсмитьбю.",
    "әіңғүұқөһ",
    "!@#$%^&*()_+",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1q2w3e4r5t6y7u8i9o0p",
)
_STEPS = frozenset(pair for line in _LINES for way in (line, line[::-1]) for pair in pairwise(way))
_LEET = str.maketrans("@4013$5789", "aaoiessrbg")


class Weakness(StrEnum):
    """Why a password is refused."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    COMMON = "common"
    PERSONAL = "personal"
    EASY = "easy"


@cache
def common_passwords() -> frozenset[str]:
    """Return the refused passwords, lower case: about three thousand, in four languages."""
    text = (files("portal.accounts") / "common_passwords.txt").read_text("utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))


def weakness(
    password: str, *, personal: Iterable[str] = (), least: int = LEAST_ALONE
) -> Weakness | None:
    """Return what is wrong with the password, or None.

    `personal` are names and addresses that an attacker knows: of the person and of the operator.
    Length is counted in characters after NFKC. No rule asks for kinds of characters.
    Source: NIST SP 800-63B-4, 3.1.1.2; OWASP ASVS 5.0 V6.2.
    """
    plain = normalize("NFKC", password).casefold()
    known = context_words(personal)
    if len(password) > LONGEST:
        return Weakness.TOO_LONG
    if plain in common_passwords():
        return Weakness.COMMON
    if len(plain) < least:
        return Weakness.TOO_SHORT
    if pieces(plain, common_passwords()) < LEAST_PIECES:
        return Weakness.EASY
    if pieces(plain, common_passwords() | known) < LEAST_PIECES:
        return Weakness.PERSONAL
    return None


def context_words(personal: Iterable[str]) -> frozenset[str]:
    """Return the names, addresses and numbers given, and their words of three letters or more."""
    whole = [normalize("NFKC", each).casefold() for each in personal]
    cut = "".join(letter if letter.isalnum() else " " for letter in " ".join(whole))
    return frozenset(word for word in whole + cut.split() if len(word) >= _LEAST_CONTEXT)


def pieces(password: str, words: frozenset[str]) -> int:
    """Return into how few guessable pieces the password falls.

    A piece is a known word (also in l33t), a run along the keyboard or the alphabet, one character
    repeated, the repetition of what stands before it, a year, or any single character.
    """
    leet = password.translate(_LEET)
    fewest = [0]
    for end in range(1, len(password) + 1):
        best = fewest[end - 1] + 1
        for start in range(max(0, end - _LONGEST_WORD), end - 1):
            if fewest[start] + 1 < best and _is_piece(password, leet, (start, end), words):
                best = fewest[start] + 1
        fewest.append(best)
    return fewest[-1]


def _is_piece(password: str, leet: str, span: tuple[int, int], words: frozenset[str]) -> bool:
    start, end = span
    part = password[start:end]
    return (
        (len(part) >= _LEAST_CONTEXT and (part in words or leet[start:end] in words))
        or _is_year(part)
        or _is_run(part)
        or part == password[max(0, 2 * start - end) : start]
    )


def _is_year(part: str) -> bool:
    return len(part) == 4 and part.isdigit() and part[:2] in {"19", "20"}


def _is_run(part: str) -> bool:
    if len(part) == 2:
        return part[0] == part[1]
    steps = pairwise(part)
    return all(step in _STEPS for step in steps) or len(set(part)) == 1
