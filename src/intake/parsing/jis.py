"""ISO-2022-JP as mailers really write it: vendor rows, half-width kana, SO/SI, other scripts, broken lines.

Python's codecs refuse row 13 and the IBM extensions; here the pairs become Shift_JIS bytes and are read as cp932.
"""

from __future__ import annotations

import re
from functools import cache

_ESCAPE = re.compile(rb"\x1b(\$\([@A-Z]|\$\)[A-Z]|\$[@AB]|\([A-Z]|\.[AF]|&@|N)")
_NEWLINE = re.compile(rb"[ \t]*!?(?:\r\n|\n|\r)[ \t]*")
_KANA = {code: chr(code + 0xFF40) for code in range(0x21, 0x60)}
_CP932_FORM = (("〜", "～"), ("‖", "∥"), ("−", "－"), ("¢", "￠"), ("£", "￡"), ("¬", "￢"), ("\\", "＼"))
_WRAP_COLUMN = 60  # shorter lines are not the work of a relay that cuts at a column


def as_cp932(text: str) -> str:
    """The few characters that Python's JIS codecs map otherwise than mail programs do."""
    for ours, theirs in _CP932_FORM:
        if ours in text:
            text = text.replace(ours, theirs)
    return text


@cache
def pair_table() -> dict[tuple[int, int], str]:
    """All 94 x 94 pairs by way of cp932; unassigned ones are absent."""
    table: dict[tuple[int, int], str] = {}
    for row in range(0x21, 0x7F):
        for cell in range(0x21, 0x7F):
            lead = ((row - 0x21) >> 1) + (0x81 if row < 0x5F else 0xC1)
            odd = cell + (0x1F if cell < 0x60 else 0x20)
            trail = odd if row & 1 else cell + 0x7E
            try:
                table[row, cell] = bytes((lead, trail)).decode("cp932")
            except UnicodeDecodeError:
                continue
    return table


def pairs(run: bytes) -> tuple[str, int]:
    """7-bit JIS X 0208 pairs to text, with the number of pairs that mean nothing (read as U+FFFD)."""
    try:
        text = (run.translate(_HIGH)).decode("euc_jp")
        return as_cp932(text), 0
    except UnicodeDecodeError:
        table = pair_table()
        chars = [table.get(pair, "\ufffd") for pair in zip(run[::2], run[1::2], strict=False)]
        bad = chars.count("\ufffd") + (len(run) & 1)
        return "".join(chars) + ("\ufffd" if len(run) & 1 else ""), bad


_HIGH = bytes(code | 0x80 for code in range(256))


def _other_pairs(state: bytes, run: bytes) -> tuple[str, int]:
    high = run.translate(_HIGH)
    if state == b"$(D":
        high = b"".join(b"\x8f" + high[i : i + 2] for i in range(0, len(high), 2))
        codec = "euc_jp"
    elif state == b"$(C":
        codec = "cp949"
    elif state == b"$A":
        codec = "gb18030"
    elif state == b"$(P":
        high = b"".join(b"\x8f" + high[i : i + 2] for i in range(0, len(high), 2))
        codec = "euc_jis_2004"
    else:
        codec = "euc_jis_2004"
    text = high.decode(codec, "replace")
    return text, text.count("\ufffd")


def _single(run: bytes, kana: bool) -> tuple[str, int]:
    """A run in a one-byte set, where SO and SI switch to half-width kana and back; 8-bit bytes are guessed."""
    out: list[str] = []
    for index, chunk in enumerate(re.split(rb"([\x0e\x0f])", run)):
        if index & 1:
            kana = chunk == b"\x0e"
        elif kana:
            out.append("".join(_KANA.get(code & 0x7F, chr(code & 0x7F)) for code in chunk))
        elif chunk.isascii():
            out.append(chunk.decode("ascii"))
        else:
            out.append(_eight_bit(chunk))
    text = "".join(out)
    return text, text.count("\ufffd")


def _eight_bit(chunk: bytes) -> str:
    for codec in ("utf-8", "cp932"):
        try:
            return chunk.decode(codec)
        except UnicodeDecodeError:
            continue
    return chunk.decode("cp932", "replace")


def _kana_share(run: bytes) -> float:
    rows = run[::2]
    return sum(rows.count(row) for row in (0x21, 0x24, 0x25)) / max(1, len(rows))


