"""How the bytes of a mail became text: the rungs of the charset ladder in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence

_PLACES = {"text/plain": "本文", "text/html": "本文(HTML)", "text/enriched": "本文", "body": "本文", "html": "HTML",
           "subject": "件名", "Subject": "件名", "from": "差出人", "From": "差出人", "file name": "添付の名前",
           "reply-to": "返信先", "Reply-To": "返信先"}  # fmt: skip
_RUNGS = {
    "encoded word": "ヘッダーの符号", "raw": "符号なし", "declared, damaged": "表示どおり・一部破損",
    "sniffed, damaged": "内容から判定・一部破損", "declared": "表示どおり", "undeclared": "表示なし",
    "sniffed": "内容から判定", "escapes restored": "切り替え記号を補った", "escapes": "切り替え記号から判定",
    "byte order mark": "先頭の印から判定", "last resort": "最後の手段", "statistics": "文字の出方から推定",
    "line cuts mended": "行の切れ目をつないだ", "forced": "手で選択", "rfc2231": "RFC 2231", "percent": "％表記",
}  # fmt: skip
_WHOLE = {
    "html instead of a poor text/plain": "HTMLのほうが詳しいため、そちらを採用",
    "labelled base64, plain": "base64と表示されているが、そのままの文",
    "base64 damaged or followed by plain text": "base64が途中で壊れている",
    "quoted-printable undeclared": "表示のないquoted-printable", "base64 undeclared": "表示のないbase64",
    "nested too deep, tags stripped": "入れ子が深いため、タグだけ除去",
}  # fmt: skip
_CODECS = {"cp932": "Shift_JIS", "iso2022_jp": "JIS", "iso-2022-jp": "JIS", "euc-jp": "EUC-JP", "utf-8": "UTF-8",
           "ascii": "ASCII", "iso2022_jp_ext": "JIS", "cp50221": "JIS"}  # fmt: skip


def in_words(steps: Sequence[str], t: Callable[[str], str]) -> list[str]:
    """「本文: UTF-8 表示どおり」; what is not known is shown as it was noted."""
    return [_one(step, t) for step in steps]


def _one(step: str, t: Callable[[str], str]) -> str:
    place, _, how = step.partition(": ")
    return f"{t(_PLACES.get(place, place))}: {_how(how, t)}"


def _how(how: str, t: Callable[[str], str]) -> str:
    if how in _WHOLE:
        return t(_WHOLE[how])
    first, _, rest = how.partition(", ")
    if first in ("encoded word", "raw", "rfc2231", "percent") and rest:
        return f"{_how(rest, t)}({t(_RUNGS[first])})"
    codec, _, rung = how.partition(" ")
    if rung in _RUNGS:
        return f"{_CODECS.get(codec, codec.upper())} {t(_RUNGS[rung])}"
    return how
