"""How a letter’s headers are written as bytes."""

from email.header import Header
from email.policy import EmailPolicy


class WholeSubjects(EmailPolicy):
    """Folds a subject of other letters than ASCII without losing the space at a fold.

    Python up to 3.12 puts that space between two encoded words, where RFC 2047 section 6.2 has
    readers drop it (cpython gh-92081): “на ваше” arrives as “наваше”.
    """

    def fold_binary(self, name: str, value: str) -> bytes:
        if name != "Subject" or str(value).isascii():
            return super().fold_binary(name, value)
        encoded = Header(str(value), "utf-8", header_name=name).encode(linesep=self.linesep)
        return f"{name}: {encoded}{self.linesep}".encode("ascii")


LETTERS = WholeSubjects(linesep="\r\n")
"""The policy of every letter that leaves."""
