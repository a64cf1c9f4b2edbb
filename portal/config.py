"""Settings from the environment, read once; every fault is told at the start."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Any, cast

import flask_babel

from portal import written as read

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


def _in_languages(raw: str) -> InLanguages:
    """Read `kk=...|ru=...|en=...`, or one text for all languages."""
    if "=" not in raw:
        return InLanguages(dict.fromkeys(LANGUAGES, raw))
    texts = dict(part.split("=", 1) for part in raw.split("|") if "=" in part)
    if set(texts) != set(LANGUAGES):
        raise ValueError("write kk=...|ru=...|en=..., or one text for all three")
    return InLanguages(texts)


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


def _setting(name: str, read: Callable[[str], Any], default: str) -> Any:
    return field(metadata={"name": name, "read": read, "default": default})


@dataclass(frozen=True)
class Settings:
    """What an operator can set. Each value is explained in `.env.example`."""

    database_url: str = _setting("DATABASE_URL", read.database, "")
    database_direct_url: str = _setting("DATABASE_DIRECT_URL", read.optional_database, "")
    secret_key: str = _setting("SECRET_KEY", read.text, LAPTOP_SECRET)
    secret_key_fallbacks: tuple[str, ...] = _setting("SECRET_KEY_FALLBACKS", read.names, "")
    base_url: str = _setting("BASE_URL", read.base_url, "http://localhost:8000")
    debug: bool = _setting("DEBUG", read.switch, "0")
    now: datetime | None = _setting("KABINET_NOW", read.instant, "")
    var_dir: Path = _setting("VAR_DIR", _folder, "var")
    log_json: bool = _setting("LOG_JSON", read.switch, "0")
    proxy_hops: int = _setting("PROXY_HOPS", read.whole, "0")
    security_contact: str = _setting("SECURITY_CONTACT", read.contact, "")
    metrics_token: str = _setting("METRICS_TOKEN", read.text, "")
    smtp_url: str = _setting("SMTP_URL", read.text, "smtp://127.0.0.1:8025")
    mail_from: str = _setting("MAIL_FROM", read.text, "Kabinet <no-reply@localhost>")
    mail_dir: Path = _setting("MAIL_DIR", _folder, "var/mail")
    mail_in: tuple[str, int] = _setting("MAIL_IN", read.listen, "127.0.0.1:2525")
    appeals_address: str = _setting("APPEALS_ADDRESS", read.mailbox, "appeals@localhost")
    operator_name: InLanguages = _setting(
        "OPERATOR_NAME", _in_languages, "kk=Қазақтелеком|ru=Казахтелеком|en=Kazakhtelecom"
    )
    operator_legal_name: InLanguages = _setting(
        "OPERATOR_LEGAL_NAME",
        _in_languages,
        "kk=«Қазақтелеком» АҚ|ru=АО «Казахтелеком»|en=Kazakhtelecom JSC",
    )
    contact_phone: str = _setting("CONTACT_PHONE", read.text, "160")
    support_phone: str = _setting("SUPPORT_PHONE", read.text, "165")
    accent: tuple[float, float, float] | None = _setting("ACCENT", read.accent, "")
    logo_file: Path | None = _setting("LOGO_FILE", _file, "")
    pay_url: str = _setting("PAY_URL", read.text, "")
    pay_day: int = _setting("PAY_DAY", read.whole, "25")
    order_undo_seconds: int = _setting("ORDER_UNDO_SECONDS", read.whole, "15")
    activation_gateway: str = _setting("ACTIVATION_GATEWAY", read.text, "simulator")
    tmf641_url: str = _setting("TMF641_URL", read.address, "")
    tmf641_token: str = _setting("TMF641_TOKEN", read.text, "")
    tmf641_secrets: tuple[str, ...] = _setting("TMF641_SECRETS", read.names, "")
    tmf641_connect_seconds: int = _setting("TMF641_CONNECT_SECONDS", read.seconds, "3")
    tmf641_answer_seconds: int = _setting("TMF641_ANSWER_SECONDS", read.seconds, "10")
    oidc_providers: str = _setting("OIDC_PROVIDERS", read.text, "")
    clamd: tuple[str, int] | None = _setting("CLAMD_URL", read.clamd, "")
    files_url: str = _setting("FILES_URL", read.base_url_or_none, "")
    files_dir: Path = _setting("FILES_DIR", _folder, "var/files")
    dns_data_dir: Path = _setting("DNS_DATA_DIR", _folder, "var/dns")
    dns_listen: str = _setting("DNS_LISTEN", read.text, "127.0.0.1:5353")
    dns_upstream: str = _setting("DNS_UPSTREAM", read.text, "")
    dns_node_name: str = _setting("DNS_NODE_NAME", read.text, "")
    dns_asked_at: str = _setting("DNS_ASKED_AT", read.text, "")
    dns_networks: tuple[str, ...] = _setting("DNS_NETWORKS", read.networks, "127.0.0.0/8,::1/128")
    doh_listen: str = _setting("DOH_LISTEN", read.text, "")
    dot_listen: str = _setting("DOT_LISTEN", read.text, "")
    doh_url: str = _setting("DOH_URL", read.address, "")
    dot_domain: str = _setting("DOT_DOMAIN", read.domain, "")
    dns_certificate: Path | None = _setting("DNS_CERTIFICATE", _optional_path, "")
    dns_key: Path | None = _setting("DNS_KEY", _optional_path, "")
    mobileconfig_certificate: Path | None = _setting("MOBILECONFIG_CERTIFICATE", _optional_path, "")
    mobileconfig_key: Path | None = _setting("MOBILECONFIG_KEY", _optional_path, "")
    dns_asking_networks: tuple[str, ...] = _setting(
        "DNS_ASKING_NETWORKS", read.networks, "127.0.0.0/8,::1/128"
    )
    radius_tokens: tuple[str, ...] = _setting("RADIUS_TOKENS", read.names, "")
    radius_networks: tuple[str, ...] = _setting(
        "RADIUS_NETWORKS", read.networks, "127.0.0.0/8,::1/128"
    )
    radius_silence_minutes: int = _setting("RADIUS_SILENCE_MINUTES", read.whole, "0")
    block_page_listen: tuple[tuple[str, int], ...] = _setting(
        "BLOCK_PAGE_LISTEN", read.listens, "127.0.0.1:8027"
    )
    block_page_ipv4: str = _setting("BLOCK_PAGE_IPV4", read.text, "192.0.2.53")
    block_page_ipv6: str = _setting("BLOCK_PAGE_IPV6", read.text, "2001:db8::53")
    never_block: tuple[str, ...] = _setting("NEVER_BLOCK", read.names, "egov.kz,gov.kz,telecom.kz")
    parental_most_rules: int = _setting("PARENTAL_MOST_RULES", read.whole, "10000")
    categories_file: Path | None = _setting("CATEGORIES_FILE", _optional_path, "")
    category_networks: tuple[str, ...] = _setting("CATEGORY_NETWORKS", read.networks, "")
    webhook_networks: tuple[str, ...] = _setting("WEBHOOK_NETWORKS", read.networks, "")
    webhook_retry_seconds: int = _setting("WEBHOOK_RETRY_SECONDS", read.seconds, "5")
    webhook_tries: int = _setting("WEBHOOK_TRIES", read.tries, "10")

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
