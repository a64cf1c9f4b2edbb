"""Commands of the resolvers' side."""

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
import psycopg
from flask import current_app
from flask.cli import AppGroup

from portal.config import Settings
from portal.core.db import conninfo
from portal.parental import limits
from portal.parental.dns import block_page, dnsdist
from portal.parental.dns import upstream as demo
from portal.parental.dns.categories import CategoryFollower
from portal.parental.dns.counting import Counting
from portal.parental.dns.lease_file import FaultyFileError, take_file
from portal.parental.dns.listening import ListenError, endpoint, serve
from portal.parental.dns.node import Node
from portal.parental.dns.server import FilteringServer, Surroundings
from portal.parental.dns.store import Store
from portal.parental.policy import wire_name

log = logging.getLogger(__name__)
MOST_THREADS = 64  # on six addresses: each is a reader of the store, of which 512 may be
DOCUMENTATION = tuple(map(ip_network, ("192.0.2.0/24", "2001:db8::/32")))
cli = AppGroup("dns", help="Parental control on the resolvers.")


@cli.command("node")
@click.option("--name", help="The name in the proof; DNS_NODE_NAME, or this host's, if not given.")
def follow(name: str | None) -> None:
    """Follow the policy log into the LMDB files of DNS_DATA_DIR until SIGTERM."""
    settings = _settings()
    store = Store(settings.dns_data_dir, is_writer=True)
    node = Node(
        conninfo(settings.direct_url),
        store,
        name=name or limits.node_name(settings),
        answers_at=settings.dns_asked_at or settings.dns_listen.partition(",")[0],
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: node.stop())
    log.info("dns.node_follows name=%s", node.name)
    counting = Counting(node.address, store.folder)
    with _beside(CategoryFollower(node.address, store, name=node.name), counting):
        node.run()
    store.close()


@cli.command("copy")
@click.option("--to", type=click.Path(path_type=Path), required=True, help="The folder for it.")
def copy(to: Path) -> None:
    """Copy DNS_DATA_DIR while everything runs: a new host starts from the copy, and follows."""
    settings = _settings()
    if not (settings.dns_data_dir / "pol.mdb").exists():
        raise click.ClickException(f"There is no store in {settings.dns_data_dir}.")
    store = Store(settings.dns_data_dir)
    try:
        store.copy_to(to.absolute())
    except FileExistsError as error:
        raise click.ClickException(str(error)) from None
    finally:
        store.close()
    click.echo(f"Copied. Bring {to} to the new host as its DNS_DATA_DIR, and start its node.")


@contextmanager
def _beside(*others: CategoryFollower | Counting) -> Iterator[None]:
    """Let these run meanwhile, each in a thread of its own, so that saves wait for none."""
    threads = [threading.Thread(target=each.run, name=type(each).__name__) for each in others]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for each in others:
            each.stop()
        for thread in threads:
            thread.join()


@cli.command("serve")
def answer() -> None:
    """Answer DNS questions at DNS_LISTEN by the files of DNS_DATA_DIR until SIGTERM."""
    settings = _settings()
    around = _surroundings(settings)
    store = Store(settings.dns_data_dir)
    _endpoint("DNS_LISTEN", settings.dns_listen)
    respond = FilteringServer(store, around).respond
    _run(serve(settings.dns_listen, respond, ready=f"dns.serving at={settings.dns_listen}"))
    store.close()


@cli.command("dnsdist-config")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The folder for them.")
@click.option("--metrics", default="127.0.0.1:8083", help="Where dnsdist shows /metrics.")
@click.option("--unbound", default="127.0.0.1:5301", help="Where unbound answers for dnsdist.")
@click.option(
    "--threads",
    type=click.IntRange(1, MOST_THREADS),
    default=min(os.cpu_count() or 1, MOST_THREADS),
    help="Of dnsdist for each address, and of unbound; this host's processors if not given.",
)
def write_configuration(out: Path, metrics: str, unbound: str, threads: int) -> None:
    """Write what Debian's dnsdist and unbound need to enforce the files of DNS_DATA_DIR."""
    settings = _settings()
    host = dnsdist.Host(
        data=settings.dns_data_dir,
        listen=_endpoints("DNS_LISTEN", settings.dns_listen),
        metrics=_endpoint("--metrics", metrics),
        unbound=_endpoint("--unbound", unbound),
        networks=settings.dns_networks,
        asking_networks=settings.dns_asking_networks,
        carried=_carried(settings),
        threads=threads,
    )
    folder = out.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in dnsdist.files(host, _surroundings(settings), folder).items():
        (folder / name).write_text(content)
    click.echo(f"dnsdist -C {folder / 'dnsdist.conf'}\nunbound -c {folder / 'unbound.conf'}")


