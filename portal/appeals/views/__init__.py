"""Pages of appeals: of a contract, of somebody without one, and the check of a receipt."""

from portal.appeals.views import chat, contract, drafts, files, public, receipts, track
from portal.appeals.views.blueprint import bp

__all__ = ["bp", "chat", "contract", "drafts", "files", "public", "receipts", "track"]
