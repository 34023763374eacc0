"""Where the words end and the signature, the telephone's own line or the legal notice begins."""

from __future__ import annotations

import re

from intake.parsing.farewells import closing_start, is_device
from intake.parsing.linekinds import is_rule, is_sentence
from intake.parsing.notices import notice_start
from intake.parsing.wishes import wishes

_DELIMITER = re.compile(r"^[\s　]{0,3}(?:--|__|—|――|ーー)[\s　]{0,3}$")
_DASHES = frozenset("-_—―ー")
_CONTACT = re.compile(
    r"(?:TEL|Tel|tel|ＴＥＬ|℡|☎|FAX|Fax|ＦＡＸ|電話|携帯|Mobile|mobile|MOBILE|Phone|phone|〒|E-?mail"
    r"|e-?mail|E-?MAIL|Mail"
    r"|MAIL|mail|メール|ﾒｰﾙ|住所|URL|HP|Web|LINE|Instagram|Twitter|Facebook|LinkedIn|TikTok)\s{0,3}[:：/／.）)]?"
    r"|[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9.\-]{3,}|https?://|www\.|0\d{1,4}[-‐－(（ ]\d{1,4}[-‐－)） ]\d{3,4}"
    r"|０[０-９]{1,4}[-－]|\b0[789]0\d{8}\b"
    r"|〒?\d{3}-\d{4}|[都道府県市区町村]\S{0,20}\d+-\d+|株式会社|有限会社|合同会社|大学|学部|部\s|課\s"
)
_FIELD = re.compile(
    r"^[\s　・■●◆○◇□▼※*\-【\[「]{0,4}(?:お?名前|氏名|ご?氏名|会員(?:番号|ID|No)|登録(?:番号|ID|名"
    r"|メール|アドレス|電話|住所)|求職者|受付番号|生年月日|ID"
    r"|フリガナ|ふりがな|カナ|希望|理由|退会|件名|お問い?合わせ)"
)
MAX_SIGNATURE_LINES = 16
_POSTSCRIPT = re.compile(r"^[\s　]*(?:追伸|追記|P\.?\s?S\.?[\s:：　])", re.IGNORECASE)
_JAPANESE_SENTENCE = re.compile(r"(?:です|ます|ました|ません|ください|下さい)[。！!]?\s*$")
_NAMED_DELIMITER = re.compile(r"^(?:--|――|ーー|—)[ 　]\S.{0,70}$")
_SHORT_RULE = re.compile(r"^\s{0,3}([*=_~+#])\1{1,2}\s*$")
_ONLY_REACH = re.compile(
    r"^\s*(?:(?:TEL|Tel|携帯|Mail|E-?mail)\s?[:：]?\s?)?(?:[\w.+-]+@[\w.-]+|[\d０-９()（）-]{10,16})\s*$"
)
_REACH = re.compile(r"(?:TEL|電話|携帯|メール|E-?mail|Mail|FAX|☎|℡|〒?\d|0\d|[\w.+-]+@|https?:)", re.IGNORECASE)


def mark_tail(lines: list[str], kinds: list[str], start: int, end: int, whole: bool = False) -> None:
    """Within ``lines[start:end]`` (new words up to a quotation or the end), mark what stands at the end and is
    no longer anybody's words. Marks the whole region only where ``whole`` says that there are other new words."""
    first = next((at for at in range(start, end) if lines[at].strip()), end)
    words_end = _above_postscript(lines, first, end)
    _mark_region(lines, kinds, first, words_end, whole)
    if words_end < end:
        _mark_region(lines, kinds, words_end, end, False)


def _mark_region(lines: list[str], kinds: list[str], first: int, stop: int, whole: bool) -> None:
    start = first
    for _ in range(40):
        while stop > start and not lines[stop - 1].strip():
            stop -= 1
        found = _tail(lines, first, stop)
        if found is None or (found[0] <= first and not whole):
            break
        begin, kind = found
        for at in range(begin, stop):
            kinds[at] = kind
        stop = begin


def _above_postscript(lines: list[str], start: int, end: int) -> int:
    """Where the text without its postscript ends: words, though they stand below the signature."""
    for at in range(end - 1, max(start, end - 12), -1):
        if _POSTSCRIPT.match(lines[at][:20]) and not lines[at - 1].strip():
            return at
    return end


