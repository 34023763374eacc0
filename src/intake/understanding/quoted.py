"""Bare answers: 「はい、お願いします」 or 「2でお願いします」 to a question in the quoted mail."""

from __future__ import annotations

import re
from collections.abc import Sequence

from intake.model import Segment
from intake.understanding.reading import Reading

_LONG = 60  # characters of own words; more than that speaks for itself
_YES = re.compile(
    r"(?:^|[\n。、 ])(?:はい|ええ|イエス|yes|YES|OK|ok|お願いします|それでお願い|その(?:通り|とおり|ように|方向)|承知しました|問題ありません|大丈夫です|構いません|結構です|よろしくお願い)"  # noqa: E501
)
_NO = re.compile(r"(?:^|[\n。、 ])(?:いいえ|いえ|NO|No|no|ノー)(?:[、。,. ]|$|です)")
_CHOICE = re.compile(
    r"(?:^|[\n。、 「(【])([1-9一二三四①-⑨A-D])\s?(?:番|つ目|)?[」)】]?\s?(?:で|を|の|に|が|番|希望|です|、|。|$)"
)
_OPTION = re.compile(r"(?m)^[> \t]*[(\[【]?([1-9①-⑨A-D一二三四])[)\].。:：、 】]+\s*(\S[^\n]{1,60})$")
_ASKS = re.compile(r"[^。\n>]*(?:でしょうか|ますか|ですか|ませんか|ください|下さい)[。?？]?")
_NO_MEANS = re.compile(r"[「『]?いいえ[」』]?の場合は?[、,]?([^。\n]{4,60})")
_NOISE = re.compile(r"[^\n]*(?:お世話に|ありがとう|申します|です。$|様$|さん$)[^\n]*")
_FILLING = re.compile(
    r"はい|ええ|OK|ok|(?:よろしく|宜しく|それで|どうぞ)?お願い(?:いた|致)?し(?:ます|たいです)|ありがとうござい(?:ます|ました)|"
    r"お世話になって(?:おり|い)ます|その(?:通り|とおり|ように|方向)で?|承知(?:いた|致)?しました|問題(?:ござい|あり)ません|"
    r"大丈夫です|構いません|結構です|です|ます|[。、.,!?\s　]"
)
_REST = 16  # what may be left beside yes and thanks: a name, 「退会で」
_CIRCLED = {chr(0x2460 + i): str(i + 1) for i in range(9)} | dict(zip("一二三四", "1234", strict=True))


def answered(reading: Reading, segments: Sequence[Segment], body: str) -> str | None:
    """What the sender means in full words, if their own words only answer the quoted question; else None."""
    quote = "\n".join(body[s.start : s.end] for s in segments if s.kind == "quote")
    own = reading.document.text[: len(reading.own)].strip()
    if not quote or not own or len(own) > _LONG * 2:
        return None
    choice = _CHOICE.search(own)
    options = {_CIRCLED.get(m[1], m[1]): m[2] for m in _OPTION.finditer(quote)}
    if choice and options:
        picked = options.get(_CIRCLED.get(choice[1], choice[1]))
        return _wish(picked)
    if len(own) > _LONG or any(h.holds for h in reading.hits):
        return None
    if _NO.search(own):
        means = _NO_MEANS.search(quote)
        return _wish(means[1]) if means else None
    if _YES.search(own) and len(_FILLING.sub("", own)) <= _REST:
        asks = [m.group() for m in _ASKS.finditer(quote)]
        return _statement(asks[0]) if asks else None
    return None


def _clean(text: str) -> str:
    return re.sub(r"^[> 　・]+|[。\s]+$", "", text)


def _wish(option: str | None) -> str | None:
    """An option of a list as a request: 「退会する」 → 「退会するのを希望します。」."""
    if not option:
        return None
    clean = _clean(option)
    return f"{clean}。" if re.search(r"(?:希望する|ます|ください)$", clean) else f"{clean}。それをお願いします。"


def _statement(question: str) -> str:
    """The agency's question as the sender's request: 「再開してよろしいでしょうか」 → 「再開してください。」."""
    clean = _clean(question)
    clean = re.sub(
        r"(?:て|で)も?(?:よろしい|宜しい|いい|良い|かまわない|構わない)(?:でしょうか|ですか)?.*$", "てください。", clean
    )
    clean = re.sub(r"(?:いたし|致し|し)(?:ましょうか|てよろしい|ますか|ても).*$", "してください。", clean)
    return re.sub(r"(?:でしょうか|ますか|ですか|ませんか)[。?？]?$", "をお願いします。", clean)
