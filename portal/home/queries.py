"""What the home page shows, asked from the domains: one statement each."""

from dataclasses import dataclass

from portal.accounts.access import Principal
from portal.accounts.models import Account


@dataclass(frozen=True, kw_only=True)
class Home:
    """The customer's home page."""

    account: Account


def home_of(who: Principal) -> Home:
    """Return what the home page of the account in the URL shows."""
    return Home(account=who.account)
