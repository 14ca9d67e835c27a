"""A line chart over time as SVG, by a Jinja template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from errors import SourceError

Lines = Mapping[str, Sequence[tuple[float, float]]]
_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 860, 420, 60, 210, 40, 40
# Okabe and Ito's colours, told apart by the colour-blind too.
_COLOURS = ("#d55e00", "#0072b2", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#8a8a00", "#777777")
_TEMPLATE = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{ width }} {{ height }}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="white"/>
<text x="{{ left }}" y="22" font-size="15">{{ title }}</text>
{% for y, label in y_ticks %}<path d="M{{ left }} {{ y }}H{{ right }}" stroke="#ddd"/><text x="{{ left - 6 }}" y="{{ y + 4 }}" text-anchor="end">{{ label }}</text>
{% endfor %}{% for x, label in x_ticks %}<text x="{{ x }}" y="{{ bottom + 18 }}" text-anchor="middle">{{ label }}</text>
{% endfor %}{% for each in lines %}<polyline points="{{ each.points }}" fill="none" stroke="{{ each.colour }}" stroke-width="{{ each.width }}"/>
<path d="M{{ right + 10 }} {{ each.key }}h18" stroke="{{ each.colour }}" stroke-width="{{ each.width }}"/><text x="{{ right + 34 }}" y="{{ each.key + 4 }}">{{ each.name }}</text>
{% endfor %}</svg>
"""


def write_chart(path: Path, title: str, lines: Lines, *, first: str = "Kairos") -> None:
    """Draw ``lines`` (times in POSIX seconds) into ``path``; the line called ``first`` is the bold one.

    Raises:
        SourceError: the file cannot be written.
    """
    from jinja2 import Environment

    points = [point for line in lines.values() for point in line]
    if not points:
        raise SourceError(f"{path}: there is nothing to draw")
    begin, end = min(at for at, _ in points), max(at for at, _ in points)
    most = max(value for _, value in points) or 1.0
    right, bottom = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM

    def x(at: float) -> float:
        return round(_LEFT + (at - begin) / max(end - begin, 1.0) * (right - _LEFT), 1)

    def y(value: float) -> float:
        return round(bottom - value / most * (bottom - _TOP), 1)

    days = "%d %b %H:%M" if end - begin < 30 * 86400 else "%b %Y"
    moments = [begin + part * (end - begin) / 4 for part in range(5)]
    svg = (
        Environment(autoescape=True)
        .from_string(_TEMPLATE)
        .render(
            width=_WIDTH,
            height=_HEIGHT,
            left=_LEFT,
            right=right,
            bottom=bottom,
            title=title,
            y_ticks=[(y(part * most / 4), f"{part * most / 4:.3f}") for part in range(5)],
            x_ticks=[(x(at), f"{datetime.fromtimestamp(at, UTC):{days}}") for at in moments],
            lines=[
                {
                    "name": name,
                    "points": " ".join(f"{x(at)},{y(value)}" for at, value in line),
                    "colour": _COLOURS[place % len(_COLOURS)],
                    "width": 3 if name == first else 1.5,
                    "key": _TOP + 20 * place,
                }
                for place, (name, line) in enumerate(lines.items())
            ],
        )
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(svg, encoding="utf-8")
    except OSError as error:
        raise SourceError(f"{path}: the plot cannot be written: {error}") from error
