"""Which role may do what, and who gets a case (decisions.md, "Webhooks, files, people")."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from intake.errors import NotAllowed
from intake.model import Case, Role, Seeker, StaffMember

LEADS = frozenset({Role.LEAD})
ERASERS = frozenset({Role.PRIVACY_OFFICER})
CASE_WORKERS = frozenset({Role.REVIEWER, Role.LEAD})
LEAD_HOLDS = frozenset({"staff_carries_out", "call_first", "self_application", "after_selection"})
ROLE_NAMES = {
    Role.REVIEWER: "確認者",
    Role.LEAD: "リーダー",
    Role.PRIVACY_OFFICER: "個人情報管理者",
    Role.ADMIN: "管理者",
    Role.AUDITOR: "監査",
}


def may_approve(case: Case, leaving: bool, in_selection: bool) -> Collection[Role]:
    """Who may say yes. ``leaving``: the act ends a registration; ``in_selection``: from a fixed interview on."""
    if case.request == "concierge_change":
        return LEADS
    if leaving and (in_selection or case.hold_reason in LEAD_HOLDS):
        return LEADS
    if case.request == "deletion":
        return ERASERS
    return CASE_WORKERS


def require(role: Role, roles: Collection[Role]) -> None:
    """Raises NotAllowed, naming who could."""
    if role not in roles:
        who = "・".join(ROLE_NAMES[r] for r in Role if r in roles)
        raise NotAllowed(f"{who}の承認が必要です")


def assignee_of(
    assign: str | None,
    seeker: Seeker | None,
    request: str,
    staff: Sequence[StaffMember] = (),
    today: date | None = None,
) -> str | None:
    """The staff name behind a decision's ``assign``; None leaves the case in the common queue, which leads see whole.

    The concierge never gets the wish for another concierge. With ``staff`` the lead is the concierge's own, else the
    only lead there is; so is the privacy officer. While the concierge is away the deputy stands in (features.md A3).
    """
    concierge = seeker.concierge if seeker else None
    if assign == "concierge":
        return None if request == "concierge_change" else in_charge(seeker, staff, today)
    if assign == "lead":
        return _lead_of(concierge, staff)
    if assign == "privacy_officer":
        return _only(Role.PRIVACY_OFFICER, staff, None)
    return None if request == "concierge_change" and assign == concierge else assign


def in_charge(seeker: Seeker | None, staff: Sequence[StaffMember], today: date | None) -> str | None:
    """The concierge; the deputy while the concierge is away or has left; None where neither is here."""
    away = {m.name for m in staff if not (m.is_here(today) if today else m.active)}
    names = (seeker.concierge, seeker.deputy) if seeker else ()
    return next((name for name in names if name and name not in away), None)


def _lead_of(concierge: str | None, staff: Sequence[StaffMember]) -> str | None:
    names = {m.name for m in staff if m.active}
    for member in staff:
        if member.name == concierge and member.lead in names and member.lead != concierge:
            return member.lead
    return _only(Role.LEAD, staff, concierge)


def _only(role: Role, staff: Sequence[StaffMember], but_not: str | None) -> str | None:
    found = [m.name for m in staff if m.active and m.role is role and m.name != but_not]
    return found[0] if len(found) == 1 else None
