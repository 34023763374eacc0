"""Raw bytes first: each arrival once, claimed by one worker at a time, ended once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from intake.errors import LeaseLost, NotFound
from intake.model import Accepted, Arrival, Channel, End, Facts, Kind, Meaning, Message, Segment
from intake.ports import Said
from intake.store import SqlStore, SqlTx
from tests.unit.store.given import KEYRING, MINUTE, NOW, add_message, arrival, hook


def test_the_bytes_come_back_as_they_came(store: SqlStore) -> None:
    raw = bytes(range(256)) * 9 + b"\n{}\n"
    given = arrival(raw=raw, rcpt_to=("a@example.jp", "b@example.jp"), mail_from="", peer="192.0.2.1")
    with store.write() as tx:
        (accepted,) = tx.inbox.add([given])
    with store.read() as tx:
        assert tx.inbox.envelope(accepted.message_id) == given.envelope


def test_same_bytes_twice_are_one_row_within_a_call_and_later(store: SqlStore) -> None:
    with store.write() as tx:
        first = tx.inbox.add([arrival(1), arrival(2), arrival(1)])
    assert [a.new for a in first] == [True, True, False]
    assert first[0].message_id == first[2].message_id != first[1].message_id
    with store.write() as tx:
        assert tx.inbox.add([arrival(2)]) == [Accepted(first[1].message_id, new=False)]
        assert tx.inbox.counts()["waiting"] == 2


def test_of_new_and_known_ones_together_each_gets_its_own_row(store: SqlStore) -> None:
    with store.write() as tx:
        known = tx.inbox.add([arrival(n) for n in range(0, 40, 2)])
    with store.write() as tx:
        both = tx.inbox.add([arrival(n) for n in range(40)])
    assert [a.new for a in both] == [n % 2 == 1 for n in range(40)]
    assert [a.message_id for a in both[::2]] == [a.message_id for a in known]
    with store.read() as tx:
        assert [tx.inbox.envelope(a.message_id) for a in both] == [arrival(n).envelope for n in range(40)]


def test_another_door_is_the_same_mail_but_another_envelope_is_not(store: SqlStore) -> None:
    with store.write() as tx:
        again = tx.inbox.add([arrival(), arrival(via="lmtp", received_at=NOW + MINUTE, peer="192.0.2.9")])
        other = tx.inbox.add([arrival(mail_from="x@example.jp"), arrival(rcpt_to=("a@example.jp",))])
    assert [a.new for a in again] == [True, False]
    assert [a.new for a in other] == [True, True]


def test_parts_of_an_envelope_cannot_be_shifted_into_each_other(store: SqlStore) -> None:
    with store.write() as tx:
        accepted = tx.inbox.add(
            [
                arrival(mail_from="a@example.jp", rcpt_to=("b@example.jp", "c@example.jp"), raw=b"d"),
                arrival(mail_from="a@example.jp", rcpt_to=("b@example.jp",), raw=b"c@example.jpd"),
            ]
        )
    assert [a.new for a in accepted] == [True, True]


def test_a_webhook_id_is_one_row_and_the_same_words_under_a_new_id_another(store: SqlStore) -> None:
    with store.write() as tx:
        first = tx.inbox.add([hook("msg_1"), hook("msg_2"), hook("msg_1", source="app")])
    with store.write() as tx:
        again = tx.inbox.add([hook("msg_1", raw=b'{"message":"other"}')])
    assert [a.new for a in first] == [True, True, True]
    assert again == [Accepted(first[0].message_id, new=False)]


def test_the_same_words_on_the_telephone_another_day_are_a_new_call(store: SqlStore) -> None:
    call = arrival(channel=Channel.PHONE, via="phone", mail_from="", rcpt_to=(), entered_by="佐藤")
    later = Arrival(replace(call.envelope, received_at=NOW + timedelta(days=300)))
    with store.write() as tx:
        assert [a.new for a in tx.inbox.add([call, later, call])] == [True, True, False]


def test_claims_go_by_age_and_do_not_overlap(store: SqlStore) -> None:
    with store.write() as tx:
        ids = [a.message_id for a in tx.inbox.add([arrival(n) for n in range(5)])]
    with store.write() as tx:
        first = tx.inbox.claim(NOW, 2, 60, "w1")
    with store.write() as tx:
        second = tx.inbox.claim(NOW, 10, 60, "w2")
    assert [i.id for i in first] + [i.id for i in second] == sorted(ids)
    assert {(i.attempts, i.fence) for i in first + second} == {(1, 1)}
    assert first[0].envelope == arrival(0).envelope
    with store.write() as tx:
        assert tx.inbox.claim(NOW + 59 * MINUTE / 60, 10, 60, "w3") == []


def test_a_frozen_worker_cannot_finish_what_another_has_taken(store: SqlStore) -> None:
    with store.write() as tx:
        add_message(tx)
        (frozen,) = tx.inbox.claim(NOW, 1, 60, "frozen")
    with store.write() as tx:
        (taken,) = tx.inbox.claim(NOW + 2 * MINUTE, 1, 60, "awake")
    assert (taken.id, taken.fence, taken.attempts) == (frozen.id, 2, 2)
    with pytest.raises(LeaseLost), store.write() as tx:
        tx.inbox.finish(frozen.id, frozen.fence, End.CASE, 1, NOW)
    with pytest.raises(LeaseLost), store.write() as tx:
        tx.inbox.give_back(frozen.id, frozen.fence, NOW, "Timeout")
    with store.write() as tx:
        tx.inbox.finish(taken.id, taken.fence, End.JOINED, 7, NOW)
        assert tx.inbox.end_of(taken.id) == (End.JOINED, 7)
    with pytest.raises(LeaseLost), store.write() as tx:
        tx.inbox.finish(taken.id, taken.fence, End.MACHINE, None, NOW)


def test_many_are_finished_at_once_or_none(store: SqlStore) -> None:
    with store.write() as tx:
        tx.inbox.add([arrival(n) for n in range(4)])
        a, b, c, d = tx.inbox.claim(NOW, 4, 60, "w")
        tx.inbox.finish_all([(a.id, a.fence, End.CASE, 5), (b.id, b.fence, End.MACHINE, None)], NOW)
        tx.inbox.finish_all([], NOW)
        assert (tx.inbox.end_of(a.id), tx.inbox.end_of(b.id)) == ((End.CASE, 5), (End.MACHINE, None))
    with pytest.raises(LeaseLost), store.write() as tx:
        tx.inbox.finish_all([(c.id, c.fence, End.CASE, 5), (d.id, d.fence + 1, End.CASE, 5)], NOW)
    with store.read() as tx:
        assert tx.inbox.without_end() == [c.id, d.id]


def test_given_back_is_taken_again_when_its_time_has_come(store: SqlStore) -> None:
    with store.write() as tx:
        message_id = add_message(tx)
        (item,) = tx.inbox.claim(NOW, 1, 60, "w")
        tx.inbox.give_back(item.id, item.fence, NOW + 10 * MINUTE, "ParserDied")
        assert tx.inbox.attempts_of(message_id) == (1, "ParserDied")
    with store.write() as tx:
        assert tx.inbox.claim(NOW + 9 * MINUTE, 1, 60, "w") == []
        (again,) = tx.inbox.claim(NOW + 10 * MINUTE, 1, 60, "w")
    assert again.attempts == 2


def test_a_clock_that_goes_back_does_not_hold_a_lease_for_a_day(store: SqlStore) -> None:
    with store.write() as tx:
        add_message(tx)
        assert len(tx.inbox.claim(NOW, 1, 60, "died")) == 1
    with store.write() as tx:
        assert tx.inbox.claim(NOW - MINUTE, 1, 60, "other") == []  # clocks of two workers differ a little
        assert len(tx.inbox.claim(NOW - timedelta(days=1), 1, 60, "other")) == 1


def test_a_message_whose_key_is_lost_does_not_stop_the_others(store: SqlStore) -> None:
    with store.write() as tx:
        lost, kept = (a.message_id for a in tx.inbox.add([arrival(1), arrival(2)]))
        tx.blobs.destroy_keys([tx.inbox.key_of(lost)])
    with store.write() as tx:
        assert [i.id for i in tx.inbox.claim(NOW, 10, 60, "w")] == [kept]
        assert tx.inbox.attempts_of(lost) == (1, "KeyMissing")
        assert lost in tx.inbox.without_end()
    with store.read() as tx, pytest.raises(NotFound):
        tx.inbox.envelope(lost)


def test_readings_are_replaced(store: SqlStore) -> None:
    message = Message(
        Channel.EMAIL,
        kind=Kind.MESSAGE,
        subject="退会\udcff",
        text="退会します",
        sent_at=NOW,
        segments=(Segment(0, 5, "new"),),
        stated={"name": "山田"},
    )
    meaning = Meaning(("withdrawal",), facts=Facts(name="山田", resume_on=NOW.date()), confidence=0.9, sure=True)
    with store.write() as tx:
        message_id = add_message(tx)
        assert tx.inbox.reading(message_id) is None
        tx.inbox.save_reading(message_id, Message(Channel.EMAIL), meaning)
        tx.inbox.save_reading(message_id, message, None)
        assert tx.inbox.reading(message_id) == (message, None)
        tx.inbox.save_reading(message_id, message, meaning)
    with store.read() as tx:
        assert tx.inbox.reading(message_id) == (message, meaning)
        assert tx.inbox.reading(999) is None


def test_a_twin_is_earlier_with_all_three_the_same(store: SqlStore) -> None:
    def hashes(content: str, rfc_id: str, sender: str) -> tuple[bytes, bytes, bytes]:
        return KEYRING.hash("content", content), rfc_id.encode(), KEYRING.hash("address", sender)

    with store.write() as tx:
        first, second, other_id, other_sender = (a.message_id for a in tx.inbox.add([arrival(n) for n in range(4)]))
        tx.inbox.set_identity(first, *hashes("c", "<1@x>", "a"))
        assert tx.inbox.find_twin(first, *hashes("c", "<1@x>", "a")) is None
        assert tx.inbox.find_twin(second, *hashes("c", "<1@x>", "a")) == first
        assert tx.inbox.find_twin(other_id, *hashes("c", "", "a")) is None
        assert tx.inbox.find_twin(other_sender, *hashes("c", "<1@x>", "b")) is None


def test_what_was_said_without_an_id_is_the_last_of_the_same_words_that_is_no_copy(store: SqlStore) -> None:
    content, sender = KEYRING.hash("content", "c"), KEYRING.hash("address", "a")
    with store.write() as tx:
        old, copy, other, named, now = (a.message_id for a in tx.inbox.add([arrival(n) for n in range(5)]))
        for n, said, rfc_id in ((old, content, b""), (copy, content, b""), (other, b"x", b""), (named, content, b"i")):
            tx.inbox.set_identity(n, said, rfc_id, sender)
        items = {item.id: item for item in tx.inbox.claim(NOW, 2, 60, "w")}
        tx.inbox.finish(old, items[old].fence, End.CASE, None, NOW + MINUTE)
        tx.inbox.finish(copy, items[copy].fence, End.DUPLICATE, old, NOW + MINUTE)
        assert tx.inbox.last_said(now, content, sender, NOW) == Said(old, NOW, NOW + MINUTE)
        assert tx.inbox.last_said(now, content, sender, NOW + MINUTE) is None
        assert tx.inbox.last_said(old, content, sender, NOW) is None
        assert tx.inbox.last_said(now, content, b"another", NOW) is None


def test_backlog_counts_and_what_has_no_end(store: SqlStore) -> None:
    with store.write() as tx:
        assert tx.inbox.backlog(NOW).oldest_at is None
        ids = [a.message_id for a in tx.inbox.add([arrival(n) for n in range(3)])]
        (item, *_) = tx.inbox.claim(NOW, 1, 60, "w")
        tx.inbox.finish(item.id, item.fence, End.MACHINE, None, NOW)
    with store.read() as tx:
        backlog = tx.inbox.backlog(NOW)
        assert (backlog.waiting, backlog.oldest_at) == (2, NOW)
        assert tx.inbox.counts() == {"case": 0, "joined": 0, "duplicate": 0, "machine": 1, "waiting": 2}
        assert tx.inbox.without_end() == ids[1:]


def test_what_is_not_there_is_said(store: SqlStore) -> None:
    calls = [
        lambda tx: tx.inbox.envelope(1),
        lambda tx: tx.inbox.end_of(1),
        lambda tx: tx.inbox.save_reading(1, Message(Channel.EMAIL), None),
    ]
    for call in calls:
        with pytest.raises(NotFound), store.write() as tx:
            call(tx)


def test_a_batch_takes_few_statements(store: SqlStore) -> None:
    import sqlalchemy as sa

    statements: list[str] = []
    with store.write() as tx:
        sa.event.listen(tx.inbox._c.conn, "before_cursor_execute", lambda c, cur, sql, *_: statements.append(sql))
        _add_fifty(tx)
    assert len(statements) <= 4


def _add_fifty(tx: SqlTx) -> None:
    accepted = tx.inbox.add([arrival(n) for n in range(50)])
    assert len({a.message_id for a in accepted}) == 50
