"""Files that people send: recognised by content, images drawn anew, kept outside the web root."""

import hashlib
import io
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import IO, cast

from flask import Response, current_app
from PIL import Image, ImageOps, UnidentifiedImageError

from portal.core import ids
from portal.core.errors import NotFoundError, RuleError
from portal.core.text import _l

LARGEST = 20 * 1024 * 1024
MOST_PIXELS = 50_000_000
LONGEST_NAME = 120
_ENDINGS = {
    "application/pdf": ".pdf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
}
_FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
_KEY = re.compile(r"[0-9a-f]{2}/[0-9a-f-]{36}")
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|]')

_easel = Lock()
"""A picture of MOST_PIXELS takes up to 900 MB while it is drawn: one at a time in a process."""

Image.MAX_IMAGE_PIXELS = None  # Our own check, before anything is decoded, has words for people.


@dataclass(frozen=True)
class Accepted:
    """A file that may be kept. `content` is what is stored: an image without its metadata."""

    name: str
    media_type: str
    content: bytes


def accept(stream: IO[bytes], name: str) -> Accepted:
    """Recognise a file by its content: PDF, JPEG, PNG or WebP, 20 MB at most.

    Images are drawn anew, so that place, camera and anything hidden in them is gone.
    Raises RuleError (field `file`) for everything else.
    Source: security-checklist 32.
    """
    raw = stream.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise RuleError(_l("This file is larger than 20 MB. Send a smaller one."), field="file")
    if not raw:
        raise RuleError(_l("This file is empty. Choose another one."), field="file")
    if raw.startswith(b"%PDF-"):
        return Accepted(_named(name, "application/pdf"), "application/pdf", raw)
    media_type, drawn = _draw_anew(raw)
    return Accepted(_named(name, media_type), media_type, drawn)


def keep(content: bytes) -> str:
    """Write a file under a new random name and return its key."""
    name = str(ids.uuid7())
    key = f"{name[-2:]}/{name}"
    path = _folder() / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return key


def forget(key: str) -> None:
    """Remove a kept file; one that is gone already is no fault."""
    _path(key).unlink(missing_ok=True)


def fingerprint(key: str) -> str | None:
    """Return sha256 of a kept file in hex, or None if it is not there."""
    try:
        with _path(key).open("rb") as kept:
            return hashlib.file_digest(kept, "sha256").hexdigest()
    except (FileNotFoundError, ValueError):
        return None


def download(key: str, *, name: str, media_type: str) -> Response:
    """Answer with a kept file as a download that no browser runs.

    Raises NotFoundError if it is not there any more.
    """
    try:
        content = _path(key).read_bytes()
    except FileNotFoundError as gone:
        raise NotFoundError from gone
    return attachment(content, name=name, media_type=media_type)


def attachment(content: bytes, *, name: str, media_type: str) -> Response:
    """Answer with a file that is kept on disk by whoever asked, and by nobody between.

    Source: security-checklist 13.
    """
    response = Response(content, mimetype=media_type)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _draw_anew(raw: bytes) -> tuple[str, bytes]:
    try:
        with _easel, Image.open(io.BytesIO(raw), formats=list(_FORMATS)) as image:
            _check_size(image)
            upright = ImageOps.exif_transpose(image)
            return _FORMATS[cast(str, image.format)], _encode(upright, cast(str, image.format))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as unknown:
        raise RuleError(
            _l("Only PDF, JPEG, PNG and WebP files can be sent, and this one is none of them."),
            field="file",
        ) from unknown


def _check_size(image: Image.Image) -> None:
    if image.width * image.height > MOST_PIXELS:
        raise RuleError(
            _l("This picture has too many pixels. Make it smaller and send it again."), field="file"
        )


def _encode(image: Image.Image, as_format: str) -> bytes:
    fitting = image if image.mode in {"RGB", "L"} else image.convert("RGBA")
    if as_format == "JPEG":
        fitting = fitting.convert("RGB")
    clean = Image.new(fitting.mode, fitting.size)
    clean.paste(fitting)
    out = io.BytesIO()
    clean.save(out, format=as_format)
    return out.getvalue()


def _named(name: str, media_type: str) -> str:
    """Return a name that every system can store, with the ending of what the file is."""
    printable = "".join(c for c in name if unicodedata.category(c)[0] != "C")
    stem = _NOT_IN_NAMES.sub(" ", Path(printable).stem).strip(" .") or "file"
    return " ".join(stem.split())[:LONGEST_NAME] + _ENDINGS[media_type]


def _path(key: str) -> Path:
    if not _KEY.fullmatch(key):
        raise ValueError(f"not a key: {key}")
    return _folder() / key


def _folder() -> Path:
    return cast(Path, current_app.config["SETTINGS"].files_dir)
