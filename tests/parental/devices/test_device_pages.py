"""Parents name a device, set it up by a camera, and take its address back."""

import plistlib
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from portal.core import ids
from portal.parental.devices.addresses import Addresses
from portal.parental.devices.mobileconfig import Naming, Signer, mobileconfig, signed
from portal.parental.devices.models import Device
from portal.parental.dns.tokens import new_token
from portal.parental.models import CHILD
from portal.parental.qr import qr_code
from tests.conftest import make_settings
from tests.parental.devices.factories import make_device
from tests.parental.factories import make_profile

OFFERED = {"DOH_URL": "https://dns.example.kz/family", "DOT_DOMAIN": "dns.example.kz"}
NAMING = Naming("Kabinet", "About", "Kazakhtelecom", "cabinet.example.kz")
BOTH = Addresses("https://dns.example.kz/family/abc", "abc.dns.example.kz")
DEVICE = UUID("01a20320-a200-7665-a30d-e8d8a4e47345")


@pytest.fixture
def offered(app, monkeypatch):
    """Let the operator offer both ways."""
    settings = make_settings(app.config["SETTINGS"].database_url, **OFFERED)
    monkeypatch.setitem(app.config, "SETTINGS", settings)


@pytest.fixture
def here(browser, alice, home):
    browser.log_in(alice)
    return {"account_id": alice.account_id, "profile_id": home.id}


@pytest.mark.usefixtures("offered")
def test_a_device_is_named_set_up_and_revoked(browser, db, here):
    page = browser.get("devices.list_devices", **here)
    assert "No device carries this profile yet" in page.text

    page = page.submit(name="  Daniyar’s   phone ")
    device = db.query(Device).one()
    assert page.h1 == "Daniyar’s phone"
    address = f"http://localhost/set-up/{device.token}"
    assert page.one("p.breaks a[href*='set-up']").get("href") == address
    assert page.one("img.qr").get("src") == qr_code(address)
    assert f"{device.token}.dns.example.kz" in page.body
    assert f"https://dns.example.kz/family/{device.token}" in page.body

    page = page.submit(form="form[action$='/revoke']")

    assert "is refused from now on" in page.text
    assert "No device carries this profile yet" in page.text
    shown = browser.get("devices.show_device", **here, device_id=device.id)
    assert "The address was taken back on 22 November, 17:00" in shown.text
    assert browser.get("setup.set_up", token=device.token).status == 404
    assert browser.get("setup.download_profile", token=device.token).status == 404


def test_a_bad_name_is_refused_and_kept(browser, db, home, here):
    make_device(db, home, name="Phone")
    page = browser.get("devices.list_devices", **here)

    again = page.submit(name="phone")
    empty = page.submit(name="")

    assert (again.status, again.value("name")) == (422, "phone")
    assert "is called “phone” already" in again.text
    assert empty.status == 422
    assert "so that you know the device later" in empty.text
    assert db.query(Device).count() == 1


def test_without_resolvers_for_it_the_page_says_so(browser, db, home, here):
    device = make_device(db, home)

    assert "not offered yet" in browser.get("devices.list_devices", **here).text
    shown = browser.get("devices.show_device", **here, device_id=device.id)
    assert "not offered yet" in shown.text
    assert "not offered yet" not in browser.get("setup.set_up", token=new_token()).text
    assert browser.get("setup.download_profile", token=device.token).status == 404


@pytest.mark.usefixtures("offered")
def test_the_device_itself_needs_no_account(browser, db, home):
    device = make_device(db, home)
    browser.client.set_cookie("kabinet-look", "en.system")

    page = browser.get("setup.set_up", token=device.token)
    assert f"{device.token}.dns.example.kz" in page.body
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    file = page.follow("Download the profile")

    assert file.headers["Content-Type"] == "application/x-apple-aspen-config"
    content = plistlib.loads(file.response.data)
    assert content["PayloadContent"][0]["DNSSettings"] == {
        "DNSProtocol": "HTTPS",
        "ServerURL": f"https://dns.example.kz/family/{device.token}",
    }
    assert "Phone" in content["PayloadDisplayName"]


