import pytest

from portal.accounts.devices import network_of
from portal.accounts.known_devices import seal, unseal
from portal.accounts.reading import read_contract, read_login, read_phone


@pytest.mark.parametrize(
    ("typed", "phone"),
    [
        ("+7 (701) 555-12-34", "+77015551234"),
        ("8 701 555 12 34", "+77015551234"),
        ("7015551234", "+77015551234"),
        ("+44 20 7946 0000", "+442079460000"),
        ("998901234567", "+998901234567"),
        ("12345", None),
        ("٧٠١٥٥٥١٢٣٤", None),
        ("phone", None),
        ("+7701555123400000", None),
        ("", None),
    ],
)
def test_a_phone_is_read_as_people_write_it(typed, phone):
    assert read_phone(typed) == phone


def test_a_name_to_sign_in_with_is_an_email_or_a_phone():
    assert read_login(" Aigerim@Example.KZ ") == "aigerim@example.kz"
    assert read_login("8 701 555 12 34") == "+77015551234"
    assert read_login("Nobody") == "nobody"


@pytest.mark.parametrize("typed", ["7 1203 4456", "№ 7-1203-4456", "712034456", " 712034456\u00a0"])
def test_a_number_of_a_contract_is_its_digits(typed):
    assert read_contract(typed) == "712034456"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::9", "2001:db8:1:2::"),
        ("2001:db8:1:3::9", "2001:db8:1:3::"),
        ("::ffff:203.0.113.7", "203.0.113.7"),  # IPv4, to a server that listens for both
        ("unix", ""),
        (None, ""),
    ],
)
def test_tries_are_counted_by_a_home_and_not_by_its_devices(address, network):
    assert network_of(address) == network


def test_a_browser_is_known_to_those_who_signed_in_there():
    device = unseal("secret", seal("secret", ["a@example.kz", None, "+77015551234"]))

    assert device.knows("a@example.kz")
    assert device.knows("+77015551234")
    assert not device.knows("b@example.kz")
    assert not unseal("another", seal("secret", ["a@example.kz"])).knows("a@example.kz")
    assert not unseal("secret", "").knows("")
