from sqlalchemy import select

from portal.accounts import demo as people
from portal.core.db import transaction
from portal.services import demo
from portal.services.models import Order
from portal.services.queries import household_of, month_of


def test_the_demo_costs_what_the_pictures_show(live):
    app = live.app(role="kabinet_owner")
    with app.app_context(), transaction(staff=True) as own:
        cast = people.load()
        demo.load(cast)
        own.flush()
        today = demo.local(demo.clock.now()).date()

        view = month_of(cast.home, today)

        assert view.statement.total == 12990
        assert cast.home.balance == 3240
        assert len(household_of(cast.parents, today).active) == len(demo.PARENTS)
        order = own.scalars(select(Order)).one()
        assert order.state == "pending"
