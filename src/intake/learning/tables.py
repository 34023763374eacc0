"""Figures as a table for people who do not work with figures."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

_WORDS = {
    "ja": {
        "lines": "読んだ件数",
        "exact": "依頼をすべて正しく読めた",
        "auto_share": "人が見なくてよいと判断した割合",
        "auto_precision": "そのうち正しかった割合",
        "destructive_mistakes": "退会・削除と読みちがえた件数",
        "destructive_auto_mistakes": "そのうち人が見ないまま進むもの",
        "reasons_exact": "理由をすべて正しく読めた",
        "facts_exact": "氏名・番号などをすべて正しく読めた",
        "request": "依頼",
        "count": "件数",
        "precision": "読んだうち正しい",
        "recall": "あるうち読めた",
        "confusion": "多い読みちがい(正しい → 読み)",
        "reliability": "確信度と実際",
        "said": "言った確信度",
        "right": "実際に正しい",
    },
    "en": {
        "lines": "messages read",
        "exact": "all requests read right",
        "auto_share": "judged sure, nobody need look",
        "auto_precision": "of these, right",
        "destructive_mistakes": "wrongly read as leaving or erasure",
        "destructive_auto_mistakes": "of these, going on with nobody looking",
        "reasons_exact": "reasons all right",
        "facts_exact": "name, numbers and dates all right",
        "request": "request",
        "count": "messages",
        "precision": "of those read, right",
        "recall": "of those there, found",
        "confusion": "most frequent mistakes (right -> read)",
        "reliability": "confidence and truth",
        "said": "confidence said",
        "right": "right in fact",
    },
}
_TOTALS = (
    "lines",
    "exact",
    "auto_share",
    "auto_precision",
    "destructive_mistakes",
    "destructive_auto_mistakes",
    "reasons_exact",
    "facts_exact",
)


def render(figures: dict[str, Any], lang: str) -> str:
    """The figures of ``Report.as_dict`` as text."""
    words = _WORDS["en" if lang == "en" else "ja"]
    parts = [_rows([[words[key], _said(figures[key])] for key in _TOTALS])]
    requests = [[words["request"], words["count"], words["precision"], words["recall"], "F1"]]
    for label, row in figures["requests"].items():
        requests.append([label, *(_said(row[key]) for key in ("lines", "precision", "recall", "f1"))])
    parts.append(_rows(requests))
    mistakes = [[f"{m['right']} → {m['read']}", str(m["count"])] for m in figures["confusion"][:12]]
    if mistakes:
        parts.append(words["confusion"] + "\n" + _rows(mistakes))
    steps = [[words["said"], words["count"], words["right"]]]
    for step in figures["reliability"]:
        if step["lines"]:
            bar = "#" * round(20 * (step["right"] or 0))
            steps.append([_said(step["said"]), str(step["lines"]), f"{_said(step['right'])} {bar}"])
    parts.append(words["reliability"] + "\n" + _rows(steps))
    return "\n\n".join(parts)


def _said(value: float | int | None) -> str:
    if value is None:
        return "-"
    return str(value) if isinstance(value, int) else f"{100 * value:.1f} %"


def _rows(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(_width(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
