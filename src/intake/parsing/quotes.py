"""New words apart from history, signature and notice, line by line, in linear time. In doubt, more is kept."""

from __future__ import annotations

import re
from dataclasses import dataclass

from intake.model import Segment
from intake.parsing import attribution, linekinds, notices, signatures

_QUOTED = re.compile(r"^[\s　]{0,4}(?:[>＞»≫》]|&gt;)")
_FACE = re.compile(r"^[\s　]*[>＞][\s._＿.ω\-o]{0,3}[<＜]")
_BAR = re.compile(r"^[\s　]{0,3}[|｜│┃¦]")
_COLON = re.compile(r"^:(?=[ 　]\S)")
_INITIALS = re.compile(r"^(?:[A-Za-z]{1,12}>\s|[一-龥々ぁ-んァ-ヶー]{1,6}(?:さん|様)?[>＞])")
_CJK = re.compile("[\u3041-\u30ff\u4e00-\u9fff]")
_SUBJECT_ABOVE = re.compile(r"^\s*(?:(?:Re|RE|Fwd?|FW)\s?[:：]\s?\S|Forwarded by \S)")
_SPEAKS_OF_IT = re.compile(
    r"^[\s　]*(?:」)?と(?:書|あり(?:ます|まし)|の(?:こと|記載|表示|ご)|い(?:う|った|ただ)|記(?:載|され)|表示"
    r"|ご案内|おっしゃ|言|聞|なって|ありますが)"
)
_BLANK_RUN = re.compile(r"\n[ \t　]*\n(?:[ \t　]*\n)+")

NEW, QUOTE, SIGNATURE, NOTICE = "new", "quote", "signature", "notice"


def segment(body: str) -> tuple[Segment, ...]:
    """Split any text into runs of new words, quotation, signature and notice that cover it without gaps."""
    return split(body).segments


@dataclass(frozen=True, slots=True)
class Split:
    """The runs of a text. ``only_quoted``: there are no new words, so the quotation stands for them. Staff shall read
    it, and nobody may act on it: it was said long ago, or by somebody else."""

    segments: tuple[Segment, ...]
    only_quoted: bool


def split(body: str) -> Split:
    """The runs of any text."""
    lines = body.split("\n")
    return split_lines(lines, [None] * len(lines))


def split_lines(lines: list[str], given: list[str | None]) -> Split:
    """The same on lines of which some are already known (``quote``, ``history``) from the format."""
    rows, known, ends = _rows(lines, given)
    kinds = _kinds(rows, known)
    if any(kind == NEW and row.strip() for kind, row in zip(kinds, rows, strict=True)):
        return Split(_runs(kinds, ends), only_quoted=False)
    quotes = any(kind == QUOTE and row.strip() for kind, row in zip(kinds, rows, strict=True))
    return Split(_runs(_keep(kinds, quotes), ends), quotes)


def _runs(kinds: list[str], ends: list[int]) -> tuple[Segment, ...]:
    total = ends[-1] if ends else 0
    out: list[Segment] = []
    start = 0
    for index, kind in enumerate(kinds):
        if index + 1 == len(kinds) or kinds[index + 1] != kind:
            end = total if index + 1 == len(kinds) else ends[index]
            if end > start:
                out.append(Segment(start, end, kind))
            start = end
    return tuple(out)


def new_text(text: str, segments: tuple[Segment, ...]) -> str:
    """The sender's new words: the ``new`` runs joined, at most one blank line between them."""
    joined = "\n".join(text[item.start : item.end].strip("\n") for item in segments if item.kind == NEW)
    return _BLANK_RUN.sub("\n\n", joined).strip()


def own_words(text: str, segments: tuple[Segment, ...]) -> str:
    """Everything but history: new words, signature and notice."""
    return "".join(text[item.start : item.end] for item in segments if item.kind != QUOTE)


def _rows(lines: list[str], given: list[str | None]) -> tuple[list[str], list[str | None], list[int]]:
    """Lines, with those split in two that hold both an answer and an attribution; and where each ends."""
    rows: list[str] = []
    known: list[str | None] = []
    ends: list[int] = []
    pos = 0
    for line, kind in zip(lines, given, strict=True):
        cut = attribution.inline_attribution(line) if "wrote:" in line else None
        if cut is not None:
            rows.append(line[:cut])
            known.append(kind)
            ends.append(pos + cut)
        rows.append(line[cut or 0 :].rstrip("\r"))
        known.append(kind)
        pos += len(line) + 1
        ends.append(pos)
    if ends:
        ends[-1] -= 1
    return rows, known, ends


