"""What a case is found by, told from the store alone: for putting it back into the index after something was masked."""

from __future__ import annotations

from intake.errors import NotFound
from intake.ports import Tx


def index_anew(tx: Tx, case_id: int) -> None:
    """Forget what the case was found by, and index what is there now."""
    tx.search.remove([case_id])
    tx.search.index(case_id, [t for t in _texts_of(tx, case_id) if t])


def _texts_of(tx: Tx, case_id: int) -> list[str]:
    case = tx.cases.get(case_id)
    texts = [case.number]
    for message_id, _ in tx.cases.messages_of(case_id):
        reading = tx.inbox.reading(message_id)
        if reading is not None:
            m = reading[0]
            texts += [m.subject, m.text, m.sender.name, m.sender.addr, *(a.name for a in m.attachments)]
            texts += list(m.stated.values())
    texts += [text for _, _, text in tx.notes.of_case(case_id)]
    try:
        seeker = tx.seekers.get(case.seeker_id) if case.seeker_id else None
    except NotFound:
        seeker = None
    return texts + ([seeker.name, seeker.kana, seeker.member_id, *seeker.addresses] if seeker else [])
