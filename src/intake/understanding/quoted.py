"""Bare answers: 「はい、お願いします」 or 「2でお願いします」 to a question in the quoted mail."""

from __future__ import annotations

import re
from collections.abc import Sequence

from intake.model import Segment
from intake.understanding import options
from intake.understanding.normalize import normalize
from intake.understanding.reading import Reading

_LONG = 60  # characters of own words; more than that speaks for itself
_YES = re.compile(
    r"(?:^|[\n。、 ])(?:はい|ええ|イエス|yes|YES|OK|ok|お願いします|それでお願い|その(?:通り|とおり|ように|方向)|承知しました|問題ありません|大丈夫です|構いません|結構です|よろしくお願い)"  # noqa: E501
)
_NO = re.compile(r"(?:^|[\n。、 ])(?:いいえ|いえ|NO|No|no|ノー)(?:[、。,. ]|$|です)")
_ASKS = re.compile(r"[^。\n>]*(?:でしょうか|ますか|ですか|ませんか|ください|下さい)[。?？]?")
_NO_MEANS = re.compile(r"[「『]?いいえ[」』]?の場合は?[、,]?([^。\n]{4,60})")
_NOISE = re.compile(r"[^\n]*(?:お世話に|ありがとう|申します|です。$|様$|さん$)[^\n]*")
_FILLING = re.compile(
    r"はい|ええ|OK|ok|(?:よろしく|宜しく|それで|どうぞ)?お願い(?:いた|致)?し(?:ます|たいです)|ありがとうござい(?:ます|ました)|"
    r"お世話になって(?:おり|い)ます|その(?:通り|とおり|ように|方向)で?|承知(?:いた|致)?しました|問題(?:ござい|あり)ません|"
    r"大丈夫です|構いません|結構です|です|ます|[。、.,!?\s　]"
)
# The same with something more behind it: the answer and the rest of what is said.
_GLADLY = re.compile(
    r"(?:^|(?<=[\n。!]))(?:(?:はい|ええ|ぜひ|どうぞ|YES|yes)[、,。!]?)?(?:(?:そう|その(?:よう|とおり|通り)に|それで|おっしゃるとおりに?)(?:して|お願い|進めて|結構|直して)?"
    r"[^。、\n]{0,14}|ぜひ|相違(?:あり|ござい)ません|間違い(?:あり|ござい)ません|その認識で[^。\n]{0,10})[。!\n]|^(?:はい|ええ|ぜひ)[、,。!]"
)
_QUESTION = re.compile(r"[^。\n>]*(?:でしょうか|ますか|ですか|ませんか|ましょうか|なさいますか)[。?？]?")
_REST = 16  # what may be left beside yes and thanks: a name, 「退会で」


def answered(reading: Reading, segments: Sequence[Segment], body: str) -> str | None:
    """What the sender means in full words, if their own words only answer the quoted question; else None."""
    quote = "\n".join(body[s.start : s.end] for s in segments if s.kind == "quote")
    own = reading.document.text[: len(reading.own)].strip()
    if not quote or not own or len(own) > _LONG * 2:
        return None
    listed = options.entries(normalize(quote).text)
    named = options.picked(own, listed) if listed else None
    if named:
        return "\n".join([*(entry.wish() for entry in named[0]), named[1]]).strip()
    if len(own) > _LONG or any(h.holds for h in reading.hits):
        return None
    if _NO.search(own):
        means = _NO_MEANS.search(quote)
        return _wish(means[1]) if means else None
    if _YES.search(own) and len(_FILLING.sub("", own)) <= _REST:
        asks = [m.group() for m in _ASKS.finditer(quote)]
        return _statement(asks[0]) if asks else None
    if _GLADLY.search(own):
        asks = [m.group() for m in _QUESTION.finditer(quote)]
        return f"{_statement(asks[-1])}\n{_GLADLY.sub('', own)}".strip() if asks else None
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
        r"が?[、,]?(?:いかが|どう)(?:なさい|いたし|し)?(?:ます|ましょう|でしょう)か.*$", "。それをお願いします。", clean
    )
    clean = re.sub(
        r"(?:という(?:こと|認識))?[、,]?(?<![んい])でも?(?:よろしい|宜しい|いい|良い|間違いない)(?:でしょうか|ですか)?.*$",
        "をお願いします。",
        clean,
    )
    clean = re.sub(
        r"(?:て|で)も?(?:よろしい|宜しい|いい|良い|かまわない|構わない)(?:でしょうか|ですか)?.*$", "てください。", clean
    )
    clean = re.sub(r"させていただいてください", "してください", clean)
    clean = re.sub(r"(?:いたし|致し|し)(?:ましょうか|てよろしい|ますか|ても).*$", "してください。", clean)
    return re.sub(r"(?:でしょうか|ますか|ですか|ませんか)[。?？]?$", "をお願いします。", clean)
