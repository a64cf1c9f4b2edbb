"""What arrives by itself: a page asks every few seconds and gets what has changed."""

from dataclasses import dataclass, field
from uuid import UUID

from flask import Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts.models import User
from portal.appeals import presence
from portal.appeals.margin import Margin
from portal.appeals.models import Appeal, Presence
from portal.appeals.outages.queries import Joined
from portal.appeals.states import Author
from portal.appeals.views.places import ContractPlace, SecretPlace
from portal.appeals.views.showing import Shown, shown
from portal.core import clock
from portal.core.forms import PortalForm
from portal.core.text import language


@dataclass(frozen=True)
class Seat:
    """From where a customer reads his appeal, and what he may do there.

    `user` is None, and `key` the secret, for whoever holds the receipt; `joined`: the outage of
    his fault.
    """

    place: ContractPlace | SecretPlace
    user: User | None = None
    key: str = ""
    may_write: bool = True
    margin: Margin = field(default_factory=Margin)
    joined: Joined | None = None

    @property
    def appeal(self) -> Appeal:
        return self.place.appeal

    @property
    def page(self) -> Shown:
        """Read what the page shows."""
        return shown(self.appeal, self.joined, self.margin)

    def news_url(self, around: "Around | None") -> str:
        """Return where the page asks for what is new since it was made."""
        return self.place.news_url(mark_of(around))

    @property
    def my_id(self) -> UUID | None:
        return self.user.id if self.user else None


@dataclass(frozen=True)
class Around:
    """A specialist who has the conversation open: his name, and whether he types just now."""

    name: str
    is_typing: bool


def around(appeal: Appeal) -> Around | None:
    """Return the specialist who is there, first one who types; None if nobody is. One statement."""
    now = clock.now()
    there = presence.present(appeal, now=now, author=Author.SPECIALIST)
    typing = [each for each in there if presence.is_typing(each, now)]
    first: Presence | None = next(iter([*typing, *there]), None)
    return Around(first.name, first in typing) if first else None


def page_of(seat: Seat) -> dict[str, object]:
    """Return what the templates of an appeal's page are filled with."""
    return {"seat": seat, "page": seat.page, "around": around(seat.appeal)}


def news_of(seat: Seat) -> ResponseReturnValue:
    """Answer a page's question what is new since the version `since` that it shows.

    Nothing new is an empty answer; 304 when the asker knows it already. A person who opens the
    address is led to the page itself.
    """
    if "HX-Request" not in request.headers:
        return redirect(seat.place.url("show"), 303)
    if seat.may_write:
        is_typing = "X-Typing" in request.headers
        presence.note_presence(
            seat.appeal, author=Author.CUSTOMER, user=seat.user, is_typing=is_typing
        )
    who = around(seat.appeal)
    is_new = request.args.get("since", type=int) != seat.appeal.version
    news = ""
    if is_new or request.args.get("around", "") != mark_of(who):
        page = seat.page if is_new else None
        news = render_template("appeals/_news.html", seat=seat, page=page, around=who)
    response = make_response(news)
    response.set_etag(f"{seat.appeal.version}-{is_new}-{mark_of(who)}-{language()}".encode().hex())
    response.headers["Cache-Control"] = "private, no-cache"
    return response.make_conditional(request)


def everything_of(seat: Seat) -> Response:
    """Answer a message that was sent without leaving the page: with all that it shows.

    `Location` says where somebody is led whose message comes a second time.
    """
    page: Shown = seat.page
    there = around(seat.appeal)
    answer = make_response(
        render_template("appeals/_news.html", seat=seat, page=page, around=there)
    )
    answer.location = seat.place.url("show")
    return answer


def is_live() -> bool:
    """Tell whether the page sends the message itself, and stays where it is."""
    return "HX-Request" in request.headers


def refusal_of(form: PortalForm) -> Response:
    """Answer a message that was refused: with the sentence why; the page keeps the text."""
    return make_response(render_template("appeals/_refusal.html", form=form), 422)


def mark_of(who: Around | None) -> str:
    """Return what changes when a specialist comes, goes, types or stops."""
    return f"{who.name}-{who.is_typing}" if who else ""
