"""What an operator's resolver host runs: configuration of Debian 12's dnsdist and unbound.

dnsdist takes the verdict (lua/verdict.lua says what verdict.py says) and answers what is closed;
unbound stands behind it for filtered homes: it caps lives, and rewrites search engines.
Source: parental-control.md, "How it is enforced" and "Rules of the trade".
"""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from portal.parental.dns.closings import CODES, LONGEST_PATH, SOCKET
from portal.parental.dns.in_force import IN_FORCE
from portal.parental.dns.questions import BLOCKED_TTL
from portal.parental.dns.safe_search import SWITCHES, zone
from portal.parental.dns.server import (
    EMPTY_CANARY,
    FILTERED_TTL,
    UNKNOWN_CANARIES,
    Surroundings,
)
from portal.parental.dns.store import MAP_SIZES, READERS
from portal.parental.dns.tokens import TOKEN_LENGTH
from portal.parental.verdict import Outcome

LUA = Path(__file__).parent / "lua"
CHUNK = ("asking.lua", "verdict.lua", "answer.lua")
OUTCOMES = (*Outcome, "canary", "never_closed", "failed_open", "refused")
# Each pool asks unbound from an address of its own, by which unbound knows the switches. unbound
# 1.17's interface-tag is not heeded by RPZ (NLnetLabs/unbound issue 1102), access-control-tag is.
POOLS = {
    "home": ("127.0.0.11", ()),
    "safe": ("127.0.0.12", ("safe",)),
    "moderate": ("127.0.0.13", ("moderate",)),
    "strict": ("127.0.0.14", ("strict",)),
    "safe-moderate": ("127.0.0.15", ("safe", "moderate")),
    "safe-strict": ("127.0.0.16", ("safe", "strict")),
}
THREADS = 1024  # Each counts in a place of its own, by its number modulo this one.
LEAST_TCP_THREADS = 10  # of all addresses together, DNS over TLS included; dnsdist's own default
CACHES = {"": 200_000, "home": 200_000}
OTHER_CACHE = 20_000


@dataclass(frozen=True)
class Carried:
    """Where devices that carry a profile ask: by HTTPS below `path`, by TLS below `domain`."""

    certificate: Path
    key: Path
    doh: tuple[tuple[str, int], ...] = ()
    dot: tuple[tuple[str, int], ...] = ()
    path: str = "/dns-query"
    domain: str = ""


@dataclass(frozen=True)
class Host:
    """Where the servers of one resolver host stand. Addresses are (host, port)."""

    data: Path
    listen: tuple[tuple[str, int], ...]
    metrics: tuple[str, int]
    unbound: tuple[str, int]
    networks: tuple[str, ...]
    asking_networks: tuple[str, ...] = ("127.0.0.0/8", "::1/128")
    carried: Carried | None = None
    threads: int = 2  # of dnsdist for each UDP and DoH address, and of unbound


def files(host: Host, around: Surroundings, folder: Path) -> dict[str, str]:
    """Return name -> content of every file; they refer to each other in `folder`."""
    zones = {f"{switch}.rpz": zone(switch) for switch in SWITCHES}
    return {
        "dnsdist.conf": dnsdist(host, around),
        "unbound.conf": unbound(host, around.upstream, folder),
        **zones,
    }


def dnsdist(host: Host, around: Surroundings) -> str:
    """Return dnsdist's configuration, with the filter inside."""
    values = {
        "FILES": _table(
            _file(host.data.resolve() / f"{name}.mdb", MAP_SIZES[name]) for name in MAP_SIZES
        ),
        "READERS": str(READERS),
        "NETWORKS": ", ".join(map(_string, _let_in(host))),
        "ASKING_NETWORKS": _table(map(_string, host.asking_networks)),
        "OUR_NETWORKS": _table(map(_string, host.networks)),
        "LISTEN": "\n".join([*_listeners(host), *_carried_listeners(host)]),
        "TCP_THREADS": str(max(LEAST_TCP_THREADS, host.threads)),
        "METRICS": _at(host.metrics),
        "SERVERS": "\n".join(_servers(host, around)),
        "POOLS": "\n".join(_caches()),
        "OUTCOMES": ", ".join(map(_string, OUTCOMES)),
        "THREADS": str(THREADS),
        "TTL": str(BLOCKED_TTL),
        "PAGE_IPV4": str(ip_address(around.page_ipv4)),
        "PAGE_IPV6": str(ip_address(around.page_ipv6)),
        "FILTER": _filled(
            "".join((LUA / each).read_text() for each in CHUNK), _chunk(host, around)
        ),
    }
    return _filled(_lua("dnsdist.conf"), values)


