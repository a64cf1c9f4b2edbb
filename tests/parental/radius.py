"""Debian's freeradius with our module, and radclient as the access server."""

import os
import subprocess
from pathlib import Path

from deploy import tools
from tests.databases import ROOT
from tests.live import free_port, wait_until
from tests.parental.dnsdist import needed

SHARED = "testing123"
CONFIGURATION = """
prefix = /usr
logdir = {folder}
run_dir = {folder}
libdir = /usr/lib/freeradius
pidfile = {folder}/pid
max_request_time = 5
security {{
	allow_core_dumps = no
}}
client here {{
	ipaddr = 127.0.0.1
	secret = {shared}
}}
thread pool {{
	start_servers = 2
	max_servers = 4
}}
modules {{
	preprocess {{
	}}
	$INCLUDE {ours}/module
}}
policy {{
	$INCLUDE {ours}/policy
}}
server kabinet {{
	listen {{
		type = acct
		ipaddr = 127.0.0.1
		port = {port}
	}}
	preacct {{
		preprocess
	}}
	accounting {{
		kabinet_accounting
	}}
}}
"""


class Radius:
    """A RADIUS server that tells the portal at `address` with `token`."""

    def __init__(self, folder: Path, address: str, token: str) -> None:
        program, self.radclient = needed(tools.freeradius)
        folder.mkdir()
        self.port, self.log = free_port(), folder / "log"
        (folder / "dictionary").touch()
        (folder / "radiusd.conf").write_text(
            CONFIGURATION.format(
                folder=folder, shared=SHARED, ours=ROOT / "deploy/freeradius", port=self.port
            )
        )
        environment = os.environ | {"KABINET_URL": address, "KABINET_RADIUS_TOKEN": token}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [program, "-f", "-l", "stdout", "-d", str(folder), "-n", "radiusd"],
                env=environment, stdout=log, stderr=log,
            )  # fmt: skip
        wait_until(
            lambda: "Ready to process" in self.log.read_text() or self.process.poll() is not None
        )

    def tell(self, kind: str, **attributes: object) -> bool:
        """Send one packet (names with _ for -) as an access server; say whether it was answered."""
        packet = {"Acct-Status-Type": kind, "NAS-Identifier": "bras1"} | {
            name.replace("_", "-"): value for name, value in attributes.items()
        }
        done = subprocess.run(
            [self.radclient, "-t", "8", "-r", "1", f"127.0.0.1:{self.port}", "acct", SHARED],
            input=",".join(f'{name}="{value}"' for name, value in packet.items()),
            text=True, capture_output=True, check=False,
        )  # fmt: skip
        return done.returncode == 0

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(10)
