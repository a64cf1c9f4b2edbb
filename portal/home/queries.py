"""What the home page shows, asked from the domains, each by its own query."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from portal.accounts.access import Principal
from portal.accounts.models import Account
from portal.appeals import queries as appeals
from portal.appeals.models import Appeal
from portal.appeals.outages.queries import Known, known_at
from portal.appeals.queries import OpenAppeal
from portal.appeals.states import State
from portal.catalog.families import Family
from portal.core import clock, text
from portal.core.access import Permission
from portal.core.text import Marked
from portal.news import queries as news
from portal.news.queries import FrontIssue
from portal.parental import queries as parental
from portal.parental.queries import HomeState
from portal.promises.standing import Standing
from portal.services import queries as services
from portal.services.due import Due, due_of
from portal.services.models import Order
from portal.services.progress import Step, badge_of, steps_of
from portal.services.queries import MonthView
from portal.services.states import LABELS, OrderState
from portal.services.visits.queries import orders_on_the_way

_HELD_UP = {OrderState.HELD, OrderState.PENDING_CANCELLATION}


@dataclass(frozen=True)
class Payment:
    """How the operator is paid: the day of the month, and PAY_URL."""

    day: int
    template: str


@dataclass(frozen=True)
class OrderOnTheWay:
    """An order that has not ended, as a line of steps."""

    order: Order
    steps: list[Step]
    badge: str

    @property
    def held_up(self) -> Marked | None:
        """The words of a state that is not just the next step; None for those that are."""
        state = OrderState(self.order.state)
        return LABELS[state] if state in _HELD_UP else None


@dataclass(frozen=True)
class AppealInWork:
    """An open appeal and how its next promise stands; None if nothing runs."""

    appeal: Appeal
    standing: Standing | None


@dataclass(frozen=True, kw_only=True)
class Home:
    """The customer's home page as of `now`."""

    now: datetime
    account: Account
    month: MonthView
    due: Due
    orders: list[OrderOnTheWay]
    appeals: list[AppealInWork]
    parental: HomeState | None
    front: FrontIssue | None
    outages: Known
    may_write: bool

    @property
    def is_new(self) -> bool:
        """Whether the contract has nothing yet: no service, no order, nothing charged."""
        return not (self.month.running or self.orders or self.month.statement.total)

    @property
    def shares(self) -> list[tuple[str, Decimal]]:
        """This month's sums by the colour of their family, for the bar."""
        shares = self.month.statement.shares
        return [(colour(family), amount) for family, amount in shares]

    @property
    def waiting(self) -> list[Appeal]:
        """The appeals that need the reader: he is asked something, or can rate the answer."""
        opened = (each.appeal for each in self.appeals)
        needs = {State.WAITING_CUSTOMER, State.ANSWERED}
        return [appeal for appeal in opened if appeal.state in needs]

    @property
    def open_appeals(self) -> list[AppealInWork]:
        """The appeals that we still have to answer."""
        return [each for each in self.appeals if each.appeal.state != State.ANSWERED]


def colour(family: Family | None) -> str:
    """Return the name under which the style sheet knows the colour of a family."""
    return "rest" if family in {None, Family.OPTION} else str(family)


def home_of(who: Principal, *, payment: Payment) -> Home:
    """Return the home page of the account in the URL: a fixed number of statements.

    Source: product.md, "Principles of the interface".
    """
    account, now = who.account, clock.now()
    month = services.month_of(account, text.today())
    return Home(
        now=now,
        account=account,
        month=month,
        due=_due(account, month, payment),
        orders=[
            OrderOnTheWay(order, steps_of(order, comes_at=comes_at), badge_of(order))
            for order, comes_at in orders_on_the_way(account)
        ],
        appeals=_in_work(appeals.open_appeals(account.id), now),
        parental=parental.state_of(account),
        front=news.front_issue(),
        outages=known_at(account.id, now),
        may_write=who.may(Permission.APPEALS_WRITE),
    )


def _due(account: Account, month: MonthView, payment: Payment) -> Due:
    return due_of(
        account,
        total=month.statement.total,
        month=month.statement.month,
        pay_day=payment.day,
        template=payment.template,
    )


def _in_work(opened: Sequence[OpenAppeal], now: datetime) -> list[AppealInWork]:
    return [
        AppealInWork(each.appeal, Standing(each.promise, now) if each.promise else None)
        for each in opened
    ]
