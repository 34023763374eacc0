"""The IMAP ledger, on both engines."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from intake.ports import ImapPlace, LedgerRow
from intake.store import SqlStore
from intake.store.schema import check_drift

NOW = datetime(2026, 4, 1, tzinfo=UTC)
PLACE = ImapPlace("jobs@mail.agency.example", "INBOX", 7)
MOVED = ImapPlace("jobs@mail.agency.example", "受信/応募", 4_294_967_295)


def sha(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def test_rows_are_found_by_place_state_and_bytes(store: SqlStore) -> None:
    rows = [LedgerRow(n, sha(str(n)), "kept", n * 10) for n in range(1, 1201)]
    with store.write() as tx:
        assert tx.ledger.highest(PLACE) == 0
        tx.ledger.add(PLACE, [], NOW)
        tx.ledger.add(PLACE, rows, NOW)
        tx.ledger.add(MOVED, [LedgerRow(4_294_967_295, b"", "failed")], NOW)
        tx.ledger.mark(PLACE, [r.uid for r in rows if r.uid != 5], "marked")
    with store.read() as tx:
        assert tx.ledger.highest(PLACE) == 1200
        assert tx.ledger.known(PLACE) == set(range(1, 1201))
        assert tx.ledger.known(PLACE, 1198) == {1199, 1200}
        assert tx.ledger.in_state(PLACE, "kept") == [5]
        assert tx.ledger.known(MOVED) == {4_294_967_295}
        assert tx.ledger.by_bytes(PLACE.account, [sha("3"), sha("x"), b""]) == {sha("3"): 30}
        assert tx.ledger.by_bytes("other@host", [sha("3")]) == {}


def test_a_second_row_of_a_uid_replaces_the_first(store: SqlStore) -> None:
    with store.write() as tx:
        tx.ledger.add(PLACE, [LedgerRow(1, b"", "failed")], NOW)
        tx.ledger.add(PLACE, [LedgerRow(1, sha("a"), "kept", 9)], NOW)
        assert tx.ledger.in_state(PLACE, "failed") == []
        assert tx.ledger.by_bytes(PLACE.account, [sha("a")]) == {sha("a"): 9}


def test_tables_and_migrations_agree(url: str) -> None:
    check_drift(url)
