from sqlalchemy import select, text

from portal.accounts import demo as people
from portal.core.db import transaction
from portal.core.text import today
from portal.services import demo
from portal.services.models import BillingImport, BillingRefusal
from portal.services.proration import Month, RateKind
from portal.services.queries import ledger_of


def test_the_demo_has_months_with_a_fee_a_credit_a_promotion_and_a_pause(live):
    app = live.app(role="kabinet_owner")
    with app.test_request_context(), transaction(staff=True) as own:
        own.execute(text("set local search_path = public, jobs"))  # As the demo's owner has it.
        cast = people.load()
        demo.load(cast)
        own.flush()

        present = Month.of(today())
        ledger = ledger_of(cast.home, present.preceding.preceding)
        months = (present.preceding.preceding, present.preceding)
        lines = [line for month in months for line in ledger.statement(month).lines]
        columns = (BillingImport.taken, BillingImport.refused)
        counts = own.execute(select(*columns)).all()
        faults = own.scalars(select(BillingRefusal.fault)).all()

    kinds = {line.part.kind if line.part else line.kind for line in lines}
    assert kinds > {"one_time", "compensation", "correction", RateKind.PROMO, RateKind.PAUSED}
    assert counts == [(6, 2)]
    assert sorted(faults) == ["no_contract", "wrong"]
