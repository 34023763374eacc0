"""A day on which a wish is to begin: 「3月末で退会」「12月1日から停止」「4月から再開」.

What is read surely is carried out today or, with the link, at once. Who names a later day does not want that: a person
looks. Only where to go on again is asked for from a day that is clear, that day is kept (domain.md, Pause).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from intake.understanding.dates import dates
from intake.understanding.relativedays import Found
from intake.understanding.resumption import first_day

LATER = "later_day"
_BEGINS = frozenset(("withdrawal", "deletion", "pause", "resume"))
_SOON = timedelta(days=3)  # to be left alone a few days too early harms nobody
_ABOUT = r"(?:\([^)]{1,4}\))?\s?(?:頃|ごろ|ころ|くらい|ぐらい|あたり)?\s?"
_LEAVING = (
    r"(?:退会|解約|脱会|退所|登録(?:の|を)?(?:解除|抹消|削除|取り?消)|利用(?:の|を)?(?:終了|停止|やめ|辞め)|"
    r"やめ|辞め|削除|消去|抹消)"
)
# 「12月末で退会」「3月末をもって退会」「1月10日以降に解約」: not 「3月末で退職するため退会」
_ON = re.compile(
    rf"{_ABOUT}(?:付け?)?(?:で|にて|を(?:もって|もちまして|以て|以って)|いっぱい(?:で|をもって)?|までで|以降|から|より|に|付け?|を目[処途])?"
    rf"(?:に|で|の|は)?、?(?:(?:貴社|御社|そちら|こちら|サービス|会員|本サービス)[をはのから]{{0,2}})?{_LEAVING}"
)
# 「退会は1月10日以降で」「退会希望日:12月31日」
_OF_LEAVING = re.compile(rf"{_LEAVING}(?:の?(?:希望)?(?:日|時期|日程))?(?:は|を|:|、| )?[ ]?$")
_AS_DAY = re.compile(
    rf"{_ABOUT}(?:付け?|で|にて|を(?:もって|もちまして|希望)|以降|から|に(?:し|お願|希望)|です|$|\n|。)"
)
_FROM = re.compile(rf"{_ABOUT}(?:から|より|以降|~|-)")
# 「12月1日から停止」「来月から3月末までお休み」「12/28~1/4は連絡を止めて」: not 「3月から育休に入るため停止」
_HOLDS = re.compile(
    r"(?:は|、|の(?:間|期間)は?|まで(?:の間|は)?|しばらく|一時|一旦|いったん|ご?利用を?|"
    r"(?:サービス|ご?紹介|ご?連絡|ご?案内|求人|メール|電話|お)[のをは、も]{0,2})*[ ]?"
    r"(?:停止|休止|休会|中断|ストップ|控え|止め|休み|見合わせ|保留|不要|遠慮|中止|やめ)(?!の?解除|を?(?:解|終))"
)
_UP_TO = re.compile(rf"[ ]?{_ABOUT}(?:まで|迄|末|いっぱい)?\)?")
_AGAIN = re.compile(rf"{_ABOUT}(?:から|より|以降|に?な(?:ったら|りましたら|れば))")
_RESTART = re.compile(r"[^。、\n]{0,12}?(?:再開|再び|再度|また|ふたたび|解除|復帰|始め)")
_SOME_DAY = re.compile(rf"{_ABOUT}に[^。、\n]{{0,8}}?再開")
# 「年末年始は連絡を止めて」 names first and last day without a date
_FEAST = re.compile(
    r"(?:年末年始|お?盆(?:休み)?|お?正月(?:休み)?|GW|ゴールデンウ[ィイ]ーク|大型連休)"
    r"(?:期間)?中?(?:だけ|のみ)?"
)
_OF_RESTART = re.compile(r"再開(?:の?(?:希望)?(?:日|時期))?(?:は|を|:|、| )?[ ]?$")
_STOPPED = re.compile(r"(?:停止|休止|休会|中断|休み)(?!の?を?解除)|止め|休[んま]|(?:まし|でし)た")
_BARE = re.compile(
    rf"{_ABOUT}(?:付け?)?(?:で|にて|をもって|いっぱいで|以降で?|から)(?:お願い|希望|よろしく|宜しく|[ ]*(?:$|[。\n]))"
)


def doubts(text: str, requests: Sequence[str], today: date | None) -> Iterator[str]:
    """Why what is asked for may not be meant to happen today."""
    if today is None or _BEGINS.isdisjoint(requests):
        return
    named = any(_is_later(text, one, following, requests, today) for one, following in _ahead(text, today))
    if named or ("pause" in requests and any(_HOLDS.match(text, feast.end()) for feast in _FEAST.finditer(text))):
        yield LATER


def again_from(text: str, today: date | None) -> date | None:
    """The day, after today, from which somebody who asks to go on clearly wants to go on."""
    return next((one.on for one, _ in _ahead(text, today) if _restarts(text, one)), None)


def _ahead(text: str, today: date | None) -> Iterator[tuple[Found, Found | None]]:
    """Days after today, each with the one behind it."""
    found = [one for one in dates(text, today) if today and one.on > today]
    return zip(found, [*found[1:], None], strict=False)


def _is_later(text: str, one: Found, following: Found | None, requests: Sequence[str], today: date) -> bool:
    if not {"withdrawal", "deletion"}.isdisjoint(requests) and _leaves(text, one):
        return True
    if "pause" in requests:
        return one.on > today + _SOON and _pauses(text, one, following, today)
    return "resume" in requests and _resumes_unclearly(text, one)


def _leaves(text: str, one: Found) -> bool:
    said, before = text[one.end : one.end + 40], text[max(0, one.start - 16) : one.start]
    return bool(_ON.match(said) or _BARE.match(said) or (_OF_LEAVING.search(before) and _AS_DAY.match(said)))


def _pauses(text: str, one: Found, following: Found | None, today: date) -> bool:
    start = _FROM.match(text, one.end)
    if start is None:
        return False
    end = start.end()
    if following is not None and not text[end : following.start].strip():
        up_to = _UP_TO.match(text, following.end)
        end = up_to.end() if up_to else following.end
    if not (_HOLDS.match(text[end : end + 40]) or _BARE.match(text[one.end : one.end + 40])):
        return False
    again = first_day(text, today)
    return again is None or again.on != one.on


def _restarts(text: str, one: Found) -> bool:
    """「4月から再開」「2月になったらまた」「再開は来週から」: not 「5月から停止していましたが、再開」."""
    since = _AGAIN.match(text, one.end)
    if since is None:
        return False
    meant = _RESTART.match(text, since.end())
    if meant is not None:
        return not _STOPPED.search(meant.group())
    return bool(_OF_RESTART.search(text[max(0, one.start - 12) : one.start]))


def _resumes_unclearly(text: str, one: Found) -> bool:
    """「4月から」 beside the key 再開, 「来年度から転職活動をしたいので再開」."""
    if _SOME_DAY.match(text, one.end):
        return True
    since = _AGAIN.match(text, one.end)
    if since is None or _restarts(text, one):
        return False
    clause = re.split(r"[。\n]", text[since.end() : since.end() + 40])[0]
    return not _STOPPED.search(clause)
