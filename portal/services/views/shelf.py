"""What can be connected: found, and laid side by side."""

from decimal import Decimal
from urllib.parse import urlencode
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, Field, SelectField

from portal.accounts.access import principal
from portal.catalog.places import city_name
from portal.catalog.queries import Priced, offerings_by_code, offerings_now
from portal.core.access import Permission, allow
from portal.core.text import _l, money, number, translate
from portal.services import queries
from portal.services.comparing import beside, rows_of
from portal.services.forms import FindForm
from portal.services.shelves import shelves, speeds_of
from portal.services.views.blueprint import bp

LEAST, MOST = 2, 4


@bp.get("/a/<uuid:account_id>/services/catalogue")
@allow(Permission.SERVICES_VIEW)
def list_offerings(account_id: UUID) -> ResponseReturnValue:
    priced = offerings_now()
    around = queries.surroundings_of(principal().account, offerings_by_code())
    form = _find_form(priced)
    search = form.search
    found = shelves(priced, around, search)
    return render_template(
        "services/list_offerings.html",
        form=form,
        search=search,
        shelves=found,
        count=sum(len(shelf.offered) for shelf in found),
        ways_out=[] if found else _ways_out(form, account_id),
        city=city_name(around.place.city) if around.place else "",
    )


@bp.get("/a/<uuid:account_id>/services/compare")
@allow(Permission.SERVICES_VIEW)
def compare_offerings(account_id: UUID) -> ResponseReturnValue:  # noqa: ARG001 - principal() stands in it
    asked = set(request.args.getlist("code"))
    around = queries.surroundings_of(principal().account, offerings_by_code())
    priced = [each for each in offerings_now() if each.offering.code in asked]
    refusal = _why_not_beside(priced)
    columns = [] if refusal else [beside(each, around) for each in priced]
    return render_template(
        "services/compare_offerings.html",
        columns=columns,
        rows=rows_of(columns, around) if columns else [],
        refusal=refusal,
        may_order=principal().may(Permission.SERVICES_ORDER),
    )


def _why_not_beside(priced: list[Priced]) -> str:
    """Return why these cannot be laid side by side, or nothing."""
    if len({each.offering.family for each in priced}) > 1:
        return translate(_l("These are services of different kinds. Choose some of one kind."))
    if not LEAST <= len(priced) <= MOST:
        return translate(
            _l("Choose from two to four services of one kind: then they stand side by side.")
        )
    return ""


def _ways_out(form: FindForm, account_id: UUID) -> list[tuple[str, str]]:
    """Return (what is left out, the address without it) for each thing that was asked for."""
    asked = {field.name: request.args.get(field.name, "") for field in form if field.data}
    here = url_for(".list_offerings", account_id=account_id)
    return [
        (
            _written(form[name]),
            f"{here}?{urlencode({key: asked[key] for key in asked if key != name})}",
        )
        for name in asked
        if name != form.sort.name and not form[name].errors
    ]


def _written(field: Field) -> str:
    if isinstance(field, BooleanField):
        return str(field.label.text)
    if isinstance(field, SelectField):
        return next(str(each.label) for each in field.choices if each.value == field.data)
    if isinstance(field.data, Decimal):
        return translate(_l("up to %(sum)s"), sum=money(field.data))
    return translate(_l("“%(words)s”"), words=field.data)


def _find_form(priced: list[Priced]) -> FindForm:
    form = FindForm(formdata=request.args)
    form.offer_speeds(
        [
            (speed, translate(_l("%(figure)s Mbit/s"), figure=number(speed)))
            for speed in speeds_of(priced)
        ]
    )
    return form
