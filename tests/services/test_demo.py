from sqlalchemy import select, text

from portal.accounts import demo as people
from portal.accounts.models import Account
from portal.core.db import transaction
from portal.services import demo, leaving_demo
from portal.services.models import Order
from portal.services.proration import Month
from portal.services.queries import household_of, month_of
from portal.services.queries.leaving import left_in
from portal.services.visits.queries import booked_visit, offered_places

LEFT_AGO = [story[4] for story in leaving_demo.STORY if story[5]]


def test_the_demo_costs_what_the_pictures_show(live):
    app = live.app(role="kabinet_owner")
    with app.app_context(), transaction(staff=True) as own:
        own.execute(text("set local search_path = public, jobs"))  # As the demo's owner has it.
        cast = people.load()
        demo.load(cast)
        own.flush()
        today = demo.local(demo.clock.now()).date()

        view = month_of(cast.home, today)

        assert view.statement.total == 12990
        assert own.scalar(select(Account.balance).where(Account.id == cast.home.id)) == 3240
        assert len(household_of(cast.parents, today).active) == len(demo.PARENTS)
        left = left_in(Month.of(today))
        assert sum(each.number for each in left) == sum(days < today.day for days in LEFT_AGO)
        order = own.scalars(select(Order).where(Order.account_id == cast.home.id)).one()
        assert order.state == "pending"
        visit = booked_visit(order)
        assert visit.is_booked
        offered = offered_places(visit.area, demo.clock.now())
        full = [place for day in offered.days.values() for place in day if not place.is_free]
        assert len(full) == 1