def _tail(lines: list[str], start: int, stop: int) -> tuple[int, str] | None:
    """The last thing in the region that is not the writer's words: where it begins and what it is."""
    if stop <= start:
        return None
    if is_device(lines[stop - 1]):
        return stop - 1, "signature"
    if is_rule(lines[stop - 1]) and not _between_rules(lines, start, stop):
        return stop - 1, "signature"
    for find, kind in _BLOCKS:
        if (begin := find(lines, start, stop)) is not None:
            return None if wishes("\n".join(lines[begin:stop])) else (begin, kind)
    if (begin := closing_start(lines, start, stop)) is not None:
        return begin, "signature"
    return None


def _between_rules(lines: list[str], start: int, stop: int) -> bool:
    return any(is_rule(lines[at]) for at in range(max(start, stop - MAX_SIGNATURE_LINES), stop - 1))


def _delimited(lines: list[str], start: int, stop: int) -> int | None:
    """The mark of RFC 3676 (``-- ``), also without its blank."""
    for at in range(stop - 1, max(start, stop - 30) - 1, -1):
        if (
            at >= stop - 6
            and lines[at][:1] in _DASHES
            and _NAMED_DELIMITER.match(lines[at])
            and _is_named(lines[at:stop])
        ):
            return at
        if lines[at].lstrip()[:1] in _DASHES and _DELIMITER.match(lines[at]):
            after = [line for line in lines[at + 1 : stop] if line.strip()]
            if lines[at].startswith("-- "):
                return at if len(after) <= 25 else None
            if lines[at] == "--" and not any(_JAPANESE_SENTENCE.search(line) for line in after):
                return at if len(after) <= 25 else None
            return at if _is_signature(after) else None
    return None


def _is_named(block: list[str]) -> bool:
    """``-- 山田太郎 / 090-...``: the delimiter and the name on one line."""
    inside = [block[0].lstrip("-―ー— 　"), *(line for line in block[1:] if line.strip())]
    if any(is_sentence(line) or _FIELD.match(line) for line in inside):
        return False
    return len(inside[0]) <= 16 or any(_CONTACT.search(line) for line in inside)


def _ruled(lines: list[str], start: int, stop: int) -> int | None:
    """The topmost rule below which there is only a signature."""
    for at in range(max(start, stop - MAX_SIGNATURE_LINES - 2), stop):
        if is_rule(lines[at]):
            inside = [line for line in lines[at + 1 : stop] if line.strip() and not is_rule(line)]
            if inside and _is_signature(inside):
                return at - 1 if at - 1 > start and _is_name_above(lines, at - 1) else at
        elif _SHORT_RULE.match(lines[at]):
            inside = [line for line in lines[at + 1 : stop] if line.strip()]
            if any(_CONTACT.search(line) for line in inside) and _is_signature(inside):
                return at
    return None


def _is_name_above(lines: list[str], at: int) -> bool:
    """A name that stands directly on the rule of a signature, apart from the text."""
    name = lines[at].strip()
    return 0 < len(name) <= 16 and not lines[at - 1].strip() and not is_sentence(name) and not _FIELD.match(name)


def _is_signature(block: list[str]) -> bool:
    """Names, addresses, numbers: short lines, no sentences."""
    if len(block) > MAX_SIGNATURE_LINES:
        return False
    if any(len(line) > 90 or _FIELD.match(line) for line in block):
        return False
    cues = sum(1 for line in block if _CONTACT.search(line))
    sentences = sum(1 for line in block if is_sentence(line) and not _CONTACT.search(line))
    if sentences == 0:
        return cues > 0 or (len(block) <= 4 and all(len(line.strip()) <= 24 for line in block))
    return cues >= 2 and sentences * 4 <= len(block) and not any("退会" in line or "削除" in line for line in block)


def _contact_block(lines: list[str], start: int, stop: int) -> int | None:
    """A last paragraph without any rule: a name and at least two ways to reach its bearer."""
    begin = stop
    while begin > start and lines[begin - 1].strip():
        begin -= 1
    block = lines[begin:stop]
    if len(block) < 2 or len(block) > 10 or any(is_sentence(line) or _FIELD.match(line) for line in block):
        return None
    cues = sum(1 for line in block if _CONTACT.search(line))
    if cues == 1 and len(block) == 2 and _is_name_above(lines, begin) and _ONLY_REACH.match(block[1]):
        return begin
    if cues < 2 or any(len(line) > 70 for line in block) or _REACH.match(block[0].strip()):
        return None
    return begin


_BLOCKS = ((notice_start, "notice"), (_delimited, "signature"), (_ruled, "signature"), (_contact_block, "signature"))
