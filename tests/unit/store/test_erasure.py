"""A person is taken out of everything, and stays out when a backup comes back."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake.errors import BadInput, LeaseLost, NotFound, StoreUnavailable
from intake.model import Application, Candidate, Channel, End, MailState, Message, Stage
from intake.ports.rows import MatchKeys, Reach
from intake.store import SqlStore, migrate, open_store, restore
from tests.unit.store.given import KEYRING, NOW, add_message, arrival, hook, new_case, new_mail, seeker

CANARY = "カナリア花子"
TRACES = [CANARY.encode(), b"090-0000-7777", b"canary@example.jp", "ｶﾅﾘｱ".encode("cp932")]


def live(store: SqlStore, member_id: str, address: str, first: int) -> tuple[int, int]:
    """A person with mails, a case, a note, a link, an application and an answer; ids of person and case."""
    hashed = KEYRING.hash("address", address)
    with store.write() as tx:
        row, _ = tx.seekers.upsert(
            seeker(member_id, name=CANARY, kana="", addresses=(address,), phones=("090-0000-7777",))
        )
        tx.seekers.upsert_application(member_id, Application(0, "A社", Stage.APPLIED))
        opened, joined, doubled = (add_message(tx, first + n) for n in range(3))
        (machine,) = (a.message_id for a in tx.inbox.add([hook(f"{member_id}-1", CANARY.encode())]))
        tx.inbox.set_identity(machine, b"c", b"", hashed)
        case = tx.cases.add(new_case(opened, seeker_id=row.id, sender_hash=hashed, reasons=("family",)))
        tx.cases.link_message(case.id, joined, "joined")
        for item in tx.inbox.claim(NOW, 10, 60, "w"):
            end = {opened: End.CASE, doubled: End.DUPLICATE}.get(item.id, End.JOINED)
            tx.inbox.finish(item.id, item.fence, end, opened if item.id == doubled else case.id, NOW)
            tx.inbox.save_reading(item.id, Message(Channel.EMAIL, text=CANARY), None)
        tx.notes.add(case.id, "佐藤", CANARY, NOW)
        tx.tokens.add(case.id, KEYRING.hash("t", member_id), hashed, NOW, NOW)
        tx.search.index(case.id, [CANARY])
        tx.outbox.add(new_mail((case.id,), to=address, subject=CANARY), NOW)
        tx.outbox.add(new_mail((), to=address.upper(), text=CANARY), NOW)
        return row.id, case.id


def erase(store: SqlStore, seeker_id: int) -> Reach:
    """The steps in their order."""
    with store.read() as tx:
        reach = tx.erasure.reach(seeker_id)
    with store.write() as tx:
        tx.erasure.bury([reach], NOW)
        tx.blobs.destroy_keys(reach.key_ids)
    with store.write() as tx:
        tx.erasure.remove(reach)
    store.compact()
    return reach


def test_everything_of_a_person_is_reached_and_nothing_of_another(store: SqlStore) -> None:
    mine, case_id = live(store, "M-1", "canary@example.jp", 0)
    other, other_case = live(store, "M-2", "other@example.jp", 10)
    with store.read() as tx:
        reach = tx.erasure.reach(mine)
        theirs = tx.erasure.reach(other)
    assert (len(reach.message_ids), reach.case_ids, len(reach.outbox_ids), len(reach.key_ids)) == (4, (case_id,), 2, 7)
    assert not set(reach.message_ids) & set(theirs.message_ids)
    erase(store, mine)
    with store.read() as tx:
        assert tx.erasure.residue(reach) == []
        assert tx.seekers.by_member_id("M-1") is None
        assert tx.seekers.candidates(MatchKeys(addresses=("canary@example.jp",), phones=("09000007777",))) == [
            tx.seekers.get(other)
        ]
        assert tx.search.find(CANARY) == [other_case]
        assert len(tx.notes.of_case(other_case)) == 1
        assert tx.erasure.reach(other) == theirs
        with pytest.raises(NotFound):
            tx.inbox.envelope(reach.message_ids[0])
        stripped = tx.cases.get(case_id)
        assert (stripped.seeker_id, stripped.member_id, stripped.sender_hash, stripped.reasons) == (None, None, b"", ())
        assert tx.inbox.counts()["waiting"] == 0
        assert {m.error: m.state for m in tx.outbox.of_case(case_id)} == {"Erased": MailState.CANCELLED}
    assert store.problems() == []


def test_a_mail_in_somebodys_hands_ends_with_its_bytes(store: SqlStore) -> None:
    """The process that held it is dead; nobody may wait for the next one to notice (found by a random history)."""
    mine, case_id = live(store, "M-1", "canary@example.jp", 0)
    with store.write() as tx:
        reach = tx.erasure.reach(mine)
        held = tx.outbox.claim(NOW, 1, 1800, "w")[0]
        tx.blobs.destroy_keys(reach.key_ids)
        tx.erasure.remove_blobs(reach.key_ids)
    assert store.problems() == []
    with store.write() as tx, pytest.raises(LeaseLost):
        tx.outbox.finish(held, MailState.SENT, NOW)
    with store.read() as tx:
        states = {m.id: m.state for m in tx.outbox.of_case(case_id)}
    assert states[held.id] is MailState.UNKNOWN


def test_a_mail_that_was_erased_never_shows_what_came_after_it(store: SqlStore) -> None:
    """SQLite gives the number of a blob that was the last one again: to somebody else's words (a random history)."""
    mine, case_id = live(store, "M-1", "canary@example.jp", 0)
    with store.read() as tx:
        erased = tx.outbox.of_case(case_id)
    erase(store, mine)
    live(store, "M-2", "other@example.jp", 10)
    with store.read() as tx:
        for item in erased:
            mail = tx.outbox.get(item.id).mail
            assert (mail.to, mail.subject, mail.text, mail.data) == ("", "", "", b"")
        assert len(tx.outbox.find(limit=100)) == 4


