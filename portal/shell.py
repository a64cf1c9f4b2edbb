"""What stands around a page, filled from whoever asks: menu, contracts, bell, language, theme."""

from dataclasses import replace
from typing import Any, cast
from urllib.parse import urlencode

from flask import Flask, current_app, g, has_request_context, request, url_for

from portal.accounts.access import Principal, known_visitor
from portal.accounts.models import Membership
from portal.core import clock, text
from portal.core.access import permission_of
from portal.core.page import (
    AccountItem,
    Bell,
    Brand,
    LangItem,
    MenuItem,
    Shell,
    ShellUrls,
    Theme,
    Visitor,
)
from portal.core.text import _l, initials

_LANGS = (("kk", "Қаз"), ("ru", "Рус"), ("en", "Eng"))
_ROLES = {
    "holder": _l("you hold the contract"),
    "manager": _l("you manage services"),
    "parent": _l("you are a parent here"),
    "viewer": _l("you may look"),
}
_THEMES = ("system", "light", "dark")
# label, icon, endpoint, the path under the account that makes it current
_MENU = (
    (_l("Home"), "house", "home.show_home", ""),
    (_l("Services"), "layers", "services.list_services", "services"),
    (_l("Money"), "wallet", "services.show_money", "money"),
    (_l("Parental control"), "shield-check", "parental.show_profile", "parental-control"),
    (_l("Appeals"), "messages-square", "appeals.list_appeals", "appeals"),
    (_l("Chat"), "message-circle", "appeals.open_chat", ""),
    (_l("News"), "newspaper", "news.list_issues", "news"),
    (_l("Settings"), "settings", "accounts.show_settings", "settings"),
)
_TABS = (
    (_l("Home"), "house", "home.show_home", ""),
    (_l("Services"), "layers", "services.list_services", "services"),
    (_l("Children"), "shield-check", "parental.show_profile", "parental-control"),
    (_l("Appeals"), "messages-square", "appeals.list_appeals", "appeals"),
)
_STAFF_MENU = (
    (_l("Queue"), "inbox", "staff.show_queue", "/staff/queue"),
    (_l("Outages"), "triangle-alert", "outages.list_outages", "/staff/outages"),
    (_l("Supervision"), "eye", "staff.supervise", "/staff/supervise"),
    (_l("Canned replies"), "sticky-note", "staff.list_canned", "/staff/canned"),
    (_l("Visits"), "wrench", "visits.list_visits", "/staff/visits"),
    (_l("Ratings"), "star", "feedback.list_reviews", "/staff/ratings"),
    (_l("Answers"), "circle-help", "knowledge.list_drafts", "/staff/answers"),
    (_l("Mystery shopping"), "venetian-mask", "shopping.list_entries", "/agency"),
    (_l("Newsletters"), "newspaper", "news.list_drafts", "/staff/news"),
    (_l("Catalogue"), "layers", "catalog.list_catalogue", "/staff/catalogue"),
    (_l("Categories"), "shield-check", "categories.list_categories", "/staff/categories"),
    (_l("Billing"), "receipt-text", "services.list_imports", "/staff/billing"),
    (_l("Leaving"), "log-out", "services.show_leaving", "/staff/leaving"),
    (_l("Other systems"), "link", "api.show_feed", "/staff/feed"),
    (_l("What is promised"), "timer", "planning.list_versions", "/staff/promises"),
    (_l("Analysis"), "trending-up", "figures.show_analysis", "/staff/analysis"),
)
_FOOT = (
    (_l("What does not work"), "triangle-alert", "outages.show_status"),
    (_l("Questions and answers"), "circle-help", "knowledge.list_answers"),
    (_l("News"), "newspaper", "news.list_issues"),
    (_l("Our promises"), "timer", "figures.show_promises"),
    (_l("Check a receipt"), "receipt-text", "appeals.check_receipt"),
    (_l("Write an appeal"), "messages-square", "appeals.file_publicly"),
)
Row = tuple[Any, str, str, str]


def preferences() -> dict[str, str]:
    """Read what this browser chose: `language` and `theme`, as `ru.dark` in a cookie."""
    raw = request.cookies.get(current_app.config["PREFERENCE_COOKIE"], "")
    chosen, _, theme = raw.partition(".")
    return {
        "language": chosen if chosen in text.LANGUAGES else "",
        "theme": theme if theme in _THEMES else "",
    }


def chosen_language() -> str | None:
    """Return the visitor's language: his own, this browser's choice, or what it asks for."""
    if not has_request_context():
        return None
    if (forced := request.args.get("lang")) in text.LANGUAGES:
        return forced
    who = known_visitor()
    if who is not None:
        return who.user.language
    asked = request.accept_languages.best_match(text.LANGUAGES)
    return preferences()["language"] or asked or None


def _may_link(endpoint: str) -> bool:
    return endpoint in current_app.view_functions


