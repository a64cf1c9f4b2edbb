"""A PostgreSQL of our own, for a laptop and for tests: made, started and stopped here.

It listens on a unix socket in a folder that only its own user may enter, and on no TCP port.
PostgreSQL refuses to run as root: for root its programs and data live under /var/lib and an
unprivileged user runs it.
"""

import fcntl
import hashlib
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Self
from urllib.parse import quote

from portal.laptop.programs import PostgresError, Programs, gist

__all__ = ["Cluster", "PostgresError"]

START_SECONDS = 60
SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 103  # bytes: macOS; Linux has 107
SHORT_PREFIX = "kabinet-"

SETTINGS = (
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "max_connections=200",
    "shared_buffers=64MB",
    "timezone=UTC",
    "log_timezone=UTC",
)
CARELESS_SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class Cluster:
    """A PostgreSQL server on the data in `folder`, shared by all processes that use this folder.

    `with Cluster(folder) as cluster:` makes the data when there are none, starts the server when
    none runs, and the last user to leave stops it. `installed` is the folder of another PostgreSQL
    (`/usr/lib/postgresql/15`); without `durable` a power cut may cost the data, which suits tests.
    Every method raises PostgresError with a sentence for people.
    """

    def __init__(
        self, folder: Path, *, installed: Path | None = None, durable: bool = True
    ) -> None:
        self.folder = folder.resolve()
        self._home = self.folder if os.geteuid() else _home_for_root(self.folder)
        self._data = self._home / "data"
        self._programs = Programs(self._home, installed)
        self._settings = SETTINGS if durable else SETTINGS + CARELESS_SETTINGS
        self._presence: IO[str] | None = None

    @property
    def admin_url(self) -> str:
        """The SQLAlchemy address of the database `postgres`, as the server's administrator."""
        return f"postgresql+psycopg://postgres@/postgres?host={quote(str(self._socket()), safe='')}"

    @property
    def log(self) -> Path:
        return self._home / "postgres.log"

    def start(self) -> Self:
        try:
            with self._gate():
                self._presence = (self.folder / "users.lock").open("w")
                fcntl.flock(self._presence, fcntl.LOCK_SH)
                self._make_home()
                self._make_data()
                self._refuse_other_version()
                self._start_server()
        except BaseException:  # Ctrl-C too must not leave a server behind.
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Leave; stop the server when nobody else uses it."""
        if self._presence is None:
            return
        with self._gate():
            if _is_alone(self._presence) and self.is_running():
                self._stop_server()
            self._presence.close()
            self._presence = None

    def exists(self) -> bool:
        """Say whether the data were made already."""
        return self._data.exists()

    def is_running(self) -> bool:
        """Say whether a server runs on these data, also one that was left behind."""
        return _server_of(self._data) in _processes_in(self._data)

    def remove(self) -> None:
        """Delete the data for ever, if there are any. Raises PostgresError while they are used."""
        with self._gate(), (self.folder / "users.lock").open("w") as presence:
            if not _is_alone(presence):
                raise PostgresError("The database is in use. Stop Kabinet first.")
            if self.is_running():
                self._stop_server()
            shutil.rmtree(self._home, ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_error: object) -> None:
        self.stop()

    @contextmanager
    def _gate(self) -> Iterator[None]:
        """Let one process at a time start or stop the server."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with (self.folder / "gate.lock").open("w") as gate:
                fcntl.flock(gate, fcntl.LOCK_EX)
                yield
        except OSError as error:
            raise PostgresError(
                f"The database’s folder cannot be used: {error.strerror} ({error.filename})."
            ) from error

    def _make_home(self) -> None:
        if self._programs.user:
            self._make_home_of_root()
        self.log.touch()
        self._programs.own(self.log)

    def _make_home_of_root(self) -> None:
        """Make the folder under /var/lib; one that a deleted clone left at this path is cleared."""
        mark = self.folder / "mark"
        if not mark.exists():
            mark.write_text(f"{self.folder} {secrets.token_hex(8)}\n")
        twin = self._home / "mark"
        if self._home.exists() and not (twin.exists() and twin.read_text() == mark.read_text()):
            if self.is_running():
                self._stop_server()
            shutil.rmtree(self._home)
        self._home.mkdir(exist_ok=True)
        self._home.chmod(0o755)
        twin.write_text(mark.read_text())

    def _make_data(self) -> None:
        if self.exists():
            return
        unfinished = self._home / "unfinished-data"
        shutil.rmtree(unfinished, ignore_errors=True)
        self._make_private(unfinished)
        locale = ["--locale=C.UTF-8", "--encoding=UTF8"]
        if self._programs.major > 16:
            locale.append("--locale-provider=builtin")
        self._programs.run(
            "initdb", f"--pgdata={unfinished}", "--username=postgres", "--auth=trust", *locale
        )
        unfinished.rename(self._data)

    def _make_private(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        self._programs.own(folder)

    def _refuse_other_version(self) -> None:
        made_by = (self._data / "PG_VERSION").read_text().strip()
        if made_by != str(self._programs.major):
            raise PostgresError(
                f"The data in {self.folder} were made by PostgreSQL {made_by}, and this is"
                f" PostgreSQL {self._programs.major}: save what you need with the older one,"
                " then start over with “make reset”."
            )

    def _start_server(self) -> None:
        if self.is_running():
            return
        self._clear_traces()
        socket = self._home / "socket"
        if len(os.fsencode(socket / SOCKET_NAME)) > LONGEST_SOCKET_PATH:
            socket = Path(tempfile.mkdtemp(prefix=SHORT_PREFIX))
        self._make_private(socket)
        settings = (*self._settings, f"unix_socket_directories={socket}")
        options = " ".join(f"-c '{setting}'" for setting in settings)
        self._pg_ctl("start", f"--log={self.log}", f"--options={options}")

    def _stop_server(self) -> None:
        socket = self._socket()
        self._pg_ctl("stop", "--mode=fast")
        _remove_short(socket)

    def _clear_traces(self) -> None:
        """Clear what a killed server left: its last processes, its pid file, its socket."""
        deadline = time.monotonic() + START_SECONDS
        while _processes_in(self._data) and time.monotonic() < deadline:
            time.sleep(0.1)
        if not _processes_in(self._data) and (pid_file := self._data / "postmaster.pid").exists():
            _remove_short(self._socket())
            pid_file.unlink()
        shutil.rmtree(self._home / "socket", ignore_errors=True)

    def _pg_ctl(self, action: str, *arguments: str) -> None:
        wait = ("--wait", f"--timeout={START_SECONDS}")
        try:
            self._programs.run("pg_ctl", action, f"--pgdata={self._data}", *wait, *arguments)
        except PostgresError as error:
            raise PostgresError(f"{error} {gist(self.log.read_text(errors='replace'))}") from error

    def _socket(self) -> Path:
        return Path((self._data / "postmaster.pid").read_text().splitlines()[4])


def _home_for_root(folder: Path) -> Path:
    mark = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    return Path("/var/lib") / f"kabinet-{mark}"


def _is_alone(presence: IO[str]) -> bool:
    try:
        fcntl.flock(presence, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _server_of(data: Path) -> int | None:
    try:
        return int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def _processes_in(data: Path) -> set[int]:
    """Return the processes that work in `data`: every process of a PostgreSQL server does."""
    if not Path("/proc/self/cwd").exists():
        return _processes_by_signal(data)
    return {int(one.name) for one in Path("/proc").glob("[0-9]*") if _works_in(one, data)}


def _works_in(process: Path, data: Path) -> bool:
    try:
        return (process / "cwd").readlink() == data
    except OSError:
        return False


def _processes_by_signal(data: Path) -> set[int]:
    """Ask the only process that is known by number, where there is no /proc (macOS)."""
    server = _server_of(data)
    if server is None:
        return set()
    try:
        os.kill(server, 0)
    except OSError:
        return set()
    return {server}


def _remove_short(socket: Path) -> None:
    if socket.name.startswith(SHORT_PREFIX):
        shutil.rmtree(socket, ignore_errors=True)
