"""Names at the edges of a letter: the lines of a signature, the first line of a note."""

from __future__ import annotations

import re
from collections.abc import Sequence

from intake.understanding.introductions import Candidate
from intake.understanding.persons import NAME, strength

FIRST, LAST = 3, 6  # lines at the edges of a letter in which names stand
_WHOLE = re.compile(NAME)
_LEAD = re.compile(
    r"[\s>*=_~・●■◆○◇□▼※\-―—–一]{0,6}(?:(?:お?名前|ご?氏名|会員名?|登録者名?|登録名|求職者|差出人|署名|記入者|申込者|"
    r"Name|name)[ :=は/|]{1,3})?"
)
_END = re.compile(r"[ ]?(?:拝|より|敬具|草々|です|でした|でございます|\(本人\)|と申します)?[。.!♪)]?$")
_SPLIT = re.compile(r"[|/、,。()\[\]「」【】:;<>\t]|[ ]{2,}|[ ](?=TEL|Tel|tel|電話|携帯|会員|登録)")
_TO = ("様", "さま", "御中", "殿", "さん", "各位", "へ", "先生", "皆様方", "様方")
_SENTENCE = (
    "ます",
    "です",
    "ません",
    "ました",
    "ください",
    "下さい",
    "でした",
    "たい",
    "か",
    "ない",
    "た",
    "る",
    "て",
    "が",
)


def at_edges(lines: Sequence[str]) -> list[Candidate]:
    """Names in the first and last of ``lines``, which are stripped and not empty, numbers being ``|``."""
    found: list[Candidate] = []
    for place, line in enumerate(lines):
        from_end = len(lines) - place
        if from_end <= LAST:
            tail = _tail(line)
            if tail and len(tail) <= 48:
                found += _in_line(tail, 1.6 if from_end <= 2 else 1.2, last=from_end == 1)
        if place < FIRST:
            stop = line.find("。", 0, 24)
            head = line[:stop] if stop > 0 else line
            if len(head) <= 48:
                found += _in_line(head, 1.2, last=False)
    return found


def _tail(line: str) -> str:
    """The words behind the last full sentence of a line: 「…お願いします。 西園」 → 西園."""
    plain = line.rstrip("。!?♪ ")
    stop = max(plain.rfind(mark) for mark in "。!?♪」")
    return plain[stop + 1 :].strip() if stop >= 0 else plain


def _in_line(line: str, base: float, last: bool) -> list[Candidate]:
    clean = line.rstrip("、。: ")
    if clean.endswith(_TO) or (clean.endswith(_SENTENCE) and len(clean) > 10):
        return []
    numbered = "|" in line
    lead = _LEAD.match(clean)
    clean = _END.sub("", clean[lead.end() :] if lead else clean).strip(" |")
    pieces = [stripped for piece in _SPLIT.split(clean) if piece and (stripped := piece.strip().removesuffix("の"))]
    if len(pieces) > 8:
        return []
    alone = len(pieces) == 1
    return [one for piece in pieces if (one := _piece(piece, base, alone, numbered, last)) is not None]


def _piece(piece: str, base: float, alone: bool, numbered: bool, last: bool) -> Candidate | None:
    least = 0.4 if numbered or (alone and last) else 0.8 if alone else 1.8
    name = piece.removeprefix("の").removesuffix("です")
    power = strength(name) if _WHOLE.fullmatch(name) else 0.0
    if " " in piece and power < 1.8 and (power < 1.0 or (not piece.isascii() and _has_kanji(piece))):
        company = _behind_company(piece)
        if company and strength(company) > power:
            name, power, least = company, strength(company), 1.0 if alone or numbered else 1.8
    return Candidate(base + power + 0.6 * numbered + 0.2 * alone, name) if power >= least else None


def _has_kanji(piece: str) -> bool:
    return any("一" <= letter <= "鿿" for letter in piece)


def _behind_company(piece: str) -> str | None:
    """「アクア翻訳サービス 経理 深町」 → 深町; 「東雲フーズ株式会社 総務部 八代 恒夫」 → 八代 恒夫."""
    words = piece.split(" ")
    if re.search("[→⇒=か]", piece):
        return None
    two = " ".join(words[-2:])
    if len(words) > 2 and strength(two) >= 2.2:
        return two
    return words[-1] if strength(words[-1]) >= 1.0 else None
