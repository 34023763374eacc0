"""Charts as SVG, drawn on the server: no script, no style attribute (the page's policy forbids both).

Each is an image with its own words; the same figures stand in a table beside it.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

WIDTH, LABEL, BAR, GAP = 640, 190, 20, 8


def bars(title: str, rows: Sequence[tuple[str, float, str]]) -> Markup:
    """One bar a row: its label, its length, what stands at its end. The longest fills the width."""
    most = max((value for _, value, _ in rows), default=0) or 1
    room = WIDTH - LABEL - 90
    drawn = []
    for place, (label, value, said) in enumerate(rows):
        top = place * (BAR + GAP)
        long = max(1.0 if value else 0.0, value / most * room)
        drawn.append(
            Markup(
                '<text x="{}" y="{}" class="of" text-anchor="end">{}</text>'
                '<rect x="{}" y="{}" width="{:.1f}" height="{}" rx="3"></rect><text x="{:.1f}" y="{}">{}</text>'
            ).format(LABEL - 10, top + 15, _short(label), LABEL, top, long, BAR, LABEL + long + 8, top + 15, said)
        )
    return _image(title, len(rows) * (BAR + GAP), drawn)


def columns(title: str, rows: Sequence[tuple[str, float, str]], most: float = 0) -> Markup:
    """One column a row, from left to right; ``most`` is the height of the frame (else the tallest fills it)."""
    most = most or max((value for _, value, _ in rows), default=0) or 1
    high, step = 130, WIDTH / max(1, len(rows))
    every = max(1, round(60 / step))  # labels do not run into each other
    drawn = []
    for place, (label, value, said) in enumerate(rows):
        left, tall = place * step, max(1.0 if value else 0.0, value / most * high)
        middle = left + step / 2
        drawn.append(
            Markup(
                '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="2"><title>{} {}</title></rect>'
            ).format(left + step * 0.12, high - tall + 18, step * 0.76, tall, label, said)
        )
        if place % every == 0:
            drawn.append(
                Markup(
                    '<text x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>'
                    '<text x="{:.1f}" y="{}" class="of" text-anchor="middle">{}</text>'
                ).format(middle, high - tall + 13, said, middle, high + 36, label)
            )
    return _image(title, high + 42, drawn)


def _image(title: str, height: int, drawn: Sequence[Markup]) -> Markup:
    head = Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(
        WIDTH, max(height, 1), title
    )
    return head + Markup("").join(drawn) + Markup("</svg>")


def _short(label: str) -> str:
    return label if len(label) <= 14 else f"{label[:13]}…"
