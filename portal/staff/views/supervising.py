"""The supervisor's page: what is broken, what will be, who has how much; help for many at once."""

from collections.abc import Sequence

from flask import flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.core import clock
from portal.core.access import Permission, allow
from portal.core.db import session
from portal.core.errors import RuleError
from portal.core.text import ngettext as _n
from portal.promises.watching import unwatched_since
from portal.staff import actions
from portal.staff.forms import SuperviseForm
from portal.staff.forms.supervising import Remedy
from portal.staff.queries import colleagues, supervision
from portal.staff.queries import queue as queues
from portal.staff.views.blueprint import bp
from portal.staff.views.many import chosen_ids

_NONE: Sequence[actions.Refusal] = ()


@bp.route("/supervise", methods=["GET", "POST"])
@allow(Permission.DESK_SUPERVISE)
def supervise() -> ResponseReturnValue:
    form, refused = SuperviseForm(), _NONE
    by, now = principal().user, clock.now()
    loads = colleagues.loads_by_colleague(now)
    form.to_id.choices = [("", "—")] + [(str(load.user.id), load.user.name) for load in loads]
    if form.validate_on_submit():
        try:
            refused = _help(form)
        except RuleError as error:
            form.refuse(error)
        else:
            if not refused:
                return redirect(url_for(".supervise"))
    page = render_template(
        "staff/supervise.html",
        form=form,
        watch=supervision.watch(by=by, now=now),
        loads=queues.loads(by=by, now=now),
        team=loads,
        due=supervision.due_by_hour(now),
        chosen=chosen_ids(),
        refused=refused,
        unwatched_since=unwatched_since(session),
        now=now,
    )
    return make_response(page, 422 if form.is_refused else 200)


def _help(form: SuperviseForm) -> Sequence[actions.Refusal]:
    chosen, by, reason = chosen_ids(), principal().user, form.reason.data or ""
    if form.act.data == Remedy.EXTEND:
        refused = actions.extend_many(chosen, reason=reason, by=by)
    else:
        to = colleagues.colleague(form.to_id.data)
        refused = actions.assign_many(chosen, to=to, note=reason, by=by)
    if done := len(chosen) - len(refused):
        flash(_n("Done for %(num)s appeal.", "Done for %(num)s appeals.", done))
    return refused
