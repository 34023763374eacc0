"""Which requests a message that takes something back names: 「担当変更の依頼は取り消します」.

domain.md, Retraction: the open request is dropped, and never another one than the one that is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from intake.understanding.document import Hit
from intake.understanding.reading import Reading

_TAKES = "(?:取り?消|取り?下げ|取り?やめ|撤回|キャンセル|なし|無し|なかった|無かった|白紙|ご破算)"
# 「転職活動を再開したので」 tells why; only what was asked for is taken back.
_AGAIN = (
    "再開(?=の?(?:ご?依頼|申請|お?願い|希望|お?申し|件|手続|取り?消|撤回)"
    f"|[はもを](?:いったん|一旦)?{_TAKES}|を?(?:お願い|依頼|希望|頼)(?:し|ん|みま))"
)
# In order: what an earlier one has read is gone for the later ones (登録の削除 is a leaving, not an erasure).
_KINDS = (
    ("withdrawal", "退会|脱会|解約|たいかい|(?:登録|会員|アカウント)[のを]?(?:解除|抹消|削除)|会員をやめ"),
    (
        "concierge_change",
        "(?:担当(?:者|の方|さん)?|コンシェルジュ|アドバイザー|コンサルタント)[のを]?(?:変更|交代|交替|チェンジ|替え|変え)",
    ),
    ("preferences", "(?:条件|希望|勤務地|年収|職種|連絡方法)(?:など)?の?(?:変更|修正|見直し|追加)"),
    ("decline", "辞退|お断り|(?:面接|選考|応募|求人)[のを]?(?:キャンセル|見送り)"),
    (
        "deletion",
        "(?<!メール[はを])(?<!申請[はを])(?<!依頼[はを])(?:削除|消去|抹消)|(?:情報|データ|書類|履歴書|経歴書)[のを]?破棄",
    ),
    ("pause", "停止|休止|休会|ストップ|お休み(?!の(?:ところ|日|中)|中)"),
    ("reinstatement", f"再登録|{_AGAIN}"),
    ("resume", _AGAIN),
)
_SHARED = frozenset({"reinstatement"})  # 再開 is said of both ways back
_ENDING = "(?:の?(?:お?手続き?|申請|ご?依頼|お?申し?込み|お?申し?出|お願い|希望|件|ほう|方))?"
_ONLY = re.compile(_ENDING + "(?:だけ|のみ)")
_STAYS = re.compile(
    _ENDING
    + "(?:に(?:つきまし|つい)て)?[はも]?、?(?:(?:その|この|今の)まま|予定(?:通|どお)り|引き?続き|変わらず|取り?消さ)"
)
_ALL = re.compile(
    f"(?:全部|ぜんぶ|すべて|全て|いずれも|[つ件]とも)、?(?:の(?:ご?依頼|お願い|お?手続き?|申請)[をは])?{_TAKES}"
)
_NOT_SO = frozenset({"resume", "reinstatement"})  # 「もう一度面接を」: how people say that they take something back
_PATTERNS = tuple((request, re.compile(words)) for request, words in _KINDS)


def taken_back(reading: Reading, spoken_of: frozenset[str]) -> frozenset[str]:
    """The requests that are named where it says that something is taken back; else those named anywhere; else those
    ``spoken_of`` otherwise. None where it is all that was asked."""
    document = reading.document
    own, subject = document.text[: document.subject_from], document.text[document.subject_from :]
    if _ALL.search(own):
        return frozenset()
    for text in (_before_the_word(reading), own, subject):
        if found := _named(text):
            return found
    return spoken_of - _NOT_SO


def _before_the_word(reading: Reading) -> str:
    """Of each sentence that takes back, the words up to there: 「退会は取り消し、削除は進めてください」."""
    document = reading.document
    return "\n".join(
        document.text[document.tokens.start(first) : document.tokens.ends[first + end - 1]]
        for (first, _), piece in zip(document.sentences, document.pieces, strict=True)
        if (end := max(_ends(piece.hits), default=0))
    )


def _ends(hits: list[Hit]) -> Iterator[int]:
    return (hit.end for hit in hits if hit.request == "retraction" and hit.holds)


def _named(text: str) -> frozenset[str]:
    """What is named and does not stay as it is; of 「退会だけ」 nothing else."""
    found: set[str] = set()
    only: set[str] = set()
    for request, pattern in _PATTERNS:
        places = [one.end() for one in pattern.finditer(text) if not _STAYS.match(text, one.end())]
        found |= {request} if places else set()
        only |= {request} if any(_ONLY.match(text, end) for end in places) else set()
        if request not in _SHARED:
            text = pattern.sub(lambda one: "\n" * len(one.group()), text)
    return frozenset(only or found)
