"""Pages of ratings: giving one, and reviewing them."""

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.accounts.models import User
from portal.core import clock
from portal.core.access import Permission, allow
from portal.core.errors import RuleError
from portal.core.forms import render_form
from portal.core.text import gettext as _
from portal.feedback import actions, queries
from portal.feedback.forms import MARKS, RatingForm, ReviewForm, review_values
from portal.feedback.models import CALL_BACK_UP_TO, Cause, Mark, Rating, RatingRequest

bp = Blueprint("feedback", __name__)
_OF_APPEALS = {"appeal", "contact"}


@bp.route(
    "/a/<uuid:account_id>/ratings/<string:subject_kind>/<uuid:subject_id>",
    methods=["GET", "POST"],
)
@allow(Permission.APPEALS_WRITE)
def rate(account_id: UUID, subject_kind: str, subject_id: UUID) -> ResponseReturnValue:
    asked = queries.request_of(principal().account, subject_kind, subject_id)
    if subject_kind in _OF_APPEALS:
        back = url_for("appeals.show_appeal", account_id=account_id, appeal_id=subject_id)
    else:
        back = url_for("services.list_orders", account_id=account_id)
    return _rate("feedback/rate.html", asked, by=principal().user, back=back)


@bp.route("/appeals/track/<string:secret>/rating", methods=["GET", "POST"])
@allow(Permission.PUBLIC)
def rate_tracked(secret: str) -> ResponseReturnValue:
    asked = queries.request_by_secret(secret)
    back = url_for("appeals.show_tracked", secret=secret)
    return _rate("feedback/rate_tracked.html", asked, by=None, back=back)


@bp.route("/ratings/<string:link>", methods=["GET", "POST"])
@allow(Permission.PUBLIC)
def rate_by_link(link: str) -> ResponseReturnValue:
    """Rate by the link of an e-mail: looking at it gives no rating, whoever looks."""
    asked = queries.request_by_link(link)
    here = url_for(".rate_by_link", link=link, lang=request.args.get("lang"))
    return _rate("feedback/rate_by_link.html", asked, by=None, back=here)


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
    form = ReviewForm(data=review_values(rating))
    if form.validate_on_submit():
        try:
            return _review(rating, form)
        except RuleError as error:
            form.refuse(error)
    return render_form(
        "feedback/review_rating.html",
        form,
        rating=rating,
        marks=MARKS,
        is_own=rating.request.about_id == principal().user.id,
        needs_call=rating.score <= CALL_BACK_UP_TO,
    )


@bp.post("/staff/ratings/<uuid:rating_id>/acknowledge")
@allow(Permission.RATINGS_REVIEW)
def acknowledge_rating(rating_id: UUID) -> ResponseReturnValue:
    actions.acknowledge(queries.rating_of(rating_id), by=principal().user)
    flash(_("You have taken the rating. Find the cause, act, and close it."))
    return redirect(url_for(".review_rating", rating_id=rating_id))


@bp.after_request
def hide_address(response: Response) -> Response:
    """Tell no other site the address of a page whose address is a secret."""
    if {"secret", "link"} & (request.view_args or {}).keys():
        response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _review(rating: Rating, form: ReviewForm) -> ResponseReturnValue:
    step = actions.Step(
        cause=Cause(form.cause.data) if form.cause.data else None,
        action=form.action.data or "",
        called_back=form.called_back.data,
    )
    if request.form.get("act") == "save":
        actions.note_step(rating, step, by=principal().user)
        flash(_("What you have done so far is recorded."))
        return redirect(url_for(".review_rating", rating_id=rating.id))
    actions.close_review(rating, step, by=principal().user)
    flash(_("The rating is closed."))
    return redirect(url_for(".list_reviews"))


def _rate(
    template: str, asked: RatingRequest, *, by: User | None, back: str
) -> ResponseReturnValue:
    form = RatingForm(data={"score": request.args.get("score", type=int)})
    if asked.rating is None and form.validate_on_submit():
        opinion = actions.Opinion(
            score=form.score.data,
            comment=form.comment.data or "",
            marks=[Mark(each) for each in form.marks.data or ()],
        )
        try:
            actions.give_rating(asked, opinion, by=by)
        except RuleError as error:
            form.refuse(error)
        else:
            flash(_("Thank you. A supervisor will read your rating."))
            return redirect(back)
    return render_form(
        template, form, asked=asked, back=back, marks=MARKS, is_over=clock.now() >= asked.until
    )