def unbound(host: Host, upstream: tuple[str, int], folder: Path) -> str:
    """Return unbound's configuration: answers of `upstream`, short-lived and made safe."""
    address, port = host.unbound
    slabs = 1 << (host.threads - 1).bit_length()  # Source: unbound.conf(5): a power of two near it
    server = {
        "interface": address,
        "port": port,
        "num-threads": host.threads,
        "so-reuseport": "yes",  # each thread hears questions of its own
        "msg-cache-size": "64m",  # what lives for half a minute needs no more
        "rrset-cache-size": "128m",
        **{f"{cache}-slabs": slabs for cache in ("msg-cache", "rrset-cache", "infra-cache")},
        "do-daemonize": "no",
        "use-syslog": "no",
        "username": '""',
        "chroot": '""',
        "directory": f'"{folder}"',
        "pidfile": '""',
        "module-config": '"respip iterator"',  # what validates stands behind
        "do-not-query-localhost": "no",
        "cache-max-ttl": FILTERED_TTL,
        "cache-max-negative-ttl": FILTERED_TTL,
        "infra-host-ttl": 60,
        "infra-keep-probing": "yes",
        "define-tag": f'"{" ".join(SWITCHES)}"',
    }
    lines = ["# Made by `flask dns dnsdist-config`; make it anew, don't edit it.", "server:"]
    lines += [f"  {option}: {value}" for option, value in server.items()]
    for source, switches in POOLS.values():
        lines.append(f"  access-control: {source}/32 allow")
        lines += [f'  access-control-tag: {source}/32 "{" ".join(switches)}"'] if switches else []
    lines += ["forward-zone:", '  name: "."', f"  forward-addr: {upstream[0]}@{upstream[1]}"]
    for switch in SWITCHES:
        lines += ["rpz:", f'  name: "{switch}.rpz"', f'  zonefile: "{folder / switch}.rpz"']
        lines.append(f'  tags: "{switch}"')
    return "\n".join(lines) + "\n"


def _chunk(host: Host, around: Surroundings) -> dict[str, str]:
    carried = host.carried
    codes = (f"{outcome} = {code}" for code, outcome in enumerate(CODES))
    outcome_codes = (f"{outcome} = {code}" for code, outcome in enumerate(OUTCOMES))
    return {
        "LETS_STRANGERS_IN": "true" if _lets_strangers_in(host) else "false",
        "HAS_TOKENS": "true" if carried else "false",
        "DOH_PATH": _string(carried.path if carried else ""),
        "DOT_DOMAIN": _string(carried.domain if carried else ""),
        "TOKEN": str(TOKEN_LENGTH),
        "IN_FORCE": _bytes(IN_FORCE),
        "CLOSED_CODES": _table(codes),
        "OUTCOME_CODES": _table(outcome_codes),
        "THREADS": str(THREADS),
        "CLOSED_SOCKET": _string(_closed_socket(host)),
        "NEVER_CLOSED": _table(map(_bytes, around.never_closed)),
        "UNKNOWN": _table(map(_bytes, UNKNOWN_CANARIES)),
        "EMPTY": _table([_bytes(EMPTY_CANARY)]),
    }


def _listeners(host: Host) -> Iterable[str]:
    for address in host.listen:
        for _ in range(host.threads):
            yield f"addLocal('{_at(address)}', {{ reusePort = true }})"


def _carried_listeners(host: Host) -> Iterable[str]:
    if not (carried := host.carried):
        return
    files = f"{_string(str(carried.certificate))}, {_string(str(carried.key))}"
    options = "reusePort = true, minTLSVersion = 'tls1.2'"
    for address in carried.doh:
        more = f"{_string(carried.path)}, {{ {options}, exactPathMatching = false }}"
        yield from [f"addDOHLocal('{_at(address)}', {files}, {more})"] * host.threads
    for address in carried.dot:
        yield f"addTLSLocal('{_at(address)}', {files}, {{ {options} }})"


def _let_in(host: Host) -> tuple[str, ...]:
    """Return whose packets are read at all: devices that carry a profile ask from anywhere."""
    if host.carried:
        return ("0.0.0.0/0", "::/0")
    return (*host.networks, *host.asking_networks)


def _lets_strangers_in(host: Host) -> bool:
    """Say whether we read packets of others than those whose questions are answered."""
    return not set(_let_in(host)) <= set(host.networks)


def _closed_socket(host: Host) -> str:
    """Return where the node hears of what was closed; '' if Linux can't name that path."""
    path = str(host.data.resolve() / SOCKET)
    return path if len(path.encode()) <= LONGEST_PATH else ""


def _servers(host: Host, around: Surroundings) -> Iterable[str]:
    sockets = max(4, host.threads)
    operator = f"address = '{_at(around.upstream)}', sockets = {sockets}"
    yield f"newServer({{ name = 'operator', {operator} }})"
    for pool, (source, _) in POOLS.items():
        yield (
            f"newServer({{ name = '{pool}', address = '{_at(host.unbound)}', sockets = {sockets},"
            f" source = '{source}', pool = '{pool}' }})"
        )


def _caches() -> Iterable[str]:
    for pool in ("", *POOLS):
        room = CACHES.get(pool, OTHER_CACHE)
        yield f"getPool('{pool}'):setCache(newPacketCache({room}, {{ maxTTL = 60 }}))"


def _lua(name: str) -> str:
    return (LUA / name).read_text()


def _file(path: Path, size: int) -> str:
    return f"{{ path = {_string(str(path))}, size = {size}ULL }}"


def _filled(template: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        template = template.replace(f"@{name}@", value)
    return template


def _at(address: tuple[str, int]) -> str:
    host, port = address
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _table(items: Iterable[str]) -> str:
    return f"{{ {', '.join(items)} }}"


def _string(text: str) -> str:
    return _bytes(text.encode())


def _bytes(data: bytes) -> str:
    """Return a string of Lua: what is not a plain letter or digit as its number."""
    plain = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./: "
    return "'" + "".join(chr(byte) if byte in plain else f"\\{byte:03d}" for byte in data) + "'"
