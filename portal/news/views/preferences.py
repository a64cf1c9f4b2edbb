"""What a reader gets, and the link that ends it without signing in."""

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.core import db
from portal.core.access import Permission, allow
from portal.core.forms import render_form
from portal.core.http import csrf
from portal.core.text import gettext as _
from portal.core.text import reading_as
from portal.news import actions, queries
from portal.news.forms import PreferencesForm
from portal.news.models import UnsubscribeToken
from portal.news.views.blueprint import bp

ONE_CLICK = "One-Click"


@bp.route("/news/preferences", methods=["GET", "POST"])
@allow(Permission.SELF)
def change_preferences() -> ResponseReturnValue:
    reader, newsletters = principal().user, queries.newsletters()
    chosen = [str(each) for each in queries.subscribed_ids(reader)]
    form = PreferencesForm(data={"newsletters": chosen})
    form.offer(newsletters)
    if form.validate_on_submit():
        wanted = {each.id for each in newsletters if str(each.id) in form.newsletters.data}
        actions.change_subscriptions(reader, offered=newsletters, wanted=wanted)
        flash(_("Saved. This is what you get from now on."))
        return redirect(url_for(".change_preferences"), 303)
    return render_form(
        "news/change_preferences.html",
        form,
        newsletters=newsletters,
        consents=queries.consents_of(reader),
        names={each.purpose: each.names for each in newsletters},
    )


@bp.route("/u/<string:token>", methods=["GET", "POST"])
@csrf.exempt  # type: ignore[untyped-decorator]
@allow(Permission.PUBLIC)
def unsubscribe(token: str) -> ResponseReturnValue:
    """End a newsletter by the link in its e-mail. Source: RFC 8058, section 3.2.

    To look changes nothing, for scanners follow links; to press works without cookie and sign-in,
    and as often as one likes.
    """
    db.see(token=db.digest(token))
    behind = queries.subscription_behind(token)
    db.see(user_id=behind.user_id)
    if request.method == "POST":
        one_click = request.form.get("List-Unsubscribe") == ONE_CLICK
        actions.unsubscribe_by(behind, source="one-click" if one_click else "page")
    with reading_as(queries.language_of(behind.user_id)):
        return _unsubscribe_page(behind)


def _unsubscribe_page(behind: UnsubscribeToken) -> Response:
    is_reading = queries.is_reading(behind.user_id, behind.newsletter_id, behind.channel)
    page = render_template(
        "news/unsubscribe.html", newsletter=behind.newsletter, is_reading=is_reading
    )
    response = make_response(page)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
