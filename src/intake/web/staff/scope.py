"""Who may see which case. Another's case does not exist for the rest: lists, search, mails and tasks ask here."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from intake.errors import NotFound
from intake.model import Case, Role, StaffMember, Task
from intake.ports import CaseQuery, Tx

SEES_ALL = frozenset({Role.LEAD, Role.ADMIN, Role.AUDITOR})


def may_see(tx: Tx, staff: StaffMember, case: Case) -> bool:
    """By role and assignment; never the concierge whom the message is about (domain.md, Concierge change)."""
    return _by_role(staff, case) and not is_about(tx, staff, case)


def visible(tx: Tx, staff: StaffMember, cases: Sequence[Case]) -> list[Case]:
    """Those of many that ``may_see`` lets through, in their order; one query however many they are."""
    known = [c for c in cases if _by_role(staff, c)]
    hidden = tx.glance.about([c.id for c in known if c.seeker_id is not None], staff.name)
    return [c for c in known if c.id not in hidden]


def cases_of(tx: Tx, staff: StaffMember, case_ids: Collection[int]) -> tuple[dict[int, Case], frozenset[int]]:
    """Those of these cases that this person may see, by id, and the ids of those hidden; gone ones are in neither."""
    ids = tuple(sorted(set(case_ids)))
    found = tx.cases.find(CaseQuery(ids=ids, limit=len(ids))) if ids else []
    seen = {c.id: c for c in visible(tx, staff, found)}
    return seen, frozenset(c.id for c in found if c.id not in seen)


def colleagues_of(tx: Tx) -> list[str]:
    """Who can have cases."""
    return [m.name for m in tx.staff.all() if m.active and m.role is not Role.AUDITOR]


def get_case(tx: Tx, staff: StaffMember, number: str) -> Case:
    """Raises NotFound also where the case is not this person's to see."""
    case = tx.cases.by_number(number)
    if case is None or case.number != number or not may_see(tx, staff, case):
        raise NotFound()
    return case


def is_about(tx: Tx, staff: StaffMember, case: Case) -> bool:
    """True where a message of this case complains about ``staff``, or asks for somebody else in their place."""
    if case.seeker_id is None or tx.seekers.get(case.seeker_id).concierge != staff.name:
        return False
    if _touchy(case):
        return True
    return any(_touchy(other) for m, _ in tx.cases.messages_of(case.id) for other in tx.cases.of_message(m))


def _touchy(case: Case) -> bool:
    return case.complaint or case.request == "concierge_change"


def _by_role(staff: StaffMember, case: Case) -> bool:
    if staff.role in SEES_ALL or case.assignee == staff.name:
        return True
    if staff.role is Role.PRIVACY_OFFICER:
        return case.request == "deletion"
    # who is complained about may be named in the text only: without an assignee such a case is the leads'
    return case.assignee is None and not _touchy(case)


def task_of(tx: Tx, staff: StaffMember, task_id: int) -> tuple[Task, Case]:
    """A piece of work, done or not, and its case. Raises NotFound also where it is not this person's to see."""
    task = tx.tasks.get(task_id)
    case = tx.cases.get(task.case_id)
    if not may_see(tx, staff, case):
        raise NotFound()
    return task, case
