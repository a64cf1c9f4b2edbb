"""Pages of parental control."""

from portal.parental.views import imports, profile, sites
from portal.parental.views.blueprint import bp

__all__ = ["bp", "imports", "profile", "sites"]
