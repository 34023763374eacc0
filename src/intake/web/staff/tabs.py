"""The tabs of the queue and the queries behind them. Pages go by id, never by offset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from intake.model import Case, CaseState, Role, StaffMember
from intake.ports import CaseQuery, Tx
from intake.web.staff.scope import SEES_ALL, visible

PAGE = 50
COUNT_CAP = 1000
BESIDE = 20  # cases beside one that are looked at: a few of them may not be this person's to see
REVIEW = (CaseState.REVIEW,)
CLOSED = (CaseState.DONE, CaseState.REFUSED, CaseState.RETRACTED, CaseState.LAPSED)


@dataclass(frozen=True, slots=True)
class Tab:
    """``empty`` says what to do when nothing is there."""

    key: str
    text: str
    states: tuple[CaseState, ...]
    empty: str
    newest_first: bool = False


TABS = (
    Tab("mine", "自分の案件", REVIEW, "自分が対応する案件はありません。「未割り当て」から引き受けられます。"),
    Tab("unassigned", "未割り当て", REVIEW, "未割り当ての案件はありません。新しい連絡が届くと、ここに並びます。"),
    Tab("all", "確認待ちすべて", REVIEW, "確認待ちの案件はありません。新しい連絡が届くと、ここに並びます。"),
    Tab("waiting", "本人の返事待ち", (CaseState.AWAITING_PROOF,), "本人の返事を待っている案件はありません。"),
    Tab("scheduled", "予定", (CaseState.SCHEDULED,), "日付や条件を待っている案件はありません。"),
    Tab("done", "完了", CLOSED, "終わった案件はまだありません。「未割り当て」から始めてください。", newest_first=True),
)
BY_KEY = {t.key: t for t in TABS}


def default_tab(staff: StaffMember) -> Tab:
    """Where somebody starts the day."""
    return BY_KEY["mine" if staff.role is Role.REVIEWER else "all"]


def tabs_for(staff: StaffMember) -> tuple[Tab, ...]:
    """Auditors have no cases of their own; reviewers do not see other people's."""
    hidden = {Role.AUDITOR: "mine", Role.REVIEWER: "all", Role.PRIVACY_OFFICER: "unassigned"}.get(staff.role)
    return tuple(t for t in TABS if t.key != hidden)


def queries(tab: Tab, staff: StaffMember) -> list[CaseQuery]:
    """Which cases a tab shows this person: one query, or two that are merged."""
    base = CaseQuery(states=tab.states, newest_first=tab.newest_first, limit=PAGE + 1)
    if tab.key == "mine":
        return [replace(base, not_concierge=staff.name, assignee=staff.name)]
    if tab.key == "unassigned":
        return [replace(base, not_concierge=staff.name, unassigned=True)]
    return for_eyes_of(staff, base)


def for_eyes_of(staff: StaffMember, query: CaseQuery) -> list[CaseQuery]:
    """What the role lets this person see of a query: itself, or two that are merged. ``visible`` is asked as well."""
    base = replace(query, not_concierge=staff.name)
    mine, nobodys = replace(base, assignee=staff.name), replace(base, unassigned=True)
    if staff.role in SEES_ALL:
        return [base]
    if query.assignee is not None or query.unassigned:
        return [base]
    if staff.role is Role.PRIVACY_OFFICER:
        return [mine, replace(base, request="deletion")]
    return [mine, nobodys]


def page_of(tx: Tx, tab: Tab, staff: StaffMember, after: int | None = None) -> tuple[list[Case], int | None]:
    """A page of cases, and the id to go on after, None at the end."""
    rows = merged(tx, queries(tab, staff), after)
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    return visible(tx, staff, rows), rows[-1].id if more else None


def page_before(tx: Tx, tab: Tab, staff: StaffMember, first: Case) -> str | None:
    """After which id the page before the one with this first case begins: "" for the first page, None where none is."""
    found_by = [replace(q, newest_first=not q.newest_first) for q in queries(tab, staff)]
    back = merged(tx, found_by, first.id)
    if not back:
        return None
    return str(back[PAGE].id) if len(back) > PAGE else ""


def merged(tx: Tx, found_by: Sequence[CaseQuery], after: int | None) -> list[Case]:
    """Pages of several queries as one, by id; each case once."""
    found: dict[int, Case] = {}
    for query in found_by:
        found |= {c.id: c for c in tx.cases.find(replace(query, after=after))}
    return sorted(found.values(), key=lambda c: c.id, reverse=found_by[0].newest_first)


def count_of(tx: Tx, tab: Tab, staff: StaffMember) -> int:
    """How many at most, counted no further than the cap."""
    return count(tx, queries(tab, staff))


def count(tx: Tx, found_by: Sequence[CaseQuery], cap: int = COUNT_CAP) -> int:
    """The same of any queries."""
    return min(cap, sum(tx.cases.count(q, cap) for q in found_by))


def neighbour(tx: Tx, tab: Tab, staff: StaffMember, case: Case, *, back: bool) -> Case | None:
    """The next case of the tab as its list shows them, or the one before; None at its end."""
    found_by = [replace(q, newest_first=q.newest_first is not back, limit=BESIDE) for q in queries(tab, staff)]
    rows = visible(tx, staff, merged(tx, found_by, case.id))
    return next((row for row in rows if row.id != case.id), None)


def next_after(tx: Tx, tab: Tab, staff: StaffMember, case: Case) -> Case | None:
    """The case that opens after this one was decided."""
    for after in (case.id, None):
        rows, _ = page_of(tx, tab, staff, after)
        for row in rows:
            if row.id != case.id:
                return row
    return None
