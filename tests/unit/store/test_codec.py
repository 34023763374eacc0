"""What is kept as JSON is read back equal, by an older or newer program too."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from datetime import date, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.model import Channel, Envelope, Mail, Meaning, Message
from intake.store import arrivals
from intake.store.codec import dumps, loads

# Of fixed offsets: a time that a zone's clocks show twice is equal to no time of another zone (PEP 495).
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@settings(max_examples=60, deadline=None)
@given(st.from_type(Message))
def test_a_message_comes_back_equal(message: Message) -> None:
    assert loads(Message, dumps(message)) == message


@settings(max_examples=60, deadline=None)
@given(st.builds(Meaning, confidence=st.floats(0, 1)))
def test_a_meaning_comes_back_equal(meaning: Meaning) -> None:
    assert loads(Meaning, dumps(meaning)) == meaning


@settings(max_examples=60, deadline=None)
@given(st.from_type(Mail))
def test_a_mail_comes_back_equal(mail: Mail) -> None:
    assert loads(Mail, dumps(mail)) == mail


def test_unknown_names_are_dropped_and_missing_ones_take_their_defaults() -> None:
    plain = json.loads(dumps(Message(Channel.FORM, text="x")))
    del plain["subject"]
    plain["of_a_later_version"] = [1]
    assert loads(Message, json.dumps(plain).encode()) == Message(Channel.FORM, text="x")


def test_every_field_has_a_way_back() -> None:
    assert {f.name for f in fields(Message)} == set(json.loads(dumps(Message(Channel.FORM))))


@dataclass(frozen=True)
class Odd:
    """What the codec does not know must not be guessed."""

    what: date | int


def test_an_unknown_kind_of_field_is_refused() -> None:
    with pytest.raises(TypeError):
        loads(Odd, b'{"what": 1}')
    with pytest.raises(TypeError):
        dumps(object())


@settings(max_examples=100, deadline=None)
@given(st.builds(Envelope, received_at=st.datetimes(timezones=ZONES), mail_from=st.text(st.characters(codec=None))))
def test_an_arrival_comes_back_equal(envelope: Envelope) -> None:
    packed = arrivals.pack(envelope)
    assert arrivals.unpack(packed) == envelope
    head = json.loads(packed.partition(b"\n")[0].decode("utf-8", "surrogatepass"))
    assert set(head) == {f.name for f in fields(Envelope)} - {"raw"}  # pack writes each by hand
