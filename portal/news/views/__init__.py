"""Pages of readers and of editors."""

from portal.news.views import desk, drafts, preferences, reading
from portal.news.views.blueprint import bp

__all__ = ["bp", "desk", "drafts", "preferences", "reading"]
