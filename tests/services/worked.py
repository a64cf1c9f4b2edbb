"""What the live tests of orders share: a stocked database, browsers with real commits."""

from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.catalog.models import Offering
from portal.core import ids
from portal.services.models import NetworkEntry, NetworkHabit, Order, OrderItem, Subscription
from portal.services.states import ENDED
from tests.browser import Browser, Page
from tests.cast import Person, make_cast
from tests.live import Live, wait_until
from tests.services.factories import stock, subscribe


@dataclass
class Town:
    """A live database with the cast and the shipped catalogue."""

    live: Live
    db: Session
    cast: dict[str, Person]
    settings: dict[str, str] = field(default_factory=lambda: {"ORDER_UNDO_SECONDS": "0"})
    sessions: list[Session] = field(default_factory=list)
    _app: Flask | None = None
    _making: Lock = field(default_factory=Lock)

    @property
    def app(self) -> Flask:
        """Return the portal in this process; several threads may ask for it at once."""
        with self._making:
            if self._app is None:
                self._app = self.live.app(**self.settings)
                self._app.config["TESTING"] = False
        return self._app

    @property
    def alice(self) -> Person:
        return self.cast["alice"]

    def browser(self, person: Person) -> Browser:
        """Return a browser of its own, signed in; its commits are real."""
        self.sessions.append(self.live.session())
        browser = Browser(self.app, self.sessions[-1])
        browser.log_in(person)
        return browser

    def close(self) -> None:
        """Let go of every connection."""
        for session in (self.db, *self.sessions):
            session.close()

    def have(self, *codes: str) -> None:
        """Let alice have offerings since long."""
        subscribe(self.db, self.alice.account, *codes)

    def habit(self, code: str, **more: Any) -> None:
        """Let the simulated network treat an offering in a way."""
        self.db.add(NetworkHabit(id=ids.uuid7(), offering_code=code, **more))
        self.db.commit()

    def terms(self, browser: Browser, code: str) -> Page:
        """Go to the terms of connecting an offering."""
        page = browser.get("services.show_offering", account_id=self.alice.account_id, code=code)
        return page.submit()

    def order(self, code: str) -> Order:
        """Order an offering as alice; return the order."""
        self.terms(self.browser(self.alice), code).submit()
        return self.newest_order()

    def newest_order(self) -> Order:
        """Return the order that was placed last."""
        self.db.rollback()
        return self.db.scalars(select(Order).order_by(Order.placed_at.desc())).first()

    def ended(self, order: Order, patience: float = 30) -> Order:
        """Wait until the order has ended."""
        return wait_until(lambda: self._look(order), patience)

    def _look(self, order: Order) -> Order | None:
        self.db.rollback()
        self.db.expire_all()
        found = self.db.get(Order, order.id)
        return found if found.state in ENDED else None

    def running(self) -> set[str]:
        """Return the codes that alice's account has now."""
        self.db.rollback()
        query = select(Offering.code).join(Subscription, Subscription.offering_id == Offering.id)
        mine = Subscription.account_id == self.alice.account_id
        return set(self.db.scalars(query.where(mine, Subscription.ended_on.is_(None))))

    def items(self, order: Order) -> list[tuple[str, str]]:
        """Return (code, state) of the items of an order."""
        query = (
            select(Offering.code, OrderItem.state)
            .join(Offering, Offering.id == OrderItem.offering_id)
            .where(OrderItem.order_id == order.id)
            .order_by(OrderItem.position)
        )
        return [tuple(row) for row in self.db.execute(query)]

    def books(self) -> list[tuple[str, str, bool]]:
        """Return what the network did, oldest first: (operation, offering, done)."""
        self.db.rollback()
        rows = self.db.scalars(select(NetworkEntry).order_by(NetworkEntry.created_at)).all()
        return [(row.operation, row.service.split("/")[1], row.is_done) for row in rows]


def make_town(live: Live) -> Town:
    """Fill a live database with the cast and the catalogue."""
    db = live.session()
    cast = make_cast(db)
    stock(db)
    return Town(live, db, cast)
