"""Charts as SVG, drawn on the server: no script, no style attribute (the page's policy forbids both).

Each is an image with its own words; the same figures stand in a table beside it. A picture for wide screens becomes
unreadable when a telephone shrinks it, so each is drawn twice and the page's style shows the one that fits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

BAR, GAP, HIGH = 20, 8, 130
Rows = Sequence[tuple[str, float, str]]


@dataclass(frozen=True, slots=True)
class Frame:
    """Sizes in the units of the picture: about one pixel each where it is shown."""

    name: str
    width: int
    label: int  # for the words before a bar
    end: int  # for what stands at a bar's end
    letters: int  # of a label
    tick: int  # least room between the words of two columns


FRAMES = (Frame("on-wide", 640, 190, 90, 14, 60), Frame("on-narrow", 320, 132, 66, 8, 76))


def bars(title: str, rows: Rows) -> Markup:
    """One bar a row: its label, its length, what stands at its end. The longest fills the width."""
    return Markup("").join(_bars(title, rows, frame) for frame in FRAMES)


def columns(title: str, rows: Rows, most: float = 0) -> Markup:
    """One column a row, from left to right; ``most`` is the height of the frame (else the tallest fills it)."""
    return Markup("").join(_columns(title, rows, most, frame) for frame in FRAMES)


def _bars(title: str, rows: Rows, frame: Frame) -> Markup:
    most = max((value for _, value, _ in rows), default=0) or 1
    room = frame.width - frame.label - frame.end
    drawn = []
    for place, (label, value, said) in enumerate(rows):
        top, left = place * (BAR + GAP), frame.label
        long = max(1.0 if value else 0.0, value / most * room)
        drawn.append(
            Markup(
                '<text x="{}" y="{}" class="of" text-anchor="end">{}</text>'
                '<rect x="{}" y="{}" width="{:.1f}" height="{}" rx="3"></rect><text x="{:.1f}" y="{}">{}</text>'
            ).format(left - 10, top + 15, _short(label, frame.letters), left, top, long, BAR,
                     left + long + 8, top + 15, said)
        )  # fmt: skip
    return _image(title, frame, len(rows) * (BAR + GAP), drawn)


def _columns(title: str, rows: Rows, most: float, frame: Frame) -> Markup:
    most = most or max((value for _, value, _ in rows), default=0) or 1
    step = frame.width / max(1, len(rows))
    every = max(1, -(-frame.tick // max(1, int(step))))  # labels do not run into each other
    drawn = []
    for place, (label, value, said) in enumerate(rows):
        left, tall = place * step, max(1.0 if value else 0.0, value / most * HIGH)
        drawn.append(
            Markup(
                '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="2"><title>{} {}</title></rect>'
            ).format(left + step * 0.12, HIGH - tall + 18, step * 0.76, tall, label, said)
        )
        if (len(rows) - 1 - place) % every == 0:  # the newest has its words in any case
            drawn.append(
                _tick(min(max(left + step / 2, frame.tick / 2), frame.width - frame.tick / 2), tall, said, label)
            )
    return _image(title, frame, HIGH + 42, drawn)


def _tick(middle: float, tall: float, said: str, label: str) -> Markup:
    """The figure above a column and its day below, whole within the picture also at its edges."""
    return Markup(
        '<text x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>'
        '<text x="{:.1f}" y="{}" class="of" text-anchor="middle">{}</text>'
    ).format(middle, HIGH - tall + 13, said, middle, HIGH + 36, label)


def _image(title: str, frame: Frame, height: int, drawn: Sequence[Markup]) -> Markup:
    head = Markup('<svg class="chart {}" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(
        frame.name, frame.width, max(height, 1), title
    )
    return head + Markup("").join(drawn) + Markup("</svg>")


def _short(label: str, letters: int) -> str:
    return label if len(label) <= letters else f"{label[: letters - 1]}…"
