"""The secret of a child's link."""

import hmac
from base64 import b32encode
from collections.abc import Iterable
from uuid import UUID

from portal.core.db import digest

_BYTES = 16


def secret_for(key: str, link_id: UUID) -> str:
    """Return the secret of a link: 26 letters a-z and digits 2-7, always the same for one key.

    It is made, not kept: the database has its digest only.
    """
    made = hmac.digest(key.encode(), f"child-link:{link_id}".encode(), "sha256")[:_BYTES]
    return b32encode(made).decode().rstrip("=").lower()


def secret_behind(secret_hash: str, link_id: UUID, keys: Iterable[str]) -> str | None:
    """Return the secret that has this digest, made with one of the keys.

    None if its key is gone: the link still opens, but it can't be shown any more.
    """
    made = (secret_for(key, link_id) for key in keys)
    return next((secret for secret in made if digest(secret) == secret_hash), None)
