"""What the home page shows, asked from the domains, each by its own query."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from portal.accounts.access import Principal
from portal.accounts.models import Account
from portal.appeals import queries as appeals
from portal.appeals.models import Appeal, State
from portal.appeals.queries import OpenAppeal
from portal.catalog.families import Family
from portal.core import clock, text
from portal.core.money import ZERO
from portal.home.dial import Dial, dial
from portal.home.milestones import Milestone, milestones
from portal.news import queries as news
from portal.news.models import Issue
from portal.services import queries as services
from portal.services.models import Order
from portal.services.payment import pay_url
from portal.services.queries import MonthView


@dataclass(frozen=True, kw_only=True)
class Home:
    """The customer's home page as of `now`."""

    now: datetime
    account: Account
    month: MonthView
    orders: Sequence[Order]
    appeals: Sequence[OpenAppeal]
    issue: Issue | None
    pay_template: str

    @property
    def is_new(self) -> bool:
        """Whether the contract has nothing yet: no service, no order, nothing charged."""
        return not (self.month.running or self.orders or self.month.statement.total)

    @property
    def to_pay(self) -> Decimal:
        """What this month costs beyond what is on the account."""
        return max(self.month.statement.total - self.account.balance, ZERO)

    @property
    def pay_url(self) -> str:
        return pay_url(self.pay_template, contract=self.account.number, amount=self.to_pay)

    @property
    def shares(self) -> list[tuple[str, Decimal]]:
        """This month's sums by the colour of their family, for the bar."""
        shares = self.month.statement.shares
        return [(self.colour(family), amount) for family, amount in shares]

    @property
    def waiting(self) -> list[Appeal]:
        """The appeals in which we wait for the reader's answer."""
        opened = (each.appeal for each in self.appeals)
        return [appeal for appeal in opened if appeal.state == State.WAITING_CUSTOMER]

    def colour(self, family: Family | None) -> str:
        """Return the name under which the style sheet knows the family's colour."""
        return "rest" if family in {None, Family.OPTION} else str(family)

    def steps(self, order: Order) -> list[Milestone]:
        """Return an order's steps, with the one it waits for."""
        return milestones(order.history)

    def dial(self, opened: OpenAppeal) -> Dial | None:
        """Return what is left of the promise that an appeal waits for."""
        if (promise := opened.promise) is None:
            return None
        return dial(started_at=promise.started_at, due_at=promise.due_at, now=self.now)


def home_of(who: Principal, *, pay_template: str) -> Home:
    """Return the home page of the account in the URL: a fixed number of statements.

    Source: product.md, "Principles of the interface".
    """
    return Home(
        now=clock.now(),
        account=who.account,
        month=services.month_of(who.account, text.today()),
        orders=services.open_orders(who.account),
        appeals=appeals.open_appeals(who.account.id),
        issue=news.newest_issue(),
        pay_template=pay_template,
    )
