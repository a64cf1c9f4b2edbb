"""Sign-in through other providers: OpenID Connect, code flow with PKCE, state and nonce.

Sources: OpenID Connect Core 1.0, section 3.1; RFC 7636; security-checklist 23.
"""

import json
import logging
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self
from urllib.parse import quote, urlsplit

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.oauth2.client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from portal.accounts.models import StaffRole
from portal.accounts.proofs import is_same, new_token
from portal.core.errors import NotFoundError, RuleError
from portal.core.text import _l

log = logging.getLogger(__name__)

ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
"""Of a token's signature. Never `none`, never a shared secret."""

_PATIENCE = httpx.Timeout(5.0)
_LEEWAY = 60
_FRESH_SECONDS = 3600
_FAILED = _l(
    "%(provider)s did not confirm who you are. Nothing has changed:"
    " try again, or sign in with your password."
)
_FAULTS = (httpx.HTTPError, AuthlibBaseError, JoseError, ValueError, KeyError, TypeError)


@dataclass(frozen=True, kw_only=True)
class Provider:
    """A provider, as OIDC_PROVIDERS names it. `staff_groups` maps its groups to roles of staff."""

    name: str
    title: str
    issuer: str
    client_id: str
    client_secret: str
    scope: str = "openid profile"
    staff_groups: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, name: str, raw: Mapping[str, Any]) -> Self:
        """Read one entry of the configuration. Raises ValueError or TypeError in words."""
        provider = cls(name=name, **raw)
        parts = urlsplit(provider.issuer)
        is_near = parts.hostname in {"127.0.0.1", "localhost"}
        if parts.scheme != "https" and not (parts.scheme == "http" and is_near):
            raise ValueError(f"{name}: the issuer must be an https address")
        unknown = set(provider.staff_groups.values()) - set(StaffRole)
        if unknown:
            raise ValueError(f"{name}: no such role of staff: {', '.join(sorted(unknown))}")
        return provider

    def role_of(self, groups: Any) -> str | None:
        """Return the role of staff that the first known group gives, or None."""
        named = groups if isinstance(groups, list) else []
        return next((role for group, role in self.staff_groups.items() if group in named), None)


@dataclass(frozen=True, kw_only=True)
class Begun:
    """What the browser keeps between leaving for the provider and coming back."""

    provider: str
    state: str
    nonce: str
    verifier: str
    aim: str
    then: str

    def kept(self) -> dict[str, str]:
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class Confirmed:
    """Who somebody is in the words of a provider: (issuer, subject), and a name to show."""

    provider: str
    issuer: str
    subject: str
    shown_name: str
    maps_roles: bool = False
    staff_role: str | None = None

    def kept(self) -> dict[str, Any]:
        return asdict(self)


def read_providers(raw: str) -> dict[str, Provider]:
    """Read OIDC_PROVIDERS: a JSON object of name → {title, issuer, client_id, client_secret}.

    Raises ValueError in words if it is anything else.
    """
    if not raw:
        return {}
    try:
        return {name: Provider.read(name, entry) for name, entry in json.loads(raw).items()}
    except (AttributeError, TypeError, ValueError) as error:
        raise ValueError(f"OIDC_PROVIDERS: {error}") from error


