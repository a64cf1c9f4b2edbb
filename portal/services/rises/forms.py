"""Shapes of input."""

from decimal import Decimal
from typing import Any

from wtforms import DateField, DecimalField
from wtforms.validators import InputRequired, NumberRange

from portal.core.forms import PortalForm
from portal.core.text import _l

_MOST = Decimal(1_000_000)
_SUM = _l("Write a sum in tenge, for example 7490.")


class RiseForm(PortalForm):
    """A dearer price and its first day; filled by the address first, so that one can look."""

    monthly = DecimalField(
        _l("Price a month, ₸"),
        places=2,
        validators=[
            InputRequired(_SUM),
            NumberRange(min=Decimal("0.01"), max=_MOST, message=_SUM),
        ],
    )
    from_on = DateField(
        _l("From the day"), validators=[InputRequired(_l("Choose a day."))], format="%Y-%m-%d"
    )

    @property
    def is_filled(self) -> bool:
        """Say whether both could be read."""
        values: tuple[Any, ...] = (self.monthly.data, self.from_on.data)
        return all(value is not None for value in values)
