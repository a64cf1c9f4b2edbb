"""Settings from the environment, read once; every fault is told at the start."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import flask_babel

LANGUAGES = ("kk", "ru", "en")
FALLBACK = "ru"
LAPTOP_SECRET = "laptop-only-not-secret"  # noqa: S105 - production refuses to start with it
SHORTEST_SECRET = 32
ROOT = Path(__file__).parent.parent


class SettingsError(Exception):
    """The environment cannot be used; the message lists every fault, one per line."""


@dataclass(frozen=True)
class InLanguages:
    """A text that stands in every language; printed in the reader's."""

    texts: dict[str, str]

    def __str__(self) -> str:
        locale = flask_babel.get_locale()
        return self.texts[locale.language if locale else FALLBACK]


def _text(raw: str) -> str:
    return raw


def _switch(raw: str) -> bool:
    if raw.lower() in {"1", "true", "yes", "on"}:
        return True
    if raw.lower() in {"0", "false", "no", "off", ""}:
        return False
    raise ValueError("write 1 or 0")


def _instant(raw: str) -> datetime | None:
    if not raw:
        return None
    when = datetime.fromisoformat(raw)
    if when.tzinfo is None:
        raise ValueError("name the offset, for example 2026-11-22T14:48:00+05:00")
    return when


def _database(raw: str) -> str:
    if not raw:
        raise ValueError("is required")
    if not raw.startswith("postgres"):
        raise ValueError("must be a postgresql:// address")
    return re.sub(r"^postgres(ql)?(\+psycopg)?://", "postgresql+psycopg://", raw)


def _optional_database(raw: str) -> str:
    return _database(raw) if raw else ""


def _base_url(raw: str) -> str:
    parts = urlsplit(raw)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path not in {"", "/"}:
        raise ValueError("must look like https://cabinet.example.kz, without a path")
    return raw.rstrip("/")


def _base_url_or_none(raw: str) -> str:
    return _base_url(raw) if raw else ""


def _address(raw: str) -> str:
    parts = urlsplit(raw)
    if raw and (parts.scheme not in {"http", "https"} or not parts.netloc or parts.query):
        raise ValueError("must look like https://oss.example.kz/tmf-api/serviceOrdering/v4")
    return raw.rstrip("/")


def _domain(raw: str) -> str:
    if raw and not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", raw):
        raise ValueError("must look like dns.example.kz, in lower case")
    return raw


def _listen(raw: str) -> tuple[str, int]:
    host, _, port = raw.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError("must look like 127.0.0.1:2525")
    return host.strip("[]"), int(port)


def _mailbox(raw: str) -> str:
    if not re.fullmatch(r"[a-z0-9._-]{1,20}@[a-z0-9-]+(\.[a-z0-9-]+)*", raw):
        raise ValueError(
            "must look like appeals@example.kz, in lower case, 20 letters before the @"
        )
    return raw


def _seconds(raw: str) -> int:
    if not 1 <= int(raw) <= 30:
        raise ValueError("write 1 to 30 seconds")
    return int(raw)


def _tries(raw: str) -> int:
    if not 1 <= int(raw) <= 20:
        raise ValueError("write 1 to 20")
    return int(raw)


def _in_languages(raw: str) -> InLanguages:
    """Read `kk=...|ru=...|en=...`, or one text for all languages."""
    if "=" not in raw:
        return InLanguages(dict.fromkeys(LANGUAGES, raw))
    texts = dict(part.split("=", 1) for part in raw.split("|") if "=" in part)
    if set(texts) != set(LANGUAGES):
        raise ValueError("write kk=...|ru=...|en=..., or one text for all three")
    return InLanguages(texts)


def _whole(raw: str) -> int:
    return int(raw)


def _folder(raw: str) -> Path:
    return Path(raw) if Path(raw).is_absolute() else ROOT / raw


def _optional_path(raw: str) -> Path | None:
    return _folder(raw) if raw else None


def _file(raw: str) -> Path | None:
    if not raw:
        return None
    path = _folder(raw)
    if path.suffix not in {".svg", ".png"} or not path.is_file():
        raise ValueError(f"there is no picture {path}: name an .svg or .png file")
    return path


