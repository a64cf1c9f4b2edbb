"""Cities where services are sold: their codes and names; and the lines that carry them."""

from portal.core.text import Marked, _l

CITIES = {
    "almaty": _l("Almaty"),
    "astana": _l("Astana"),
    "shymkent": _l("Shymkent"),
    "karaganda": _l("Karaganda"),
    "kaskelen": _l("Kaskelen"),
    "talgar": _l("Talgar"),
}
TECHNOLOGIES = ("gpon", "fttb", "lte")


def city_name(code: str) -> Marked | str:
    """Return the name of a city in the reader's language; an unknown code stands for itself."""
    return CITIES.get(code, code)
