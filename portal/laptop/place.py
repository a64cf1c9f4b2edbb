"""Where and how this copy of Kabinet runs: its folders, ports, secrets and addresses."""

import os
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

LISTENS_ON = "127.0.0.1"
DEFAULT_PORTS = {"PORT": 8000, "DNS_PORT": 5353, "MAIL_PORT": 8025}


class LaptopError(Exception):
    """Kabinet cannot run here; the message is a sentence for the person at the terminal."""


@dataclass(frozen=True)
class Place:
    """One copy of Kabinet on one machine."""

    root: Path
    var: Path
    port: int
    dns_port: int
    mail_port: int
    upstream: str = ""

    @classmethod
    def from_environment(cls, root: Path, environment: Mapping[str, str] = os.environ) -> "Place":
        """Read VAR_DIR, the ports and DNS_UPSTREAM. Raises LaptopError if a port is none."""
        web, dns, mail = (_port(name, environment) for name in DEFAULT_PORTS)
        var = root / (environment.get("VAR_DIR") or "var")
        return cls(root, var, web, dns, mail, environment.get("DNS_UPSTREAM", ""))

    @property
    def base_url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def ready_url(self) -> str:
        return f"http://{LISTENS_ON}:{self.port}/readyz"

    @property
    def has_own_upstream(self) -> bool:
        """Say whether the demo's own resolver answers what is not blocked: none was named."""
        return not self.upstream

    @property
    def upstream_port(self) -> int:
        return self.dns_port + 1

    @property
    def service_address(self) -> str:
        """Return where the demo's customers write to."""
        return os.environ.get("APPEALS_ADDRESS") or "appeals@localhost"

    @property
    def mail_in_port(self) -> int:
        return self.mail_port + 1

    @property
    def page_port(self) -> int:
        """Where the page of closed sites stands."""
        return self.mail_port + 2

    def refuse_taken_ports(self) -> None:
        """Raise LaptopError if another program listens where one of ours would."""
        dns = (self.dns_port, *([self.upstream_port] if self.has_own_upstream else []))
        wanted = [
            ("PORT", self.port, socket.SOCK_STREAM),
            ("MAIL_PORT", self.mail_port, socket.SOCK_STREAM),
            ("MAIL_PORT", self.mail_in_port, socket.SOCK_STREAM),
            ("MAIL_PORT", self.page_port, socket.SOCK_STREAM),
            *(("DNS_PORT", port, socket.SOCK_STREAM) for port in dns),
            *(("DNS_PORT", port, socket.SOCK_DGRAM) for port in dns),
        ]
        for name, port, kind in wanted:
            if not _is_free(port, kind):
                raise LaptopError(
                    f"Port {port} is taken by another program. Stop it, or choose another port:"
                    f" make run {name}={port + 10}"
                )

    def settings(self) -> dict[str, str]:
        """Return the environment that all processes share, without the database."""
        return {
            "FLASK_APP": "wsgi",
            "PYTHONUNBUFFERED": "1",
            "DEBUG": "1",
            "BASE_URL": self.base_url,
            "SECRET_KEY": self._secret_key(),
            "VAR_DIR": str(self.var),
            "FILES_DIR": str(self.var / "files"),
            "MAIL_DIR": str(self.var / "mail"),
            "SMTP_URL": f"smtp://{LISTENS_ON}:{self.mail_port}",
            "MAIL_IN": f"{LISTENS_ON}:{self.mail_in_port}",
            "APPEALS_ADDRESS": self.service_address,
            "DNS_DATA_DIR": str(self.var / "dns"),
            "DNS_LISTEN": f"{LISTENS_ON}:{self.dns_port}",
            "BLOCK_PAGE_LISTEN": f"{LISTENS_ON}:{self.page_port}",
            "DNS_UPSTREAM": self.upstream or f"{LISTENS_ON}:{self.upstream_port}",
        }

    def _secret_key(self) -> str:
        """Return the key that signs the cookies, made at the first start."""
        file = self.var / "secret-key"
        if not file.exists():
            write_secret(file, secrets.token_urlsafe(48))
        return file.read_text().strip()


def write_secret(file: Path, content: str) -> None:
    """Write a file that only we may read, whole or not at all."""
    unfinished = file.with_name(f"{file.name}.part")
    unfinished.unlink(missing_ok=True)
    with open(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as target:
        target.write(content)
    unfinished.replace(file)


def _port(name: str, environment: Mapping[str, str]) -> int:
    given = environment.get(name) or str(DEFAULT_PORTS[name])
    if not given.isascii() or not given.isdigit() or not 1024 <= int(given) <= 65535:
        raise LaptopError(f"{name} is a number from 1024 to 65535, not “{given}”.")
    return int(given)


def _is_free(port: int, kind: socket.SocketKind) -> bool:
    with socket.socket(socket.AF_INET, kind) as trial:
        if kind is socket.SOCK_STREAM:  # A port that was just left is free.
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((LISTENS_ON, port))
        except OSError:
            return False
    return True
