"""An OpenID Connect provider for tests, a process of its own, written from the specification.

Run: `python -m tests.partners.oidc_provider --port 0`; the first line it prints is its issuer.
It knows nothing of the library that the portal uses. `POST /control` with JSON sets `fault` (one of
FAULTS or null) and `subject` (who agrees without being asked; null: a form asks).

Sources: OpenID Connect Core 1.0, Discovery 1.0, RFC 6749, RFC 7636, RFC 7515 to 7519.
"""

import argparse
import base64
import hashlib
import hmac
import html
import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

FAULTS = (
    "wrong_nonce",
    "no_nonce",
    "wrong_audience",
    "wrong_party",
    "wrong_issuer",
    "expired",
    "unsigned",
    "wrong_signature",
    "symmetric",
    "wrong_state",
    "refused",
    "no_subject",
    "not_json",
    "broken",
    "slow",
)
CODE_LASTS = 60


def b64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _number(value: int) -> str:
    return b64url(value.to_bytes((value.bit_length() + 7) // 8, "big"))


@dataclass
class Grant:
    """What a code stands for. It is taken out when it is used."""

    subject: str
    client_id: str
    redirect_uri: str
    challenge: str
    nonce: str | None
    until: float


@dataclass
class Provider:
    """The state of the provider: its key, its one client, its grants and its switches."""

    issuer: str
    client_id: str = "kabinet"
    client_secret: str = "partner-secret"
    fault: str | None = None
    subject: str | None = None
    claims: dict[str, object] = field(default_factory=dict)
    grants: dict[str, Grant] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)
    key: rsa.RSAPrivateKey = field(
        default_factory=lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048)
    )
    stranger: rsa.RSAPrivateKey = field(
        default_factory=lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048)
    )
    lock: threading.Lock = field(default_factory=threading.Lock)

    def discovery(self) -> dict[str, object]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "scopes_supported": ["openid", "profile", "email"],
        }

    def jwks(self) -> dict[str, object]:
        numbers = self.key.public_key().public_numbers()
        public = {"n": _number(numbers.n), "e": _number(numbers.e)}
        return {"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "one", **public}]}

    def fault_of_request(self, asked: dict[str, str]) -> str | None:
        """Return why an authorization request cannot be served, or None."""
        checks = {
            "response_type must be code": asked.get("response_type") == "code",
            "unknown client": asked.get("client_id") == self.client_id,
            "scope must hold openid": "openid" in asked.get("scope", "").split(),
            "state is missing": bool(asked.get("state")),
            "nonce is missing": bool(asked.get("nonce")),
            "PKCE with S256 is required": asked.get("code_challenge_method") == "S256"
            and len(asked.get("code_challenge", "")) == 43,
            "redirect_uri is missing": bool(asked.get("redirect_uri")),
        }
        return next((why for why, is_fine in checks.items() if not is_fine), None)

    def grant(self, asked: dict[str, str], subject: str) -> str:
        """Return where the browser goes with its new code."""
        back = {"state": "another" if self.fault == "wrong_state" else asked["state"]}
        if self.fault == "refused":
            back["error"] = "access_denied"
        else:
            code = back["code"] = secrets.token_urlsafe(24)
            self.grants[code] = Grant(
                subject=subject,
                client_id=asked["client_id"],
                redirect_uri=asked["redirect_uri"],
                challenge=asked["code_challenge"],
                nonce=asked.get("nonce"),
                until=time.time() + CODE_LASTS,
            )
        return f"{asked['redirect_uri']}?{urlencode(back)}"

    def exchange(self, sent: dict[str, str], client: tuple[str, str]) -> tuple[int, object]:
        """Return status and body for a request to the token endpoint."""
        if client != (self.client_id, self.client_secret):
            return 401, {"error": "invalid_client"}
        if sent.get("grant_type") != "authorization_code":
            return 400, {"error": "unsupported_grant_type"}
        with self.lock:
            grant = self.grants.pop(sent.get("code", ""), None)
        proof = b64url(hashlib.sha256(sent.get("code_verifier", "").encode()).digest())
        is_fine = (
            grant is not None
            and time.time() < grant.until
            and grant.redirect_uri == sent.get("redirect_uri")
            and secrets.compare_digest(grant.challenge, proof)
        )
        if grant is None or not is_fine:
            return 400, {"error": "invalid_grant"}
        return 200, {
            "access_token": secrets.token_urlsafe(16),
            "token_type": "Bearer",
            "expires_in": 300,
            "id_token": self.id_token(grant),
        }

    def id_token(self, grant: Grant) -> str:
        now = int(time.time())
        claims: dict[str, object] = {
            "iss": self.issuer,
            "sub": grant.subject,
            "aud": grant.client_id,
            "iat": now,
            "exp": now + 300,
            "nonce": grant.nonce,
            **self.claims,
        }
        wrong: dict[str | None, dict[str, object]] = {
            "wrong_nonce": {"nonce": "another"},
            "wrong_audience": {"aud": "another-client"},
            "wrong_party": {"aud": [grant.client_id, "another-client"], "azp": "another-client"},
            "wrong_issuer": {"iss": "https://another.example"},
            "expired": {"iat": now - 7200, "exp": now - 3600},
        }
        claims |= wrong.get(self.fault, {})
        dropped = {"no_nonce": "nonce", "no_subject": "sub"}.get(self.fault or "")
        return self.signed({name: claims[name] for name in claims if name != dropped})

    def signed(self, claims: dict[str, object]) -> str:
        algorithm = {"unsigned": "none", "symmetric": "HS256"}.get(self.fault or "", "RS256")
        header = {"alg": algorithm, "typ": "JWT", "kid": "one"}
        head = ".".join(b64url(json.dumps(part).encode()) for part in (header, claims))
        if algorithm == "none":
            return f"{head}."
        if algorithm == "HS256":
            seal = hmac.digest(self.client_secret.encode(), head.encode(), "sha256")
            return f"{head}.{b64url(seal)}"
        key = self.stranger if self.fault == "wrong_signature" else self.key
        seal = key.sign(head.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{head}.{b64url(seal)}"


CONSENT = """<!doctype html><html lang="en"><title>Example ID</title><h1>Example ID</h1>
<form method="post">{hidden}<label>Who are you? <input name="subject" required></label>
<button>Agree</button></form></html>"""


class Handler(BaseHTTPRequestHandler):
    """One request of a browser or of the client."""

    provider: Provider
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/.well-known/openid-configuration":
            self._metadata()
        elif parts.path == "/jwks":
            self._json(200, self.provider.jwks())
        elif parts.path == "/authorize":
            self._authorize(_flat(parts.query))
        else:
            self._json(404, {"error": "not_found"})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        path = urlsplit(self.path).path
        if path == "/control":
            vars(self.provider).update(json.loads(body))
            self._json(200, {"refusals": self.provider.refusals})
        elif path == "/authorize":
            asked = _flat(body)
            self._send_back(asked, asked.pop("subject", ""))
        elif path == "/token":
            self._token(_flat(body))
        else:
            self._json(404, {"error": "not_found"})

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as in the parent
        """Stay silent: the first line printed is the issuer, and the only one."""

    def _metadata(self) -> None:
        if self.provider.fault == "slow":
            time.sleep(30)
        self._json(200, self.provider.discovery())

    def _authorize(self, asked: dict[str, str]) -> None:
        if why := self.provider.fault_of_request(asked):
            self.provider.refusals.append(why)
            self._json(400, {"error": "invalid_request", "error_description": why})
        elif self.provider.subject is not None:
            self._send_back(asked, self.provider.subject)
        else:
            hidden = "".join(
                f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
                for name, value in asked.items()
            )
            self._answer(200, CONSENT.format(hidden=hidden).encode(), "text/html; charset=utf-8")

    def _send_back(self, asked: dict[str, str], subject: str) -> None:
        if self.provider.fault_of_request(asked) or not subject:
            self._json(400, {"error": "invalid_request"})
            return
        self.send_response(302)
        self.send_header("Location", self.provider.grant(asked, subject))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _token(self, sent: dict[str, str]) -> None:
        if self.provider.fault == "broken":
            self._json(503, {"error": "temporarily_unavailable"})
        elif self.provider.fault == "not_json":
            self._answer(200, b"<html>maintenance</html>", "text/html")
        else:
            self._json(*self.provider.exchange(sent, self._client(sent)))

    def _client(self, sent: dict[str, str]) -> tuple[str, str]:
        kind, _, value = self.headers.get("Authorization", "").partition(" ")
        if kind.lower() == "basic":
            name, _, secret = base64.b64decode(value).decode().partition(":")
            return unquote(name), unquote(secret)
        return sent.get("client_id", ""), sent.get("client_secret", "")

    def _json(self, status: int, body: object) -> None:
        self._answer(status, json.dumps(body).encode(), "application/json")

    def _answer(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _flat(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    server = ThreadingHTTPServer(("127.0.0.1", parser.parse_args().port), Handler)
    server.daemon_threads = True
    Handler.provider = Provider(issuer=f"http://127.0.0.1:{server.server_port}")
    print(Handler.provider.issuer, flush=True)  # noqa: T201 - how the parent learns the port
    server.serve_forever()


if __name__ == "__main__":
    main()
