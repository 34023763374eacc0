"""The ladder says which rung it used, and nothing is replaced in silence."""

from __future__ import annotations

import pytest

from intake.parsing import ParseOptions, charset, jis
from tests.unit.parsing.mails import mail, read

TEXT = "㈱髙﨑の退会①、ﾃｽﾄ。"


@pytest.mark.parametrize(
    ("raw", "label", "codec", "rung"),
    [
        ("退会します".encode(), "utf-8", "utf-8", "declared"),
        ("退会します".encode(), "iso-8859-1", "utf-8", "sniffed"),
        ("退会します".encode("cp932"), "utf-8", "cp932", "sniffed"),
        ("退会します".encode("cp932"), "Shift_JIS", "cp932", "declared"),
        ("退会します".encode("euc_jp"), None, "euc-jp", "sniffed"),
        ("退会します".encode("iso2022_jp"), "utf-8", "iso-2022-jp", "escapes"),
        ("退会します".encode("iso2022_jp"), "CP50221", "iso-2022-jp", "declared"),
        (b"plain", None, "ascii", "undeclared"),
    ],
)
def test_the_rung_is_named(raw: bytes, label: str | None, codec: str, rung: str) -> None:
    found = charset.decode(raw, label)
    assert (found.codec, found.rung, found.bad) == (codec, rung, 0)


def test_staff_can_force_the_rung() -> None:
    raw = mail().replace("退会します。".encode(), "退会します。".encode("euc_jp"))
    assert read(raw, ParseOptions(charset="shift_jis")).text != "退会します。"
    message = read(raw, ParseOptions(charset="euc-jp"))
    assert message.text == "退会します。"
    assert "text/plain: euc-jp forced" in message.charset_steps


@pytest.mark.parametrize(
    "label", ["idna", "rot13", "undefined", "base64", "unicode_escape", "x\0y", "a" * 5_000, "hex"]
)
def test_labels_that_are_no_charset_do_no_harm(label: str) -> None:
    assert charset.decode("退会".encode(), label).text == "退会"


def test_unreadable_bytes_are_said() -> None:
    message = read(mail().replace("退".encode(), b"\x80\xfe\xff"))
    assert "\ufffd" in message.text
    assert message.error is not None
    assert "unreadable" in message.error


def test_every_assigned_pair_reads_as_cp932_reads_it() -> None:
    table = jis.pair_table()
    assert table[0x2D, 0x21] == "①"
    assert table[0x7C, 0x73] == "髙" or "髙" in table.values()
    for (row, cell), char in table.items():
        text, bad = jis.decode(b"\x1b$B" + bytes((row, cell)) + b"\x1b(B")
        assert (text, bad) == (char, 0)


def test_escapes_are_not_restored_in_prices_and_code() -> None:
    text = "It costs $Bargain (B) or $@home; see $BASH (BASH)."
    assert charset.decode(text.encode()).text == text


def test_text_that_only_looks_like_mojibake_stays() -> None:
    text = "Ã is a letter, ça va, naïveté, Müller"
    assert charset.decode(text.encode(), "utf-8").text == text
