"""What an opaque S/MIME signature wraps (RFC 8551 §3.5.2): the signed mail, found by walking the DER or BER around it.

The signature itself is not checked: evidence of who wrote comes from the border (authenticity.py).
"""

from __future__ import annotations

_SIGNED = bytes.fromhex("06092a864886f70d010702")  # 1.2.840.113549.1.7.2, signedData
_DATA = bytes.fromhex("06092a864886f70d010701")  # 1.2.840.113549.1.7.1, data
_OCTETS, _CONSTRUCTED_OCTETS, _EXPLICIT = 0x04, 0x24, 0xA0
_MAX_DEPTH, _MAX_PIECES = 6, 100_000


def is_signed(data: bytes) -> bool:
    """True for signedData, whatever the mail's label says of it."""
    return _SIGNED in data[:40]


def content(data: bytes) -> bytes | None:
    """The MIME part inside, or None where there is none or the structure breaks off. Never raises."""
    start = data.find(_DATA, 0, 4_000)
    if not is_signed(data) or start < 0:
        return None
    try:
        tag, begin, end = _element(data, start + len(_DATA))
        if tag != _EXPLICIT:
            return None
        return _octets(data, begin, end, 0)[0]
    except (IndexError, ValueError):
        return None


def _element(data: bytes, pos: int) -> tuple[int, int, int]:
    """Tag, where the content begins, and where it ends (-1 for BER's indefinite length). Raises at the end."""
    tag, length = data[pos], data[pos + 1]
    pos += 2
    if length == 0x80:
        return tag, pos, -1
    if length > 0x80:
        count = length & 0x7F
        if count > 4:
            raise ValueError("length")
        length = int.from_bytes(data[pos : pos + count], "big")
        pos += count
    return tag, pos, pos + length


def _octets(data: bytes, pos: int, end: int, depth: int) -> tuple[bytes, int]:
    """The octet strings from ``pos`` on, joined, and the place behind them."""
    if depth > _MAX_DEPTH:
        raise ValueError("depth")
    out: list[bytes] = []
    limit = len(data) if end < 0 else min(end, len(data))
    while pos < limit and len(out) < _MAX_PIECES:
        tag, begin, stop = _element(data, pos)
        if tag == 0 and begin == stop:  # the end of an indefinite length
            pos = stop
            break
        if tag == _OCTETS and stop >= 0:
            out.append(data[begin:stop])
            pos = stop
        elif tag == _CONSTRUCTED_OCTETS:
            inner, pos = _octets(data, begin, stop, depth + 1)
            out.append(inner)
        else:
            break
    return b"".join(out), pos
