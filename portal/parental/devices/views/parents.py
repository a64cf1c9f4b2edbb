"""The devices of a profile, for the parents: name, set up, revoke."""

from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import freshly_proven, principal
from portal.core.access import Permission, allow
from portal.core.errors import RuleError
from portal.core.forms import render_form
from portal.core.text import gettext as _
from portal.parental import queries as parental
from portal.parental.devices import actions, queries
from portal.parental.devices.addresses import addresses_of
from portal.parental.devices.forms import DeviceForm
from portal.parental.models import Profile
from portal.parental.qr import qr_code

bp = Blueprint("devices", __name__, url_prefix="/a/<uuid:account_id>/parental-control")


@bp.route("/profiles/<uuid:profile_id>/devices", methods=["GET", "POST"])
@allow(Permission.PARENTAL_EDIT)
def list_devices(account_id: UUID, profile_id: UUID) -> ResponseReturnValue:
    profile = _profile(profile_id)
    form = DeviceForm()
    if form.validate_on_submit():
        try:
            device = actions.name_device(profile, name=form.name.data or "", by=principal().user)
        except RuleError as error:
            form.refuse(error)
        else:
            flash(_("The device has an address of its own. Set it up now."))
            return redirect(
                url_for(
                    ".show_device",
                    account_id=account_id,
                    profile_id=profile.id,
                    device_id=device.id,
                )
            )
    settings = current_app.config["SETTINGS"]
    return render_form(
        "parental/devices/list_devices.html",
        form,
        account_id=account_id,
        profile=profile,
        devices=queries.devices_of(profile),
        is_offered=bool(settings.doh_url or settings.dot_domain),
    )


@bp.get("/profiles/<uuid:profile_id>/devices/<uuid:device_id>")
@allow(Permission.PARENTAL_EDIT)
@freshly_proven
def show_device(account_id: UUID, profile_id: UUID, device_id: UUID) -> ResponseReturnValue:
    profile = _profile(profile_id)
    device = queries.device_of(profile, device_id)
    settings = current_app.config["SETTINGS"]
    address = settings.base_url + url_for("setup.set_up", token=device.token)
    return render_template(
        "parental/devices/show_device.html",
        account_id=account_id,
        profile=profile,
        device=device,
        address=address,
        picture=qr_code(address),
        addresses=addresses_of(device, settings),
        is_signed=settings.mobileconfig_certificate is not None,
    )


@bp.post("/profiles/<uuid:profile_id>/devices/<uuid:device_id>/revoke")
@allow(Permission.PARENTAL_EDIT)
def revoke_device(account_id: UUID, profile_id: UUID, device_id: UUID) -> ResponseReturnValue:
    profile = _profile(profile_id)
    device = queries.device_of(profile, device_id)
    actions.revoke_device(device, by=principal().user)
    flash(
        _(
            "The address of %(name)s is refused from now on. Sites open there again when the "
            "setting is taken out of the device.",
            name=device.name,
        )
    )
    return redirect(url_for(".list_devices", account_id=account_id, profile_id=profile.id))


def _profile(profile_id: UUID) -> Profile:
    return parental.profile_of(principal().account, profile_id)
