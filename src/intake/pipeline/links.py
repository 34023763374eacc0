"""The confirm link: issued to the address on file, looked at as often as one likes, answered once.

A GET changes nothing (reliability.md A24); a POST acts only with the nonce of the page and while the world is
still the one that the page showed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from intake.errors import NotFound
from intake.failpoints import reach
from intake.model import Actor, Application, Case, CaseState, Decision, Proof, Seeker, SeekerStatus
from intake.pipeline import settle
from intake.pipeline.moves import Act
from intake.pipeline.tools import Tools
from intake.policy import choices_for, decide_proved, end_of_day, last_return_day, may_return_alone, today_of
from intake.ports import Token, Tx
from intake.ports.rows import REVOKED
from intake.proofs import expires_at, is_expired, new_token, nonce_for, nonce_ok, token_hash


@dataclass(frozen=True, slots=True)
class Link:
    """What goes into the mail; the secret is nowhere else."""

    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class LinkPage:
    """What the seeker's page shows. ``status``: open, used, expired, unknown, changed, done, or an outcome."""

    status: str
    case: Case | None = None
    seeker: Seeker | None = None
    applications: tuple[Application, ...] = ()
    nonce: str = ""
    seen: str = ""  # fingerprint of what the page shows
    choices: tuple[str, ...] = ()
    then: Decision | None = None  # what 完了 would lead to now, where that ends a registration
    choice: str | None = None
    has_left: bool = False  # the registration has just ended
    replaced: bool = False  # a link that was taken back: nobody has answered by it


def still_opens(tx: Tx, token: str, tools: Tools, now: datetime) -> bool:
    """True while somebody who knows this secret could answer by it."""
    found = tx.tokens.find(token_hash(tools.keyring, token))
    return found is not None and found.used_at is None and not is_expired(found.expires_at, now)


def issue(act: Act, case: Case, address: str, tools: Tools) -> Link:
    """A new link for a case; older ones of the case die. Who may come back alone is shown to the return page."""
    act.tx.tokens.revoke(case.id, act.now)
    page = _return_page(act, case, tools)
    if page is not None:
        return page
    token = new_token()
    expires = expires_at(act.now, tools.profile.link_hours)
    act.tx.tokens.add(case.id, token_hash(tools.keyring, token), tools.address_hash(address), act.now, expires)
    act.note("link.issued", case)
    return Link(f"{tools.public_url}/c/{token}", expires)


def _return_page(act: Act, case: Case, tools: Tools) -> Link | None:
    """Coming back goes by a key (decisions.md): the page is the same for all and holds no secret."""
    rules = tools.profile.coming_back
    if case.request not in ("reinstatement", "resume", "retraction") or not rules.self_service or not case.seeker_id:
        return None
    seeker = act.tx.seekers.get(case.seeker_id)
    left_on = seeker.withdrawn_on or seeker.status_since
    away = seeker.status is SeekerStatus.WITHDRAWN
    if not away or left_on is None or not may_return_alone(left_on, today_of(act.now), rules.days):
        return None
    act.note("link.return_page", case)
    return Link(f"{tools.public_url}/return", end_of_day(last_return_day(left_on, rules.days)))


def look(tx: Tx, token: str, tools: Tools, now: datetime) -> LinkPage:
    """The page as it stands. Strangers learn nothing: unknown, forgotten and never issued look the same."""
    found = tx.tokens.find(token_hash(tools.keyring, token))
    if found is None:
        return LinkPage("unknown")
    try:
        case = tx.cases.get(found.case_id)
        seeker = tx.seekers.get(case.seeker_id) if case.seeker_id else None
    except NotFound:
        return LinkPage("unknown")
    if seeker is None or not _is_for(found, seeker, tools):
        return LinkPage("unknown")
    if found.used_at is not None:
        answered = found.choice != REVOKED  # a newer mail's link took its place, or the wish is over: no word came
        return LinkPage("used", case=case, choice=found.choice if answered else None, replaced=not answered)
    if is_expired(found.expires_at, now):
        return LinkPage("expired")
    if not case.state.is_open:
        return LinkPage("used", case=case)
    return LinkPage(
        "open",
        case=case,
        seeker=seeker,
        applications=seeker.running,
        nonce=nonce_for(tools.keyring, token),
        seen=fingerprint(seeker, tools),
        choices=choices_for(case, seeker),
        then=_what_follows(case, seeker, tools, now),
    )


