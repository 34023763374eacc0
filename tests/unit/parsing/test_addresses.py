"""Addresses as written, and their form for comparing."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default

import pytest

from intake.mailauth.check import is_sole_author
from intake.parsing import addresses
from intake.parsing.limits import Notes
from tests.unit.parsing.mails import mail
from tests.unit.parsing.mails import read as read_mail


def read(text: str) -> list[tuple[str, str]]:
    return [(item.name, item.addr) for item in addresses.read(text.encode(), Notes(), "from")]


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("Taro@Example.JP", "taro@example.jp"),
        ('"a..b."@docomo.ne.jp', "a..b.@docomo.ne.jp"),
        (" taro@example.jp. ", "taro@example.jp"),
        ("ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ", "taro@example.jp"),
        ("<taro@example.jp>", "taro@example.jp"),
        ("mailto:taro@example.jp", "taro@example.jp"),
        ("taro@例え.jp", "taro@xn--r8jz45g.jp"),
        ("MAILER-DAEMON", "mailer-daemon"),
        ("", ""),
    ],
)
def test_canonical(written: str, compared: str) -> None:
    assert addresses.canonical(written) == compared
    assert addresses.canonical(compared) == compared


def test_look_alikes_stay_apart() -> None:
    assert addresses.canonical("tаro@example.jp") != addresses.canonical("taro@example.jp")  # Cyrillic а


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a@example.jp, B <b@example.jp>", [("", "a@example.jp"), ("B", "b@example.jp")]),
        ("Team: a@example.jp, b@example.jp;", [("", "a@example.jp"), ("", "b@example.jp")]),
        ('"Yamada, Taro" <a@example.jp>, b@example.jp', [("Yamada, Taro", "a@example.jp"), ("", "b@example.jp")]),
        ("Taro (work; 9-17) <a@example.jp>", [("Taro (work; 9-17)", "a@example.jp")]),
        ("a@example.jp <a@example.jp>", [("a@example.jp", "a@example.jp")]),
        ("", []),
        (",,;", []),
    ],
)
def test_lists(text: str, expected: list[tuple[str, str]]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x@evil.example.com (<taro@example.jp>)", [("<taro@example.jp>", "x@evil.example.com")]),
        ("x@evil.example.com (a (<taro@example.jp>) b)", [("a (<taro@example.jp>) b", "x@evil.example.com")]),
        ('x@evil.example.com (" <taro@example.jp>)', [("<taro@example.jp>", "x@evil.example.com")]),
        ("(taro@example.jp) x@evil.example.com (b)", [("taro@example.jp b", "x@evil.example.com")]),
        ("<x@evil.example.com(taro@example.jp)>", [("", "x@evil.example.com")]),
        ("<x@evil.example.com> (<taro@example.jp>)", [("<taro@example.jp>", "x@evil.example.com")]),
        ('"taro@example.jp": x@evil.example.com;', [("", "x@evil.example.com")]),
        ('"taro@example.jp" x@evil.example.com', [("taro@example.jp", "x@evil.example.com")]),
        ('"<taro@example.jp>" x@evil.example.com', [("taro@example.jp", "x@evil.example.com")]),
        ('"<taro@example.jp>" <x@evil.example.com>', [("<taro@example.jp>", "x@evil.example.com")]),
        ('"taro@example.jp" @evil.example.com', [("", '"taro@example.jp"@evil.example.com')]),
        ('"taro@example.jp"(a)@evil.example.com', [("a", '"taro@example.jp"@evil.example.com')]),
        ('"taro@example.jp"@evil.example.com', [("", '"taro@example.jp"@evil.example.com')]),
        ("(<taro@example.jp>)", [("<taro@example.jp>", "")]),
    ],
)
def test_what_is_quoted_or_remarked_is_no_address(text: str, expected: list[tuple[str, str]]) -> None:
    """RFC 5322 §3.2.2, RFC 6854: the sender's provider passes such a From as its own user's, and that is who wrote."""
    assert read(text) == expected
    assert "taro@example.jp" not in [addresses.canonical(addr) for _, addr in read(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("taro@example.jp (山田 太郎)", [("山田 太郎", "taro@example.jp")]),
        ("taro@example.jp (山田 (営業) 太郎)", [("山田 (営業) 太郎", "taro@example.jp")]),
        ("taro(home)@example.jp", [("home", "taro@example.jp")]),
        ("山田 ( <taro@example.jp>", [("山田 (", "taro@example.jp")]),
        ("山田 ) <taro@example.jp>", [("山田 )", "taro@example.jp")]),
        ('山田" <taro@example.jp>', [("山田", "taro@example.jp")]),
        ('"山田 <taro@example.jp>', [("山田", "taro@example.jp")]),
        ('"taro@example.jp"', [("", "taro@example.jp")]),
        ('"山田 <taro@example.jp>"', [("山田", "taro@example.jp")]),
        ('(a) "taro@example.jp" (b)', [("", "taro@example.jp")]),
        ('"taro@example.jp" <taro@example.jp>', [("taro@example.jp", "taro@example.jp")]),
        ("\"'taro@example.jp' via 窓口\" <desk@example.com>", [("'taro@example.jp' via 窓口", "desk@example.com")]),
        ("taro @ example.jp", [("", "taro@example.jp")]),
        ('"taro..y."@docomo.ne.jp', [("", '"taro..y."@docomo.ne.jp')]),
    ],
)
def test_dirt_of_honest_senders_stays_readable(text: str, expected: list[tuple[str, str]]) -> None:
    assert read(text) == expected


VICTIM, EVIL = "taro@example.jp", "x@evil.example.com"
SPELLINGS = (
    *(VICTIM, EVIL, f"<{VICTIM}>", f"<{EVIL}>", f'"{VICTIM}"', f'"<{VICTIM}>"', f"({VICTIM})", f"({EVIL})", '"a"', "x"),
    *(f"(<{VICTIM}>)", ":", ";", ",", "(", ")", "<", ">", '"', "\\", '"\\""', " ", "\t", "@evil.example.com", "[", "]"),
    *("=?utf-8?Q?taro=40example.jp?=", "=?utf-8?Q?=3Ctaro=40example.jp=3E?=", f"<@{VICTIM}:{EVIL}>", "'", "mailto:"),
)


def spellings(count: int) -> Iterator[str]:
    """From lines of two to five pieces that a stranger might write; the same ones each time."""
    chance = random.Random(3)
    for _ in range(count):
        text = "".join(chance.choice(SPELLINGS) for _ in range(chance.randint(2, 5))).strip()
        if "evil" in text and VICTIM in text:
            yield text


def test_a_correct_from_of_a_stranger_is_never_read_as_somebody_else() -> None:
    """As the standard library reads it, where it finds nothing wrong: such a mail passes at any border."""
    for text in spellings(30_000):
        if [item.canonical for item in addresses.read(text.encode(), Notes(), "from")] != [VICTIM]:
            continue
        try:
            found = message_from_bytes(b"From: " + text.encode() + b"\r\n\r\n", policy=default)["from"]
        except Exception:  # noqa: BLE001 - the library gives up on what nobody sends
            continue
        assert found.defects or EVIL.rpartition("@")[2] not in str([a.addr_spec for a in found.addresses]), text


def test_parsing_and_our_own_check_read_the_same_author() -> None:
    for text in spellings(3_000):
        message = read_mail(mail(From=text))
        sole = len(addresses.read(text.encode(), Notes(), "from")) == 1
        assert is_sole_author(message.sender, mail(From=text)) is sole, text
        assert not is_sole_author(addresses.address("hanako@example.jp"), mail(From=text)), text


@pytest.mark.parametrize("text", ["(" * 8_000 + ")" * 8_000, '"' * 16_001, "()" * 8_000, '"a" ' * 4_000, "\\" * 16_000])
def test_brackets_without_end_cost_nothing(text: str) -> None:
    began = time.process_time()
    addresses.read(f"{text}, a@example.jp".encode(), Notes(), "from")
    assert time.process_time() - began < 1
