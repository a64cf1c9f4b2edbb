"""Tokens of devices: the last part of a DoH address, the first label of a DoT host."""

import re
import secrets
from base64 import b32encode

TOKEN_BYTES = 16
TOKEN_LENGTH = 26  # TOKEN_BYTES in base 32
_TOKEN = re.compile(f"[a-z2-7]{{{TOKEN_LENGTH}}}")


def new_token() -> str:
    """Return 128 random bits as a DNS label: 26 letters a-z and digits 2-7."""
    return b32encode(secrets.token_bytes(TOKEN_BYTES)).decode().rstrip("=").lower()


def is_token(text: str) -> bool:
    """Say whether this could be a token."""
    return bool(_TOKEN.fullmatch(text))
