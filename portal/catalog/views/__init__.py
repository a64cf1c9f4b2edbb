"""The catalogue manager's desk."""

from portal.catalog.views import editing, files, listing, releasing, versions
from portal.catalog.views.blueprint import bp

__all__ = ["bp", "editing", "files", "listing", "releasing", "versions"]
