"""The six families of offerings, their names and pictures."""

from enum import StrEnum

from portal.core.text import Marked, _l


class Family(StrEnum):
    INTERNET = "internet"
    TV = "tv"
    PHONE = "phone"
    SECURITY = "security"
    EQUIPMENT = "equipment"
    OPTION = "option"

    @property
    def label(self) -> Marked:
        return _LABELS[self]

    @property
    def icon(self) -> str:
        """Return the name of its picture in the sprite."""
        return _ICONS[self]

    @property
    def plan_wanted(self) -> Marked:
        """Return the sentence that asks for a plan of this family."""
        return _WANTED[self]


_LABELS = {
    Family.INTERNET: _l("Internet"),
    Family.TV: _l("TV+"),
    Family.PHONE: _l("Phone"),
    Family.SECURITY: _l("Security"),
    Family.EQUIPMENT: _l("Equipment"),
    Family.OPTION: _l("Options"),
}
_ICONS = {
    Family.INTERNET: "wifi",
    Family.TV: "tv",
    Family.PHONE: "phone",
    Family.SECURITY: "shield-check",
    Family.EQUIPMENT: "router",
    Family.OPTION: "layers",
}
_WANTED = {
    Family.INTERNET: _l("an internet plan"),
    Family.TV: _l("a TV+ plan"),
    Family.PHONE: _l("a home phone"),
    Family.SECURITY: _l("a security service"),
    Family.EQUIPMENT: _l("equipment"),
    Family.OPTION: _l("an option"),
}
