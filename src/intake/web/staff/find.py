"""Search: candidates from the index, rechecked against the decrypted texts, and only what this person may see."""

from __future__ import annotations

import re
import unicodedata

from intake.errors import NotFound
from intake.model import Case, StaffMember
from intake.pipeline.tools import Tools
from intake.ports import Tx
from intake.web.staff.scope import may_see

MOST = 50
_NUMBER = re.compile(r"C\s*-?\s*\d{1,15}")
_HIRAGANA = {c: c - 0x60 for c in range(0x30A1, 0x30F7)}  # ァ..ヶ


def by_number(tx: Tx, staff: StaffMember, words: str) -> Case | None:
    """The case of this number, if it is one."""
    plain = unicodedata.normalize("NFKC", words).upper()
    case = tx.cases.by_number(plain) if _NUMBER.fullmatch(plain) else None
    return case if case is not None and may_see(tx, staff, case) else None


def cases(tx: Tx, staff: StaffMember, words: str, tools: Tools) -> list[Case]:
    """Newest first: those of a member number, then those whose texts hold all words."""
    seeker = tx.seekers.by_member_id(unicodedata.normalize("NFKC", words).upper())
    found = {c.id: c for c in (tx.cases.of_seeker(seeker.id) if seeker else [])}
    before: int | None = None
    while len(found) < MOST:
        ids = tx.search.find(words, MOST, before)
        for case_id in ids:
            case = _holding(tx, case_id, words)
            if case is not None:
                found[case.id] = case
        if len(ids) < MOST:
            break
        before = ids[-1]
    return [c for c in sorted(found.values(), key=lambda c: -c.id) if may_see(tx, staff, c)][:MOST]


def _holding(tx: Tx, case_id: int, words: str) -> Case | None:
    """The case, if its texts really hold all words: the index knows only hashes of pairs."""
    try:
        case = tx.cases.get(case_id)
    except NotFound:
        return None
    plain = _fold(" \n".join(_texts(tx, case)))
    return case if all(_fold(w) in plain for w in unicodedata.normalize("NFKC", words).split()) else None


def _texts(tx: Tx, case: Case) -> list[str]:
    texts = [case.number, *(text for _, _, text in tx.notes.of_case(case.id))]
    for message_id, _ in tx.cases.messages_of(case.id):
        reading = tx.inbox.reading(message_id)
        if reading is not None:
            message = reading[0]
            texts += [message.subject, message.text, message.sender.name, message.sender.addr, *message.stated.values()]
            texts += [a.name for a in message.attachments]
    if case.seeker_id is not None:
        seeker = tx.seekers.get(case.seeker_id)
        texts += [seeker.name, seeker.kana, seeker.member_id, *seeker.addresses, *seeker.phones]
    return texts


def _fold(text: str) -> str:
    """As the index folds: width, kana and case; mails are wrapped within words."""
    folded = unicodedata.normalize("NFKC", text).translate(_HIRAGANA).casefold()
    return "".join(c for c in folded if not c.isspace() and unicodedata.category(c) not in {"Cc", "Cf"})
