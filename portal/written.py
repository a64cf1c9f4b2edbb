"""What an operator writes into the environment, read. Each raises ValueError, which says how."""

import re
from datetime import datetime
from ipaddress import ip_network
from urllib.parse import urlsplit


def text(raw: str) -> str:
    return raw


def switch(raw: str) -> bool:
    if raw.lower() in {"1", "true", "yes", "on"}:
        return True
    if raw.lower() in {"0", "false", "no", "off", ""}:
        return False
    raise ValueError("write 1 or 0")


def instant(raw: str) -> datetime | None:
    if not raw:
        return None
    when = datetime.fromisoformat(raw)
    if when.tzinfo is None:
        raise ValueError("name the offset, for example 2026-11-22T14:48:00+05:00")
    return when


def database(raw: str) -> str:
    if not raw:
        raise ValueError("is required")
    if not raw.startswith("postgres"):
        raise ValueError("must be a postgresql:// address")
    return re.sub(r"^postgres(ql)?(\+psycopg)?://", "postgresql+psycopg://", raw)


def optional_database(raw: str) -> str:
    return database(raw) if raw else ""


def base_url(raw: str) -> str:
    parts = urlsplit(raw)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path not in {"", "/"}:
        raise ValueError("must look like https://cabinet.example.kz, without a path")
    return raw.rstrip("/")


def base_url_or_none(raw: str) -> str:
    return base_url(raw) if raw else ""


def address(raw: str) -> str:
    parts = urlsplit(raw)
    if raw and (parts.scheme not in {"http", "https"} or not parts.netloc or parts.query):
        raise ValueError("must look like https://oss.example.kz/tmf-api/serviceOrdering/v4")
    return raw.rstrip("/")


def contact(raw: str) -> str:
    if raw and not re.fullmatch(r"(mailto:[^\s@]+@|https://)[^\s@]+", raw):
        raise ValueError("must look like mailto:security@example.kz or https://example.kz/security")
    return raw


def domain(raw: str) -> str:
    if raw and not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", raw):
        raise ValueError("must look like dns.example.kz, in lower case")
    return raw


def listen(raw: str) -> tuple[str, int]:
    host, _, port = raw.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError("must look like 127.0.0.1:2525")
    return host.strip("[]"), int(port)


def clamd(raw: str) -> tuple[str, int] | None:
    if raw and not raw.startswith("tcp://"):
        raise ValueError("must look like tcp://127.0.0.1:3310")
    return listen(raw.removeprefix("tcp://")) if raw else None


def mailbox(raw: str) -> str:
    if not re.fullmatch(r"[a-z0-9._-]{1,20}@[a-z0-9-]+(\.[a-z0-9-]+)*", raw):
        raise ValueError(
            "must look like appeals@example.kz, in lower case, 20 letters before the @"
        )
    return raw


def seconds(raw: str) -> int:
    if not 1 <= int(raw) <= 30:
        raise ValueError("write 1 to 30 seconds")
    return int(raw)


def tries(raw: str) -> int:
    if not 1 <= int(raw) <= 20:
        raise ValueError("write 1 to 20")
    return int(raw)


def whole(raw: str) -> int:
    return int(raw)


def accent(raw: str) -> tuple[float, float, float] | None:
    """Read hue, strength and depth: within these bounds every text keeps its contrast."""
    if not raw:
        return None
    try:
        hue, strength, depth = (float(part) for part in raw.split())
    except ValueError:
        raise ValueError("write hue, strength and depth, for example 252 0.155 0.49") from None
    if not (0 <= hue <= 360 and 0.03 <= strength <= 0.18 and 0.38 <= depth <= 0.5):
        raise ValueError("hue is 0 to 360, strength 0.03 to 0.18, depth 0.38 to 0.5")
    return hue, strength, depth


def names(raw: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in raw.split(",") if part.strip())


def networks(raw: str) -> tuple[str, ...]:
    return tuple(str(ip_network(part)) for part in names(raw))


def listens(raw: str) -> tuple[tuple[str, int], ...]:
    return tuple(listen(part) for part in names(raw))