@cli.command("leases")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def take_leases(file: Path) -> None:
    """Take from FILE (CSV: prefix, contract, from) who is behind which address.

    The file is taken wholly or, if a line is wrong, not at all.
    """
    try:
        taken, changed = take_file(file, conninfo(_settings().direct_url))
    except (FaultyFileError, psycopg.Error) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{taken} leases, {changed} of them new or changed.")


@cli.command("upstream")
@click.option("--listen", help="Where to answer; DNS_UPSTREAM if not given.")
def answer_everything(listen: str | None) -> None:
    """Answer every name with one address for documentation: for the demo and the tests."""
    at = listen or _settings().dns_upstream
    if not at:
        raise click.ClickException("Say where to listen: --listen 127.0.0.1:5354, or DNS_UPSTREAM.")
    _endpoint("DNS_UPSTREAM", at)
    _run(serve(at, demo.respond, ready=f"dns.upstream at={at}"))


@cli.command("block-page")
def show_block_page() -> None:
    """Show at BLOCK_PAGE_LISTEN, until SIGTERM, why a site is closed."""
    settings = _settings()
    _run(
        block_page.serve(
            settings.block_page_listen, settings.base_url, settings.operator_name.texts
        )
    )


def _run(server: Coroutine[Any, Any, None]) -> None:
    try:
        asyncio.run(server)
    except ListenError as error:
        raise click.ClickException(str(error)) from None


def _surroundings(settings: Settings) -> Surroundings:
    if not settings.dns_upstream:
        raise click.ClickException(
            "DNS_UPSTREAM is not set: name the resolver to ask for open sites, e.g. 192.0.2.1:53"
        )
    _refuse_page_of_nobody(settings)
    return Surroundings(
        upstream=_endpoint("DNS_UPSTREAM", settings.dns_upstream),
        page_ipv4=settings.block_page_ipv4,
        page_ipv6=settings.block_page_ipv6,
        never_closed=tuple(wire_name(name) for name in limits.never_blocked(settings)),
        asking_networks=tuple(ip_network(each) for each in settings.dns_asking_networks),
    )


def _refuse_page_of_nobody(settings: Settings) -> None:
    """Raise ClickException in production if closed sites would lead to nobody."""
    for address in (settings.block_page_ipv4, settings.block_page_ipv6):
        if not settings.debug and any(ip_address(address) in each for each in DOCUMENTATION):
            raise click.ClickException(
                f"BLOCK_PAGE_IPV4, BLOCK_PAGE_IPV6: {address} is an address for documentation; "
                "name where `flask dns block-page` answers"
            )


def _carried(settings: Settings) -> dnsdist.Carried | None:
    """Return where devices that carry a profile ask; None without DOH_LISTEN and DOT_LISTEN."""
    if not settings.doh_listen and not settings.dot_listen:
        return None
    if not settings.dns_certificate or not settings.dns_key:
        raise click.ClickException("DNS_CERTIFICATE and DNS_KEY: name the files for DoH and DoT")
    if settings.dot_listen and not settings.dot_domain:
        raise click.ClickException("DOT_DOMAIN: name the domain below which devices ask by DoT")
    return dnsdist.Carried(
        certificate=settings.dns_certificate,
        key=settings.dns_key,
        doh=_endpoints("DOH_LISTEN", settings.doh_listen),
        dot=_endpoints("DOT_LISTEN", settings.dot_listen),
        path=urlsplit(settings.doh_url).path or dnsdist.Carried.path,
        domain=settings.dot_domain,
    )


def _endpoints(name: str, written: str) -> tuple[tuple[str, int], ...]:
    return tuple(_endpoint(name, each) for each in written.split(",") if each.strip())


def _endpoint(name: str, written: str) -> tuple[str, int]:
    try:
        return endpoint(written)
    except ValueError as error:
        raise click.ClickException(f"{name}: {error}") from None


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings
