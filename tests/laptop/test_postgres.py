"""The embedded PostgreSQL, with real servers in folders of their own."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from portal.laptop import roles
from portal.laptop.postgres import Cluster, PostgresError


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder so deep that a socket in it would have too long a name."""
    deep = tmp_path_factory.mktemp("postgres") / ("deep" * 20) / "cluster"
    yield deep
    Cluster(deep).remove()


def ask(address: str, query: str) -> object:
    plain = make_url(address).set(drivername="postgresql")
    with psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True) as server:
        cursor = server.execute(query.encode())
        row = cursor.fetchone() if cursor.description else None
    return row and row[0]


def server_process(cluster: Cluster) -> int:
    data = Path(str(ask(cluster.admin_url, "show data_directory")))
    return int((data / "postmaster.pid").read_text().split()[0])


def test_it_listens_on_no_port_and_sorts_by_code_point(folder: Path) -> None:
    with Cluster(folder, durable=False) as cluster:
        assert ask(cluster.admin_url, "show listen_addresses") == ""
        assert ask(cluster.admin_url, "select lower('ҒӘЖ')") == "ғәж"
        assert ask(cluster.admin_url, "show server_encoding") == "UTF8"


def test_the_last_user_to_leave_stops_it(folder: Path) -> None:
    with Cluster(folder, durable=False) as first:
        with Cluster(folder, durable=False) as second:
            assert server_process(second) == server_process(first)

        assert first.is_running()

    assert not first.is_running()


def test_data_outlive_a_killed_server(folder: Path) -> None:
    with Cluster(folder) as cluster:
        ask(cluster.admin_url, "create table kept (number int)")
        ask(cluster.admin_url, "insert into kept values (7)")
        os.kill(server_process(cluster), signal.SIGKILL)

        with Cluster(folder) as again:
            assert ask(again.admin_url, "select number from kept") == 7


def test_a_server_left_behind_is_used_and_then_stopped(folder: Path) -> None:
    program = (
        "import os, sys; from pathlib import Path; from portal.laptop.postgres import Cluster\n"
        "Cluster(Path(sys.argv[1]), durable=False).start(); os._exit(9)"
    )
    killed = subprocess.run([sys.executable, "-c", program, folder], check=False)
    assert killed.returncode == 9
    assert Cluster(folder).is_running()

    with Cluster(folder, durable=False) as cluster:
        assert ask(cluster.admin_url, "select 1") == 1

    assert not cluster.is_running()


def test_data_in_use_are_not_removed(folder: Path) -> None:
    with Cluster(folder, durable=False) as cluster:
        with pytest.raises(PostgresError, match="in use"):
            Cluster(folder).remove()

        assert ask(cluster.admin_url, "select 1") == 1


def test_data_of_another_version_are_refused_in_words(folder: Path) -> None:
    with Cluster(folder, durable=False) as cluster:
        data = Path(str(ask(cluster.admin_url, "show data_directory")))
    (data / "PG_VERSION").write_text("12\n")

    with pytest.raises(PostgresError, match="made by PostgreSQL 12, and this is PostgreSQL 18"):
        cluster.start()

    (data / "PG_VERSION").write_text("18\n")


def test_data_of_a_deleted_folder_do_not_return(tmp_path: Path) -> None:
    folder = tmp_path / "clone"
    with Cluster(folder, durable=False) as cluster:
        ask(cluster.admin_url, "create table old ()")
    shutil.rmtree(folder)

    with Cluster(folder, durable=False) as cluster:
        assert ask(cluster.admin_url, "select to_regclass('old')") is None

    cluster.remove()


@pytest.fixture(scope="module")
def cluster(folder: Path) -> Iterator[Cluster]:
    with Cluster(folder, durable=False) as cluster:
        yield cluster


def test_only_the_owner_makes_tables(cluster: Cluster) -> None:
    urls = roles.set_up(cluster.admin_url)

    ask(urls[roles.OWNER], "create table made ()")
    for role in (roles.APP, roles.WORKER, roles.DNS):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(urls[role], "create table mine ()")


def test_none_escapes_row_level_security(cluster: Cluster) -> None:
    roles.set_up(cluster.admin_url)

    free = "select count(*) from pg_roles where rolname ~ '^kabinet_'"
    assert ask(cluster.admin_url, free) == 4
    assert ask(cluster.admin_url, f"{free} and (rolsuper or rolbypassrls)") == 0


def test_the_portal_does_not_wait_for_ever(cluster: Cluster) -> None:
    urls = roles.set_up(cluster.admin_url)

    assert ask(urls[roles.APP], "show statement_timeout") == "5s"
    assert ask(urls[roles.APP], "show lock_timeout") == "2s"
    assert ask(urls[roles.WORKER], "show statement_timeout") == "1min"


def test_a_creator_of_roles_is_enough(cluster: Cluster, tmp_path: Path) -> None:
    ask(cluster.admin_url, "create role boss login createrole createdb")
    for role in roles.ROLES:
        ask(cluster.admin_url, "drop database if exists kabinet with (force)")
        ask(cluster.admin_url, f"drop role if exists {role}")
    boss = cluster.admin_url.replace("postgres@/postgres", "boss@/theirs")

    urls = [roles.set_up(boss, passwords=tmp_path / "secrets.json") for _ in range(2)]

    assert urls[0] == urls[1]
    assert make_url(urls[0][roles.APP]).database == "theirs"
    assert make_url(urls[0][roles.APP]).password
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert ask(urls[0][roles.OWNER], "select current_database()") == "theirs"
