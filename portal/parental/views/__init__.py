"""Pages of parental control."""

from portal.parental.views import (
    accounting,
    checking,
    exports,
    imports,
    pausing,
    profile,
    profiles,
    schedule,
    settings,
    sites,
)
from portal.parental.views.blueprint import bp

BLUEPRINTS = (bp, accounting.bp)

__all__ = [
    "BLUEPRINTS",
    "bp",
    "checking",
    "exports",
    "imports",
    "pausing",
    "profile",
    "profiles",
    "schedule",
    "settings",
    "sites",
]
