"""Somebody else's receiver of events, over https, with good and bad manners.

As a program (`python -m tests.api.receiver FOLDER PORT`) it listens with FOLDER/lists.pem and
writes what it takes to FOLDER/<path>.jsonl.
"""

import base64
import hashlib
import hmac
import json
import ssl
import sys
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

# What becomes of the events that arrive at /bad, one after the other.
BAD = ("take", "drop", "delay", "take", "take", "lose", "take", "take", "take", "refuse", "take")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_words):
        """Say nothing."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.server.lock:
            self.server.count += 1
            manner = self.server.manner(self.path, self.server.count)
        getattr(self, "do_" + manner)(body)

    def do_take(self, body):
        self.server.keep(self.path, body, self.headers)
        self.answer(204)

    def do_delay(self, body):
        time.sleep(0.3)
        self.do_take(body)

    def do_refuse(self, _body):
        self.answer(500)

    def do_drop(self, _body):
        self.close_connection = True

    def do_lose(self, body):
        """Take it, and let the answer be lost on the way."""
        self.server.keep(self.path, body, self.headers)
        self.close_connection = True

    def do_hang(self, _body):
        self.server.over.wait(30)
        self.close_connection = True

    def answer(self, status):
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()


class Receiver(ThreadingHTTPServer):
    """Keeps what arrives in `arrived`, as (path, event, headers); `manner` chooses what it does."""

    daemon_threads = True

    def __init__(self, pem, port=0):
        super().__init__(("127.0.0.1", port), _Handler)
        self.arrived, self.count = [], 0
        self.manner = lambda _path, _count: "take"
        self.lock, self.over = threading.Lock(), threading.Event()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.url = f"https://127.0.0.1:{self.server_address[1]}"

    def keep(self, path, body, headers):
        with self.lock:
            self.arrived.append((path, json.loads(body), {**headers, "body": body}))


def is_genuine(secret, headers):
    """Check a signature as Standard Webhooks says, without our own code."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['Webhook-Id']}.{headers['Webhook-Timestamp']}.".encode() + headers["body"]
    made = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    return f"v1,{made}" in headers["Webhook-Signature"].split()


@contextmanager
def receiving(pem):
    """Run a receiver in this process."""
    server = Receiver(pem)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _main(folder, port):
    counts = {}

    def manner(path, _count):
        counts[path] = counts.get(path, -1) + 1
        return {"/bad": BAD[counts[path] % len(BAD)], "/dead": "hang"}.get(path, "take")

    class Writing(Receiver):
        def keep(self, path, body, _headers):
            with self.lock, (folder / f"{path.strip('/')}.jsonl").open("ab") as file:
                file.write(body.replace(b"\n", b" ") + b"\n")

    server = Writing(folder / "lists.pem", port)
    server.manner = manner
    server.serve_forever()


if __name__ == "__main__":
    _main(Path(sys.argv[1]), int(sys.argv[2]))
