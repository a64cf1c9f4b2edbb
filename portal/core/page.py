"""What stands around every page, as plain values: portal/shell.py fills it, the layouts show it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Theme = Literal["system", "light", "dark"]


@dataclass(frozen=True, kw_only=True)
class Brand:
    """The operator, as the configuration names it, in the language of the reader."""

    name: str
    legal_name: str
    contact_phone: str
    support_phone: str
    logo: str = ""  # URL of a picture; empty: the mark of the sprite
    stylesheet: str = (
        ""  # URL of a style sheet that sets --accent-h, -c and -l; empty: the defaults
    )


@dataclass(frozen=True, kw_only=True)
class MenuItem:
    """A link of the side menu, the bar of a phone or the foot. `count` things wait there."""

    label: str
    icon: str
    url: str
    is_current: bool = False
    count: int = 0


@dataclass(frozen=True, kw_only=True)
class AccountItem:
    """A contract in the switcher: `label` is its address, `role` says what one may do there."""

    label: str
    number: str
    role: str
    url: str
    is_current: bool = False


@dataclass(frozen=True, kw_only=True)
class BellItem:
    """A notification in the panel of the bell. To open it is a POST to `url`."""

    text: str
    icon: str
    url: str
    when: datetime


@dataclass(frozen=True, kw_only=True)
class Bell:
    """`unread` counts all unread notifications, `items` are the newest of them (five at most)."""

    unread: int
    items: tuple[BellItem, ...]
    url: str


@dataclass(frozen=True, kw_only=True)
class LangItem:
    """A language: its code (kk, ru, en) and its short name in itself."""

    code: str
    label: str
    is_current: bool = False


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """The person who is signed in."""

    name: str
    initials: str


@dataclass(frozen=True, kw_only=True)
class ShellUrls:
    """Where the shell's own links and its three POST forms go. An empty one is not shown."""

    home: str
    sign_in: str = ""
    join: str = ""
    settings: str = ""
    add_account: str = ""
    sign_out: str = ""
    choose_language: str = ""
    choose_theme: str = ""


@dataclass(frozen=True, kw_only=True)
class Shell:
    """All that a layout needs to know. `here` is the path to come back to after a choice."""

    brand: Brand
    urls: ShellUrls
    langs: tuple[LangItem, ...]
    theme: Theme = "system"
    here: str = "/"
    request_id: str = ""
    is_desk: bool = False  # staff at work: the desk stands around the page, not a customer's menu
    user: Visitor | None = None
    account: AccountItem | None = None
    accounts: tuple[AccountItem, ...] = ()
    menu: tuple[MenuItem, ...] = ()
    tabbar: tuple[MenuItem, ...] = ()
    foot: tuple[MenuItem, ...] = ()
    bell: Bell | None = None
