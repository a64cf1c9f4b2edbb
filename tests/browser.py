"""A browser without a screen: every page it gets is checked on arrival."""

import re
from functools import lru_cache
from typing import Any
from urllib.parse import urljoin, urlsplit
from uuid import uuid4

from flask import Flask, url_for
from itsdangerous import URLSafeTimedSerializer
from lxml import html
from lxml.cssselect import CSSSelector
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.test import TestResponse

from portal.accounts.models import UserSession
from portal.core import clock, ids
from portal.core.db import digest
from tests.cast import Person

Element = html.HtmlElement
UNLABELLED = {"hidden", "submit", "button", "image", "reset"}
_STRAIGHT = re.compile(r"""(?<=\w)'(?=\w)|"\w|\w\"""")
_SILENT = ("script", "style", "code", "pre", "kbd", "template")


@lru_cache(maxsize=2000)
def _compiled(selector: str) -> CSSSelector:
    return CSSSelector(selector, translator="html")


class Page:
    """An answer, as a person sees it. `text` is what stands on it, white space folded."""

    def __init__(self, browser: "Browser", response: TestResponse, path: str) -> None:
        self.browser = browser
        self.response = response
        self.path = path
        self.status = response.status_code
        self.headers = response.headers
        self.body = (
            response.get_data(as_text=True)
            if (response.mimetype or "").startswith(("text/", "application/"))
            and response.mimetype != "application/pdf"
            else ""
        )
        self.tree: Element | None = None
        if response.mimetype == "text/html" and self.body.strip():
            self.tree = html.document_fromstring(self.body)
            if "<html" in self.body and not self.is_boxed:
                check_page(self)

    @property
    def is_boxed(self) -> bool:
        """Whether it is no page of ours but a thing shown in a box, such as an e-mail."""
        return self.headers.get("Content-Security-Policy", "").startswith("sandbox")

    @property
    def text(self) -> str:
        return _visible(self._tree())

    @property
    def title(self) -> str:
        return self.one("title").text_content().strip()

    @property
    def h1(self) -> str:
        return " ".join(self.one("h1").text_content().split())

    def _tree(self) -> Element:
        assert self.tree is not None, f"{self.path}: no page ({self.status})"
        return self.tree

    def all(self, selector: str) -> list[Element]:
        """Return the elements of a CSS selector."""
        return list(_compiled(selector)(self._tree()))

    def one(self, selector: str) -> Element:
        """Return the only element of a CSS selector."""
        found = self.all(selector)
        assert len(found) == 1, f"{self.path}: {len(found)} × {selector}"
        return found[0]

    def value(self, name: str) -> str:
        """Return what stands in the field `name`."""
        field = self.all(f"[name='{name}']")[0]
        return str(field.value if field.value is not None else "")

    def form(self, selector: str | None = None) -> Element:
        """Return a form: of a selector, or the only POST form of the main part."""
        if selector:
            found = self.all(selector)
            assert found, f"{self.path}: no form {selector}"
            return found[0]
        forms = [form for form in self.all("main form") if form.method == "POST"]
        assert len(forms) == 1, f"{self.path}: {len(forms)} forms; name one by form="
        return forms[0]

    def submit(
        self, *, form: str | None = None, button: str | None = None, **fields: Any
    ) -> "Page":
        """Post the page's own form with its token, and follow the redirect.

        `form`: a CSS selector, needed when the page has several. `button`: "name=value" of the
        button that is pressed. A field that the form does not have is an error; a list fills
        a field several times; a tuple (file object, name) is a file.
        """
        element = self.form(form)
        known = {field.get("name") for field in element.cssselect("[name]")}
        data: dict[str, Any] = {}
        for name, value in element.form_values():
            data.setdefault(name, []).append(value)
        if button:
            name, _, value = button.partition("=")
            data[name] = [value]
        for name, value in fields.items():
            assert name in known, f"{self.path}: the form has no field {name}, only {sorted(known)}"
            data[name] = value
        target = urljoin(self.path, element.action or self.path)
        return self.browser.send("POST", target, data=data, follow=True)

    def follow(self, words: str) -> "Page":
        """Follow the link whose text holds `words`."""
        for link in self.all("a[href]"):
            if words in _visible(link):
                return self.browser.open(urljoin(self.path, link.get("href")))
        raise AssertionError(f"{self.path}: no link “{words}”")


