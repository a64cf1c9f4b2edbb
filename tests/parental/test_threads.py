"""A resolver host uses its processors: as many threads as it has, in dnsdist and in unbound."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from deploy import tools
from portal.parental.dns.dnsdist import Carried, Host, files
from portal.parental.dns.server import Surroundings
from tests.parental.carried import write_certificate
from tests.parental.dnsdist import needed

AROUND = Surroundings(("192.0.2.1", 53), "198.18.0.53", "100::1")
HOST = Host(
    data=Path("/var/lib/kabinet/dns"),
    listen=(("127.0.0.1", 5399), ("::1", 5399)),
    metrics=("127.0.0.1", 8099),
    unbound=("127.0.0.1", 5398),
    networks=("127.0.0.0/8",),
)


@pytest.mark.parametrize("threads", [1, 12])
def test_each_address_has_as_many_threads(threads):
    written = files(replace(HOST, threads=threads), AROUND, Path("/etc/kabinet/dns"))

    dnsdist, unbound = written["dnsdist.conf"], written["unbound.conf"]
    for address in ("127.0.0.1:5399", "[::1]:5399"):
        assert dnsdist.count(f"addLocal('{address}', {{ reusePort = true }})") == threads
    assert f"setMaxTCPClientThreads({max(10, threads)})" in dnsdist
    assert f"  num-threads: {threads}\n" in unbound
    assert f"  msg-cache-slabs: {1 if threads == 1 else 16}\n" in unbound
    assert "  so-reuseport: yes\n" in unbound


def test_devices_that_carry_a_profile_have_them_too():
    carried = Carried(Path("c.pem"), Path("k.pem"), doh=(("192.0.2.9", 443),))

    written = files(replace(HOST, carried=carried, threads=5), AROUND, Path("/etc"))

    assert written["dnsdist.conf"].count("addDOHLocal('192.0.2.9:443'") == 5


@pytest.mark.long
def test_both_programs_take_it(tmp_path):
    dnsdist, unbound = needed(tools.dns_servers)
    certificate, key = write_certificate(tmp_path)
    carried = Carried(certificate, key, doh=(("127.0.0.1", 5397),), dot=(("127.0.0.1", 5396),))
    host = replace(HOST, data=tmp_path, carried=carried, threads=3)
    for name, content in files(host, AROUND, tmp_path).items():
        (tmp_path / name).write_text(content)

    checks = [
        [dnsdist, "--check-config", "-C", tmp_path / "dnsdist.conf"],
        [Path(unbound).with_name("unbound-checkconf"), tmp_path / "unbound.conf"],
    ]
    for command in checks:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
