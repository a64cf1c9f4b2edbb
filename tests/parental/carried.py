"""A phone away from home: it asks by DNS over HTTPS or TLS, under a certificate of the tests."""

import socket
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import dns.message
import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DOMAIN = "dns.example.kz"
PATH = "/family"


def write_certificate(folder: Path) -> tuple[Path, Path]:
    """Write a certificate for DOMAIN, all names below it and 127.0.0.1; return it and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, DOMAIN)])
    names = [x509.DNSName(DOMAIN), x509.DNSName(f"*.{DOMAIN}")]
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([*names, x509.IPAddress(ip_address("127.0.0.1"))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = folder / "tls.crt", folder / "tls.key"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files


def ask_doh(port, path, name, kind="A", *, certificate, home="127.0.0.1"):
    """Ask by HTTPS under `path`; return status and message (None unless 200)."""
    way = httpx.HTTPTransport(
        verify=ssl.create_default_context(cafile=certificate), local_address=home
    )
    with httpx.Client(transport=way, timeout=10) as client:
        answer = client.post(
            f"https://127.0.0.1:{port}{path}",
            content=dns.message.make_query(name, kind, id=0).to_wire(),
            headers={"content-type": "application/dns-message"},
        )
    message = dns.message.from_wire(answer.content) if answer.status_code == 200 else None
    return answer.status_code, message


def ask_dot(port, host, name, kind="A", *, certificate, home="127.0.0.1"):
    """Ask by TLS under the server name `host`; return the message, None if nobody answers."""
    context = ssl.create_default_context(cafile=certificate)
    question = dns.message.make_query(name, kind).to_wire()
    plain = socket.create_connection(("127.0.0.1", port), 10, (home, 0))
    with context.wrap_socket(plain, server_hostname=host) as carried:
        carried.sendall(len(question).to_bytes(2, "big") + question)
        length = int.from_bytes(_exactly(carried, 2), "big")
        data = _exactly(carried, length)
    return dns.message.from_wire(data) if data else None


def _exactly(carried, length):
    data = b""
    while len(data) < length and (more := carried.recv(length - len(data))):
        data += more
    return data
