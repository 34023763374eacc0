"""Ids and return paths that others cannot make, threads that others cannot fill."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.errors import BadInput
from intake.keyring import Keyring
from intake.replies import (
    Thread,
    bounced_message_id,
    bounced_outbox_id,
    is_our_message_id,
    mailbox,
    new_message_id,
    return_path,
)
from intake.replies.headers import MAX_REFERENCES, thread_headers

KEYS = Keyring(bytes(range(32)))
OTHER = Keyring(bytes(range(1, 33)))
UNIQUE = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=28)
FROM = "tetsuzuki@agency.example"


@given(UNIQUE)
def test_our_ids_are_known_and_stable(unique: str) -> None:
    made = new_message_id(KEYS, "agency.example", unique)
    assert made == new_message_id(KEYS, "agency.example", unique)
    assert is_our_message_id(KEYS, made)
    assert not is_our_message_id(OTHER, made)


@pytest.mark.parametrize("change", [
    lambda m: m.replace("a1", "a2"), lambda m: m[:-18] + m[-17:], lambda m: m.replace("agency", "agenci"),
    lambda m: m.replace(">", "x>"), lambda m: m.upper(), lambda _: "", lambda _: "<a1@agency.example>", lambda m: m + m,
])  # fmt: skip
def test_guessed_cut_or_changed_ids_are_foreign(change: object) -> None:
    made = new_message_id(KEYS, "agency.example", "a1")
    assert callable(change)
    assert not is_our_message_id(KEYS, change(made))


@given(UNIQUE)
def test_a_bounce_leads_back_to_its_mail_whatever_case_the_server_writes(unique: str) -> None:
    path = return_path(KEYS, FROM, unique)
    assert len(path.partition("@")[0]) <= 64
    for seen in (path, path.upper(), path.title()):
        assert bounced_outbox_id(KEYS, seen) == unique
    assert bounced_message_id(KEYS, path, "agency.example") == new_message_id(KEYS, "agency.example", unique)
    assert bounced_outbox_id(OTHER, path) is None


def test_a_return_path_of_another_mail_or_none_is_nobodys() -> None:
    path = return_path(KEYS, FROM, "a1")
    for forged in (path.replace("-a1-", "-a2-"), FROM, "", path.replace("tetsuzuki", "other"), path[:-1]):
        assert bounced_outbox_id(KEYS, forged) is None


def test_an_address_without_room_for_it_is_refused() -> None:
    for address in ("a" * 40 + "@agency.example", "no-at-sign", "a@b@c d", ""):
        with pytest.raises(BadInput):
            return_path(KEYS, address, "a" * 28)


@pytest.mark.parametrize("unique", ["", "A", "a b", "a@b", "a\r\nX: y", "a" * 29, "-a", "あ"])
def test_a_unique_part_that_could_break_an_id_is_refused(unique: str) -> None:
    with pytest.raises(BadInput):
        new_message_id(KEYS, "agency.example", unique)


def test_a_thread_holds_parent_last_and_first_and_latest_ancestors() -> None:
    ids = tuple(f"<{i}@example.jp>" for i in range(50))
    headers = dict(thread_headers(Thread("<parent@example.jp>", ids)))
    references = headers["References"].split()
    assert headers["In-Reply-To"] == "<parent@example.jp>"
    assert references[0] == ids[0]
    assert references[-2:] == [ids[-1], "<parent@example.jp>"]
    assert len(references) == MAX_REFERENCES


@given(st.text(max_size=300), st.lists(st.text(max_size=300), max_size=30))
def test_whatever_stands_in_a_foreign_id_only_well_formed_ones_are_repeated(parent: str, others: list[str]) -> None:
    for name, value in thread_headers(Thread(parent, tuple(others))):
        assert name in ("In-Reply-To", "References")
        assert all(i.startswith("<") and i.endswith(">") and i.isascii() and i.isprintable() for i in value.split(" "))


def test_long_threads_stay_short() -> None:
    ids = tuple(f"<{'x' * 190}{i}@{'y' * 190}.jp>" for i in range(30))
    assert len(dict(thread_headers(Thread(ids[-1], ids)))["References"]) <= 2_000


@pytest.mark.parametrize(("address", "written"), [
    ("hanako@example.jp", "hanako@example.jp"),
    ("hanako+jobs@example.jp", "hanako+jobs@example.jp"),
    (".a..b@phone.example.jp", '".a..b"@phone.example.jp'),
    ("a.@phone.example.jp", '"a."@phone.example.jp'),
    ('"a b"@example.jp', None), ('"a.."@example.jp', '"a.."@example.jp'),
    ("a@[192.0.2.1]", "a@[192.0.2.1]"),
    ("a@example.jp\r\nBcc: b@example.jp", None), ("a@example.jp, b@example.jp", None), ("a b@example.jp", None),
    ("a@b@example.jp", None), ("@example.jp", None), ("a@", None), ("a", None), ("", None), ("あ@example.jp", None),
    ("a@例え.jp", None), ("a\x00@example.jp", None), ("a>@example.jp", "\"a>\"@example.jp"),
    ("a" * 300 + "@x.jp", None),
])  # fmt: skip
def test_addresses_are_written_as_one_or_not_at_all(address: str, written: str | None) -> None:
    if written is None:
        with pytest.raises(BadInput) as caught:
            mailbox(address)
        assert "example" not in str(caught.value)
    else:
        assert mailbox(address) == written
