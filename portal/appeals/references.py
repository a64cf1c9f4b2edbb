"""References by which a letter finds its appeal: sealed, because a guessed number proves nothing.

A token is the appeal's id and a seal over it, 42 letters and figures of base32; it stands behind
the `+` of the address that a customer answers to, and in the Message-ID of each letter we send.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from uuid import UUID

_SEAL_BYTES = 10
_TOKEN = re.compile(r"[a-z2-7]{42}")
_OURS = re.compile(r"<([a-z2-7]{42})\.[0-9a-f]{32}@")


def token_of(appeal_id: UUID, key: str) -> str:
    """Return the token of an appeal, sealed with `key`."""
    return base64.b32encode(appeal_id.bytes + _seal(appeal_id, key)).decode().rstrip("=").lower()


def appeal_of_token(token: str, keys: Sequence[str]) -> UUID | None:
    """Return the appeal of a token that one of the keys has sealed; None for any other text."""
    if not _TOKEN.fullmatch(token.lower()):
        return None
    content = base64.b32decode(token.upper() + "=" * 6)
    appeal_id, seal = UUID(bytes=content[:16]), content[16:]
    is_ours = any(hmac.compare_digest(seal, _seal(appeal_id, key)) for key in keys)
    return appeal_id if is_ours else None


def message_id(appeal_id: UUID, letter_id: UUID, *, key: str, domain: str) -> str:
    """Return the Message-ID of a letter about an appeal."""
    return f"<{token_of(appeal_id, key)}.{letter_id.hex}@{domain}>"


def appeal_of_message_id(written: str, keys: Sequence[str]) -> UUID | None:
    """Return the appeal that a Message-ID of ours is about; None for anybody else's."""
    found = _OURS.match(written.strip())
    return appeal_of_token(found[1], keys) if found else None


def answer_address(address: str, token: str) -> str:
    """Return `address` with the token behind a plus sign: what an answer is sent to."""
    mailbox, _, domain = address.rpartition("@")
    return f"{mailbox}+{token}@{domain}"


def token_in(recipient: str, address: str) -> str | None:
    """Return what stands behind the plus sign if `recipient` is `address` ('' if nothing does).

    None if it is another mailbox. Upper and lower case are the same.
    """
    mailbox, _, domain = recipient.lower().rpartition("@")
    own, _, own_domain = address.lower().rpartition("@")
    name, _, token = mailbox.partition("+")
    return token if (name, domain) == (own, own_domain) else None


def _seal(appeal_id: UUID, key: str) -> bytes:
    sealed = b"appeals.answer:" + appeal_id.bytes
    return hmac.digest(key.encode(), sealed, hashlib.sha256)[:_SEAL_BYTES]
