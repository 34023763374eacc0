"""The search index made anew after an upgrade that folds words in another way; a few cases at a time, by itself.

Until it is done, older cases are found as they were before. Newest first: those are looked for.
"""

from __future__ import annotations

from intake.model.folding import VERSION
from intake.pipeline.erasing.texts import index_anew
from intake.ports import CaseQuery, Tx

DONE, PLACE = "search.folded", "search.folding"  # version of the whole index; "version:case" where we are
CASES = 20  # a commit: others write too


def is_due(tx: Tx) -> bool:
    """True while the index was made with another folding of words than ours."""
    return tx.meta.get(DONE) != str(VERSION)


def step(tx: Tx, cases: int = CASES) -> int:
    """Index the next cases anew; how many. 0: the index is whole, and that is written down."""
    if not is_due(tx):
        return 0
    found = tx.cases.find(CaseQuery(newest_first=True, after=_place(tx), limit=cases))
    for case in found:
        index_anew(tx, case.id)
    if found:
        tx.meta.put(PLACE, f"{VERSION}:{found[-1].id}")
    else:
        tx.meta.put(DONE, str(VERSION))
    return len(found)


def _place(tx: Tx) -> int | None:
    """Where an earlier run came to; None at the beginning, also of a newer version's."""
    version, _, case = (tx.meta.get(PLACE) or "").partition(":")
    return int(case) if version == str(VERSION) and case.isdecimal() else None
