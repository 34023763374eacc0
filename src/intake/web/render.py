"""Templates of pages to responses. Autoescape is always on; a missing variable is an error, never a blank."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import jinja2
from starlette.responses import HTMLResponse

from intake import resources
from intake.config import Settings
from intake.web import labels
from intake.web.controls import shown, visible

JST = timezone(timedelta(hours=9), "JST")
WEEKDAYS = "月火水木金土日"
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")  # not strftime: that follows the machine's locale
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Exact(str):
    """Text that goes back to us from a form just as it was: the filter ``exact`` lets it pass ``seen``."""

    __slots__ = ()


def seen(value: Any) -> Any:
    """What a page says of a value: characters that nobody would see, or that turn the line around, by their names.

    Whoever wrote it, and whichever template forgets to ask. Pieces that are markup already have come this way before.
    """
    return shown(value) if type(value) is str else value


class Pages:
    """Renders ``templates/{seeker,contact,staff}/…``; files in HOME/templates replace the shipped ones."""

    def __init__(self, settings: Settings) -> None:
        folders = [settings.templates_override, resources.shipped_templates()]
        self._env = jinja2.Environment(
            loader=jinja2.FileSystemLoader([str(f) for f in folders]),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            finalize=seen,
        )
        self._env.filters |= {
            "day": day,
            "moment": moment,
            "whole": whole,
            "ago": ago,
            "visible": visible,
            "exact": Exact,
        }
        self._env.globals |= {"label": labels.label, "stage_name": labels.stage_name}

    def text(self, name: str, **values: Any) -> str:
        """The rendered page."""
        return self._env.get_template(name).render(**values)

    def page(self, name: str, status: int = 200, **values: Any) -> HTMLResponse:
        """The rendered page as a response that nobody stores."""
        return HTMLResponse(self.text(name, **values), status_code=status, headers={"Cache-Control": "no-store"})


@jinja2.pass_context
def day(context: jinja2.runtime.Context, value: date | None) -> str:
    """「11月22日(日)」; "22 Nov (Sun)" on an English page. With its year where that is not the page's own (``now``)."""
    if value is None:
        return ""
    now = context.get("now")
    far = isinstance(now, datetime) and value.year != now.astimezone(JST).year
    if context.get("lang") == "en":
        year = f" {value.year}" if far else ""
        return f"{value.day} {MONTHS[value.month - 1]}{year} ({DAYS[value.weekday()]})"
    year = f"{value.year}年" if far else ""
    return f"{year}{value.month}月{value.day}日({WEEKDAYS[value.weekday()]})"


@jinja2.pass_context
def moment(context: jinja2.runtime.Context, value: datetime | None) -> str:
    """「11月22日(日) 14:05」 in Asia/Tokyo."""
    if value is None:
        return ""
    here = value.astimezone(JST)
    return f"{day(context, here.date())} {here:%H:%M}"


@jinja2.pass_context
def whole(context: jinja2.runtime.Context, value: date | str | None) -> str:
    """「2027年3月1日」, of an instant 「2027年3月1日 14:05」: for days far away, for print. ISO 8601 too."""
    if not value:
        return ""
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    here = value.astimezone(JST) if isinstance(value, datetime) else value
    text = f"{here.year}年{here.month}月{here.day}日"
    if context.get("lang") == "en":
        text = f"{here.day} {MONTHS[here.month - 1]} {here.year}"
    return f"{text} {here:%H:%M}" if isinstance(here, datetime) else text


def ago(value: datetime | None, now: datetime | None = None) -> str:
    """「5分前」"""
    if value is None:
        return ""
    seconds = int(((now or datetime.now(UTC)) - value).total_seconds())
    for unit, name in ((86400, "日"), (3600, "時間"), (60, "分")):
        if seconds >= unit:
            return f"{seconds // unit}{name}前"
    return "たった今"
