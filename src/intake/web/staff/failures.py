"""Why a message could not be opened or handled, in words for staff."""

from __future__ import annotations

from collections.abc import Callable

Say = Callable[[str], str]
KEY = "本文の鍵が見つかりません。控えから鍵を戻すと読めるようになります。"
SLOW = "開くのに時間がかかりすぎました。とても大きいか、細工されたメールかもしれません。"
LARGE = "開くのに必要なメモリーが多すぎました。細工されたメールかもしれません。"
STOPPED = "開く途中で処理が止まりました。壊れているか、細工されたメールかもしれません。"
ENDED = "扱うたびに、しくみ自体が止まりました。"
THRICE = "3回試しましたが、処理の途中で失敗しました。"
DAMAGED = "保存してあったデータが壊れていて、開けません。控えがあれば、そちらの原文をご覧ください。"
BY_HAND = "開けないまま、手で案件にしました。"
RETRIED = "処理の途中で失敗しました。しばらくすると自動でやり直し、3回失敗すると案件になります。"
CLOSED = "中身を開けませんでした。"
WORDS = (KEY, SLOW, LARGE, STOPPED, ENDED, THRICE, DAMAGED, BY_HAND, RETRIED, CLOSED)
_BY_PART = (
    ("KeyMissing", KEY),
    ("took too long", SLOW),
    ("too much memory", LARGE),
    ("answer is too large", LARGE),
    ("the parser", STOPPED),
    ("again and again", ENDED),
    ("three times", THRICE),
    ("bytes are damaged", DAMAGED),
    ("made by hand", BY_HAND),
)


def in_words(reason: str, t: Say, *, waits: bool = False) -> str:
    """``reason`` is what the reader said, or the class of the failure of a message that ``waits`` for its next try."""
    for part, words in _BY_PART:
        if part in reason:
            return t(words)
    return t(RETRIED if waits else CLOSED)
