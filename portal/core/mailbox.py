"""What the laptop's mail sink keeps, to be read by hand and by tests: only where DEBUG is on."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from flask import Blueprint, Response, abort, current_app, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from portal.core import http
from portal.core.access import Permission, allow

bp = Blueprint("mailbox", __name__, url_prefix="/dev/mailbox")

SHOWN = 100
POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
_NAME = re.compile(r"[0-9a-f]{32}")
_ADDRESS = re.compile(r"https?://[^\s<>()]+[^\s<>().,:;]")


@dataclass(frozen=True)
class Kept:
    """One message of the sink, under the name of its file."""

    name: str
    arrived_at: datetime
    message: EmailMessage

    def words(self, kind: str) -> str:
        """Return the part of a kind (plain, html); empty if it has none."""
        part = self.message.get_body((kind,))
        return str(part.get_content()) if part else ""

    @property
    def text(self) -> Markup:
        """The plain text with its links."""
        written = self.words("plain").replace("\r\n", "\n")
        pieces, end = [], 0
        for found in _ADDRESS.finditer(written):
            pieces.append(escape(written[end : found.start()]))
            pieces.append(Markup('<a href="{0}">{0}</a>').format(found[0]))
            end = found.end()
        return Markup("").join([*pieces, escape(written[end:])])


def _folder() -> Path:
    if not current_app.config["DEBUG"]:
        abort(404)
    folder: Path = current_app.config["SETTINGS"].mail_dir
    return folder


def _read(path: Path) -> Kept:
    message = message_from_bytes(path.read_bytes(), policy=default)
    return Kept(path.stem, datetime.fromtimestamp(path.stat().st_mtime, UTC), message)


def _newest() -> Iterator[Kept]:
    paths = sorted(_folder().glob("*.eml"), key=lambda path: path.stat().st_mtime, reverse=True)
    return map(_read, paths[:SHOWN])


def _named(name: str) -> Kept:
    path = _folder() / f"{name}.eml"
    if not _NAME.fullmatch(name) or not path.is_file():
        abort(404)
    return _read(path)


@bp.get("")
@allow(Permission.PUBLIC)
def list_mails() -> ResponseReturnValue:
    return render_template("dev/list_mails.html", mails=list(_newest()))


@bp.get("/<string:name>")
@allow(Permission.PUBLIC)
def show_mail(name: str) -> ResponseReturnValue:
    http.show_frame()
    return render_template("dev/show_mail.html", mail=_named(name))


@bp.get("/<string:name>/page")
@allow(Permission.PUBLIC)
def show_mail_page(name: str) -> ResponseReturnValue:
    """Show the HTML of a message in a box from which nothing gets out."""
    response = Response(_named(name).words("html"), mimetype="text/html")
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response
