"""Letters as mail programs write them, odd ones among them."""

import base64
import io
import quopri
from email.message import EmailMessage

from PIL import Image

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
SENDER = "marat@example.kz"
TEXT = "Добрый день! С утра не работает интернет, лампа на роутере красная."


def picture(kind="JPEG"):
    out = io.BytesIO()
    Image.new("RGB", (12, 8), "red").save(out, format=kind)
    return out.getvalue()


def letter(body=TEXT, *, files=(), **headers):
    """A plain letter of a careful program; `files` are (name, media type, content)."""
    message = EmailMessage()
    told = {
        "From": f"Марат Сейтов <{SENDER}>",
        "To": "appeals@localhost",
        "Subject": "Не работает интернет",
        "Message-ID": "<first@mail.example.kz>",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    for name, value in told.items():
        if value is not None:
            message[name] = value
    message.set_content(body)
    for name, kind, content in files:
        main, _, sub = kind.partition("/")
        message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return message.as_bytes()


def raw(head, body=b""):
    """A letter byte by byte: what programs send that nobody tested."""
    head = head if isinstance(head, bytes) else head.encode()
    body = body if isinstance(body, bytes) else body.encode()
    return head.strip().replace(b"\n", b"\r\n") + b"\r\n\r\n" + body


PHRASE = "Прошу проверить линию."
OUTLOOK_HTML = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style><!--
p.MsoNormal {margin:0cm;} --></style><title>x</title></head><body lang=RU>
<div class=WordSection1><p class=MsoNormal>Прошу проверить&nbsp;линию.<o:p></o:p></p>
<script>alert('x')</script><img src="http://spy.example/p.gif" onerror="alert(1)">
<p class=MsoNormal><a href="https://example.kz/speed">замер скорости</a></p>
<div style='display:none'>hidden words</div></div></body></html>"""

READ_AS_PHRASE = {
    "windows-1251": raw(
        "From: a@example.kz\nContent-Type: text/plain; charset=windows-1251\n"
        "Content-Transfer-Encoding: 8bit",
        PHRASE.encode("windows-1251"),
    ),
    "koi8-r, quoted": raw(
        'From: a@example.kz\nContent-Type: text/plain; charset="KOI8-R"\n'
        "Content-Transfer-Encoding: quoted-printable",
        quopri.encodestring(PHRASE.encode("koi8-r")),
    ),
    "koi8-r, charset not said": raw("From: a@example.kz", PHRASE.encode("koi8-r")),
    "windows-1251, says us-ascii": raw(
        "From: a@example.kz\nContent-Type: text/plain; charset=us-ascii",
        PHRASE.encode("windows-1251"),
    ),
    "windows-1251, says utf-8": raw(
        "From: a@example.kz\nContent-Type: text/plain; charset=utf-8",
        PHRASE.encode("windows-1251"),
    ),
    "a charset that nobody knows": raw(
        "From: a@example.kz\nContent-Type: text/plain; charset=x-mac-nowhere", PHRASE
    ),
    "base64": raw(
        "From: a@example.kz\nContent-Type: text/plain; charset=utf-8\n"
        "Content-Transfer-Encoding: base64",
        base64.encodebytes(PHRASE.encode()),
    ),
    "utf-16": raw(
        "From: a@example.kz\nContent-Type: text/plain; charset=utf-16\n"
        "Content-Transfer-Encoding: base64",
        base64.encodebytes(PHRASE.encode("utf-16")),
    ),
    "an alternative whose plain part is blank": raw(
        "From: a@example.kz\nContent-Type: multipart/alternative; boundary=b",
        "--b\r\nContent-Type: text/plain\r\n\r\n \r\n--b\r\nContent-Type: text/html; charset=utf-8"
        f"\r\n\r\n<p>{PHRASE}</p>\r\n--b--\r\n",
    ),
    "nested three times": raw(
        "From: a@example.kz\nContent-Type: multipart/mixed; boundary=x",
        "--x\r\nContent-Type: multipart/related; boundary=y\r\n\r\n--y\r\n"
        "Content-Type: multipart/alternative; boundary=z\r\n\r\n--z\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{PHRASE}\r\n--z\r\n"
        f"Content-Type: text/html\r\n\r\n<b>other</b>\r\n--z--\r\n--y--\r\n--x--\r\n",
    ),
    "a boundary that never ends": raw(
        "From: a@example.kz\nContent-Type: multipart/mixed; boundary=never",
        f"--never\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{PHRASE}\r\n",
    ),
    "no multipart at all, though it says so": raw(
        "From: a@example.kz\nContent-Type: multipart/mixed", PHRASE
    ),
}
