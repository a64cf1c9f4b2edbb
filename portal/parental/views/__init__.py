"""Pages of parental control."""

from portal.parental.views import accounting, imports, profile, sites
from portal.parental.views.blueprint import bp

BLUEPRINTS = (bp, accounting.bp)

__all__ = ["BLUEPRINTS", "bp", "imports", "profile", "sites"]