def _what_follows(case: Case, seeker: Seeker, tools: Tools, now: datetime) -> Decision | None:
    """The policy itself is asked, so that the page promises what will be done (domain.md, Identity)."""
    if case.request not in ("withdrawal", "deletion"):
        return None
    return decide_proved(case, seeker, "complete", Proof.E2, tools.profile, now, today_of(now))


def fingerprint(seeker: Seeker, tools: Tools) -> str:
    """Changes when a running selection, its interview or the status does: what was consented to (features.md 2.8)."""
    parts = [seeker.status.value, seeker.legal_hold or ""]
    parts += [f"{a.id}:{int(a.stage)}:{a.self_applied}:{a.company}:{a.interview_at}" for a in seeker.running]
    return tools.keyring.hash("consequences", "|".join(parts)).hex()


def answer(
    tx: Tx, token: str, choice: str, nonce: str, seen: str, tools: Tools, now: datetime, reason: str | None = None
) -> LinkPage:
    """The seeker pressed a button. The link is burnt and the choice carried out in this unit of work."""
    act = Act(tx, Actor("seeker", "link"), now)
    act.alone()
    page = look(tx, token, tools, now)
    if page.status != "open" or page.case is None or page.seeker is None:
        return page
    if choice not in page.choices or not nonce_ok(tools.keyring, token, nonce):
        return page
    if choice != "cancel" and seen != page.seen:
        return replace(page, status="changed")
    found = tx.tokens.find(token_hash(tools.keyring, token))
    if found is None or not tx.tokens.burn(found.id, choice, now):
        return LinkPage("used", case=page.case)
    reach("confirm.burnt")
    act.note("link.answered", page.case, choice=choice)
    case = prove(act, page.case, page.seeker, choice, Proof.E2, tools, reason=reason)
    has_left = page.seeker.status is not SeekerStatus.WITHDRAWN
    has_left = has_left and tx.seekers.get(page.seeker.id).status is SeekerStatus.WITHDRAWN
    return LinkPage(outcome_of(case, choice), case=case, seeker=page.seeker, choice=choice, has_left=has_left)


def prove(
    act: Act, case: Case, seeker: Seeker, choice: str, proof: Proof, tools: Tools, *, reason: str | None = None
) -> Case:
    """The person has shown who they are: carry their choice as far as the stage allows."""
    if reason and reason not in case.reasons:
        case = act.tx.cases.change(case, reasons=tuple(sorted({*case.reasons, reason})))
        act.note("case.reason_given", case, reason=reason)
    others = act.tx.cases.of_seeker(seeker.id)
    reading = act.tx.inbox.reading(case.message_id)
    named = reading[1].mentioned if reading and reading[1] else ()
    today = today_of(act.now)
    decision = decide_proved(case, seeker, choice, proof, tools.profile, act.now, today, others=others, mentioned=named)
    act.tx.tokens.revoke(case.id, act.now)
    event = {"cancel": "retract"}.get(choice, "prove")
    case = settle.proceed(act, case, seeker, decision, event, tools, proof=proof)
    if "withdraw" in {e.value for e in decision.effects}:
        reach("withdraw.committed")
    return case


def outcome_of(case: Case, choice: str) -> str:
    """Which completion page follows."""
    if choice == "cancel":
        return "cancelled"
    if choice == "pause":
        return "paused"
    if case.state is CaseState.DONE:
        return "done"
    return "deferred" if choice == "defer" else "received"


def _is_for(token: Token, seeker: Seeker, tools: Tools) -> bool:
    """A link is bound to the address it went to: when that leaves the record, the link is nothing."""
    return any(tools.address_hash(a) == token.address_hash for a in seeker.addresses)
