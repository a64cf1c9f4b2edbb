"""Which part of a letter is new, and which is the history below it: shown apart, kept whole."""

import re
from collections.abc import Sequence

_MOST_LINES_OF_HEAD = 4
# The line above a quotation, which may be broken over several.
_WROTE = re.compile(
    r"(?:^(?:On|Am|Le)\b.{5,300}(?:wrote|schrieb|écrit)\s*:$)"
    r"|(?:^.{5,300}(?:пишет|писал\(а\)|написал|написала|написал\(а\)|жазды)\s*:$)",
    re.IGNORECASE,
)
_DATED = re.compile(r"\d")
_ORIGINAL = re.compile(
    r"^-{2,}\s*(?:Original Message|Forwarded message|Исходное сообщение|Пересылаемое сообщение|"
    r"Пересланное сообщение|Бастапқы хабар|Қайта жіберілген хабар)\s*-{2,}$",
    re.IGNORECASE,
)
_FROM = re.compile(r"^\*?(?:From|От|От кого|Кімнен|Жіберуші)\s*:\*?\s*\S", re.IGNORECASE)
_SENT = re.compile(
    r"^\*?(?:Sent|Date|To|Subject|Отправлено|Дата|Кому|Тема|Жіберілді|Күні|Кімге|Тақырып)\s*:",
    re.IGNORECASE,
)


def split(text: str) -> tuple[str, str]:
    """Return what a letter says, and the history that it repeats ('' if there is none).

    Both together are the whole text. An answer between the lines of a quotation is no history; a
    letter that is nothing but history is shown as it is.
    """
    lines = text.splitlines()
    place = _start_of_history(lines)
    said = "\n".join(lines[:place]).rstrip()
    return (said, "\n".join(lines[place:]).strip()) if said.strip() else (text, "")


def _start_of_history(lines: Sequence[str]) -> int:
    """Return where the history begins. One look at each line: a letter may have a million."""
    tail, last = _ends(lines)
    for place, line in enumerate(lines):
        if last < place and _is_head(lines, place):
            return place
        if place >= tail and line.startswith(">"):
            return place
    return len(lines)


def _ends(lines: Sequence[str]) -> tuple[int, int]:
    """Return from where on everything is quoted, and the last quoted line before that, or -1.

    Below a place up to the second one something new stands between the lines of a quotation.
    """
    tail = len(lines)
    while tail and _is_quoted(lines[tail - 1]):
        tail -= 1
    quoted = (place for place in range(tail - 1, -1, -1) if lines[place].startswith(">"))
    return tail, next(quoted, -1)


def _is_head(lines: Sequence[str], place: int) -> bool:
    line = lines[place].strip()
    if _ORIGINAL.match(line):
        return True
    if _FROM.match(line):
        return sum(bool(_SENT.match(each.strip())) for each in lines[place + 1 : place + 6]) >= 2
    for length in range(1, _MOST_LINES_OF_HEAD):
        head = [each.strip() for each in lines[place : place + length]]
        if all(head) and _DATED.search(head[0]) and _WROTE.match(" ".join(head)):
            return any(each.startswith(">") for each in lines[place + length : place + length + 3])
    return False


def _is_quoted(line: str) -> bool:
    return line.startswith(">") or not line.strip()
