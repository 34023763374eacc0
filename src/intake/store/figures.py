"""Counts for the page of figures; on SQLite and PostgreSQL alike."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from intake.model import CaseState
from intake.ports.figures import SPANS, Arrivals, Endings
from intake.store.context import Context
from intake.store.tables import audit, cases, correction, inbox, outbox


class Figures:
    """FiguresRepo."""

    def __init__(self, context: Context) -> None:
        self._c = context
        self._sqlite = context.conn.dialect.name == "sqlite"

    def arrivals(self, since: datetime, until: datetime) -> list[Arrivals]:
        """By the day of receipt."""
        day = self._day(cases.c.received_at)
        query = (
            sa.select(day, cases.c.request, cases.c.channel, sa.func.count())
            .where(cases.c.received_at >= since, cases.c.received_at < until)
            .group_by(day, cases.c.request, cases.c.channel)
        )
        return [Arrivals(_date(d), r, c, n) for d, r, c, n in self._c.conn.execute(query)]

    def endings(self, since: datetime, until: datetime) -> list[Endings]:
        """By the day of closing."""
        of_staff = sa.and_(audit.c.case_id == cases.c.id, audit.c.actor_kind == "staff")
        by_hand = sa.exists(sa.select(sa.literal(1)).select_from(audit).where(of_staff))
        span = self._span(cases.c.received_at, cases.c.closed_at)
        query = (
            sa.select(cases.c.request, sa.not_(by_hand).label("alone"), span, sa.func.count())
            .where(cases.c.closed_at >= since, cases.c.closed_at < until)
            .group_by(cases.c.request, sa.text("alone"), span)
        )
        return [Endings(r, bool(a), w, n) for r, a, w, n in self._c.conn.execute(query)]

    def waiting(self, since: datetime, until: datetime) -> dict[str, int]:
        """In review as it is now, whatever their last day."""
        query = (
            sa.select(cases.c.request, sa.func.count())
            .where(cases.c.state == CaseState.REVIEW.value, cases.c.received_at >= since, cases.c.received_at < until)
            .group_by(cases.c.request)
        )
        return {request: count for request, count in self._c.conn.execute(query)}  # noqa: C416 - a Row is no tuple

    def acknowledged(self, since: datetime, until: datetime) -> dict[str, int]:
        """The first mail that left for a message, against the message's receipt."""
        first = (
            sa.select(outbox.c.in_message, sa.func.min(outbox.c.sent_at).label("sent_at"))
            .where(outbox.c.sent_at >= since, outbox.c.in_message.is_not(None))
            .group_by(outbox.c.in_message)
            .subquery()
        )
        span = self._span(inbox.c.received_at, first.c.sent_at)
        query = (
            sa.select(span, sa.func.count())
            .join(inbox, inbox.c.id == first.c.in_message)
            .where(inbox.c.received_at >= since, inbox.c.received_at < until)
            .group_by(span)
        )
        return {within: count for within, count in self._c.conn.execute(query)}  # noqa: C416 - a Row is no tuple

    def reasons(self, since: datetime, until: datetime) -> dict[str, int]:
        """Of withdrawals received."""
        query = (
            sa.select(cases.c.reasons, sa.func.count())
            .where(cases.c.request == "withdrawal", cases.c.received_at >= since, cases.c.received_at < until)
            .group_by(cases.c.reasons)
        )
        found: dict[str, int] = {}
        for codes, count in self._c.conn.execute(query):
            for code in codes or ("",):
                found[code] = found.get(code, 0) + count
        return found

    def concierge_changes(self, since: datetime, until: datetime) -> dict[str, int]:
        """From the trail: who was left stands there, also when the seeker is erased."""
        query = sa.select(audit.c.detail).where(
            audit.c.action == "seeker.concierge_changed",
            audit.c.at_us >= _micros(since),
            audit.c.at_us < _micros(until),
        )
        found: dict[str, int] = {}
        for detail in self._c.conn.execute(query).scalars():
            name = str(json.loads(detail).get("left") or "")
            found[name] = found.get(name, 0) + 1
        return found

    def judged(self, since: datetime, until: datetime) -> list[tuple[date, bool, int]]:
        """Confirmed where staff left the labels as they were."""
        day, same = self._day(correction.c.at), (correction.c.was == correction.c.now).label("same")
        query = (
            sa.select(day, same, sa.func.count())
            .where(correction.c.at >= since, correction.c.at < until)
            .group_by(day, sa.text("same"))
        )
        return [(_date(d), bool(s), n) for d, s, n in self._c.conn.execute(query)]

    def _day(self, column: sa.Column[Any]) -> sa.ColumnElement[Any]:
        """The day in Asia/Tokyo (no summer time since 1951)."""
        if self._sqlite:
            return sa.func.date(column, sa.literal_column("'+9 hours'"))
        return sa.cast(sa.func.timezone(sa.literal_column("'Asia/Tokyo'"), column), sa.Date)

    def _span(self, start: Any, end: Any) -> sa.ColumnElement[str]:
        """The first of SPANS that is long enough."""
        if self._sqlite:
            seconds: Any = (sa.func.julianday(end) - sa.func.julianday(start)) * 86_400
        else:
            seconds = sa.extract("epoch", end) - sa.extract("epoch", start)
        whens: list[Any] = [(seconds <= limit + 0.5, sa.literal_column(f"'{key}'")) for key, limit in SPANS[:-1]]
        return sa.case(*whens, else_=sa.literal_column(f"'{SPANS[-1][0]}'"))


def _date(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _micros(at: datetime) -> int:
    return int(at.timestamp() * 1_000_000)
