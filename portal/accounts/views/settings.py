"""Settings: me, sign-in and devices, contracts, other providers."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import actions, queries
from portal.accounts.access import freshly_proven, principal
from portal.accounts.forms import ChangePasswordForm, PressForm, RenameForm
from portal.accounts.views.blueprint import bp, carry, let_out, operator_words
from portal.accounts.views.doors import partners
from portal.core.access import Permission, allow
from portal.core.errors import RuleError
from portal.core.forms import render_form
from portal.core.text import gettext as _


@bp.get("/settings")
@allow(Permission.SELF)
def show_settings() -> ResponseReturnValue:
    who = principal()
    identities = queries.identities_of(who.user)
    linked = {identity.provider for identity in identities}
    return render_template(
        "accounts/show_settings.html",
        user=who.user,
        here=who.device,
        devices=queries.devices_of(who.user),
        memberships=[] if who.user.is_staff else who.memberships,
        identities=identities,
        titles={name: one.title for name, one in partners().providers.items()},
        to_link=[one for name, one in partners().providers.items() if name not in linked],
        press=PressForm(),
    )


@bp.route("/settings/name", methods=["GET", "POST"])
@allow(Permission.SELF)
def rename() -> ResponseReturnValue:
    user = principal().user
    form = RenameForm(name=user.name)
    if form.validate_on_submit():
        actions.rename(user, name=form.name.data)
        flash(_("Your name is saved."))
        return redirect(url_for(".show_settings"))
    return render_form("accounts/rename.html", form)


@bp.route("/settings/password", methods=["GET", "POST"])
@allow(Permission.SELF)
def change_password() -> ResponseReturnValue:
    who, form = principal(), ChangePasswordForm()
    if form.validate_on_submit():
        try:
            token = actions.change_password(
                who.device,
                password=form.password.data,
                new_password=form.new_password.data,
                known=operator_words(),
                by=who.user,
            )
        except RuleError as error:
            form.refuse(error)
        else:
            carry(token)
            flash(_("Your password is changed. Your other devices are signed out."))
            return redirect(url_for(".show_settings"))
    return render_form("accounts/change_password.html", form)


@bp.post("/settings/devices/<uuid:device_id>/end")
@allow(Permission.SELF)
def end_device(device_id: UUID) -> ResponseReturnValue:
    who = principal()
    device = queries.device_of(who.user, device_id)
    actions.end_device(device, by=who.user)
    if device.id == who.device.id:
        return let_out()
    flash(_("The device is signed out."))
    return redirect(url_for(".show_settings"))


@bp.post("/settings/devices/end-others")
@allow(Permission.SELF)
def end_other_devices() -> ResponseReturnValue:
    who = principal()
    actions.end_other_devices(who.user, but=who.device.id)
    flash(_("All your other devices are signed out."))
    return redirect(url_for(".show_settings"))


@bp.post("/settings/identities/<uuid:identity_id>/unlink")
@allow(Permission.SELF)
@freshly_proven
def unlink_identity(identity_id: UUID) -> ResponseReturnValue:
    try:
        actions.unlink_identity(identity_id, by=principal().user)
    except RuleError as error:
        flash(error.message)
    else:
        flash(_("This sign-in is no longer linked."))
    return redirect(url_for(".show_settings"))