class Partners:
    """The configured providers, and what they publish about themselves, kept for an hour."""

    def __init__(self, providers: Mapping[str, Provider]) -> None:
        self.providers = dict(providers)
        self._published: dict[str, tuple[float, dict[str, Any]]] = {}

    def named(self, name: str) -> Provider:
        """Return a provider. Raises NotFoundError if none is called so."""
        if name not in self.providers:
            raise NotFoundError
        return self.providers[name]

    def begin(self, name: str, *, back: str, aim: str, then: str) -> tuple[str, Begun]:
        """Return the provider's page to go to, and what to keep until the return to `back`.

        Raises NotFoundError if nobody is called so, RuleError if the provider does not answer.
        """
        provider = self.named(name)
        begun = Begun(
            provider=name,
            state=new_token(),
            nonce=new_token(),
            verifier=new_token() + new_token(),
            aim=aim,
            then=then,
        )
        with _telling(provider), httpx.Client(timeout=_PATIENCE) as wire:
            about = self._about(provider, wire)
            url, _ = _client(provider, wire, back).create_authorization_url(
                about["authorization_endpoint"],
                state=begun.state,
                code_verifier=begun.verifier,
                nonce=begun.nonce,
            )
        return str(url), begun

    def finish(self, begun: Begun, *, answer: Mapping[str, str], back: str) -> Confirmed:
        """Exchange what the browser brought back for a confirmed identity.

        Raises RuleError if the person declined, or if anything is not as it must be: the state,
        the code, the signature, issuer, audience, party, nonce or time of the token.
        """
        provider = self.named(begun.provider)
        with _telling(provider), httpx.Client(timeout=_PATIENCE) as wire:
            _check_answer(provider, begun, answer)
            about = self._about(provider, wire)
            token = _client(provider, wire, back).fetch_token(
                about["token_endpoint"],
                grant_type="authorization_code",
                code=answer["code"],
                code_verifier=begun.verifier,
                auth=httpx.BasicAuth(
                    quote(provider.client_id, safe=""), quote(provider.client_secret, safe="")
                ),
            )
            keys = _json(wire, about["jwks_uri"])
            claims = _claims(provider, token, keys, begun.nonce)
        return _confirmed(provider, claims)

    def _about(self, provider: Provider, wire: httpx.Client) -> dict[str, Any]:
        read_at, about = self._published.get(provider.name, (0.0, {}))
        if not about or time.monotonic() - read_at > _FRESH_SECONDS:
            about = _json(wire, address_of(provider.issuer))
            if about["issuer"] != provider.issuer:
                raise ValueError("the published issuer is another one")
            self._published[provider.name] = (time.monotonic(), about)
        return about


def address_of(issuer: str) -> str:
    """Return where an issuer tells of itself; its name may end in a slash (Discovery 1.0, 4.1)."""
    return issuer.removesuffix("/") + "/.well-known/openid-configuration"


class _telling:  # noqa: N801 - reads as a word of the `with` statement
    """Turn whatever a provider does wrong into one sentence; the log says what it was."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, _FAULTS):
            log.warning("oidc.failed provider=%s fault=%s", self.provider.name, _words(error))
            raise RuleError(_FAILED, provider=self.provider.title) from error


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".replace("\n", " ")[:200]


def _client(provider: Provider, wire: httpx.Client, back: str) -> OAuth2Client:
    return OAuth2Client(
        wire,
        client_id=provider.client_id,
        client_secret=provider.client_secret,
        scope=provider.scope,
        redirect_uri=back,
        code_challenge_method="S256",
    )


def _json(wire: httpx.Client, url: str) -> dict[str, Any]:
    answer = wire.get(url)
    answer.raise_for_status()
    read = answer.json()
    if not isinstance(read, dict):
        raise TypeError("not a JSON object")
    return read


def _check_answer(provider: Provider, begun: Begun, answer: Mapping[str, str]) -> None:
    if not is_same(answer.get("state", ""), begun.state):
        raise ValueError("the state is another one")
    if answer.get("iss", provider.issuer) != provider.issuer:  # RFC 9207
        raise ValueError("the answer is another issuer’s")
    if "error" in answer:
        raise ValueError(f"the provider says {answer['error'][:50]}")


def _claims(
    provider: Provider, token: Mapping[str, Any], keys: dict[str, Any], nonce: str
) -> CodeIDToken:
    read = jwt.decode(token["id_token"], KeySet.import_key_set(keys), algorithms=ALGORITHMS)  # type: ignore[arg-type]
    must = {
        "iss": {"essential": True, "value": provider.issuer},
        "aud": {"essential": True, "value": provider.client_id},
        "sub": {"essential": True},
        "exp": {"essential": True},
    }
    known = {
        "nonce": nonce,
        "client_id": provider.client_id,
        "access_token": token.get("access_token"),
    }
    claims = CodeIDToken(read.claims, read.header, must, known)
    claims.validate(now=int(time.time()), leeway=_LEEWAY)
    return claims


def _confirmed(provider: Provider, claims: Mapping[str, Any]) -> Confirmed:
    name = claims.get("name") or claims.get("preferred_username") or provider.title
    return Confirmed(
        provider=provider.name,
        issuer=provider.issuer,
        subject=str(claims["sub"]),
        shown_name=str(name)[:200],
        maps_roles=bool(provider.staff_groups),
        staff_role=provider.role_of(claims.get("groups")),
    )
