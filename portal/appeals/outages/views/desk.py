"""The desk: open an outage, look whom it touches, promise another time, tell, restore."""

from collections.abc import Callable
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from portal.accounts.access import principal
from portal.accounts.models import User
from portal.appeals import queries as appeal_queries
from portal.appeals.outages import actions, queries, words
from portal.appeals.outages.forms import (
    ChooseOutageForm,
    LinkForm,
    MoveForm,
    OutageForm,
    RestoreForm,
    UpdateForm,
    move_form,
)
from portal.appeals.outages.models import Outage
from portal.appeals.outages.places import Area, NewOutage
from portal.appeals.outages.views.blueprint import bp
from portal.core import clock
from portal.core.access import Permission, allow
from portal.core.errors import RuleError
from portal.core.forms import PortalForm, read_uuid, render_form
from portal.core.text import Marked, _l, local
from portal.core.text import gettext as _

_DONE: dict[str, Marked] = {
    "move": _l("The new time is promised, and all who follow are being told."),
    "update": _l("All who follow are being told."),
    "restore": _l("It works again: all who follow are being asked."),
    "call-off": _l("The works are called off."),
    "link": _l("The appeals are linked, and their customers are told the time."),
}


@bp.get("/staff/outages")
@allow(Permission.OUTAGES_WORK)
def list_outages() -> ResponseReturnValue:
    is_over, after = "over" in request.args, request.args.get("after")
    page = queries.desk_page(is_over=is_over, after=after)
    return render_template(
        "appeals/outages/list_outages.html",
        page=page,
        followers=queries.followers_of(page.items),
        is_over=is_over,
        after=after,
        now=clock.now(),
    )


@bp.route("/staff/outages/new", methods=["GET", "POST"])
@allow(Permission.OUTAGES_WORK)
def open_outage() -> ResponseReturnValue:
    """Open an outage, or only look how many it would touch: that changes nothing."""
    form = OutageForm() if request.method == "POST" else OutageForm.fresh()
    if not form.validate_on_submit():
        return render_form("appeals/outages/open_outage.html", form, reach=None, others=())
    try:
        if request.form.get("act") == "preview":
            return _preview(form, form.wish)
        opened = actions.open_outage(form.wish, by=principal().user)
    except RuleError as error:
        form.refuse(error)
        return render_form("appeals/outages/open_outage.html", form, reach=None, others=())
    flash(_("The outage is known to everybody now."))
    return redirect(url_for(".show_outage", outage_id=opened.id))


def _preview(form: OutageForm, wish: NewOutage) -> Response:
    actions.check_new(wish)
    page = render_form(
        "appeals/outages/open_outage.html",
        form,
        reach=queries.reach_of(wish.areas, wish.technologies),
        others=queries.open_at(wish.areas),
    )
    page.status_code = 422  # Nothing is done yet: the same form is sent once more.
    return page


@bp.route("/staff/outages/<uuid:outage_id>", methods=["GET", "POST"])
@allow(Permission.OUTAGES_WORK)
def show_outage(outage_id: UUID) -> ResponseReturnValue:
    outage, now = queries.outage_of_desk(outage_id), clock.now()
    areas = [Area(each.city, each.district) for each in outage.areas]
    faults = () if outage.is_over else queries.unlinked_faults(areas, outage.technologies)
    forms = _forms(outage)
    forms["link"].appeals.choices = [SelectChoice(str(each.id), each.number) for each in faults]
    if request.method == "POST":
        if _work(outage, forms, act := request.form.get("act", "")):
            flash(str(_DONE[act]))
            return redirect(url_for(".show_outage", outage_id=outage_id))
        outage = queries.outage_of_desk(outage_id)  # The lock has read its row anew.
    return render_form(
        "appeals/outages/show_outage.html",
        next((each for each in forms.values() if each.is_refused), forms["move"]),
        outage=outage,
        forms=forms,
        faults=faults,
        reach=queries.reach_of(areas, outage.technologies),
        situation=queries.situation_of(outage),
        now=now,
    )


@bp.post("/staff/appeals/<uuid:appeal_id>/outage")
@allow(Permission.OUTAGES_WORK)
def link_appeal(appeal_id: UUID) -> ResponseReturnValue:
    form = ChooseOutageForm()
    chosen = read_uuid(form.outage_id.data)
    back = redirect(url_for("staff.show_ticket", appeal_id=appeal_id))
    if chosen is None:
        flash(_("Choose an outage."), "error")
        return back
    outage = queries.locked_outage(chosen)
    appeal = appeal_queries.appeal_for_staff(appeal_id, lock=True)
    try:
        actions.link_appeal(appeal, outage, by=principal().user)
    except RuleError as error:
        flash(error.message, "error")
    else:
        flash(_("The appeal is linked, and the customer is told the time."))
    return back


def _forms(outage: Outage) -> dict[str, PortalForm]:
    """Return the forms of the page: the sent one as it came, the others as they begin."""
    act = request.form.get("act") if request.method == "POST" else None
    texts = {f"text_{code}": text for code, text in words.update_texts(outage).items()}
    return {
        "move": MoveForm() if act == "move" else move_form(outage),
        "update": UpdateForm()
        if act == "update"
        else UpdateForm(formdata=None, data=texts | {"names_time": True}),
        "restore": RestoreForm()
        if act == "restore"
        else RestoreForm(formdata=None, data={"restored_at": local(clock.now())}),
        "link": LinkForm() if act == "link" else LinkForm(formdata=None),
        "call-off": PortalForm() if act == "call-off" else PortalForm(formdata=None),
    }


def _work(outage: Outage, forms: dict[str, PortalForm], act: str) -> bool:
    """Do what was asked; return whether it is done. What is refused is said on its form."""
    form = forms.get(act)
    if form is None or not form.validate():
        return False
    held = queries.locked_outage(outage.id, to_end=act != "link")
    try:
        _WORK[act](held, form, principal().user)
    except RuleError as error:
        form.refuse(error)
        return False
    return True


def _move(outage: Outage, form: MoveForm, by: User) -> None:
    actions.move_promise(outage, form.until, reason=form.reason, by=by)


def _update(outage: Outage, form: UpdateForm, by: User) -> None:
    actions.broadcast_update(outage, form.texts, names_time=form.names_time.data, by=by)


def _restore(outage: Outage, form: RestoreForm, by: User) -> None:
    actions.restore(outage, form.since, by=by)


def _call_off(outage: Outage, _form: PortalForm, by: User) -> None:
    actions.call_off(outage, by=by)


def _link(outage: Outage, form: LinkForm, by: User) -> None:
    for raw in sorted(form.appeals.data):
        appeal = appeal_queries.appeal_for_staff(UUID(raw), lock=True)
        actions.link_appeal(appeal, outage, by=by)


_WORK: dict[str, Callable[..., None]] = {
    "move": _move,
    "update": _update,
    "restore": _restore,
    "call-off": _call_off,
    "link": _link,
}