def test_a_note_goes_with_its_words(store: SqlStore) -> None:
    """Its number may be somebody else's in the next moment."""
    mine, case_id = live(store, "M-1", "canary@example.jp", 0)
    with store.write() as tx:
        tx.erasure.remove_blobs(tx.erasure.reach(mine).key_ids)
    _, other = live(store, "M-2", "other@example.jp", 10)
    with store.read() as tx:
        assert tx.notes.of_case(case_id) == []
        assert len(tx.notes.of_case(other)) == 1


def test_residue_is_named(store: SqlStore) -> None:
    mine, _ = live(store, "M-1", "canary@example.jp", 0)
    with store.read() as tx:
        residue = tx.erasure.residue(tx.erasure.reach(mine))
    assert residue == ["keys: 7", "blobs: 15", "search: 1", "notes: 1", "links: 1", "seeker: 1", "cases: 1"]


def test_every_step_may_be_done_twice(store: SqlStore) -> None:
    mine, _ = live(store, "M-1", "canary@example.jp", 0)
    reach = erase(store, mine)
    with store.write() as tx:
        tx.erasure.bury([reach], NOW)
        tx.blobs.destroy_keys(reach.key_ids)
        tx.erasure.remove(reach)
        assert tx.erasure.residue(reach) == []


def test_a_message_of_two_people_stays(store: SqlStore) -> None:
    mine, case_id = live(store, "M-1", "canary@example.jp", 0)
    _, other_case = live(store, "M-2", "other@example.jp", 10)
    with store.write() as tx:
        message_id = tx.cases.get(case_id).message_id
        tx.cases.link_message(other_case, message_id, "joined")
        assert tx.erasure.reach(mine).shared == (message_id,)
    erase(store, mine)
    with store.read() as tx:
        assert tx.inbox.envelope(message_id).raw != b""


@pytest.mark.parametrize(("others", "reasons", "is_mine"), [
    ((), ("address",), True), ((), ("address", "-name"), False), (("M-2",), ("address",), False)])  # fmt: skip
