from datetime import date

import holidays
import pytest

from portal.sla import kazakhstan

CORRECTIONS = {2026: {date(2026, 8, 30), date(2026, 8, 31)}, 2027: set()}


@pytest.mark.parametrize("year", sorted(kazakhstan.DAYS_OFF))
def test_the_official_year_is_the_package_and_named_corrections(year):
    package = set(holidays.KZ(years=year))

    assert set(kazakhstan.days_off(year)) ^ package == CORRECTIONS[year]


def test_days_off_come_in_order():
    found = kazakhstan.days_off(2026, 2027)

    assert found == sorted(set(found))
    assert date(2026, 8, 31) in found


def test_a_year_that_is_not_set_is_refused():
    with pytest.raises(KeyError):
        kazakhstan.days_off(2031)
