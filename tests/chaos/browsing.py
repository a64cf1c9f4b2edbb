"""Eight people at once who order over HTTP, press twice, lose answers and try again."""

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import TypeVar
from urllib.parse import urljoin, urlsplit

import httpx
from lxml import html

from tests.chaos.people import PASSWORD, Act, Client, Contract
from tests.chaos.verdict import Intent
from tests.services.factories import shipped

T = TypeVar("T")
PATIENCE = 120.0
DOUBLE_CLICKS = 0.3
FORGETS = 0.5  # after a lost answer: looks at the terms again instead of pressing again


class LostAnswerError(Exception):
    """No page came: whether anything was done is not known."""


@dataclass
class Tally:
    """What the clients did and met; `intents` is their own record of confirmed orders."""

    intents: list[Intent] = field(default_factory=list)
    doubled: int = 0
    lost_answers: int = 0
    gave_up: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)
    is_over: Event = field(default_factory=Event)

    def confirm(self, intent: Intent, seconds: float) -> None:
        with self.lock:
            self.intents.append(intent)
            self.seconds.append(seconds)


@dataclass
class Form:
    """A form of a page: where it goes and what stands in it."""

    path: str
    fields: dict[str, str]


class Browsing:
    """One person's browser; any of the web processes may answer."""

    def __init__(self, client: Client, addresses: list[str], tally: Tally) -> None:
        self._client = client
        self._addresses = addresses
        self._tally = tally
        self._wire = httpx.Client(timeout=6, follow_redirects=False)
        self._chance = random.SystemRandom()

    def order_all(self) -> None:
        """Order everything, one act of each contract in turn."""
        self._until(self._sign_in)
        for turn in range(3):
            for contract in self._client.contracts:
                if turn < len(contract.acts):
                    self._order(contract, contract.acts[turn])
        self._wire.close()

    def _order(self, contract: Contract, act: Act) -> None:
        started = time.monotonic()
        try:
            self._until(lambda: self._has_ended(contract))
            order_id = self._until(lambda: self._try_to_order(contract, act))
        except TimeoutError:
            self._tally.gave_up.append(f"{contract.number} {act.kind} {act.code}")
            return
        contract.last_order = order_id
        intent = Intent(contract.number, contract.works(act), order_id, act.ends)
        self._tally.confirm(intent, time.monotonic() - started)

    def _try_to_order(self, contract: Contract, act: Act) -> str | None:
        """Ask for terms and confirm them; return the order's id, None to begin again."""
        if contract.quote:
            return self._settle(contract)
        form = self._terms_form(contract, act)
        if form is None:
            return None
        quote = self._press(form)
        contract.quote = quote if "/quotes/" in (quote or "") else None
        return self._settle(contract) if contract.quote else None

    def _settle(self, contract: Contract) -> str | None:
        """Confirm the terms of a contract until it is known what became of them."""
        page = self._send("GET", contract.quote)
        if placed := _order_in(page):
            contract.quote = None
            return placed
        form = _form_to(page, contract.quote)
        if form is None:
            contract.quote = None
            return None
        return self._confirm(contract, form)

    def _confirm(self, contract: Contract, form: Form) -> str | None:
        while True:
            try:
                went = self._press_twice(form) if self._likely(DOUBLE_CLICKS) else self._press(form)
            except LostAnswerError:
                time.sleep(0.3)
                if self._likely(FORGETS):
                    raise
                continue
            contract.quote = went if "/quotes/" in (went or "") else None
            return _id_in(went)

    def _press_twice(self, form: Form) -> str | None:
        """Double click: two requests at once, at two processes; both have to lead to one order."""
        self._tally.doubled += 1
        with ThreadPoolExecutor(2) as hands:
            presses = [hands.submit(self._press, form) for _ in range(2)]
        answers = [each.result() for each in presses if each.exception() is None]
        if not answers:
            raise LostAnswerError
        orders = {each for each in map(_id_in, answers) if each}
        if len(orders) > 1:
            self._tally.gave_up.append(f"one click too many gave {orders}")
        return next((each for each in answers if _id_in(each)), answers[0])

    def _terms_form(self, contract: Contract, act: Act) -> Form | None:
        root = f"/a/{contract.id}/services"
        if act.kind == "connect":
            page = self._send("GET", f"{root}/catalogue/{act.code}")
            return _form_to(page, f"{root}/catalogue/{act.code}/connect")
        name = next(each.name.en for each in shipped().offerings if each.code == act.code)
        link = _link_of(self._send("GET", root), name)
        if link is None:
            return None
        form = _form_to(self._send("GET", f"{link}/disconnect"), f"{link}/disconnect")
        return form and Form(form.path, form.fields | {"reason": "unused"})

    def _has_ended(self, contract: Contract) -> bool:
        if contract.last_order is None:
            return True
        page = self._send("GET", f"/a/{contract.id}/services/orders/{contract.last_order}")
        return page.status_code == 200 and "/progress" not in page.text

    def _sign_in(self) -> bool:
        form = _form_to(self._send("GET", "/sign-in"), "/sign-in")
        if form is None:
            return False
        form.fields |= {"login": self._client.email, "password": PASSWORD}
        return self._press(form) is not None

    def _press(self, form: Form) -> str | None:
        """Send a form; return where it led, None if it was refused."""
        answer = self._send("POST", form.path, data=form.fields)
        return answer.headers.get("Location") if answer.status_code in {302, 303} else None

    def _send(self, method: str, path: str, **options: object) -> httpx.Response:
        address = self._chance.choice(self._addresses)
        try:
            answer = self._wire.request(method, address + urlsplit(path).path, **options)
        except httpx.HTTPError as error:
            self._tally.lost_answers += 1
            raise LostAnswerError from error
        if answer.status_code >= 500:
            self._tally.lost_answers += 1
            raise LostAnswerError
        return answer

    def _likely(self, chance: float) -> bool:
        return self._chance.random() < chance

    def _until(self, act: Callable[[], T]) -> T:
        """Repeat until it gives something, whatever gets lost meanwhile. Raises TimeoutError."""
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends and not self._tally.is_over.is_set():
            try:
                if found := act():
                    return found
            except LostAnswerError:
                pass
            time.sleep(self._chance.uniform(0.1, 0.5))
        raise TimeoutError


def _id_in(path: str | None) -> str | None:
    """Return the order's id of the address of its page."""
    return path.rsplit("/", 1)[1] if path and "/orders/" in path else None


def _order_in(page: httpx.Response) -> str | None:
    return _id_in(page.headers.get("Location"))


def _form_to(page: httpx.Response, path: str) -> Form | None:
    """Return the page's form that posts to `path`."""
    if page.status_code != 200:
        return None
    for form in html.document_fromstring(page.text).cssselect("main form"):
        target = urlsplit(urljoin(path, form.action or path)).path
        if form.method == "POST" and target == path:
            return Form(target, dict(form.form_values()))
    return None


def _link_of(page: httpx.Response, name: str) -> str | None:
    if page.status_code != 200:
        return None
    for link in html.document_fromstring(page.text).cssselect("main a[href]"):
        if name in " ".join(link.text_content().split()):
            return str(urlsplit(link.get("href")).path)
    return None
