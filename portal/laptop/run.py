"""Run the whole of Kabinet on one machine, or start over."""

import fcntl
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from portal.accounts.demo_people import PEOPLE
from portal.core.catalogues import compile_all
from portal.laptop import roles
from portal.laptop.announce import announcing
from portal.laptop.database import bring_up, database, embedded, tell
from portal.laptop.leftovers import end_leftovers
from portal.laptop.place import LaptopError, Place
from portal.laptop.processes import environment, supervise

DATA = ("files", "mail", "dns", "secrets.json", "secret-key")


def run(place: Place) -> None:
    """Bring everything up, run it until it is stopped, and bring the database down.

    Raises LaptopError, or PostgresError, if something cannot run or ends by itself.
    """
    with _only_one(place):
        if end_leftovers(place.var):
            tell("Ended what an earlier run had left")
        place.refuse_taken_ports()
        if compile_all(place.root):
            tell("Compiled the translations")
        with database(place) as urls:
            bring_up(place, environment(place, urls[roles.OWNER]))
            tell("Starting web, worker, DNS and mail")
            with announcing(place, PEOPLE):
                ended = supervise(place, urls)
        print(f"Everything is stopped; the data stay in {place.var}.", flush=True)
    if ended:
        raise LaptopError(
            f"The process {ended} ended by itself, so everything was stopped. Its last words are"
            " above; “make run” starts again."
        )


def reset(place: Place) -> None:
    """Delete the data of this copy: the embedded database, files, mail, secrets."""
    with _only_one(place):
        end_leftovers(place.var)
        embedded(place).remove()
        for name in DATA:
            path = place.var / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
    print("The data are gone; “make run” makes new ones.")
    if os.environ.get("DATABASE_URL"):
        print("The database of DATABASE_URL was not touched: drop it there.")


@contextmanager
def _only_one(place: Place) -> Iterator[None]:
    """Raise LaptopError if Kabinet runs from this folder already; SIGTERM acts as Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    place.var.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (place.var / "run.lock").open("w") as lock:  # lockf: children do not inherit it.
        try:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            raise LaptopError(
                "Kabinet is running from this folder. Stop it with Ctrl-C in its terminal first."
            ) from None
        yield