def test_of_a_shared_address_only_the_one_candidates_is_reached(
    store: SqlStore, others: tuple[str, ...], reasons: tuple[str, ...], is_mine: bool
) -> None:
    """A family's address says nothing of whose a message is; what speaks against the one candidate keeps it back."""
    with store.write() as tx:
        both = [tx.seekers.upsert(seeker(m, addresses=("family@example.jp",)))[0] for m in ("M-1", "M-2")]
        message_id = add_message(tx)
        hashed = KEYRING.hash("address", "family@example.jp")
        tx.inbox.set_identity(message_id, b"c", b"", hashed)
        case = tx.cases.add(new_case(message_id, seeker_id=None, sender_hash=hashed))
        tx.cases.keep_candidates(case.id, [Candidate(s, 1, reasons) for s in both if s.member_id in ("M-1", *others)])
        reach = tx.erasure.reach(both[0].id)
    assert (reach.message_ids, reach.case_ids) == (((message_id,), (case.id,)) if is_mine else ((), ()))
    assert reach.unclear == (() if is_mine else (case.id,))


def test_an_erased_person_who_writes_again_is_a_new_message(store: SqlStore) -> None:
    mine, _ = live(store, "M-1", "canary@example.jp", 0)
    erase(store, mine)
    with store.write() as tx:
        assert [a.new for a in tx.inbox.add([arrival(0), hook("M-1-1", CANARY.encode())])] == [True, True]


def test_no_file_holds_anything_after_erasure(sqlite_store: SqlStore) -> None:
    mine, _ = live(sqlite_store, "M-1", "canary@example.jp", 0)
    with sqlite_store.write() as tx:
        tx.meta.put("leak", CANARY)
    assert sqlite_store.files_with(TRACES) != []  # the look can see
    with sqlite_store.write() as tx:
        tx.meta.drop("leak")
    erase(sqlite_store, mine)
    assert sqlite_store.files_with(TRACES) == []


def test_a_backup_without_its_keys_says_nothing(sqlite_store: SqlStore, tmp_path: Path) -> None:
    with sqlite_store.write() as tx:
        tx.inbox.add([arrival(raw=CANARY.encode())])
    sqlite_store.backup(tmp_path / "b")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["b", "b.keys"]
    assert not any(CANARY.encode() in p.read_bytes() for p in tmp_path.iterdir())
    with pytest.raises(BadInput, match="exists"):
        sqlite_store.backup(tmp_path / "b")


def test_a_restore_does_not_bring_the_erased_back(sqlite_store: SqlStore, tmp_path: Path) -> None:
    mine, case_id = live(sqlite_store, "M-1", "canary@example.jp", 0)
    other, _ = live(sqlite_store, "M-2", "other@example.jp", 10)
    sqlite_store.backup(tmp_path / "b")
    from datetime import UTC, datetime

    with sqlite_store.write() as tx:
        reach = tx.erasure.reach(mine)
        tx.erasure.bury([reach], datetime.now(UTC))
        tx.blobs.destroy_keys(reach.key_ids)
        tx.erasure.remove(reach)
        tx.meta.put("after the backup", "1")
    url = str(sqlite_store.url)
    sqlite_store.close()
    assert restore(tmp_path / "b", url, KEYRING) == 1
    store = open_store(url, KEYRING)
    assert store.files_with([b"canary@example.jp"]) == []
    with store.read() as tx:
        assert tx.meta.get("after the backup") is None
        assert tx.seekers.by_member_id("M-1") is None
        assert tx.erasure.residue(reach) == []
        assert tx.seekers.get(other).member_id == "M-2"
        assert tx.inbox.envelope(tx.erasure.reach(other).message_ids[0]).raw != b""
        assert tx.audit.verify()[0]
        assert tx.cases.get(case_id).seeker_id is None
    store.close()


