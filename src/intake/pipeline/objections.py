"""What a person wrote since they proved a wish, and what nobody has settled: read or not yet read."""

from __future__ import annotations

from collections.abc import Sequence

from intake.errors import BadInput, NotFound
from intake.model import Case, Channel, Envelope, Seeker
from intake.pipeline.moves import Act
from intake.policy import AGREEING, OBJECTION, may_object
from intake.ports import AuditRow, Tx

HEARD = frozenset({"case.opened", "case.message_joined"})
PROVED = frozenset({"case.opened", "case.prove"})
MOST_UNREAD = 2_000  # that are looked through
HEAD = 65_536  # the header of a mail ends before that
NEWS = "ご本人からと思われる新しい連絡が届いています。内容をご確認のうえ、もう一度お進めください"
STILL_READING = "届いたばかりの連絡を読み取っています。少し待ってから、もう一度お進めください"


def objections(tx: Tx, case: Case) -> list[Case]:
    """Cases that may take ``case`` back and came after its proof. Staff who let it go on settle those of before.

    By the order of the record, not by the clock: a mail may lie unread while staff decide.
    """
    if case.seeker_id is None:
        return []
    since = _settled_at(tx.audit.of_case(case.id))
    waiting = [o for o in tx.cases.unsettled_of(case.seeker_id, AGREEING) if may_object(o, case)]
    return [o for o in waiting if _heard_at(tx.audit.of_case(o.id), since) > since]


def heard(tx: Tx, case: Case) -> str:
    """What waits now, each with its newest message, in a form that a later look can be compared with."""
    return ",".join(f"{o.id}:{_heard_at(tx.audit.of_case(o.id), 0)}" for o in objections(tx, case))


def nothing_new(tx: Tx, case: Case, seeker: Seeker, known: str) -> None:
    """Staff decide on what they saw: raises BadInput where something has come since, read or not yet read.

    ``known`` is what ``heard`` said when they looked.
    """
    if is_behind(tx) or unread_of(tx, [seeker])[seeker.id]:
        raise BadInput(STILL_READING)
    if set(heard(tx, case).split(",")) - {"", *known.split(",")}:
        raise BadInput(NEWS)


def is_newer(tx: Tx, case: Case, other: Case) -> bool:
    """True where something of ``other`` was said after ``case`` was proved."""
    since = _settled_at(tx.audit.of_case(case.id))
    return _heard_at(tx.audit.of_case(other.id), since) > since


def name(act: Act, case: Case, waiting: Sequence[Case]) -> None:
    """Put into the record what stopped the deed."""
    act.note("case.objection", case, cases=[o.number for o in waiting])


def is_behind(tx: Tx) -> bool:
    """So much is unread that somebody's objection may lie beyond what is looked through."""
    return len(tx.erasures.waiting()) >= MOST_UNREAD


def unread_of(tx: Tx, seekers: Sequence[Seeker]) -> dict[int, set[int]]:
    """Messages from an address of theirs, or from the app as them, that nobody has looked at yet; by seeker."""
    found: dict[int, set[int]] = {s.id: set() for s in seekers}
    wanted = [(s, [a.lower().encode() for a in s.addresses]) for s in seekers]
    for message_id in tx.erasures.waiting() if seekers else ():
        try:
            envelope = tx.inbox.envelope(message_id)
        except NotFound:
            continue
        head = (envelope.raw if envelope.channel is not Channel.EMAIL else envelope.raw[:HEAD]).lower()
        for seeker, addresses in wanted:
            if _is_from(envelope, head, seeker, addresses):
                found[seeker.id].add(message_id)
    return found


def _is_from(envelope: Envelope, head: bytes, seeker: Seeker, addresses: Sequence[bytes]) -> bool:
    if seeker.member_id and envelope.app_member == seeker.member_id:
        return True
    return any(a in head or a == envelope.mail_from.lower().encode() for a in addresses)


def _settled_at(rows: Sequence[AuditRow]) -> int:
    """Where the person last proved the wish, or staff let it go on over what waited."""
    return max((r.seq for r in rows if r.action in PROVED or _is_overruled(r)), default=0)


def _is_overruled(row: AuditRow) -> bool:
    return row.action == "case.approve" and row.detail.get("was_hold_reason") == OBJECTION


def _heard_at(rows: Sequence[AuditRow], since: int) -> int:
    """Where its newest message was read; a case that the record says nothing of counts as new."""
    return max((r.seq for r in rows if r.action in HEARD), default=since + 1)
