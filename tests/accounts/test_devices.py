import pytest

from portal.accounts.devices import device_name

AGENT = "Mozilla/5.0 (%s) AppleWebKit/537.36 (KHTML, like Gecko) %s"


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (AGENT % ("Linux; Android 15; K", "Chrome/140.0 Mobile Safari/537.36"), "Chrome, Android"),
        (
            AGENT % ("Windows NT 10.0; Win64", "Chrome/140.0 Safari/537.36 Edg/140.0"),
            "Edge, Windows",
        ),
        (
            AGENT % ("iPhone; CPU iPhone OS 18_0 like Mac OS X", "Version/18.0 Safari/604.1"),
            "Safari, iPhone",
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
            "Firefox, Linux",
        ),
        ("curl/8.0 (Linux)", "Linux"),
        ("\x00<script>", ""),
        ("", ""),
    ],
)
def test_a_device_is_named_as_its_owner_knows_it(agent, name):
    assert device_name(agent) == name
