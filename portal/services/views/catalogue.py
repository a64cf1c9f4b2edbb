"""One offering of the catalogue, and its terms."""

from uuid import UUID

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from portal.accounts.access import principal
from portal.catalog.characteristics import facts_of
from portal.catalog.queries import offering_now, offerings_by_code, offerings_now
from portal.core.access import Permission, allow
from portal.core.forms import render_form
from portal.core.text import money, today
from portal.services import actions, queries
from portal.services.companions import companions
from portal.services.forms import ConnectForm
from portal.services.shelves import offered
from portal.services.views.blueprint import asked_ref, bp, terms_page


@bp.route("/a/<uuid:account_id>/services/catalogue/<string:code>")
@allow(Permission.SERVICES_VIEW)
def show_offering(account_id: UUID, code: str) -> ResponseReturnValue:  # noqa: ARG001 - principal() stands in it
    return _offering_page(code, ConnectForm(formdata=None, ref=asked_ref()))


@bp.post("/a/<uuid:account_id>/services/catalogue/<string:code>/connect")
@allow(Permission.SERVICES_ORDER)
def connect(account_id: UUID, code: str) -> ResponseReturnValue:  # noqa: ARG001 - principal() stands in it
    form = ConnectForm()
    form.also.choices = [SelectChoice(each, each) for each in offerings_by_code()]
    who = principal()
    leads_on = terms_page(
        form,
        lambda: actions.quote_connection(
            who.account,
            [code, *(form.also.data or [])],
            by=who.user,
            on=form.start(today()),
            ref=asked_ref(),
        ),
    )
    return leads_on or _offering_page(code, form)


@bp.get("/services/<string:code>/connect")
@allow(Permission.SELF)
def connect_somewhere(code: str) -> ResponseReturnValue:
    """Lead from a newsletter, which knows no contract, to the offering on one's own contract."""
    accounts = [membership.account for membership in principal().memberships]
    if len(accounts) == 1:
        return redirect(
            url_for(".show_offering", account_id=accounts[0].id, code=code, ref=asked_ref()), 303
        )
    offering = offering_now(code).offering
    return render_template(
        "services/connect_somewhere.html", offering=offering, accounts=accounts, ref=asked_ref()
    )


def _offering_page(code: str, form: ConnectForm) -> ResponseReturnValue:
    priced = offering_now(code)
    around = queries.surroundings_of(principal().account, offerings_by_code())
    others = companions(priced.offering, offerings_now(), around)
    form.also.choices = [SelectChoice(each.offering.code, each.offering.name) for each in others]
    return render_form(
        "services/show_offering.html",
        form,
        offered=offered(priced, around),
        companions=others,
        also_notes={each.offering.code: money(each.first_monthly) for each in others},
        may_plan=not priced.offering.needs_technician,
        facts=facts_of(priced.offering.characteristics),
        may_order=principal().may(Permission.SERVICES_ORDER),
    )