def test_an_old_tombstone_does_not_strike_somebody_new(sqlite_store: SqlStore, tmp_path: Path) -> None:
    """After a restore ids are given again; what was erased before the backup is not meant."""
    mine, _ = live(sqlite_store, "M-1", "canary@example.jp", 0)
    sqlite_store.keys.bury([("seeker", mine)], NOW)
    sqlite_store.backup(tmp_path / "b")
    url = str(sqlite_store.url)
    sqlite_store.close()
    assert restore(tmp_path / "b", url, KEYRING) == 0
    store = open_store(url, KEYRING)
    with store.read() as tx:
        assert tx.seekers.get(mine).member_id == "M-1"
    store.close()


def test_lost_keys_come_from_their_own_copy(sqlite_store: SqlStore, tmp_path: Path) -> None:
    live(sqlite_store, "M-1", "canary@example.jp", 0)
    sqlite_store.backup(tmp_path / "b")
    url, file = str(sqlite_store.url), sqlite_store.file()
    assert file is not None
    sqlite_store.close()
    for path in file.parent.iterdir():
        path.unlink()
    restore(tmp_path / "b", url, KEYRING)
    store = open_store(url, KEYRING)
    with store.read() as tx:
        assert tx.inbox.reading(1) is not None
    store.close()
    for path in file.parent.glob("keys.db*"):
        path.unlink()
    (tmp_path / "b.keys").unlink()
    with pytest.raises(BadInput, match="keys"):
        restore(tmp_path / "b", url, KEYRING)


def test_what_is_no_backup_is_refused_and_nothing_is_touched(sqlite_store: SqlStore, tmp_path: Path) -> None:
    live(sqlite_store, "M-1", "canary@example.jp", 0)
    (tmp_path / "b").write_bytes(b"no database at all" * 500)
    for name in ("b", "missing"):
        with pytest.raises(BadInput, match=name):
            restore(tmp_path / name, str(sqlite_store.url), KEYRING)
    with sqlite_store.read() as tx:
        assert tx.seekers.count() == 1


def test_postgresql_is_dumped_apart(postgres_url: str, tmp_path: Path) -> None:
    import subprocess

    from tests.rigs import _postgres_programs

    migrate(postgres_url)
    store = open_store(postgres_url, KEYRING)
    live(store, "M-1", "canary@example.jp", 0)
    store.backup(tmp_path / "b")
    store.close()
    listed = {}
    for name in ("b", "b.keys"):
        command = [str(_postgres_programs() / "pg_restore"), "--list", str(tmp_path / name)]
        listed[name] = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert "TABLE DATA public blob" in listed["b"]
    assert "data_key" not in listed["b"]
    assert "TABLE DATA intake_keys data_key" in listed["b.keys"]
    assert "blob" not in listed["b.keys"]


def test_a_dump_comes_back_without_the_erased(postgres_url: str, tmp_path: Path) -> None:
    """In one transaction; keys stay as they are, and where none are left they come from their own copy."""
    from datetime import UTC, datetime

    import sqlalchemy as sa

    migrate(postgres_url)
    store = open_store(postgres_url, KEYRING)
    mine, case_id = live(store, "M-1", "canary@example.jp", 0)
    other, _ = live(store, "M-2", "other@example.jp", 10)
    store.backup(tmp_path / "b")
    with store.write() as tx:
        reach = tx.erasure.reach(mine)
        tx.erasure.bury([reach], datetime.now(UTC))
        tx.blobs.destroy_keys(reach.key_ids)
        tx.erasure.remove(reach)
        tx.meta.put("after the backup", "1")
    store.close()
    (tmp_path / "broken").write_bytes((tmp_path / "b").read_bytes()[:-2000])
    with pytest.raises(StoreUnavailable):
        restore(tmp_path / "broken", postgres_url, KEYRING)
    store = open_store(postgres_url, KEYRING)
    with store.read() as tx:
        assert tx.meta.get("after the backup") == "1", "half a dump leaves everything as it was"
    store.close()
    assert restore(tmp_path / "b", postgres_url, KEYRING) == 1
    store = open_store(postgres_url, KEYRING)
    with store.read() as tx:
        assert tx.meta.get("after the backup") is None
        assert tx.seekers.by_member_id("M-1") is None
        assert tx.erasure.residue(reach) == []
        assert tx.cases.get(case_id).seeker_id is None
        assert tx.seekers.get(other).member_id == "M-2"
        assert tx.inbox.envelope(tx.erasure.reach(other).message_ids[0]).raw != b""
        assert tx.audit.verify()[0]
    with store.write() as tx:
        assert tx.seekers.upsert(seeker("M-9"))[1]
    with store._engines[2].begin() as conn:
        conn.execute(sa.text("DROP SCHEMA intake_keys CASCADE"))
    store.close()
    restore(tmp_path / "b", postgres_url, KEYRING)
    store = open_store(postgres_url, KEYRING)
    with store.read() as tx:
        assert tx.seekers.get(other).member_id == "M-2"
    store.close()