@pytest.mark.parametrize("token", ["a", "A" * 26, "a" * 26, "a" * 27, "%00", "..%2f"])
def test_a_wrong_token_opens_nothing(browser, token):
    assert browser.open(f"/set-up/{token}").status == 404
    assert browser.open(f"/set-up/{token}/kabinet.mobileconfig").status == 404


def test_the_device_of_a_removed_profile_is_not_set_up_any_more(browser, db, alice, home, noon):
    gone = make_profile(db, alice.account, kind=CHILD, name="A", removed_at=noon)
    device = make_device(db, gone)

    assert browser.get("setup.set_up", token=device.token).status == 404


def test_somebody_elses_device_is_not_found(browser, db, bob, here):
    other = make_device(db, make_profile(db, bob.account))

    assert browser.get("devices.show_device", **here, device_id=other.id).status == 404
    assert browser.post("devices.revoke_device", **here, device_id=other.id).status == 404
    assert db.get(Device, other.id).revoked_at is None


def test_the_profile_is_the_same_each_time_and_apple_understands_it():
    first = mobileconfig(DEVICE, BOTH, NAMING)
    content = plistlib.loads(first)
    (inner,) = content["PayloadContent"]

    assert first == mobileconfig(DEVICE, BOTH, NAMING)
    assert content["PayloadType"] == "Configuration"
    assert content["PayloadIdentifier"] == f"kz.example.cabinet.kabinet.dns.{DEVICE}"
    assert inner["PayloadType"] == "com.apple.dnsSettings.managed"
    assert inner["PayloadIdentifier"] == f"{content['PayloadIdentifier']}.settings"
    assert len({content["PayloadUUID"], inner["PayloadUUID"], str(DEVICE).upper()}) == 3
    other = plistlib.loads(mobileconfig(ids.uuid7(), BOTH, NAMING))
    assert other["PayloadUUID"] != content["PayloadUUID"]


def test_without_doh_the_profile_asks_by_tls():
    content = plistlib.loads(mobileconfig(DEVICE, Addresses("", BOTH.dot_host), NAMING))

    assert content["PayloadContent"][0]["DNSSettings"] == {
        "DNSProtocol": "TLS",
        "ServerName": "abc.dns.example.kz",
    }


@pytest.fixture(scope="module")
def signer(tmp_path_factory):
    """Give an operator's certificate and key, in files."""
    folder = tmp_path_factory.mktemp("signer")
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Operator")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    files = Signer(folder / "own.crt", folder / "own.key")
    files.certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files


def _verified(content, certificate, folder):
    """Return what OpenSSL finds in an envelope signed by this certificate."""
    (folder / "signed.der").write_bytes(content)
    openssl = shutil.which("openssl")
    assert openssl, "OpenSSL is on every system that we run on"
    command = ["cms", "-verify", "-inform", "DER", "-in", folder / "signed.der", "-binary"]
    trust = ["-CAfile", certificate, "-purpose", "any"]
    done = subprocess.run([openssl, *command, *trust], capture_output=True, check=True)
    return done.stdout


def test_a_signed_profile_is_verified_by_others(signer, tmp_path):
    content = mobileconfig(DEVICE, BOTH, NAMING)

    assert _verified(signed(content, signer), signer.certificate, tmp_path) == content


def test_the_portal_signs_when_it_can_and_says_so(
    app, browser, db, home, signer, tmp_path, monkeypatch
):
    more = {
        "MOBILECONFIG_CERTIFICATE": str(signer.certificate),
        "MOBILECONFIG_KEY": str(signer.key),
    }
    settings = make_settings(app.config["SETTINGS"].database_url, **OFFERED, **more)
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    browser.client.set_cookie("kabinet-look", "en.system")
    device = make_device(db, home)

    assert "not signed" not in browser.get("setup.set_up", token=device.token).text
    address = browser.url("setup.download_profile", token=device.token)
    file = browser.client.get(address).data
    content = plistlib.loads(_verified(file, signer.certificate, tmp_path))
    assert content["PayloadType"] == "Configuration"

    signer.key.rename(tmp_path / "gone.key")
    file = browser.client.get(address).data
    assert plistlib.loads(file)["PayloadType"] == "Configuration"