def _accent(raw: str) -> tuple[float, float, float] | None:
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


def _list(raw: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in raw.split(",") if part.strip())


def _networks(raw: str) -> tuple[str, ...]:
    return tuple(str(ip_network(part)) for part in _list(raw))


def _setting(name: str, read: Callable[[str], Any], default: str) -> Any:
    return field(metadata={"name": name, "read": read, "default": default})


@dataclass(frozen=True)
class Settings:
    """What an operator can set. Each value is explained in `.env.example`."""

    database_url: str = _setting("DATABASE_URL", _database, "")
    database_direct_url: str = _setting("DATABASE_DIRECT_URL", _optional_database, "")
    secret_key: str = _setting("SECRET_KEY", _text, LAPTOP_SECRET)
    secret_key_fallbacks: tuple[str, ...] = _setting("SECRET_KEY_FALLBACKS", _list, "")
    base_url: str = _setting("BASE_URL", _base_url, "http://localhost:8000")
    debug: bool = _setting("DEBUG", _switch, "0")
    now: datetime | None = _setting("KABINET_NOW", _instant, "")
    var_dir: Path = _setting("VAR_DIR", _folder, "var")
    log_json: bool = _setting("LOG_JSON", _switch, "0")
    proxy_hops: int = _setting("PROXY_HOPS", _whole, "0")
    metrics_token: str = _setting("METRICS_TOKEN", _text, "")
    smtp_url: str = _setting("SMTP_URL", _text, "smtp://127.0.0.1:8025")
    mail_from: str = _setting("MAIL_FROM", _text, "Kabinet <no-reply@localhost>")
    mail_dir: Path = _setting("MAIL_DIR", _folder, "var/mail")
    mail_in: tuple[str, int] = _setting("MAIL_IN", _listen, "127.0.0.1:2525")
    appeals_address: str = _setting("APPEALS_ADDRESS", _mailbox, "appeals@localhost")
    operator_name: InLanguages = _setting(
        "OPERATOR_NAME", _in_languages, "kk=Қазақтелеком|ru=Казахтелеком|en=Kazakhtelecom"
    )
    operator_legal_name: InLanguages = _setting(
        "OPERATOR_LEGAL_NAME",
        _in_languages,
        "kk=«Қазақтелеком» АҚ|ru=АО «Казахтелеком»|en=Kazakhtelecom JSC",
    )
    contact_phone: str = _setting("CONTACT_PHONE", _text, "160")
    support_phone: str = _setting("SUPPORT_PHONE", _text, "165")
    accent: tuple[float, float, float] | None = _setting("ACCENT", _accent, "")
    logo_file: Path | None = _setting("LOGO_FILE", _file, "")
    pay_url: str = _setting("PAY_URL", _text, "")
    pay_day: int = _setting("PAY_DAY", _whole, "25")
    order_undo_seconds: int = _setting("ORDER_UNDO_SECONDS", _whole, "15")
    activation_gateway: str = _setting("ACTIVATION_GATEWAY", _text, "simulator")
    tmf641_url: str = _setting("TMF641_URL", _address, "")
    tmf641_token: str = _setting("TMF641_TOKEN", _text, "")
    tmf641_secrets: tuple[str, ...] = _setting("TMF641_SECRETS", _list, "")
    tmf641_connect_seconds: int = _setting("TMF641_CONNECT_SECONDS", _seconds, "3")
    tmf641_answer_seconds: int = _setting("TMF641_ANSWER_SECONDS", _seconds, "10")
    oidc_providers: str = _setting("OIDC_PROVIDERS", _text, "")
    files_url: str = _setting("FILES_URL", _base_url_or_none, "")
    files_dir: Path = _setting("FILES_DIR", _folder, "var/files")
    dns_data_dir: Path = _setting("DNS_DATA_DIR", _folder, "var/dns")
    dns_listen: str = _setting("DNS_LISTEN", _text, "127.0.0.1:5353")
    dns_upstream: str = _setting("DNS_UPSTREAM", _text, "")
    dns_node_name: str = _setting("DNS_NODE_NAME", _text, "")
    dns_asked_at: str = _setting("DNS_ASKED_AT", _text, "")
    dns_networks: tuple[str, ...] = _setting("DNS_NETWORKS", _networks, "127.0.0.0/8,::1/128")
    doh_listen: str = _setting("DOH_LISTEN", _text, "")
    dot_listen: str = _setting("DOT_LISTEN", _text, "")
    doh_url: str = _setting("DOH_URL", _address, "")
    dot_domain: str = _setting("DOT_DOMAIN", _domain, "")
    dns_certificate: Path | None = _setting("DNS_CERTIFICATE", _optional_path, "")
    dns_key: Path | None = _setting("DNS_KEY", _optional_path, "")
    mobileconfig_certificate: Path | None = _setting("MOBILECONFIG_CERTIFICATE", _optional_path, "")
    mobileconfig_key: Path | None = _setting("MOBILECONFIG_KEY", _optional_path, "")
    dns_asking_networks: tuple[str, ...] = _setting(
        "DNS_ASKING_NETWORKS", _networks, "127.0.0.0/8,::1/128"
    )
    radius_tokens: tuple[str, ...] = _setting("RADIUS_TOKENS", _list, "")
    radius_networks: tuple[str, ...] = _setting("RADIUS_NETWORKS", _networks, "127.0.0.0/8,::1/128")
    radius_silence_minutes: int = _setting("RADIUS_SILENCE_MINUTES", _whole, "0")
    block_page_ipv4: str = _setting("BLOCK_PAGE_IPV4", _text, "192.0.2.53")
    block_page_ipv6: str = _setting("BLOCK_PAGE_IPV6", _text, "2001:db8::53")
    never_block: tuple[str, ...] = _setting("NEVER_BLOCK", _list, "egov.kz,gov.kz,telecom.kz")
    parental_most_rules: int = _setting("PARENTAL_MOST_RULES", _whole, "10000")
    categories_file: Path | None = _setting("CATEGORIES_FILE", _optional_path, "")
    category_networks: tuple[str, ...] = _setting("CATEGORY_NETWORKS", _networks, "")
    webhook_networks: tuple[str, ...] = _setting("WEBHOOK_NETWORKS", _networks, "")
    webhook_retry_seconds: int = _setting("WEBHOOK_RETRY_SECONDS", _seconds, "5")
    webhook_tries: int = _setting("WEBHOOK_TRIES", _tries, "10")

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def direct_url(self) -> str:
        """The address without a pooler: LISTEN and long work go there."""
        return self.database_direct_url or self.database_url

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read every setting. Raises SettingsError with all faults at once."""
        values: dict[str, Any] = {}
        faults: list[str] = []
        for each in fields(cls):
            name = cast(str, each.metadata["name"])
            try:
                values[each.name] = each.metadata["read"](
                    environment.get(name, each.metadata["default"]).strip()
                )
            except ValueError as error:
                faults.append(f"{name}: {error}")
        if not faults:
            settings = cls(**values)
            faults = settings._production_faults()
        if faults:
            raise SettingsError("\n".join(faults))
        return settings

    def _production_faults(self) -> list[str]:
        """Source: security-checklist 44: production refuses the laptop's defaults."""
        if self.debug:
            return []
        checks = {
            "SECRET_KEY: set at least 32 random characters": len(self.secret_key) < SHORTEST_SECRET,
            "BASE_URL: must be https in production (or set DEBUG=1)": not self.is_https,
            "KABINET_NOW: only with DEBUG=1": self.now is not None,
            "TMF641_URL: must be https in production": self.tmf641_url.startswith("http:"),
            "RADIUS_TOKENS: each needs at least 32 random characters": any(
                len(each) < SHORTEST_SECRET for each in self.radius_tokens
            ),
            "WEBHOOK_NETWORKS: this host itself only with DEBUG=1": any(
                ip_network(each).is_loopback for each in self.webhook_networks
            ),
            "TMF641_SECRETS: each needs at least 32 random characters": any(
                len(each) < SHORTEST_SECRET for each in self.tmf641_secrets
            ),
        }
        return [fault for fault, is_wrong in checks.items() if is_wrong]
