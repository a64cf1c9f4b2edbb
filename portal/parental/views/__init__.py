"""Pages of parental control."""

from portal.parental.views import accounting, exports, imports, profile, profiles, sites
from portal.parental.views.blueprint import bp

BLUEPRINTS = (bp, accounting.bp)

__all__ = ["BLUEPRINTS", "bp", "exports", "imports", "profile", "profiles", "sites"]
