from sqlalchemy import select

from portal.accounts import demo as people
from portal.catalog import demo
from portal.catalog.difference import difference
from portal.catalog.models import CatalogueVersion
from portal.catalog.queries import offerings_now, working_draft
from portal.catalog.sheet import CatalogueSheet
from portal.core import clock
from portal.core.db import transaction


def test_the_demo_has_two_versions_and_one_price_that_waits(live):
    app = live.app(role="kabinet_owner")
    with app.app_context(), transaction(staff=True) as own:
        demo.load(people.load())

        versions = own.scalars(select(CatalogueVersion).order_by(CatalogueVersion.number)).all()
        first, second = (CatalogueSheet.model_validate(each.sheet) for each in versions)
        found = [(each.code, str(each.kind)) for each in difference(first, second)]
        draft = working_draft()

        assert found == [("vmeste-500", "changed"), ("mesh", "added")]
        assert versions[0].released_at < versions[1].released_at < clock.now()
        assert list(draft.changes) == ["static-ip"]
        assert draft.may_be_released
        assert len(offerings_now()) == len(second.offerings)
