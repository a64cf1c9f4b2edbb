"""Setting a device up, on the device itself: whoever holds its token needs no account."""

import logging
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, current_app, make_response, render_template
from flask.typing import ResponseReturnValue

from portal.config import Settings
from portal.core.access import Permission, allow
from portal.core.text import gettext as _
from portal.parental.devices import queries
from portal.parental.devices.addresses import addresses_of
from portal.parental.devices.mobileconfig import (
    CONTENT_TYPE,
    Naming,
    Signer,
    mobileconfig,
    signed,
)
from portal.parental.devices.models import Device

log = logging.getLogger(__name__)
bp = Blueprint("setup", __name__, url_prefix="/set-up/<string:token>")


@bp.get("")
@allow(Permission.PUBLIC)
def set_up(token: str) -> ResponseReturnValue:
    device = queries.device_by_token(token)
    page = render_template(
        "parental/devices/set_up.html",
        device=device,
        addresses=addresses_of(device, _settings()),
        is_signed=_settings().mobileconfig_certificate is not None,
    )
    return _private(make_response(page))


@bp.get("/kabinet.mobileconfig")
@allow(Permission.PUBLIC)
def download_profile(token: str) -> ResponseReturnValue:
    device = queries.device_by_token(token)
    addresses = addresses_of(device, _settings())
    if not (addresses.doh_url or addresses.dot_host):
        abort(404)
    content = mobileconfig(device.id, addresses, _naming(device))
    response = Response(_sealed(content), mimetype=CONTENT_TYPE)
    response.headers["Content-Disposition"] = 'attachment; filename="kabinet.mobileconfig"'
    return _private(response)


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def _naming(device: Device) -> Naming:
    operator = str(_settings().operator_name)
    return Naming(
        title=_("%(operator)s, parental control: %(name)s", operator=operator, name=device.name),
        about=_("This device asks the operator’s servers for names of sites, wherever it is."),
        organisation=operator,
        domain=urlsplit(_settings().base_url).hostname or "localhost",
    )


def _sealed(content: bytes) -> bytes:
    """Return the profile signed, if the operator has a certificate that can be read."""
    settings = _settings()
    if not settings.mobileconfig_certificate or not settings.mobileconfig_key:
        return content
    try:
        return signed(content, Signer(settings.mobileconfig_certificate, settings.mobileconfig_key))
    except (OSError, ValueError, TypeError) as error:
        log.warning("mobileconfig.not_signed reason=%s", error)
        return content


def _private(response: Response) -> Response:
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
