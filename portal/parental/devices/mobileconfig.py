"""The profile by which an iPhone or a Mac asks our resolvers, wherever it is.

Source: Apple, Device Management, DNSSettings (com.apple.dnsSettings.managed).
"""

import plistlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509 import load_pem_x509_certificates

from portal.parental.devices.addresses import Addresses

CONTENT_TYPE = "application/x-apple-aspen-config"
_KIND = "com.apple.dnsSettings.managed"


@dataclass(frozen=True)
class Naming:
    """What the phone shows of the profile. `domain` is the portal's host, for its identifier."""

    title: str
    about: str
    organisation: str
    domain: str


@dataclass(frozen=True)
class Signer:
    """PEM files of the operator: the certificate with those above it, and its key."""

    certificate: Path
    key: Path


def mobileconfig(device_id: UUID, addresses: Addresses, naming: Naming) -> bytes:
    """Return the profile as a property list; the same for the same device each time.

    A newer one takes the place of the older, because its identifiers stay.
    """
    parts = [*reversed(naming.domain.split(".")), "kabinet", "dns", str(device_id)]
    identifier = ".".join(parts)
    return plistlib.dumps(
        {
            "PayloadType": "Configuration",
            "PayloadVersion": 1,
            "PayloadIdentifier": identifier,
            "PayloadUUID": _uuid(device_id, "profile"),
            "PayloadDisplayName": naming.title,
            "PayloadDescription": naming.about,
            "PayloadOrganization": naming.organisation,
            "PayloadRemovalDisallowed": False,
            "PayloadContent": [
                {
                    "PayloadType": _KIND,
                    "PayloadVersion": 1,
                    "PayloadIdentifier": f"{identifier}.settings",
                    "PayloadUUID": _uuid(device_id, "settings"),
                    "PayloadDisplayName": naming.title,
                    "DNSSettings": _settings(addresses),
                }
            ],
        }
    )


def _settings(addresses: Addresses) -> dict[str, Any]:
    if addresses.doh_url:
        return {"DNSProtocol": "HTTPS", "ServerURL": addresses.doh_url}
    return {"DNSProtocol": "TLS", "ServerName": addresses.dot_host}


def _uuid(device_id: UUID, part: str) -> str:
    return str(uuid5(device_id, part)).upper()


def signed(profile: bytes, signer: Signer) -> bytes:
    """Return the profile in an S/MIME envelope (DER) that the phone calls verified.

    Raises OSError, ValueError or TypeError if the operator's files can't be read.
    """
    own, *above = load_pem_x509_certificates(signer.certificate.read_bytes())
    key = serialization.load_pem_private_key(signer.key.read_bytes(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise TypeError("the key must be an RSA or an EC key")
    builder = pkcs7.PKCS7SignatureBuilder().set_data(profile)
    builder = builder.add_signer(own, key, hashes.SHA256())
    for each in above:
        builder = builder.add_certificate(each)
    return builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])
