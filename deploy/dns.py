"""Run dnsdist and unbound on the demo's store: `python -m deploy.dns`, beside `make run`.

They answer on ports of their own (DNS_PORT + 10 and on); the embedded server goes on beside them.
"""

import os
import signal
import socket
import subprocess
import sys
import time

from deploy import tools
from portal.laptop.place import LISTENS_ON, LaptopError, Place

FIRST_PORT, UNBOUND_PORT, METRICS_PORT = 10, 11, 12  # beyond DNS_PORT
LONGEST_STOP_SECONDS = 10


def main() -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        place = Place.from_environment(tools.ROOT)
        programs = tools.dns_servers()
        _refuse_without_demo(place)
        return _serve(place, *programs)
    except (tools.MissingToolError, LaptopError) as error:
        print(error)
        return 1


def _refuse_without_demo(place: Place) -> None:
    if not (place.var / "dns" / "net.mdb").exists():
        raise LaptopError("There are no policies yet. Start “make run” in another terminal first.")
    if place.has_own_upstream and not _is_answered(place.upstream_port):
        raise LaptopError("The demo does not run. Start “make run” in another terminal first.")
    for beyond in (FIRST_PORT, UNBOUND_PORT, METRICS_PORT):
        if _is_answered(place.dns_port + beyond):
            raise LaptopError(f"Port {place.dns_port + beyond} is taken by another program.")


def _serve(place: Place, dnsdist: str, unbound: str) -> int:
    """Run both until one ends or we are stopped; return 1 if one ended by itself."""
    folder = place.var / "dnsdist"
    port = place.dns_port + FIRST_PORT
    metrics = f"{LISTENS_ON}:{place.dns_port + METRICS_PORT}"
    behind = f"{LISTENS_ON}:{place.dns_port + UNBOUND_PORT}"
    command = [sys.executable, "-m", "flask", "--app", "portal.parental.dns.app", "dns"]
    command += ["dnsdist-config", "--out", str(folder), "--metrics", metrics, "--unbound", behind]
    listen = {"DNS_LISTEN": f"{LISTENS_ON}:{port}", "DATABASE_URL": "postgresql://nowhere/kabinet"}
    environment = os.environ | place.settings() | listen
    subprocess.run(command, env=environment, cwd=tools.ROOT, check=True, stdout=subprocess.DEVNULL)
    running = [
        subprocess.Popen([unbound, "-d", "-c", folder / "unbound.conf"]),
        subprocess.Popen(
            [dnsdist, "--supervised", "--disable-syslog", "-C", folder / "dnsdist.conf"]
        ),
    ]
    print(f"dnsdist: dig @{LISTENS_ON} -p {port} roblox.com   figures: http://{metrics}/metrics")
    print("Ctrl-C stops both.", flush=True)
    return _wait(running)


def _wait(running: list[subprocess.Popen[bytes]]) -> int:
    try:
        while all(process.poll() is None for process in running):
            time.sleep(0.2)
    except KeyboardInterrupt:
        return 0
    else:
        return 1
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(LONGEST_STOP_SECONDS)


def _is_answered(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((LISTENS_ON, port)) == 0


if __name__ == "__main__":
    sys.exit(main())
