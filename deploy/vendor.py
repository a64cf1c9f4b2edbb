"""Bring front-end files that others wrote into static/: `python deploy/vendor.py` (needs npm).

What it brings is committed; the portal itself never needs npm. To add an icon, add its Lucide name
to deploy/icons.txt and run this again.
"""

import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"
HTMX = "htmx.org@2.0.11"
LUCIDE = "lucide-static@1.62.0"
RENAMED = {"circle-help": "circle-question-mark", "plus-circle": "circle-plus"}
MARK = re.compile(r'<symbol id="mark".*?</symbol>')
SPRITE_HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg">\n'
    "<!-- Icons: Lucide, ISC License, (c) Lucide Contributors; parts from Feather, MIT,"
    ' (c) Cole Bemis. Symbol "mark" is ours. -->\n'
)


def unpack(package: str, folder: Path) -> Path:
    """Fetch an npm package into `folder` and return where its files are."""
    target = folder / package.partition("@")[0]
    target.mkdir()
    command = ["npm", "pack", "--silent", "--pack-destination", str(target), package]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    (archive,) = target.glob("*.tgz")
    with tarfile.open(archive) as tar:
        tar.extractall(target, filter="data")
    return target / "package"


def symbol(name: str, icons: Path) -> str:
    """Return the drawing of a Lucide icon as a symbol of the sprite."""
    drawing = (icons / f"{RENAMED.get(name, name)}.svg").read_text()
    inner = re.sub(r"^.*?<svg.*?>|</svg>\s*$", "", drawing, flags=re.DOTALL)
    lines = (line.strip().replace(" />", "/>") for line in inner.splitlines())
    return f'<symbol id="{name}" viewBox="0 0 24 24">{"".join(lines)}</symbol>'


def bring_htmx(folder: Path) -> None:
    package = unpack(HTMX, folder)
    vendor = STATIC / "vendor"
    vendor.mkdir(exist_ok=True)
    (vendor / "htmx.min.js").write_bytes((package / "dist" / "htmx.min.js").read_bytes())
    (vendor / "htmx-LICENSE.txt").write_bytes((package / "LICENSE").read_bytes())


def bring_icons(folder: Path) -> None:
    package = unpack(LUCIDE, folder)
    sprite = STATIC / "img" / "icons.svg"
    mark = MARK.search(sprite.read_text())
    if mark is None:
        sys.exit(f"{sprite} has no symbol named mark: restore it first.")
    names = sorted(set((ROOT / "deploy" / "icons.txt").read_text().split()))
    symbols = [mark[0], *(symbol(name, package / "icons") for name in names)]
    sprite.write_text(SPRITE_HEAD + "\n".join(symbols) + "\n</svg>\n")
    (STATIC / "img" / "icons-LICENSE.txt").write_bytes((package / "LICENSE").read_bytes())


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        bring_htmx(Path(folder))
        bring_icons(Path(folder))


if __name__ == "__main__":
    main()
