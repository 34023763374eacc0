"""How much came in, how much went its way alone, how long it took, how right the reading was."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from starlette.responses import Response

from intake.errors import NotFound
from intake.model import Role
from intake.policy import today_of
from intake.ports.figures import SPANS, Arrivals, Endings
from intake.web.render import JST
from intake.web.staff import charts, language
from intake.web.staff.beside import Beside
from intake.web.staff.visit import Visit

WEEKS = 12
LONGEST_DAYS = 800
ODD_RANGE = "はじめの日は、おわりの日より前の800日以内にしてください。下の期間で表示しています。"
AT_ONCE_SECONDS = 0.12  # of counting; a year of a large agency takes longer, and the page comes without it
KEEP_SECONDS = 300  # counting a year takes a moment; five minutes old figures are figures
SEES_CONCIERGES = frozenset({Role.LEAD})
REQUESTS = ("withdrawal", "pause", "resume", "concierge_change", "deletion", "preferences", "decline", "reinstatement",
            "retraction", "question", "other")  # fmt: skip
CHANNELS = ("email", "form", "app", "phone")
SPAN_WORDS = {
    "minute": "1分以内", "ten_minutes": "10分以内", "hour": "1時間以内", "day": "1日以内", "three_days": "3日以内",
    "week": "1週間以内", "longer": "それより長い",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Counted:
    """All figures of one range."""

    since: date
    until: date  # last day, included
    at: datetime
    arrivals: tuple[Arrivals, ...]
    endings: tuple[Endings, ...]
    waiting: dict[str, int]
    acknowledged: dict[str, int]
    reasons: dict[str, int]
    changes: dict[str, int]
    judged: tuple[tuple[date, bool, int], ...]


Cell = str | int
Table = tuple[list[str], list[list[Cell]]]
Say = Callable[[str], str]
_KEPT: Beside[Counted] = Beside("figures")


def show(visit: Visit) -> Response:
    """The page: a chart and its table for each question. Where counting takes longer than a moment, it says so."""
    counted = _counted(visit, AT_ONCE_SECONDS)
    drawn = {name: _chart(name, counted, visit) for name in tables_for(visit)} if counted else {}
    since, until = _range(visit)
    taken = {"from": since.isoformat(), "to": until.isoformat()}
    odd = "" if all(visit.asked(name) in ("", day) for name, day in taken.items()) else ODD_RANGE
    return visit.page("figures.html", counted=counted, since=since, until=until, tables=drawn, trouble=odd, words="",
                      here=f"/staff/figures?from={since}&to={until}")  # fmt: skip


def as_csv(visit: Visit) -> Response:
    """One table as a file for a spreadsheet: UTF-8 with its mark, no cell that a spreadsheet would run."""
    name = visit.asked("table")
    if name not in tables_for(visit):
        raise NotFound()
    counted = _counted(visit, None)
    assert counted is not None
    head, rows = TABLES[name](counted, _words(visit)["label"])
    out = io.StringIO()
    lines: list[list[Cell]] = [[*head], *rows]
    csv.writer(out).writerows([[_cell(c) for c in line] for line in lines])
    file = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store"}
    return Response("\ufeff" + out.getvalue(), media_type="text/csv; charset=utf-8", headers=file)


def tables_for(visit: Visit) -> list[str]:
    """Changes of concierge by name are for leads only."""
    return [n for n in TABLES if n != "concierges" or visit.staff.role in SEES_CONCIERGES]


def _counted(visit: Visit, wait: float | None) -> Counted | None:
    since, until = _range(visit)
    now = visit.now
    return _KEPT.get(
        (visit.context.store, since, until),
        lambda: _count(visit, since, until),
        lambda kept: abs((now - kept.at).total_seconds()) < KEEP_SECONDS,
        wait,
    )


def _range(visit: Visit) -> tuple[date, date]:
    """What was asked for; twelve weeks up to today where that is no range."""
    today = today_of(visit.now)
    since, until = _day(visit.asked("from")), _day(visit.asked("to")) or today
    if since is None or since > until or (until - since).days > LONGEST_DAYS:
        since = until - timedelta(days=7 * WEEKS - 1)
    return since, until


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year < 2200 else None


def _count(visit: Visit, since: date, until: date) -> Counted:
    start, end = _midnight(since), _midnight(until + timedelta(days=1))
    with visit.context.store.read() as tx:
        f = tx.figures
        return Counted(since, until, visit.now, tuple(f.arrivals(start, end)), tuple(f.endings(start, end)),
                       f.waiting(start, end), f.acknowledged(start, end), f.reasons(start, end),
                       f.concierge_changes(start, end), tuple(f.judged(start, end)))  # fmt: skip


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), JST).astimezone(UTC)


def weeks(counted: Counted) -> list[date]:
    """The Mondays of the range."""
    first = counted.since - timedelta(days=counted.since.weekday())
    return [first + timedelta(days=7 * n) for n in range(((counted.until - first).days // 7) + 1)]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def arrivals(c: Counted, label: Say) -> Table:
    """Received cases by request and channel."""
    n = Counter[tuple[str, str]]()
    for a in c.arrivals:
        n[a.request, a.channel] += a.count
    rows: list[list[Cell]] = [
        [label(r), *(n[r, ch] for ch in CHANNELS), sum(n[r, ch] for ch in CHANNELS)] for r in REQUESTS
    ]
    return ["依頼", *(label(ch) for ch in CHANNELS), "計"], rows


def by_week(c: Counted, label: Say) -> Table:
    """Received cases by week."""
    n = Counter[date]()
    for a in c.arrivals:
        n[_monday(a.day)] += a.count
    return ["週(月曜日)", "件数"], [[w.isoformat(), n[w]] for w in weeks(c)]


def alone(c: Counted, label: Say) -> Table:
    """Cases that no person had a hand in, of those closed and those that wait for staff: nobody ends these alone."""
    ended, own, waits = Counter[str](), Counter[str](), Counter(c.waiting)
    for e in c.endings:
        ended[e.request] += e.count
        own[e.request] += e.count if e.alone else 0
    rows = [_share(label(r), own[r], ended[r], waits[r]) for r in REQUESTS if ended[r] or waits[r]]
    if rows:
        rows.append(_share("計", own.total(), ended.total(), waits.total()))
    return ["依頼", "スタッフの手を経ずに終えた件数", "終えた件数", "スタッフを待つ件数", "割合(%)"], rows


def _share(name: str, own: int, ended: int, waits: int) -> list[Cell]:
    return [name, own, ended, waits, _percent(own, ended + waits)]


def first_mail(c: Counted, label: Say) -> Table:
    """Time to the acknowledgement."""
    return _spans(c.acknowledged, "最初の返信まで")


def to_done(c: Counted, label: Say) -> Table:
    """Time from receipt to the case's end."""
    n = Counter[str]()
    for e in c.endings:
        n[e.within] += e.count
    return _spans(n, "完了まで")


