"""Geometry of the pictures that the server draws: SVG attributes out of figures, nothing else."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from markupsafe import Markup

BAR_WIDTH = 1000
BAR_GAP = 4
RING = 100  # the ring's pathLength: a value is a percentage
CHART_FLOOR = 160  # y of the axis
CHART_CEILING = 20  # y of the highest column's end

Number = Decimal | int | float


@dataclass(frozen=True)
class Part:
    """A stretch of a bar: its family (a CSS class), where it starts and how wide it is."""

    family: str
    x: float
    width: float


@dataclass(frozen=True)
class Column:
    """A column of a chart; x and width are percentages, y and height are pixels."""

    label: str
    value: str
    x: float
    middle: float
    width: float
    y: float
    height: float


def icon(sprite: str, name: str, look: str = "") -> Markup:
    """Draw icon `name` of the sprite at URL `sprite`; `look` is "", "inline" or "large"."""
    kind = f"icon is-{look}" if look else "icon"
    return Markup('<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>').format(
        kind, sprite, name
    )


def bar(shares: Sequence[tuple[str, Number]]) -> list[Part]:
    """Lay shares (family, amount) side by side on a bar of BAR_WIDTH; none at or below zero."""
    shown = [(family, float(amount)) for family, amount in shares if amount > 0]
    total = sum(amount for _family, amount in shown)
    room = BAR_WIDTH - BAR_GAP * (len(shown) - 1)
    parts, x = [], 0.0
    for family, amount in shown:
        width = amount / total * room
        parts.append(Part(family, round(x, 1), round(width, 1)))
        x += width + BAR_GAP
    return parts


def percent(part: Number, whole: Number) -> int:
    """Return `part` of `whole` as a whole percentage from 0 to 100; 0 of nothing is 0."""
    if whole <= 0:
        return 0
    return max(0, min(RING, round(100 * float(part) / float(whole))))


def columns(figures: Sequence[tuple[str, Number]], *, top: Number | None = None) -> list[Column]:
    """Stand figures (label, value) beside each other; `top` is the value that fills the height."""
    highest = float(top if top is not None else max((v for _label, v in figures), default=0)) or 1.0
    step = 100 / max(len(figures), 1)
    width = min(step * 0.6, 10.0)
    drawn = []
    for place, (label, value) in enumerate(figures):
        height = min(float(value) / highest, 1.0) * (CHART_FLOOR - CHART_CEILING)
        middle = (place + 0.5) * step
        drawn.append(
            Column(
                label=label,
                value=f"{value}",
                x=round(middle - width / 2, 2),
                middle=round(middle, 2),
                width=round(width, 2),
                y=round(CHART_FLOOR - height, 1),
                height=round(height, 1),
            )
        )
    return drawn


FILTERS: dict[str, Callable[..., Any]] = {"bar_parts": bar, "columns": columns, "percent": percent}
