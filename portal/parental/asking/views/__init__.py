"""Pages for a child behind its secret link, and for the parents who answer."""

from portal.parental.asking.views import child, parents

BLUEPRINTS = (child.bp, parents.bp)

__all__ = ["BLUEPRINTS"]
