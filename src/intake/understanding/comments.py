"""The comment beside a key that was pressed in the app: does it speak against the key, what does it ask for more."""

from __future__ import annotations

import re
from collections.abc import Sequence

from intake.model import DESTRUCTIVE, Meaning, Segment
from intake.understanding.reading import ASKED

# What the key says, in the words of a letter: a comment is read as what the same person writes after it.
OPENINGS = {"withdrawal": "退会を希望します。\n", "deletion": "個人情報の削除を希望します。\n"}
# A slip of the finger, second thoughts, a wish to be heard first, somebody else's: beside a key a person looks.
_AGAINST = re.compile(
    "(?:間違|まちが)(?:[えっ]|い(?!な[くい]))|誤って|誤操作|押してしま|押しちゃ|"
    "迷(?:って(?!いまし|おりまし)|い|う)|悩(?:んで(?!いまし|おりまし)|み中|む)|"
    "検討(?:中|して(?:い(?!まし)|お(?!りまし))|させ|しま)|"
    "考え(?:中|させて|直)|相談(?:した|させ|でき|に?乗|を?お?願|中)(?!結果|ところ)|(?<!を)続けたい|"
    "(?:電話|連絡|返信|返事|折り返し)(?:を|の(?:ほど|程)|して|いただけ|頂け|お|ご)*(?:ください|下さい|ほし|欲し|願い|待ち|た[らい])|"
    "(?:退会|解約|削除|消去)[はもを]?(?:し(?:たくな|ません|ない)|やめ|ではな|じゃな)|消(?:さないで|したくな|しませ)|"
    "教えて(?:くださいま?せ?|下さい|ほし|欲し|いただけ|頂け)|^テスト|テスト(?:です|送信|投稿)|"
    "(?:家族|友人|友達|知人|同僚|[夫妻父母兄弟姉妹娘]|息子|主人)の(?:分|登録|アカウント)"
)
_FURTHER = frozenset({"concierge_change", "preferences", "decline"})  # stand beside whatever else is asked for


def after(opening: str, body: str, segments: Sequence[Segment]) -> tuple[str, tuple[Segment, ...]]:
    """A letter that opens with ``opening`` and goes on as ``body`` does."""
    lead = len(opening)
    moved = (Segment(one.start + lead, one.end + lead, one.kind) for one in segments or (Segment(0, len(body), "new"),))
    return opening + body, (Segment(0, lead, "new"), *moved)


def doubts(request: str, alone: Sequence[str], whole: Meaning | None, comment: str) -> list[str]:
    """Why a key is not what is meant. ``alone``: what the comment asks for by itself; ``whole``: key and comment read
    as one letter, where the key would end a registration.

    「就職が決まりました」 alone asks for nothing; after 「退会を希望します」 it is a sure letter of somebody leaving.
    「間違えて押しました」, 「友人の分です」 and 「まだ迷っています」 are not.
    """
    if whole is None:
        return ["comment_differs"] if set(alone) & set(ASKED) and set(alone) != {request} else []
    if set(whole.requests) - _implied(request) != {request} or "question" in alone or _AGAINST.search(comment):
        return ["comment_differs"]
    return list(whole.doubts)


def further(request: str, alone: Meaning, whole: Meaning | None) -> tuple[str, ...]:
    """What is asked for beside the key. To take back or to deny what the key says is a doubt, no request of its own."""
    if whole is not None:
        known = {request, "retraction"} | _implied(request)
        return tuple(r for r in whole.requests if r in ASKED and r not in known)
    if request == "retraction" and not alone.sure:  # it names what it takes back
        return ()
    counts = DESTRUCTIVE | _FURTHER if alone.sure else DESTRUCTIVE
    return tuple(r for r in alone.requests if r in counts and r != request)


def _implied(request: str) -> set[str]:
    """Erasure ends the registration too (decisions.md, Ladder): 「退会します」 beside it asks for nothing more."""
    return {"withdrawal"} if request == "deletion" else set()