def _item(
    row: Row, who: Principal | None, account_id: Any, counts: dict[str, int]
) -> MenuItem | None:
    label, icon, endpoint, path = row
    if not _may_link(endpoint):
        return None
    permission = permission_of(current_app, endpoint)
    if who is not None and not who.may(permission) and permission.value.split(":")[0] != "account":
        return None
    rule = next(current_app.url_map.iter_rules(endpoint))
    needs_account = "account_id" in rule.arguments
    if needs_account and account_id is None:
        return None
    url = url_for(endpoint, account_id=account_id) if needs_account else url_for(endpoint)
    return MenuItem(
        label=str(label), icon=icon, url=url, is_current=_is_current(url, path),
        count=counts.get(endpoint, 0),
    )  # fmt: skip


def _is_current(url: str, path: str) -> bool:
    return request.path == url or (bool(path) and request.path.startswith(url.rstrip("/") + "/"))


def _items(rows: tuple[Row, ...], who: Principal | None, account_id: Any) -> tuple[MenuItem, ...]:
    counts: dict[str, int] = {}
    made = (_item(row, who, account_id, counts) for row in rows)
    return tuple(item for item in made if item is not None)


def _accounts(who: Principal | None) -> tuple[AccountItem, ...]:
    if who is None or who.is_only_staff or not _may_link("home.show_home"):
        return ()
    return tuple(_account(who, membership) for membership in who.memberships)


def _account(who: Principal, membership: Membership) -> AccountItem:
    account = membership.account
    place = account.premises[0] if account.premises else None
    return AccountItem(
        label=place.street if place else account.written_number,
        number=account.written_number,
        role=str(_ROLES[membership.role]),
        url=url_for("home.show_home", account_id=account.id),
        is_current=who.membership is not None and who.membership.account_id == account.id,
    )


def _url(endpoint: str, **values: Any) -> str:
    return url_for(endpoint, **values) if _may_link(endpoint) else ""


def _urls() -> ShellUrls:
    return ShellUrls(
        home=_url("home.start") or "/",
        sign_in=_url("accounts.sign_in"),
        join=_url("accounts.join"),
        settings=_url("accounts.show_settings"),
        add_account=_url("accounts.join"),
        sign_out=_url("accounts.sign_out"),
        choose_language=_url("accounts.choose_language"),
        choose_theme=_url("accounts.choose_theme"),
    )


def _brand() -> Brand:
    settings = current_app.config["SETTINGS"]
    return Brand(
        name=str(settings.operator_name),
        legal_name=str(settings.operator_legal_name),
        contact_phone=settings.contact_phone,
        support_phone=settings.support_phone,
        logo=url_for("core.brand_logo") if settings.logo_file else "",
        stylesheet=url_for("core.brand_stylesheet") if settings.accent else "",
    )


def make_shell() -> Shell:
    """Return what the layouts show around the page of this request."""
    who = known_visitor()
    seat = _seated(who)
    account_id = seat.membership.account_id if seat and seat.membership else None
    accounts = _accounts(who)
    is_desk = who is not None and who.is_only_staff
    return Shell(
        brand=_brand(),
        urls=_urls(),
        langs=tuple(
            LangItem(code=code, label=label, is_current=code == text.language())
            for code, label in _LANGS
        ),
        theme=_theme(who),
        here=_here(),
        request_id=g.get("request_id", ""),
        is_desk=is_desk,
        user=Visitor(name=who.user.name, initials=initials(who.user.name)) if who else None,
        account=next((item for item in accounts if item.is_current), None),
        accounts=accounts,
        menu=_items(_STAFF_MENU if is_desk else _MENU, seat, account_id) if seat else (),
        tabbar=_items(_TABS, seat, account_id) if seat else (),
        foot=_foot(),
        bell=_hung_on_the_bell(who),
    )


def _seated(who: Principal | None) -> Principal | None:
    """Return who asks, in his first contract where the address names none: the menu leads there."""
    if who is None or who.membership or who.is_only_staff or not who.memberships:
        return who
    return replace(who, membership=who.memberships[0])


def _here() -> str:
    """Return the path to come back to; a language forced by the address is left out."""
    if request.method != "GET":
        return request.path
    asked = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    return f"{request.path}?{urlencode(asked)}" if asked else request.path


def _hung_on_the_bell(who: Principal | None) -> Bell | None:
    """`notify` says what hangs there, by one statement: it stands in `extensions["bell"]`."""
    source = current_app.extensions.get("bell")
    return cast("Bell | None", source(who)) if who and source else None


def _foot() -> tuple[MenuItem, ...]:
    return tuple(
        MenuItem(label=str(label), icon=icon, url=_url(endpoint))
        for label, icon, endpoint in _FOOT
        if _may_link(endpoint)
    )


def _theme(who: Principal | None) -> Theme:
    return cast(Theme, (who.user.theme if who else preferences()["theme"]) or "system")


def _context() -> dict[str, Any]:
    return {"shell": _Lazily(), "language": text.language()}


class _Lazily:
    """The shell, made when a layout first asks for it: fragments do without."""

    def __getattr__(self, name: str) -> Any:
        if "shell" not in g:
            g.shell = make_shell()
        return getattr(g.shell, name)


def init_app(app: Flask) -> None:
    """Give every template `shell`, `icon()` and `now()`."""
    app.context_processor(_context)
    app.jinja_env.globals["now"] = clock.now