class Browser:
    """Speaks with the app as one person's browser."""

    def __init__(self, app: Flask, db: Session) -> None:
        self.app = app
        self.db = db
        self.client = app.test_client()

    def log_in(self, person: Person) -> None:
        """Sign a person in on a new device."""
        token = uuid4().hex
        now = clock.now()
        self.db.add(
            UserSession(
                id=ids.uuid7(),
                user_id=person.id,
                token_hash=digest(token),
                device="Test",
                means="password",
                created_at=now,
                seen_at=now,
                proven_at=now,
            )
        )
        self.db.commit()
        with self.client.session_transaction() as cookie:
            cookie.clear()
            cookie["_user_id"] = token
            cookie["_fresh"] = True

    def log_out(self) -> None:
        """Forget everything, as a new browser."""
        self.client = self.app.test_client()

    def url(self, endpoint: str, **values: Any) -> str:
        """Return the path of an endpoint."""
        with self.app.test_request_context():
            return url_for(endpoint, **values)

    def get(self, endpoint: str, **values: Any) -> Page:
        """Get an endpoint's page; redirects are followed."""
        return self.open(self.url(endpoint, **values))

    def open(self, path: str, **options: Any) -> Page:
        """Get a path; redirects are followed."""
        return self.send("GET", path, follow=True, **options)

    def post(self, endpoint: str, data: dict[str, Any] | None = None, **values: Any) -> Page:
        """Post to an endpoint with a right token; the redirect is not followed."""
        return self.send("POST", self.url(endpoint, **values), data=data or {}, token=True)

    def send(
        self, method: str, path: str, *, follow: bool = False, token: bool = False, **options: Any
    ) -> Page:
        """Send any request; `token` adds a right CSRF token as a header."""
        if token:
            options["headers"] = {**options.get("headers", {}), "X-CSRFToken": self.csrf_token()}
        self.db.commit()
        response = self.client.open(path, method=method, follow_redirects=follow, **options)
        self.db.expire_all()
        return Page(self, response, response.request.path if follow else path)

    def csrf_token(self) -> str:
        """Return a token that is right for this browser."""
        with self.client.session_transaction() as cookie:
            raw = cookie.setdefault("csrf_token", uuid4().hex)
        signer = URLSafeTimedSerializer(self.app.config["SECRET_KEY"], salt="wtf-csrf-token")
        return str(signer.dumps(raw))


def _visible(element: Element) -> str:
    parts = []
    for piece in element.iter():
        if isinstance(piece.tag, str) and piece.tag not in _SILENT and piece.text:
            parts.append(piece.text)
        if piece is not element and piece.tail:
            parts.append(piece.tail)
    return " ".join(" ".join(parts).replace("\N{NO-BREAK SPACE}", " ").split())


def check_page(page: Page) -> None:
    """Check what holds for every page; the message says which page and what."""
    for check in (
        *(_one_head, _unique_ids, _labels, _tokens, _no_inline, _quotes, _links),
        _is_not_kept,
    ):
        check(page)


def _one_head(page: Page) -> None:
    heads = page.all("h1")
    assert len(heads) == 1, f"{page.path}: {len(heads)} × h1"
    head = " ".join(heads[0].text_content().split())
    title = " ".join(page.title.split())
    assert head, f"{page.path}: empty h1"
    assert title.startswith(head), f"{page.path}: title “{title}” does not start with “{head}”"


def _unique_ids(page: Page) -> None:
    seen: set[str] = set()
    for element in page.all("[id]"):
        assert element.get("id") not in seen, f"{page.path}: id {element.get('id')} twice"
        seen.add(element.get("id"))


def _labels(page: Page) -> None:
    labelled = {label.get("for") for label in page.all("label[for]")}
    for field in page.all("input, select, textarea"):
        if field.get("type") in UNLABELLED or field.get("aria-label"):
            continue
        inside = any(parent.tag == "label" for parent in field.iterancestors())
        known = field.get("id") in labelled or field.get("aria-labelledby")
        assert inside or known, f"{page.path}: field {field.get('name')} has no label"


def _tokens(page: Page) -> None:
    for form in page.all("form"):
        if form.method == "POST":
            tokens = form.cssselect("[name=csrf_token]")
            assert tokens or form.get("data-no-token") is not None, (
                f"{page.path}: form {form.action} has no token"
            )


def _no_inline(page: Page) -> None:
    for element in page.all("*"):
        wrong = [name for name in element.attrib if name.startswith("on") or name == "style"]
        assert not wrong, f"{page.path}: inline {wrong} on <{element.tag}>"
    assert not page.all("style, script:not([src])"), f"{page.path}: inline script or style"


def _quotes(page: Page) -> None:
    text = page.text
    found = _STRAIGHT.search(text)
    assert not found, (
        f"{page.path}: straight quotes in “{text[max(0, found.start() - 20) : found.end() + 20]}”"
    )


def _is_not_kept(page: Page) -> None:
    how = page.headers.get("Cache-Control", "")
    assert "no-store" in how or page.path.startswith("/status"), f"{page.path}: {how}"


def _links(page: Page) -> None:
    anchors = {element.get("id") for element in page.all("[id]")}
    adapter = page.browser.app.url_map.bind("localhost")
    for link in page.all("a[href]"):
        href = link.get("href")
        assert href not in {"", "#"}, f"{page.path}: a link goes nowhere: {_visible(link)}"
        parts = urlsplit(urljoin(page.path, href))
        if href.startswith("#"):
            assert href[1:] in anchors, f"{page.path}: no {href} on the page"
        elif not parts.netloc and not parts.scheme:
            _goes_somewhere(adapter, page.path, parts.path)


def _goes_somewhere(adapter: Any, origin: str, path: str) -> None:
    try:
        adapter.match(path, method="GET")
    except RequestRedirect:
        return
    except HTTPException as error:
        raise AssertionError(f"{origin}: the link to {path} leads nowhere") from error