def test_a_database_that_came_back_by_itself_is_put_right(sqlite_store: SqlStore, tmp_path: Path) -> None:
    """Somebody copied the old file back, without our command: the next start goes through it first."""
    import shutil

    mine, _ = live(sqlite_store, "M-1", "canary@example.jp", 0)
    file = sqlite_store.file()
    assert file is not None
    sqlite_store.checkpoint()
    shutil.copy(file, tmp_path / "old")
    erase(sqlite_store, mine)
    url = str(sqlite_store.url)
    sqlite_store.close()
    for name in (f"{file.name}-wal", f"{file.name}-shm"):
        file.with_name(name).unlink(missing_ok=True)
    shutil.copy(tmp_path / "old", file)
    store = open_store(url, KEYRING)
    with store.read() as tx:
        assert tx.erasure.undead() == [mine]
        assert tx.seekers.by_member_id("M-1") is None, "the key is gone, so nobody is there already now"
    assert store.bury_again() == 1
    with store.read() as tx:
        assert tx.erasure.undead() == []
    store.close()


def test_a_register_of_before_is_sealed(store: SqlStore) -> None:
    """Rows that an older version left plain are sealed with their keys, and found as before."""
    import sqlalchemy as sa

    from intake.store.register import PERSONAL
    from intake.store.tables import seeker as register
    from intake.store.tables import seeker_key

    with store.write() as tx:
        row, _ = tx.seekers.upsert(seeker("M-1", name=CANARY, addresses=("canary@example.jp",)))
        conn = tx.seekers._c.conn
        plain = {name: getattr(row, name) for name in PERSONAL}
        conn.execute(sa.update(register).values(**plain, key_id=None, sealed=None))
        conn.execute(sa.delete(seeker_key))
        keys = [{"key": k, "seeker_id": row.id, "rank": 0} for k in ("a:canary@example.jp", "m:m-1")]
        conn.execute(sa.insert(seeker_key), keys)
    assert store.seal_register() == 1
    assert store.seal_register() == 0
    with store.read() as tx:
        found = tx.seekers.by_member_id("M-1")
        assert found is not None
        assert (found.name, found.addresses) == (CANARY, ("canary@example.jp",))
        assert tx.seekers.candidates(MatchKeys(addresses=("canary@example.jp",))) == [found]
        bare = tx.seekers._c.conn.execute(sa.select(register)).one()
        assert (bare.name, bare.addresses, bare.phones) == ("", (), ())
    if store.is_sqlite:
        assert store.files_with([CANARY.encode(), b"canary@example.jp"]) == []


def test_problems_are_named(store: SqlStore) -> None:
    import sqlalchemy as sa

    live(store, "M-1", "canary@example.jp", 0)
    with store.write() as tx:
        add_message(tx, 99)
    assert store.problems() == []
    with store.write() as tx:
        tx.inbox._c.conn.execute(sa.text("DELETE FROM blob"))
        tx.inbox._c.conn.execute(sa.text("UPDATE inbox SET ended_of = 999 WHERE ended_as = 'case'"))
        tx.inbox._c.conn.execute(sa.text("UPDATE cases SET seeker_id = 999"))
    assert store.problems() == [
        "1 waiting messages have no bytes",
        "1 messages ended as a case that is not there",
        "1 cases belong to a seeker that is not there",
        "2 mails wait to leave without their bytes",
    ]
