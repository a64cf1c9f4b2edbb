import io
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image
from PIL.ExifTags import Base

from portal.core import files
from portal.core.errors import RuleError


def picture(kind="JPEG", size=(8, 4), mode="RGB", **options):
    out = io.BytesIO()
    Image.new(mode, size, "red" if mode != "P" else 1).save(out, format=kind, **options)
    return out.getvalue()


def accept(content, name="file"):
    return files.accept(io.BytesIO(content), name)


@pytest.mark.parametrize(
    ("content", "name", "media_type", "kept_name"),
    [
        (picture("JPEG"), "red lamp.jpeg", "image/jpeg", "red lamp.jpg"),
        (picture("PNG", mode="RGBA"), "a.png", "image/png", "a.png"),
        (picture("PNG", mode="P"), "a.png", "image/png", "a.png"),
        (picture("WEBP"), "a.webp", "image/webp", "a.webp"),
        (b"%PDF-1.7\n...", "speed.pdf", "application/pdf", "speed.pdf"),
        (picture("PNG"), "invoice.pdf", "image/png", "invoice.png"),  # the content decides
        (picture("PNG"), "..\\..\\etc/passwd", "image/png", "passwd.png"),
        (picture("PNG"), "a\u202egpj.exe\r\n", "image/png", "agpj.png"),
        (picture("PNG"), "", "image/png", "file.png"),
        (picture("PNG"), "красная-лампа.ПНГ", "image/png", "красная-лампа.png"),
    ],
)
def test_a_file_is_what_its_content_says(content, name, media_type, kept_name):
    accepted = accept(content, name)

    assert (accepted.media_type, accepted.name) == (media_type, kept_name)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"MZ\x90 a program", "Only PDF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "Only PDF"),
        (b"<html><script>alert(1)</script>", "Only PDF"),
        (b"PK\x03\x04 an archive", "Only PDF"),
        (picture("GIF", mode="P"), "Only PDF"),
        (picture("JPEG")[:200], "Only PDF"),
        (b"\xff\xd8\xff" + b"0" * 100, "Only PDF"),
        (b"%PDF-" + b"0" * files.LARGEST, "20 MB"),
    ],
)
def test_anything_else_is_refused_in_words(content, words):
    with pytest.raises(RuleError) as refused:
        accept(content, "photo.jpg")

    assert words in refused.value.marked.msgid
    assert refused.value.field == "file"


def test_a_flood_of_pixels_is_refused_before_it_is_decoded():
    flood = picture("PNG", size=(10_000, 6_000), mode="1")

    with pytest.raises(RuleError) as refused:
        accept(flood)

    assert "pixels" in refused.value.marked.msgid


def test_one_picture_is_drawn_at_a_time(monkeypatch):
    """Each may take 900 MB: a few at once would end the process, and it is nobody's fault."""
    drawn, most = [], []

    def encode(_image, _as_format):
        drawn.append(1)
        most.append(len(drawn))
        time.sleep(0.02)
        drawn.pop()
        return b"drawn"

    monkeypatch.setattr(files, "_encode", encode)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(accept, [picture()] * 4))

    assert most == [1, 1, 1, 1]


def test_a_picture_loses_where_it_was_taken_but_stays_upright():
    exif = Image.Exif()
    exif[Base.Orientation] = 6
    exif[Base.Make] = "Camera of Aigerim"
    exif.get_ifd(0x8825)[1] = "N"
    source = picture("JPEG", size=(8, 4), exif=exif)

    kept = accept(source).content

    with Image.open(io.BytesIO(kept)) as image:
        assert image.size == (4, 8)
        assert not dict(image.getexif())
    assert b"Camera of Aigerim" in source
    assert b"Camera of Aigerim" not in kept


def test_what_hides_behind_a_picture_is_gone():
    assert b"PK\x03\x04" not in accept(picture("PNG") + b"PK\x03\x04 an archive").content
