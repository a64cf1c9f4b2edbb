"""A new appeal that follows an ended one, for whoever holds that one’s receipt.

The link carries a seal and not the receipt’s secret: it is kept with the draft of the new appeal.
"""

from uuid import UUID

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

from portal.appeals import queries
from portal.appeals.models import Appeal
from portal.config import Settings
from portal.core import db
from portal.core.errors import NotFoundError

LASTS_SECONDS = 30 * 24 * 3600


def seal_of(appeal: Appeal) -> str:
    """Return what names an appeal, behind its secret, to the form of the next one."""
    return _sealers()[0].dumps([str(appeal.id), appeal.secret_hash])


def followed(sealed: str) -> Appeal | None:
    """Return the appeal that a new one follows; None without a right seal."""
    for sealer in _sealers():
        try:
            appeal_id, digest = sealer.loads(sealed, max_age=LASTS_SECONDS)
        except BadData:
            continue
        db.see(token=digest)
        try:
            return queries.appeal_of_seal(UUID(appeal_id))
        except NotFoundError:
            return None
    return None


def _sealers() -> list[URLSafeTimedSerializer]:
    settings: Settings = current_app.config["SETTINGS"]
    keys = [settings.secret_key, *settings.secret_key_fallbacks]
    return [URLSafeTimedSerializer(key, salt="appeals.follows") for key in keys]