def _spans(n: dict[str, int] | Counter[str], what: str) -> Table:
    total = sum(n.values())
    return [what, "件数", "割合(%)"], [
        [SPAN_WORDS[k], n.get(k, 0), _percent(n.get(k, 0), total)] for k, _ in SPANS if total
    ]


def reasons(c: Counted, label: Say) -> Table:
    """Why people leave, where they said so."""
    ranked = sorted(c.reasons.items(), key=lambda kv: (-kv[1], kv[0]))
    return ["退会の理由", "件数"], [[label(code) if code else "記載なし", n] for code, n in ranked]


def accuracy(c: Counted, label: Say) -> Table:
    """Of the readings that staff looked at, how many were left as they were."""
    right, seen = Counter[date](), Counter[date]()
    for day, same, n in c.judged:
        seen[_monday(day)] += n
        right[_monday(day)] += n if same else 0
    rows: list[list[Cell]] = [
        [w.isoformat(), right[w], seen[w] - right[w], _percent(right[w], seen[w])] for w in weeks(c)
    ]
    return ["週(月曜日)", "そのまま", "直した", "正しかった割合(%)"], rows if seen else []


def concierges(c: Counted, label: Say) -> Table:
    """Changes carried out, by who was left."""
    ranked = sorted(c.changes.items(), key=lambda kv: (-kv[1], kv[0]))
    return ["前の担当", "担当変更"], [[name or "(担当なし)", n] for name, n in ranked]


TABLES: dict[str, Callable[[Counted, Say], Table]] = {
    "arrivals": arrivals, "weeks": by_week, "alone": alone, "first_mail": first_mail, "done": to_done,
    "reasons": reasons, "accuracy": accuracy, "concierges": concierges,
}  # fmt: skip
TITLES = {
    "arrivals": "届いた依頼", "weeks": "週ごとの件数", "alone": "スタッフの手を経ずに終えた割合",
    "first_mail": "最初の返信までの時間", "done": "完了までの時間", "reasons": "退会の理由",
    "accuracy": "読み取りが正しかった割合", "concierges": "担当ごとの担当変更",
}  # fmt: skip
NOTES = {
    "alone": "期間内に終えた案件と、期間内に届いていまスタッフの対応を待っている案件のうち、"
    "スタッフの手を経ずに終えたものの割合です。本人の返事や日付を待っている案件は含みません。",
}
_BY_WEEK = frozenset({"weeks", "accuracy"})
_PER_CENT = frozenset({"alone", "accuracy"})


def _words(visit: Visit) -> dict[str, Any]:
    return language.words(language.of(visit.request))


def _chart(name: str, counted: Counted, visit: Visit) -> dict[str, Any]:
    words = _words(visit)
    t, title = words["t"], words["t"](TITLES[name])
    head, rows = TABLES[name](counted, words["label"])
    last = [(str(r[0]), float(r[-1] if name not in ("first_mail", "done") else r[1])) for r in rows if r[-1] != ""]
    unit = "%" if name in _PER_CENT else ""
    points = [(_week(k) if name in _BY_WEEK else t(k), v, f"{v:g}{unit}") for k, v in last]
    if name in _BY_WEEK:
        image = charts.columns(title, points, 100 if name in _PER_CENT else 0)
    else:
        image = charts.bars(title, points)
    return {"name": name, "title": title, "head": head, "rows": rows,
            "note": words["t"](NOTES.get(name, "")), "image": image if _any_of(points) else ""}  # fmt: skip


def _any_of(points: Iterable[tuple[str, float, str]]) -> bool:
    """True where there is anything to draw."""
    return any(value for _, value, _ in points)


def _week(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day.month}/{day.day}"


def _percent(part: int, whole: int) -> str | int:
    return round(100 * part / whole) if whole else ""


def _cell(value: str | int) -> str | int:
    """A name that begins like a formula is text (CWE-1236)."""
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" and value else value
