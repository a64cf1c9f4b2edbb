"""Where "Pay" leads."""

from decimal import Decimal

import pytest

from portal.services.payment import pay_url

TEMPLATE = "https://pay.example.kz/?c={contract}&s={sum}"


@pytest.mark.parametrize(
    ("template", "amount", "wanted"),
    [
        (TEMPLATE, "9750", "https://pay.example.kz/?c=712034456&s=9750.00"),
        (TEMPLATE, "0", ""),
        (TEMPLATE, "-5", ""),
        ("", "9750", ""),
    ],
)
def test_pay_leads_to_the_operator_with_contract_and_sum(
    template: str, amount: str, wanted: str
) -> None:
    assert pay_url(template, contract="712034456", amount=Decimal(amount)) == wanted
