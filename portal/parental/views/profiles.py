"""The children of a home: a profile for each, its name, and its end."""

from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.core.access import Permission, allow
from portal.core.errors import RuleError
from portal.core.forms import render_form
from portal.core.text import gettext as _
from portal.parental import actions
from portal.parental.forms import ChildForm, ConfirmForm, NameForm
from portal.parental.models import Profile
from portal.parental.views.blueprint import back, bp, child_here


@bp.route("/children/add", methods=["GET", "POST"])
@allow(Permission.PARENTAL_EDIT)
def add_child(account_id: UUID) -> ResponseReturnValue:
    form = ChildForm()
    if form.validate_on_submit():
        try:
            child = actions.add_child(
                principal().account, name=form.name.data, age=None, by=principal().user
            )
        except RuleError as error:
            form.refuse(error)
        else:
            flash(
                _("The profile of %(name)s is made; nothing is closed in it yet.", name=child.name)
            )
            return _to_age(child, form.age.data) if form.age.data else back(account_id, child)
    return render_form("parental/add_child.html", form, account_id=account_id)


def _to_age(child: Profile, age: str) -> ResponseReturnValue:
    return redirect(url_for(".take_age", account_id=child.account_id, profile_id=child.id, age=age))


@bp.route("/profiles/<uuid:profile_id>/rename", methods=["GET", "POST"])
@allow(Permission.PARENTAL_EDIT)
def rename_child(account_id: UUID, profile_id: UUID) -> ResponseReturnValue:
    profile = child_here(profile_id)
    form = NameForm(name=profile.name)
    if form.validate_on_submit():
        who = principal()
        try:
            actions.rename_child(profile, account=who.account, name=form.name.data, by=who.user)
        except RuleError as error:
            form.refuse(error)
        else:
            return back(account_id, profile)
    return render_form("parental/rename_child.html", form, account_id=account_id, profile=profile)


@bp.route("/profiles/<uuid:profile_id>/remove", methods=["GET", "POST"])
@allow(Permission.PARENTAL_EDIT)
def remove_child(account_id: UUID, profile_id: UUID) -> ResponseReturnValue:
    profile = child_here(profile_id)
    form = ConfirmForm()
    if form.validate_on_submit():
        actions.remove_child(profile, by=principal().user)
        flash(_("The profile of %(name)s is removed.", name=profile.name))
        return redirect(url_for(".show_profile", account_id=account_id))
    return render_form("parental/remove_child.html", form, account_id=account_id, profile=profile)
