"""A small feature of the tests: forms that write, and faults of every kind."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.orm.exc import StaleDataError
from wtforms import StringField
from wtforms.validators import InputRequired

from portal.core.access import Permission, allow
from portal.core.db import session
from portal.core.errors import NotFoundError, RuleError, UpstreamError
from portal.core.forms import PortalForm
from portal.core.text import _l

bp = Blueprint("sample", __name__)
FAULTS = {
    "rule": RuleError(_l("This rating is closed already.")),
    "missing": NotFoundError(),
    "upstream": UpstreamError(),
    "stale": StaleDataError(),
    "bug": ZeroDivisionError("secret detail"),
}


class SampleForm(PortalForm):
    """One line of text."""

    key = StringField("Key", validators=[InputRequired()])


@bp.route("/sample", methods=["GET", "POST"])
@allow(Permission.PUBLIC)
def write() -> ResponseReturnValue:
    form = SampleForm()
    if not form.validate_on_submit():
        return {"errors": form.errors}, 422
    session.execute(
        text("insert into throttle values (:key, now(), 1) on conflict (key) do update"
             " set hits = throttle.hits + 1"),
        {"key": form.key.data},
    )  # fmt: skip
    if form.key.data == "fail":
        raise FAULTS["bug"]
    return redirect(url_for("sample.write", done=form.key.data), 303)


@bp.get("/sample/<string:fault>")
@allow(Permission.PUBLIC)
def fail(fault: str) -> ResponseReturnValue:
    raise FAULTS[fault]
