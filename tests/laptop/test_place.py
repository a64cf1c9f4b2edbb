"""Ports and secrets of a laptop."""

import socket
from pathlib import Path

import pytest

from portal.laptop.place import LaptopError, Place


def place(root: Path, **ports: str) -> Place:
    (root / "var").mkdir(exist_ok=True)
    return Place.from_environment(root, ports)


@pytest.mark.parametrize("port", ["80", "65536", "-1", "http", "٨٠٠٠", "1e4"])
def test_a_wrong_port_is_told(tmp_path: Path, port: str) -> None:
    with pytest.raises(LaptopError, match="PORT is a number from 1024 to 65535"):
        place(tmp_path, PORT=port)


def test_a_taken_port_is_told_with_a_way_out(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]

        with pytest.raises(LaptopError, match=rf"Port {taken} is taken .* PORT={taken + 10}"):
            place(tmp_path, PORT=str(taken)).refuse_taken_ports()


def test_dns_needs_its_port_for_udp_too(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        taken = other.getsockname()[1]

        with pytest.raises(LaptopError, match=rf"Port {taken} is taken .* DNS_PORT="):
            place(tmp_path, DNS_PORT=str(taken)).refuse_taken_ports()


def test_the_secret_key_is_made_once_and_for_our_eyes(tmp_path: Path) -> None:
    first = place(tmp_path).settings()["SECRET_KEY"]

    assert len(first) >= 32
    assert place(tmp_path).settings()["SECRET_KEY"] == first
    assert (tmp_path / "var" / "secret-key").stat().st_mode & 0o777 == 0o600
