"""Pages of ratings: giving one, and reviewing them."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.accounts.models import User
from portal.core import clock
from portal.core.access import Permission, allow
from portal.core.errors import RuleError
from portal.core.forms import render_form
from portal.core.text import gettext as _
from portal.feedback import actions, queries
from portal.feedback.forms import RatingForm, ReviewForm
from portal.feedback.models import CALL_BACK_UP_TO, Cause, RatingRequest

bp = Blueprint("feedback", __name__)


@bp.route(
    "/a/<uuid:account_id>/ratings/<string:subject_kind>/<uuid:subject_id>",
    methods=["GET", "POST"],
)
@allow(Permission.APPEALS_WRITE)
def rate(account_id: UUID, subject_kind: str, subject_id: UUID) -> ResponseReturnValue:
    asked = queries.request_of(principal().account, subject_kind, subject_id)
    back = url_for("appeals.show_appeal", account_id=account_id, appeal_id=subject_id)
    return _rate("feedback/rate.html", asked, by=principal().user, back=back)


@bp.route("/appeals/track/<string:secret>/rating", methods=["GET", "POST"])
@allow(Permission.PUBLIC)
def rate_tracked(secret: str) -> ResponseReturnValue:
    asked = queries.request_by_secret(secret)
    back = url_for("appeals.show_tracked", secret=secret)
    return _rate("feedback/rate_tracked.html", asked, by=None, back=back)


@bp.get("/staff/ratings")
@allow(Permission.RATINGS_REVIEW)
def list_reviews() -> ResponseReturnValue:
    after = request.args.get("after")
    return render_template(
        "feedback/list_reviews.html",
        page=queries.waiting(after=after),
        after=after,
        now=clock.now(),
    )


@bp.route("/staff/ratings/<uuid:rating_id>", methods=["GET", "POST"])
@allow(Permission.RATINGS_REVIEW)
def review_rating(rating_id: UUID) -> ResponseReturnValue:
    rating = queries.rating_of(rating_id)
    form = ReviewForm()
    if form.validate_on_submit():
        try:
            actions.close_review(
                rating,
                cause=Cause(form.cause.data),
                action=form.action.data or "",
                called_back=form.called_back.data,
                by=principal().user,
            )
        except RuleError as error:
            form.refuse(error)
        else:
            flash(_("The rating is closed."))
            return redirect(url_for(".list_reviews"))
    return render_form(
        "feedback/review_rating.html",
        form,
        rating=rating,
        is_own=rating.request.about_id == principal().user.id,
        needs_call=rating.score <= CALL_BACK_UP_TO,
    )


@bp.post("/staff/ratings/<uuid:rating_id>/acknowledge")
@allow(Permission.RATINGS_REVIEW)
def acknowledge_rating(rating_id: UUID) -> ResponseReturnValue:
    actions.acknowledge(queries.rating_of(rating_id), by=principal().user)
    flash(_("You have taken the rating. Find the cause, act, and close it."))
    return redirect(url_for(".review_rating", rating_id=rating_id))


def _rate(
    template: str, asked: RatingRequest, *, by: User | None, back: str
) -> ResponseReturnValue:
    form = RatingForm(data={"score": request.args.get("score", type=int)})
    if asked.rating is None and form.validate_on_submit():
        try:
            actions.give_rating(
                asked, score=form.score.data, comment=form.comment.data or "", by=by
            )
        except RuleError as error:
            form.refuse(error)
        else:
            flash(_("Thank you. A supervisor will read your rating."))
            return redirect(back)
    return render_form(template, form, asked=asked, back=back)
