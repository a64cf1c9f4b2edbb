"""Codes that a camera reads."""

import segno


def qr_code(text: str) -> str:
    """Return a QR code of `text` as the address of a picture: dark on white in every scheme."""
    made = segno.make(text, error="m", micro=False)
    address: str = made.svg_data_uri(scale=5, border=4, dark="#000", light="#fff")
    return address
