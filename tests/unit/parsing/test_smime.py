"""S/MIME and PGP: what is only signed is read, what is closed is named."""

from __future__ import annotations

import base64

import pytest

from intake.parsing import attachment_bytes
from tests.unit.parsing.bombs import sealed
from tests.unit.parsing.mails import read

HEAD = b"From: taro@example.jp\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
INNER = "Content-Type: text/plain; charset=utf-8\r\n\r\n退会します。".encode()
KIND = b'Content-Type: application/%b; smime-type=%b; name="smime.p7m"\r\nContent-Transfer-Encoding: base64\r\n\r\n'


def wrapped(content: bytes, kind: bytes = b"signed-data", media: bytes = b"pkcs7-mime") -> bytes:
    der = sealed(content).split(b"\r\n\r\n", 1)[1]
    return HEAD + KIND % (media, kind) + base64.encodebytes(der)


def test_an_opaque_signature_is_opened() -> None:
    message = read(wrapped(INNER))
    assert (message.text, message.error) == ("退会します。", None)
    (attachment,) = message.attachments
    name, media, body = attachment_bytes(wrapped(INNER), attachment.part)
    assert (name, media, body[:2]) == ("smime.p7m", "application/pkcs7-mime", b"\x30\x80")


def test_octets_in_pieces_are_joined() -> None:
    pieces = b"".join(b"\x04" + bytes([len(INNER[at : at + 9])]) + INNER[at : at + 9] for at in range(0, len(INNER), 9))
    der = sealed(pieces, b"\x24").split(b"\r\n\r\n", 1)[1]
    raw = HEAD + KIND % (b"x-pkcs7-mime", b"signed-data") + base64.encodebytes(der)
    assert read(raw).text == "退会します。"


def test_a_signature_within_a_signature_is_opened() -> None:
    assert read(wrapped(sealed(INNER))).text == "退会します。"


@pytest.mark.parametrize(
    ("kind", "said"),
    [(b"enveloped-data", "encrypted (S/MIME)"), (b"authEnveloped-data", "encrypted (S/MIME)"),
     (b"compressed-data", "compressed (S/MIME)"), (b"signed-data", "signed (S/MIME), but the inside is damaged")],
)  # fmt: skip
def test_what_cannot_be_opened_is_named(kind: bytes, said: str) -> None:
    raw = HEAD + KIND % (b"pkcs7-mime", kind) + base64.encodebytes(b"\x30\x80\x06\x09nonsense")
    assert said in (read(raw).error or "")


@pytest.mark.parametrize("cut", range(60))
def test_a_cut_structure_breaks_nothing(cut: int) -> None:
    der = sealed(INNER).split(b"\r\n\r\n", 1)[1][:cut]
    message = read(HEAD + KIND % (b"pkcs7-mime", b"signed-data") + base64.encodebytes(der))
    assert message.error is None or message.error.startswith("signed (S/MIME)")
    assert message.error is not None or message.attachments


def test_pgp_wrappers_are_named() -> None:
    sealed_pgp = b"-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA\r\n-----END PGP MESSAGE-----\r\n"
    assert "PGP" in (read(HEAD + b"\r\n" + sealed_pgp).error or "")
    signed = "-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\n\r\n退会します。\r\n- -- \r\n山田\r\n-----BEGIN PGP SIGNATURE-----\r\n\r\niQ\r\n-----END PGP SIGNATURE-----\r\n"  # noqa: E501
    message = read(HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + signed.encode())
    assert message.new_text == "退会します。"
    assert "PGP" not in message.text
