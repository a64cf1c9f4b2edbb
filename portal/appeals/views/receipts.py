"""Checking a receipt: the conversation still contains it, and nobody changed anything."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.appeals import chain, queries, wholeness
from portal.appeals.forms import ReceiptForm
from portal.appeals.views.blueprint import bp
from portal.core import files, ids, throttle
from portal.core.access import Permission, allow
from portal.core.forms import render_form

_LOOKS = 60
_WINDOW = timedelta(minutes=10)


@dataclass(frozen=True)
class Checked:
    """What a receipt says about its conversation. `place` is 0 when there is no such receipt.

    `broken`: the messages, counted from 1, that are not what they were.
    """

    number: str
    head: str
    place: int
    length: int
    broken: Sequence[int]


@bp.route("/appeals/check", methods=["GET", "POST"])
@allow(Permission.PUBLIC)
def check_receipt() -> ResponseReturnValue:
    asked = {name: request.args.get(name, "") for name in ("number", "head")}
    form = ReceiptForm(data=asked)
    if form.validate_on_submit():
        return redirect(url_for(".check_receipt", number=form.number.data, head=form.head.data))
    checked = _check(**asked) if all(asked.values()) else None
    return render_form("appeals/check_receipt.html", form, checked=checked)


def _check(number: str, head: str) -> Checked:
    throttle.hit(f"receipt:{throttle.origin(request.remote_addr)}", limit=_LOOKS, window=_WINDOW)
    written = ids.read_short_number(number) or ""
    figures = chain.read_short(head)
    kept = queries.receipt_kept(written, figures) if written and figures else []
    links = queries.receipt_chain(written, figures) if kept else []
    broken = wholeness.check(links, kept, files.fingerprint)
    places = [link.position for link in links if link.own.startswith(figures)]
    return Checked(
        number=written or number,
        head=head,
        place=places[0] if places else 0,
        length=len(links),
        broken=sorted({each.place for each in broken}),
    )
