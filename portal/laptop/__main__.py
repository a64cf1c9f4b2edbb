"""`python -m portal.laptop run | reset`: what make calls."""

import argparse
import sys

from dotenv import load_dotenv

from portal.config import ROOT
from portal.laptop.place import LaptopError, Place
from portal.laptop.postgres import PostgresError
from portal.laptop.run import reset, run

STOPPED = 130  # what a shell expects of a program that Ctrl-C ended


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m portal.laptop")
    parser.add_argument("what", choices=["run", "reset"])
    wanted = parser.parse_args().what
    load_dotenv(ROOT / ".env")
    try:
        place = Place.from_environment(ROOT.resolve())
        (run if wanted == "run" else reset)(place)
    except (LaptopError, PostgresError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"Kabinet cannot run: {error.strerror}: {error.filename or ''}\n")
        return 1
    except KeyboardInterrupt:
        return STOPPED
    return 0


if __name__ == "__main__":
    sys.exit(main())
