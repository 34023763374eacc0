"""The tabs of the queue and the queries behind them. Pages go by id, never by offset."""

from __future__ import annotations

from dataclasses import dataclass, replace

from intake.model import Case, CaseState, Role, StaffMember
from intake.ports import CaseQuery, Tx
from intake.web.staff.scope import SEES_ALL, may_see

PAGE = 50
COUNT_CAP = 1000
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
    Tab("mine", "自分の担当", REVIEW, "自分の担当の案件はありません。「未割り当て」から引き受けられます。"),
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
    base = CaseQuery(states=tab.states, not_concierge=staff.name, newest_first=tab.newest_first, limit=PAGE + 1)
    mine, nobodys = replace(base, assignee=staff.name), replace(base, unassigned=True)
    if tab.key == "mine":
        return [mine]
    if tab.key == "unassigned":
        return [nobodys]
    if staff.role is Role.PRIVACY_OFFICER:
        return [mine, replace(base, request="deletion")]
    return [base] if staff.role in SEES_ALL else [mine, nobodys]


def page_of(tx: Tx, tab: Tab, staff: StaffMember, after: int | None = None) -> tuple[list[Case], int | None]:
    """A page of cases, and the id to go on after, None at the end."""
    found: dict[int, Case] = {}
    for query in queries(tab, staff):
        found |= {c.id: c for c in tx.cases.find(replace(query, after=after))}
    rows = sorted(found.values(), key=lambda c: c.id, reverse=tab.newest_first)
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    return [c for c in rows if may_see(tx, staff, c)], rows[-1].id if more else None


def count_of(tx: Tx, tab: Tab, staff: StaffMember) -> int:
    """How many at most, counted no further than the cap."""
    return min(COUNT_CAP, sum(tx.cases.count(q, COUNT_CAP) for q in queries(tab, staff)))


def next_after(tx: Tx, tab: Tab, staff: StaffMember, case: Case) -> Case | None:
    """The case that opens after this one was decided."""
    for after in (case.id, None):
        rows, _ = page_of(tx, tab, staff, after)
        for row in rows:
            if row.id != case.id:
                return row
    return None
