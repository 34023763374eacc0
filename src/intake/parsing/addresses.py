"""Addresses as they are written: dots anywhere, quotes missing, names in any charset, groups, several, none."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress

from intake.model import Address
from intake.parsing.enclosed import Shell, shell
from intake.parsing.limits import ADDRESSES, STRUCTURED_BYTES, Notes
from intake.parsing.words import decode_words, one_line, raw_text, unfold

_WIDE = str.maketrans({"＜": "<", "＞": ">", "＠": "@"})
_QUOTED_LOCAL = re.compile(r'^"((?:[^"\\]|\\.)*)"@(.+)$', re.DOTALL)
_BARE = re.compile(r'(?:"[^"\s]{1,128}"|[^\s<>()\[\],;:"@]{1,128})@[^\s<>()\[\],;:"@]{1,255}')
_MARK = re.compile(r"(?:(?<=[^\\])|^)[,:;<>]")
_BEFORE_AT = re.compile(r'"\s+@\s*')
_STRUCTURE = re.compile("[,;:]")
_SPACE = re.compile(r"\s+")


def canonical(addr: str) -> str:
    """For comparing only, never for sending: NFKC, lower case, quotes and blanks out, domain in its ASCII form."""
    text = addr if addr.isascii() else unicodedata.normalize("NFKC", addr)
    text = "".join(text.split()).strip("<>").removeprefix("mailto:").lower()
    match = _QUOTED_LOCAL.match(text)
    if match:
        text = match[1].replace("\\", "") + "@" + match[2]
    local, at, domain = text.rpartition("@")
    domain = domain.rstrip(".")
    if not domain.isascii():
        with suppress(UnicodeError):
            domain = domain.encode("idna").decode("ascii")
    return f"{local}{at}{domain}"


def address(addr: str, name: str = "") -> Address:
    """The noun with its canonical form filled in."""
    return Address(name=name, addr=addr, canonical=canonical(addr))


def read(value: bytes, notes: Notes, where: str, forced: str | None = None) -> list[Address]:
    """All addresses of one header, in order; never raises. An address without @ is kept (MAILER-DAEMON)."""
    text = raw_text(unfold(value)[: STRUCTURED_BYTES * 4], notes, where, forced)
    found = _from_text(text, notes, where, forced)
    if not any("@" in item.addr for item in found) and "=?" in text:  # the whole header inside encoded words
        inner = _from_text(decode_words(text, notes, where, forced), notes, where, forced)
        if any("@" in item.addr for item in inner):
            return inner
    return found


def _from_text(text: str, notes: Notes, where: str, forced: str | None) -> list[Address]:
    if "＜" in text or "＠" in text:
        text = text.translate(_WIDE)
    out: list[Address] = []
    held = ""
    for piece in _pieces(text):
        if held:
            piece = f"{held},{piece}"
            held = ""
        if "@" not in piece and "<" not in piece and "(" not in piece:
            held = piece  # 「山田, 太郎 <a@b>」: the comma belongs to the name
            continue
        if (found := _one(piece, notes, where, forced)) is not None:
            out.append(found)
    if held.strip() and (found := _one(held, notes, where, forced)) is not None:
        out.append(found)
    return out[:ADDRESSES]


def _pieces(text: str) -> list[str]:
    """Cut at commas and semicolons outside quotes, comments and angles, and behind the name of a group."""
    if not _STRUCTURE.search(text):
        return [text] if text.strip() else []
    out: list[str] = []
    start = 0
    angle = False
    bare = shell(text).bare
    for match in _MARK.finditer(bare):
        char, pos = match[0], match.start()
        if char in "<>":
            angle = char == "<" and ">" in bare[pos : pos + 400]
        elif not angle and (char in ",;" or _is_group(bare, start, pos)):
            if char != ":":
                out.append(text[start:pos])
            start = pos + 1
    out.append(text[start:])
    return [piece for piece in out if piece.strip()]


def _is_group(bare: str, start: int, pos: int) -> bool:
    """``undisclosed-recipients:;``: a phrase before a colon, no address in it but in quotes (RFC 6854)."""
    phrase = bare[start:pos].strip().lower()
    return (
        bool(phrase)
        and "@" not in phrase
        and phrase not in ("mailto", "smtp")
        and ("=?" not in phrase or phrase.endswith("?="))
    )


def _one(piece: str, notes: Notes, where: str, forced: str | None) -> Address | None:
    piece = piece.strip()
    if not piece:
        return None
    known = shell(piece)
    if known.is_one_quote:  # ``"Taro <a@example.jp>"``: quotes around everything are dirt, with nobody else beside them
        return _one(known.open.strip()[1:-1], notes, where, forced)
    close = known.bare.rfind(">")
    open_ = known.bare.rfind("<", 0, close if close >= 0 else len(piece))
    if open_ >= 0:
        open_ -= known.bare[:open_].endswith("<")  # 「名前 <<a@b>>」
        inner = known.open[open_ + 1 : close if close > open_ else len(piece)]
        name = piece[:open_].strip() or (shell(piece[close + 1 :]).comments if close > open_ else "")
        addr = _addr(inner)
        if "@" not in addr and (bare := _BARE.search(known.bare[:open_])):  # ``a@example.jp <>``
            addr = _addr(piece[bare.start() : bare.end()])
        return address(addr, _name(name, notes, where, forced))
    return _without_angles(known, notes, where, forced)


def _without_angles(known: Shell, notes: Notes, where: str, forced: str | None) -> Address | None:
    """``a@example.jp (Taro)``, ``Taro a@example.jp``, or what has no address at all."""
    rest = known.open.strip()
    bare = _BARE.search(known.bare)
    if bare is None:
        at = _BEFORE_AT.sub('"@', rest) if "@" in known.bare else rest.strip('"')
        return address(_addr(at), _name(known.comments, notes, where, forced)) if at or known.comments else None
    before, after = known.open[: bare.start()], known.open[bare.end() :]
    name = f"{before} {after}".strip(" \t\"'[]<>")
    return address(_addr(known.open[bare.start() : bare.end()]), _name(name or known.comments, notes, where, forced))


def _addr(inner: str) -> str:
    inner = _SPACE.sub("", inner) if '"' not in inner else inner.strip()
    if inner.lower().startswith(("mailto:", "smtp:")):
        inner = inner.split(":", 1)[1]
    if inner.startswith("@") and ":" in inner:  # source route
        inner = inner.split(":", 1)[1]
    return one_line(inner.strip("<>"))


def _name(name: str, notes: Notes, where: str, forced: str | None) -> str:
    name = name.strip()
    if len(name) > 1 and name[0] == name[-1] and name[0] in "\"'":
        name = name[1:-1]
    elif name.count('"') == 1:
        name = name.replace('"', "")
    if "\\" in name:
        name = re.sub(r'\\(["\\()])', r"\1", name)
    name = decode_words(name, notes, where, forced)
    name = one_line(name)
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = name[1:-1]
    return name.strip()
