"""What is typed and attached in the forms of an appeal."""

import io

from PIL import Image

ODD = "Ә Ғ Қ 🙂 \u202eسلام\u202c <b>not bold</b>"


def picture(kind="PNG"):
    out = io.BytesIO()
    Image.new("RGB", (8, 4), "red").save(out, format=kind)
    out.seek(0)
    return out


def new_form(browser, person):
    return browser.get("appeals.file_appeal", account_id=person.account_id)
