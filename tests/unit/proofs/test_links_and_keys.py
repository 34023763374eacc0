"""Secrets: long enough, never stored, bound to what they are for, over when they are over."""

from __future__ import annotations

import base64
import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from intake.keyring import Keyring
from intake.proofs import (
    KeyAnswer,
    expires_at,
    is_expired,
    masked,
    new_key,
    new_token,
    nonce_for,
    nonce_ok,
    token_hash,
    try_key,
    without_secrets,
)
from intake.proofs.keys import issue

RING, OTHER = Keyring(bytes(range(32))), Keyring(bytes(range(1, 33)))
NOW = datetime(2026, 4, 1, 3, 0, tzinfo=UTC)


def test_a_token_has_128_bits_and_fits_a_url() -> None:
    tokens = {new_token() for _ in range(2_000)}
    assert len(tokens) == 2_000
    for token in tokens:
        assert len(base64.urlsafe_b64decode(token + "==")) == 16
        assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def test_only_the_hash_is_kept_and_it_needs_our_key() -> None:
    token = new_token()
    assert token.encode() not in token_hash(RING, token)
    assert token_hash(RING, token) == token_hash(RING, token) != token_hash(OTHER, token)
    assert token_hash(RING, token) != token_hash(RING, token + "x")
    for odd in ("", "\udcff", "あ" * 10_000, "../.."):
        assert len(token_hash(RING, odd)) == 16


def test_the_nonce_belongs_to_its_token() -> None:
    token, another = new_token(), new_token()
    assert nonce_ok(RING, token, nonce_for(RING, token))
    for wrong in (nonce_for(RING, another), nonce_for(OTHER, token), "", "\udcff", nonce_for(RING, token)[:-1]):
        assert not nonce_ok(RING, token, wrong)


def test_a_link_is_over_at_the_very_instant() -> None:
    until = expires_at(NOW, 72)
    assert until == NOW + timedelta(hours=72)
    assert not is_expired(until, until - timedelta(microseconds=1))
    assert is_expired(until, until)
    assert not is_expired(until, NOW - timedelta(days=1))  # a clock that jumps back ends nothing early


@pytest.mark.parametrize("digits", [6, 7, 8])
def test_keys_are_digits_evenly_spread(digits: int) -> None:
    keys = [new_key(digits) for _ in range(3_000)]
    assert all(len(k) == digits and k.isdigit() for k in keys)
    first = [sum(k[0] == str(d) for k in keys) for d in range(10)]
    assert max(abs(n - 300) for n in first) < 6 * math.sqrt(300)


@pytest.mark.parametrize("digits", [0, 5, 9])
def test_other_lengths_are_refused(digits: int) -> None:
    with pytest.raises(ValueError, match="digits"):
        new_key(digits)


def test_a_key_is_right_once_in_time_and_for_its_person() -> None:
    issued = issue(RING, "seeker:1", "012345", NOW)
    assert b"012345" not in issued.digest
    assert issued.tries_left == 3
    later = NOW + timedelta(minutes=10)
    assert try_key(RING, issued, "012345", NOW) is KeyAnswer.RIGHT
    assert try_key(RING, issued, " ０１２-３４５ ", NOW) is KeyAnswer.RIGHT
    assert try_key(RING, issued, "012346", NOW) is KeyAnswer.WRONG
    assert try_key(RING, issued, "12345", NOW) is KeyAnswer.WRONG
    assert try_key(RING, issued, "", NOW) is KeyAnswer.WRONG
    assert try_key(RING, issued, "012345", later) is KeyAnswer.EXPIRED
    assert try_key(OTHER, issued, "012345", NOW) is KeyAnswer.WRONG
    assert try_key(RING, replace(issued, tries_left=0), "012345", NOW) is KeyAnswer.USED_UP
    assert try_key(RING, replace(issued, subject="seeker:2"), "012345", NOW) is KeyAnswer.WRONG


def test_a_secret_in_a_text_is_masked_and_nothing_moves() -> None:
    """Marks on a page stand by places: the text keeps its length, and all that is no secret of ours stays."""
    token = new_token()
    for text in (f"x https://a.example/c/{token}。", f"> https://a.example/c/{token[:9]}\n> {token[9:]}\n終わり",
                 f"=3D\"https://a.example/c/{token[:5]}=\r\n{token[5:]}\""):  # fmt: skip
        hidden = masked(text)
        assert len(hidden) == len(text)
        assert token[:5] not in hidden
        assert token[10:] not in hidden
    assert masked("認証キー\u3000123456\n03-1234-5678") == "認証キー\u3000……\n03-1234-5678".replace("……", "……" * 3)
    plain = "https://a.example/c/short と https://b.example/company/0123456789012345678901234"
    assert masked(plain) == plain


def packed(data: bytes, line: int = 76) -> bytes:
    """Base64 as a mail has it."""
    text = base64.b64encode(data)
    return b"\r\n".join(text[i : i + line] for i in range(0, len(text), line))


def as_they_come(token: str) -> list[bytes]:
    link = f"https://a.example/c/{token}"
    reply = f"質問があります。\r\n\r\n> {link}\r\n> 認証キー\u3000123456\r\n".encode()
    inner = b"Content-Transfer-Encoding: base64\r\n\r\n" + packed(reply)
    return [
        reply,
        f'<a href=3D"https://a.example/c/{token[:7]}=\r\n{token[7:]}">'.encode(),
        b"Content-Transfer-Encoding: base64\r\n\r\n" + packed(reply) + b"\r\n\r\n--end--\r\n",
        b"\n\n" + packed(reply).replace(b"\r\n", b"\n"),
        b"\r\n\r\n" + base64.b64encode(reply),
        b"\r\n\r\n" + packed(inner),
        f'{{"message": "https:\\/\\/a.example\\/c\\/{token}"}}'.encode(),
        f"https://guard.example/?url=https%3A%2F%2Fa.example%2Fc%2F{token}&data=1".encode(),
    ]


@pytest.mark.parametrize("kind", range(8))
def test_a_copy_of_bytes_holds_no_link_that_still_opens_and_nothing_moves(kind: int) -> None:
    token = new_token()
    data = as_they_come(token)[kind]
    bare = without_secrets(data, lambda t: t == token)
    assert len(bare) == len(data)
    seen: list[str] = []
    without_secrets(bare, lambda t: bool(seen.append(t)))
    assert token not in seen
    assert token.encode() not in bare


def test_a_copy_keeps_every_byte_that_is_no_secret_of_ours() -> None:
    """It may be needed as it came: a link that is over, or somebody else's, proves nothing and stays."""
    for data in as_they_come(new_token())[1:2] + as_they_come(new_token())[6:]:
        assert without_secrets(data, lambda t: False) == data
    for data in (bytes(range(256)) * 50, packed(bytes(range(256)) * 50), b"A" * 100_000, b"", b"=" * 90):
        assert without_secrets(data, lambda t: True) == data


@pytest.mark.parametrize("charset", ["utf-8", "iso2022_jp", "cp932", "euc_jp"])
def test_a_copy_holds_no_key_for_coming_back(charset: str) -> None:
    data = "> 認証キー\u3000123456\n> 電話 03-1234-5678\n".encode(charset)
    bare = without_secrets(data, lambda t: False)
    assert bare.decode(charset) == "> 認証キー\u3000******\n> 電話 03-1234-5678\n"
    shown = b"=E8=AA=8D=E8=A8=BC=E3=82=AD=E3=83=BC=E3=80=80123456"
    assert without_secrets(shown, lambda t: False) == shown.replace(b"123456", b"******")
