"""A file is shown to whoever speaks clamd’s protocol. A real clamd is not among the tests."""

import socket
import threading
from dataclasses import replace

import pytest

from portal.core import scanning
from portal.core.errors import RuleError


def take_one(server, told):
    """Take one file by INSTREAM as clamd does, and answer what the test wrote into `told`."""
    try:
        taken, _ = server.accept()
    except OSError:
        return
    with taken, taken.makefile("rb") as read:
        assert read.read(10) == b"zINSTREAM\0"
        while size := int.from_bytes(read.read(4), "big"):
            told["got"] += read.read(size)
        taken.sendall(told["answer"])


@pytest.fixture
def clamd(app):
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(20)
    told = {"answer": b"stream: OK\0", "got": b""}
    thread = threading.Thread(target=take_one, args=(server, told))
    thread.start()
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(settings, clamd=server.getsockname()[:2])
    yield told
    app.config["SETTINGS"] = settings
    server.close()
    thread.join(20)


def scan(app, content):
    with app.app_context():
        return scanning.is_clean(content)


def test_a_clean_file_is_shown_whole(app, clamd):
    content = bytes(range(256)) * 1000

    assert scan(app, content)
    assert clamd["got"] == content


def test_a_virus_is_refused(app, clamd):
    clamd["answer"] = b"stream: Win.Test.EICAR_HDB-1 FOUND\0"

    with pytest.raises(RuleError, match="A virus was found"):
        scan(app, b"X5O!P%@AP")


@pytest.mark.parametrize("answer", [b"INSTREAM size limit exceeded. ERROR\0", b""])
def test_an_unclear_answer_means_not_scanned(app, clamd, answer):
    clamd["answer"] = answer

    assert not scan(app, b"%PDF-1.7")


def test_nobody_is_asked_without_the_setting_or_while_it_is_away(app):
    assert not scan(app, b"%PDF-1.7")
    with socket.create_server(("127.0.0.1", 0)) as gone:
        address = gone.getsockname()[:2]
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(settings, clamd=address)
    try:
        assert not scan(app, b"%PDF-1.7")
    finally:
        app.config["SETTINGS"] = settings