def _kinds(rows: list[str], known: list[str | None]) -> list[str]:
    quoted = _quoted_lines(rows, known)
    kinds = [NEW] * len(rows)
    splits = _mark_history(rows, known, quoted, kinds)
    if splits or _are_quotes(rows, quoted, known):
        for at, is_quote in enumerate(quoted):
            if is_quote:
                kinds[at] = QUOTE
    _close_gaps(rows, kinds)
    if QUOTE in kinds:
        _keep_cited(rows, quoted, kinds)
    if _is_foreign_dialogue(rows, quoted, kinds):
        return [NEW] * len(rows)
    _mark_tails(rows, kinds)
    return kinds


def _keep_cited(rows: list[str], quoted: list[bool], kinds: list[str]) -> None:
    """「> 再登録できません / と書いてありますが」: the sentence goes on below a short quotation."""
    for at, row in enumerate(rows):
        if kinds[at] != NEW or row[:1] not in "と」　 " or not _SPEAKS_OF_IT.match(row[:40]):
            continue
        end = at
        while end > 0 and not rows[end - 1].strip():
            end -= 1
        begin = end
        while begin > 0 and quoted[begin - 1] and kinds[begin - 1] == QUOTE and end - begin < 4:
            begin -= 1
        if begin < end and (begin == 0 or not quoted[begin - 1]):
            kinds[begin:at] = [NEW] * (at - begin)


def _quoted_lines(rows: list[str], known: list[str | None]) -> list[bool]:
    """Which lines carry a quotation mark of some sort."""
    quoted = [
        kind == "quote" or (bool(_QUOTED.match(row)) and "<<" not in row and not _FACE.match(row))
        for row, kind in zip(rows, known, strict=True)
    ]
    for pattern, least in _other_marks(rows):
        start, before = 0, ""
        for at in range(len(rows) + 1):
            mark = _mark_of(pattern, rows[at]) if at < len(rows) and not quoted[at] else ""
            if mark == before:
                continue
            if before and at - start >= least:
                quoted[start:at] = [True] * (at - start)
            start, before = at, mark
    return quoted


def _mark_of(pattern: re.Pattern[str], row: str) -> str:
    """The mark that this line begins with, the same on each line of one quotation; "" if none."""
    match = pattern.match(row)
    return match[0].strip(" 　>＞") or ">" if match and not _is_table(row) else ""


def _other_marks(rows: list[str]) -> list[tuple[re.Pattern[str], int]]:
    """The less usual marks of which this text has lines at all, and how many must stand together."""
    first = {row.lstrip()[:1] for row in rows}
    found = [] if first.isdisjoint("|｜│┃¦") else [(_BAR, 2)]
    if any(">" in row[1:14] or "＞" in row[1:10] for row in rows):
        found.append((_INITIALS, 2))
    return [*found, (_COLON, 2)] if ":" in first else found


def _is_table(row: str) -> bool:
    return row.count("|") > 2 or row.count("│") > 2 or row.count("｜") > 2 or linekinds.is_rule(row)


def _are_quotes(rows: list[str], quoted: list[bool], known: list[str | None]) -> bool:
    """Without any attribution: three marked lines in a run, or Japanese ones, or the format's own word."""
    run = 0
    for row, is_quote, kind in zip(rows, quoted, known, strict=True):
        if is_quote and (kind == "quote" or _CJK.search(row)):
            return True
        run = run + 1 if is_quote else run if not row.strip() else 0
        if run >= 3:
            return True
    return False


