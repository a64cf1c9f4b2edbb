"""Somebody else's server of lists, over https, with good and bad manners."""

import gzip
import ssl
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

LIST = b"# a list\ncasino.kz\n0.0.0.0 poker.kz\ncom.kz\n"
BOMB = gzip.compress(b"a.kz\n" * 4_000_000, mtime=0)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_words):
        """Say nothing."""

    def do_GET(self):
        self.server.asked.append((self.path, dict(self.headers)))
        getattr(self, "do_" + self.path.strip("/").partition("/")[0].replace("-", "_"))()

    def answer(self, status=200, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_list(self):
        if self.headers.get("If-None-Match") == '"one"':
            self.answer(304)
        else:
            self.answer(body=LIST, ETag='"one"', Last_Modified="Sun, 22 Nov 2026 12:00:00 GMT")

    def do_packed(self):
        self.answer(body=gzip.compress(LIST, mtime=0), Content_Encoding="gzip")

    def do_bomb(self):
        self.answer(body=BOMB, Content_Encoding="gzip")

    def do_cut(self):
        self.answer(body=gzip.compress(LIST, mtime=0)[:-6], Content_Encoding="gzip")

    def do_strange(self):
        self.answer(body=b"?", Content_Encoding="br")

    def do_page(self):
        self.answer(body=b"<!DOCTYPE html><p>Please sign in", Content_Type="text/html")

    def do_binary(self):
        self.answer(body=b"\x7fELF\x00\x00")

    def do_gone(self):
        self.answer(404, b"no such list")

    def do_moved(self):
        self.answer(302, Location=self.server.leads_to)

    def do_round(self):
        self.answer(302, Location="/round")

    def do_endless(self):
        self.send_response(200)
        self.end_headers()
        self._write_for_ever(b"casino.kz\n" * 10_000, pause=0)

    def do_drip(self):
        self.send_response(200)
        self.end_headers()
        self._write_for_ever(b"a", pause=0.05)

    def do_drip_heads(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        self._write_for_ever(b"X", pause=0.05)

    def _write_for_ever(self, piece, *, pause):
        try:
            while not self.server.is_over:
                self.wfile.write(piece)
                self.wfile.flush()
                time.sleep(pause)
        except OSError:
            self.close_connection = True


def write_certificate(folder):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "lists")])
    now = datetime.now(UTC)
    names = [x509.DNSName("lists.example")]
    names += [x509.IPAddress(ip_address(f"127.0.0.{last}")) for last in (1, 2)]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "lists.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path


@contextmanager
def lists_server(folder, address="127.0.0.1"):
    """Run the server; it has `url`, `pem` (whom to trust), `asked` and `leads_to`."""
    pem = write_certificate(folder)
    server = ThreadingHTTPServer((address, 0), _Handler)
    server.daemon_threads = True
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.asked, server.leads_to, server.is_over, server.pem = [], "", False, pem
    server.url = f"https://{address}:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.is_over = True
        server.shutdown()
        server.server_close()
        thread.join()