class _Decoder:
    """Walks the runs between escapes and keeps the column, so that a relay's cut is told from a real line end."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.out: list[str] = []
        self.bad = 0

    def run(self) -> tuple[str, int]:
        state, pos = b"(B", 0
        upper = b".A"
        for match in _ESCAPE.finditer(self.raw):
            if match.start() < pos:
                continue
            self._emit(state, pos, match.start())
            pos = match.end()
            new = match[1]
            if new in (b".A", b".F"):
                upper = new
            elif new == b"N":
                if pos < len(self.raw):
                    codec = "iso8859-1" if upper == b".A" else "iso8859-7"
                    self.out.append(bytes((self.raw[pos] | 0x80,)).decode(codec, "replace"))
                    pos += 1
            elif new != b"&@":
                state = new
        self._emit(state, pos, len(self.raw))
        return "".join(self.out), self.bad

    def _put(self, result: tuple[str, int]) -> None:
        self.out.append(result[0])
        self.bad += result[1]

    def _emit(self, state: bytes, start: int, end: int) -> None:
        if start >= end:
            return
        run = self.raw[start:end]
        if not state.startswith(b"$"):
            self._put(_single(run, state == b"(I"))
        elif b"\n" not in run and b"\r" not in run and run.isascii() and b" " not in run:
            self._double(state, run)
        else:
            self._broken(state, run, start)

    def _double(self, state: bytes, run: bytes) -> None:
        if state in (b"$B", b"$@"):
            if min(run, default=0x21) < 0x21:
                run = bytes(code for code in run if code >= 0x21)
            self._put(pairs(run))
        else:
            self._put(_other_pairs(state, run))

    def _broken(self, state: bytes, run: bytes, start: int) -> None:
        """A two-byte run with line ends, blanks or 8-bit bytes inside it."""
        carry = b""
        line_start = 1 + max(self.raw.rfind(end, max(0, start - 200), start) for end in (b"\n", b"\r"))
        pos = 0
        while pos <= len(run):
            found = _NEWLINE.search(run, pos)
            stop = found.start() if found else len(run)
            piece = carry + run[pos:stop]
            carry = b""
            if found and len(piece) & 1:  # cut inside a character: the line end is not the writer's
                carry = piece
                line_start = start + found.end()
                pos = found.end()
                continue
            self._mixed(state, piece)
            if not found:
                return
            wrapped = start + stop - line_start >= _WRAP_COLUMN and found.end() < len(run)
            if not wrapped:
                self.out.append(found.group().decode("ascii").lstrip(" \t!"))
                line_end = run.find(b"\n", found.end())
                line = run[found.end() : len(run) if line_end < 0 else line_end]
                if not _reads_as_pairs(line.rstrip(b"\r")):
                    self._put(_single(run[found.end() :], False))
                    return
            line_start = start + found.end()
            pos = found.end()

    def _mixed(self, state: bytes, piece: bytes) -> None:
        """Pairs, unless blanks or 8-bit bytes show that the writer forgot to leave the two-byte set."""
        if not piece:
            return
        if b" " not in piece and b"\t" not in piece and piece.isascii():
            self._double(state, piece)
            return
        for chunk in re.split(rb"([ \t]+|[\x80-\xff]+)", piece):
            if not chunk:
                continue
            if chunk[0] in b" \t" or chunk[0] >= 0x80:
                self.out.append(_eight_bit(chunk))
            else:
                self._double(state, chunk)


def _reads_as_pairs(line: bytes) -> bool:
    if not line:
        return True
    if len(line) & 1 or not line.isascii() or b" " in line:
        return False
    return pairs(line)[1] == 0 and _kana_share(line) > 0


def decode(raw: bytes) -> tuple[str, int]:
    """Bytes with JIS escapes to text, with the number of characters that could not be read."""
    return _Decoder(raw).run()


_OPENING = re.compile(rb"\$[@B](?=[!-~]{2})")


def restore_escapes(raw: bytes) -> bytes | None:
    """Put back the ESC bytes that a relay stripped (``$B...(B``); None if this is not such a text."""
    out: list[bytes] = []
    pos = hits = misses = 0
    for match in _OPENING.finditer(raw):
        if match.start() < pos:
            continue
        end = _closing(raw, match.end())
        if end is None:
            misses += 1
            if misses > 100 + hits:
                break
            continue
        out += [raw[pos : match.start()], b"\x1b", raw[match.start() : end], b"\x1b"]
        pos = end
        hits += 1
    if not hits:
        return None
    return b"".join(out) + raw[pos:]


def _closing(raw: bytes, start: int) -> int | None:
    """Where the run that starts here ends: the first ``(B`` or ``(J`` on a pair boundary after readable pairs."""
    line_end = raw.find(b"\n", start)
    limit = min(len(raw) if line_end < 0 else line_end, start + 2_000)
    pos = start
    while pos < limit:
        if raw[pos : pos + 2] in (b"(B", b"(J") and pos > start:
            run = raw[start:pos]
            text, bad = pairs(run)
            plain = sum(1 for char in text if "぀" <= char <= "ヿ" or "一" <= char <= "鿿")
            return pos if not bad and plain * 2 >= len(text) else None
        pos += 2
    return None
