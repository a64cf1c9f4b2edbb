"""A camera that reads the QR code of a page."""

import io

import zxingcpp
from PIL import Image
from playwright.sync_api import Locator


def read_code(picture: Locator) -> str:
    """Return what the QR code says that a page shows, as it is drawn."""
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture.screenshot())).convert("L"))
    return str(found.text)
