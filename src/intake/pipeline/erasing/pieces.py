"""What an erasure removes, in pieces small enough that nobody waits long for the writer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from intake.pipeline.erasing.plan import Plan
from intake.ports import Tx

CHUNK = 100
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows that are removed in one go, and what that place is called."""

    name: str
    remove: Callable[[Tx, Sequence[int]], None]
    ids: Sequence[int]


def pieces_of(plan: Plan) -> list[Piece]:
    """Blobs, then table by table; the person's own row last, for it is how the rest is found."""
    blobs = [Piece(f"erase.blob[{n}]", lambda tx, ids: tx.erasure.remove_blobs(ids), ids)
             for n, ids in enumerate(chunks(plan.reach.key_ids))]  # fmt: skip
    work: list[tuple[Callable[[Tx, Sequence[int]], None], Sequence[int]]] = [
        (lambda tx, ids: tx.erasure.remove_messages(ids), plan.reach.message_ids),
        (lambda tx, ids: tx.erasure.remove_cases(ids), plan.reach.case_ids),
        (lambda tx, ids: tx.erasure.remove_mails(ids), plan.reach.outbox_ids),
        (lambda tx, ids: tx.erasure.remove_person(ids[0]), [plan.reach.seeker_id]),
    ]
    tables = [(remove, ids) for remove, every in work for ids in chunks(every)]
    return blobs + [Piece(f"erase.table[{n}]", remove, ids) for n, (remove, ids) in enumerate(tables)]


def packs(pieces: Iterable[Piece]) -> list[list[Piece]]:
    """In their order, CHUNK rows at most in each pack."""
    found: list[list[Piece]] = []
    size = CHUNK
    for piece in pieces:
        if size + len(piece.ids) > CHUNK:
            found.append([])
            size = 0
        found[-1].append(piece)
        size += len(piece.ids)
    return found


def chunks(every: Sequence[T], size: int = CHUNK) -> list[Sequence[T]]:
    """In their order, ``size`` at most in each."""
    return [every[i : i + size] for i in range(0, len(every), size)]
