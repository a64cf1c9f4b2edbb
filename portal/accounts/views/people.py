"""Who else may enter a contract, and what the holder lets them spend."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import actions, queries
from portal.accounts.access import freshly_proven, principal
from portal.accounts.forms import LimitForm
from portal.accounts.views.blueprint import bp
from portal.core.access import Permission, allow
from portal.core.errors import RuleError
from portal.core.forms import render_form
from portal.core.text import gettext as _


@bp.get("/a/<uuid:account_id>/people")
@allow(Permission.PEOPLE_MANAGE)
def list_people(account_id: UUID) -> ResponseReturnValue:  # noqa: ARG001 - principal() stands in it
    account = principal().account
    return render_template(
        "accounts/list_people.html", account=account, members=queries.members_of(account)
    )


@bp.route("/a/<uuid:account_id>/people/<uuid:membership_id>/limit", methods=["GET", "POST"])
@allow(Permission.PEOPLE_MANAGE)
@freshly_proven
def limit_spending(account_id: UUID, membership_id: UUID) -> ResponseReturnValue:
    who = principal()
    member = queries.member_of(who.account, membership_id)
    form = LimitForm(limit=member.spending_limit)
    if form.validate_on_submit():
        try:
            actions.limit_spending(member, limit=form.limit.data, by=who.user)
        except RuleError as error:
            form.refuse(error)
        else:
            flash(_("The limit of %(name)s is saved.", name=member.user.name))
            return redirect(url_for(".list_people", account_id=account_id), 303)
    return render_form("accounts/limit_spending.html", form, member=member)