def _mark_history(rows: list[str], known: list[str | None], quoted: list[bool], kinds: list[str]) -> int:
    """Mark what attributions and header blocks introduce; returns how many there were."""
    count = at = 0
    while at < len(rows):
        if quoted[at] or not rows[at].strip():
            at += 1
            continue
        end = _split_end(rows, known, at)
        if end is None:
            at += 1
            continue
        count += 1
        begin = at
        if at > 0 and kinds[at - 1] == NEW and _SUBJECT_ABOVE.match(rows[at - 1][:200]):
            begin -= 1
        while (
            begin > 0
            and (not rows[begin - 1].strip() or attribution.is_rule(rows[begin - 1]))
            and kinds[begin - 1] == NEW
        ):
            begin -= 1
        stop = (count < 50 and attribution.original_end(rows, at)) or _history_end(rows, quoted, end)
        kinds[begin:stop] = [QUOTE] * (stop - begin)
        at = max(stop, at + 1)
    return count


def _split_end(rows: list[str], known: list[str | None], at: int) -> int | None:
    """If history is introduced at this line: the index after the introduction."""
    if known[at] == "history":
        end = at
        while end < len(rows) and (known[end] == "history" or not rows[end].strip()):
            end += 1
        return end
    if attribution.is_original(rows[at]):
        after = at + 1
        while after < len(rows) and after < at + 3 and not rows[after].strip():
            after += 1
        if after < len(rows):
            return attribution.header_block_end(rows, after) or at + 1
        return at + 1
    return attribution.header_block_end(rows, at) or attribution.attribution_end(rows, at)


def _history_end(rows: list[str], quoted: list[bool], after: int) -> int:
    """Marked history ends where the marks end; unmarked history goes on to the end."""
    at = after
    while at < len(rows) and not rows[at].strip():
        at += 1
    if at >= len(rows) or not quoted[at]:
        return len(rows)
    while at < len(rows) and (quoted[at] or not rows[at].strip()):
        at += 1
    while at > after and not rows[at - 1].strip():
        at -= 1
    return at


def _is_foreign_dialogue(rows: list[str], quoted: list[bool], kinds: list[str]) -> bool:
    """Answers between the lines of a quotation, in a text without Japanese: they mean nothing without what they
    answer, so all of it stays."""
    first = next((at for at, is_quote in enumerate(quoted) if is_quote and kinds[at] == QUOTE), None)
    last = next((at for at in range(len(rows) - 1, -1, -1) if quoted[at] and kinds[at] == QUOTE), None)
    if first is None or last is None:
        return False
    if not any(kinds[at] == NEW and rows[at].strip() for at in range(first, last)):
        return False
    return not any(_CJK.search(row) for row in rows[:400])


def _close_gaps(rows: list[str], kinds: list[str]) -> None:
    """A line that a mailer wrapped out of a quoted one, between two quoted lines, belongs to them."""
    for at in range(1, len(rows) - 1):
        between = kinds[at] == NEW and kinds[at - 1] == QUOTE == kinds[at + 1]
        if between and rows[at].strip() and _is_wrapped(rows[at - 1], rows[at].strip()):
            kinds[at] = QUOTE


def _is_wrapped(above: str, line: str) -> bool:
    """True where the line above is full and breaks off, or a link goes on."""
    if above.isascii():
        opened = above.count("(") > above.count(")")
        closes = line.count(")") > line.count("(")
        return (len(line) <= 24 and len(above) >= 68) or line.startswith(("(http", "<http")) or (opened and closes)
    width = sum(2 if ord(char) > 0x2E7F else 1 for char in above[:200])
    return width >= 64 and len(line) <= 40 and above.rstrip()[-1:] not in _SENTENCE_END


_SENTENCE_END = frozenset("。．.！!？?か)）」』:：")


def _mark_tails(rows: list[str], kinds: list[str]) -> None:
    """Signatures stand at the end of the last run of new words, and of the one above the first quotation."""
    runs: list[tuple[int, int]] = []
    start = 0
    for at in range(len(rows) + 1):
        if at == len(rows) or kinds[at] != NEW:
            if at > start and any(row.strip() for row in rows[start:at]):
                runs.append((start, at))
            start = at + 1
    for number, run in enumerate(dict.fromkeys((*runs[:1], *runs[-1:]))):
        signatures.mark_tail(rows, kinds, *run, whole=number > 0)
    if runs:
        notices.mark_banner(rows, kinds, *runs[0])


def _keep(kinds: list[str], quotes: bool) -> list[str]:
    """Nothing new was found: better all of it than nothing, save a signature below a quotation."""
    return [NEW if kind == QUOTE or not quotes else kind for kind in kinds]
