"""The queue, its news and its search."""

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import principal
from portal.core import clock
from portal.core.access import Permission, allow
from portal.core.text import language
from portal.staff.asked import read_asked
from portal.staff.queries import queue as queues
from portal.staff.queries import search as searches
from portal.staff.views.blueprint import bp, queue_context


@bp.get("/queue")
@allow(Permission.DESK_WORK)
def show_queue() -> ResponseReturnValue:
    return render_template("staff/show_queue.html", **queue_context())


@bp.get("/queue/news")
@allow(Permission.DESK_WORK)
def show_queue_news() -> ResponseReturnValue:
    """Answer the desk's question whether this page of the queue has changed: 304 while not."""
    if "HX-Request" not in request.headers:
        return redirect(url_for(".show_queue"), 303)
    sieve, now, seen = queues.Sieve.read(request.args), clock.now(), request.args.get("seen")
    after = request.args.get("after")
    mark = queues.mark_of(queues.queue(sieve, by=principal().user, now=now, after=after), now)
    page = render_template("staff/_queue_news.html", is_new=seen != mark, sieve=sieve)
    response = make_response(page)
    response.set_etag(f"{mark}-{seen}-{language()}")
    response.headers["Cache-Control"] = "private, no-cache"
    return response.make_conditional(request)


@bp.get("/search")
@allow(Permission.DESK_WORK)
def search() -> ResponseReturnValue:
    asked = read_asked(request.args.get("q", ""))
    if appeal := searches.by_number(asked):
        return redirect(url_for(".show_ticket", appeal_id=appeal.id))
    return render_template(
        "staff/search.html",
        asked=asked,
        page=searches.found(asked, after=request.args.get("after")),
        after=request.args.get("after"),
    )
