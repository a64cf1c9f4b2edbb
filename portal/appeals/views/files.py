"""Files of conversations: who asks is checked, then a sealed address gives the file out.

The answer depends on the seal and on no cookie; with FILES_URL it comes from a host that has none.
"""

from typing import Any
from uuid import UUID

from flask import Response, current_app, redirect, url_for
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response as Answer

from portal.appeals import queries
from portal.appeals.models import Appeal
from portal.appeals.views.blueprint import bp
from portal.config import Settings
from portal.core import db, files
from portal.core.access import Permission, allow
from portal.core.errors import NotFoundError

LASTS_SECONDS = 600


def lead_to(appeal: Appeal, attachment_id: UUID) -> Answer:
    """Lead to a file of an appeal that the asker may see. Raises NotFoundError."""
    file = queries.attachment_of(appeal, attachment_id)
    sealed = _sealers()[0].dumps(
        {
            "file": str(file.id),
            "appeal": str(appeal.id),
            "account": str(appeal.account_id or ""),
            "holder": appeal.secret_hash or "",
        }
    )
    return redirect(_settings().files_url + url_for("appeals.send_file", sealed=sealed), 303)


@bp.get("/appeals/files/<string:sealed>")
@allow(Permission.PUBLIC)
def send_file(sealed: str) -> Response:
    named = _opened(sealed)
    db.see(account_id=named["account"], token=named["holder"], user_id="", staff="")
    appeal = queries.appeal_of_seal(UUID(named["appeal"]))
    file = queries.attachment_of(appeal, UUID(named["file"]))
    return files.download(file.key, name=file.name, media_type=file.media_type)


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def _sealers() -> list[URLSafeTimedSerializer]:
    keys = [_settings().secret_key, *_settings().secret_key_fallbacks]
    return [URLSafeTimedSerializer(key, salt="appeals.file") for key in keys]


def _opened(sealed: str) -> dict[str, Any]:
    for sealer in _sealers():
        try:
            named: dict[str, Any] = sealer.loads(sealed, max_age=LASTS_SECONDS)
        except BadData:
            continue
        return named
    raise NotFoundError
