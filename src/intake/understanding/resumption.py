"""The day from which a seeker wants to be written to again, and the last day of their pause."""

from __future__ import annotations

import re
from datetime import date, timedelta

from intake.understanding.dates import dates
from intake.understanding.relativedays import Found

_ABOUT = r"^(?:\([^)]{1,4}\))?\s?(?:頃|ごろ|ころ|くらい|ぐらい|あたり|付け?)?\s?"
_UNTIL = re.compile(_ABOUT + r"(?:まで|いっぱい|一杯|間|の間|は|中|迄)")
_TO = re.compile(_ABOUT + r"(?:まで(?!に(?!延|し))|迄)")
_FROM = re.compile(
    _ABOUT + r"(?:から|~|以降|より|をもって再|に(?:再開|また|なったら|なりましたら|復帰|復活|戻)|になりましたら|をめど|"
    r"を目[処途]|を過ぎ|を再開(?:の)?日|付|スタート|再開|には|に)"
)
_AGAIN = re.compile(
    "再開|再び|再度|また|ふたたび|紹介|連絡|案内|求人|活動|動|お願い|声|始|戻|復帰|送|稼働|働け|話|流し|大丈夫|可能|"
    "希望|受け|解禁|再スタート|復活|もう一度"
)
_STOPPED = re.compile(
    "止|休|控|待|停|保留|中断|ストップ|見合|遠慮|就業でき(?:な|ませ)|送らない|難し|動け(?:な|ませ|ず)|不要|結構|"
    "凍結|出られ(?:な|ませ)|なしで|お話は|いらない|ご放念"
)
_RESTART = re.compile("再開|再び|再度|また|ふたたび|戻|復帰|解除")
_RANGE = re.compile(r"^(?:\([^)]{1,4}\))?\s?(?:~|から|より|-)\s?$")  # the first day of a range
_HELD = re.compile("休止|停止|お休み|控え|ストップ|中断")
_OF_RESUMING = re.compile(r"(?:再開|戻り|復帰|希望日|解除|起こ)[^\n。]{0,12}$")
_OTHER = re.compile(r"(?:面接|面談|退会|入社|応募|選考|訪問|会議|締切|期限|契約|誕生|生年)[^\n。]{0,8}$")
_CORRECTED = re.compile(r"^\s?(?:まで)?[ .、。…・]{0,6}(?:いや|いえ|ではなく|じゃなく|訂正|失礼)")
# 「3月1日→5月6日」「(3月1日)を5月6日に」: the second day takes the place of the first.
_REPLACED = re.compile(r"^(?:\([^)]{1,4}\))?[ )]?(?:→|⇒|->|=>|>|(?:の予定|としていたの|だったの)?を)[、 ]?$")
_MOVED_TO = re.compile(
    r"^(?:\([^)]{1,4}\))?(?:から|より|に|へ){1,2}(?:の再開)?(?:に|へ)?(?:変更|延|改め|ずら|遅ら|早め|繰り|前倒|後ろ倒)"
)
# 「面談を1月20日に変更」: another thing than the new start, whose day is moved.
_THINGS = "引っ?越し?|転居|就業|研修|手術|試験|面談|面接|退会|退職|入社|応募|選考|訪問|会議|締切|契約|予約"
_OTHER_MOVED = re.compile(rf"(?:{_THINGS})[^\n。]{{0,8}}$")
_OTHER_THING = re.compile(rf"(?:{_THINGS})(?:の|日程?|予定|開始|時期|希望){{0,4}}[をがはも、]?[ ]?$")
# Days that the reader of the letter is asked to move: a sentence about one may go on behind its full stop.
_OTHER_ASKED = re.compile("面談|面接|退会|選考|訪問|試験|会議|予約")
# 「引っ越しが延びたので」 is why, not what.
_REASON = re.compile("(?:ので|ため|により|まして|(?<=[すんただ])が|(?<=[なたし]い)が|けれども?|けど)[、 \n]{0,2}")
_MOVED = re.compile(r"(?P<what>[^、。\n ]{0,16})[をがは]")
_IS_WHY = re.compile("が[^、。\n]{1,20}[てくりきしえび]、")  # 「介護が続いており、5月6日に変更」
_MAY_MOVE = re.compile(
    r"(?:再開|休止|停止|休会|休み|開始|復帰|紹介)(?:の?(?:日程?|日付|日にち|時期|予定日?|期間|期限|希望日?|お願い))?$|"
    r"^(?:今回|それ|これ|そちら|こちら|日程|日付|日にち|時期|予定日?)$"
)
# 「3月1日から再開とお願いしておりましたが」: what was said before, and may not hold any more.
_SAID_BEFORE = re.compile(
    r"[^。]{0,30}?(?:(?:お願い|お伝え|伝え|連絡|申し?上げ|申し?込み?|届け?出?|伺|約束|相談|申告|登録|設定|指定|希望|予定|案内)"
    r"(?:を)?(?:し|いたし|致し|させていただい|いただい)?(?:て(?:おり|い|あり))?(?:まし)?た|"
    r"(?:予定|はず|約束|つもり|こと|話)(?:でし|だっ|に(?:なって|して)(?:い|おり)まし)た|"
    r"と(?:なって|されて|して|言って|いって|書いて)(?:い|おり|あり)まし?た)[、\n]?(?:再開(?:予定)?日?を|が|けれど|けど|ところ|のを|ものを|のです|件)"
)
_PUT_OFF = re.compile(
    r"^(?:\([^)]{1,4}\))?\s?(?:まで|迄)に?(?:延(?:長|期|ば)|伸ば|引き延ば)[^。\n]{0,8}?(?:くださ|下さ|いただ|頂|願い|もら|たい|希望)"
)
_NEAR = 200  # characters in which 「その日から」 speaks of a day
_THAT_DAY = re.compile("(?:その日|当日|同日)(?:から|以降|より|にな(?:ったら|りましたら|れば))")
_OVER = re.compile(r"(?:明ける|明けの|終わる|終了する|期間が[^。\n]{0,6})$")


def last_day(text: str, today: date | None) -> date | None:
    """The last day of a pause that the text names: 「3月末まで」; None if it names none."""
    for one in dates(text, today):
        if _UNTIL.match(text[one.end : one.end + 24]) or text[one.start : one.end].endswith(
            ("いっぱい", "末", "年内", "まで")
        ):
            return one.on
    return None


def first_day(text: str, today: date | None) -> Found | None:
    """The day things start again: 「4月1日から再開」, or the day after 「3月31日まで休み」 (decisions.md).

    Days whose year the text does not state are found only when ``today``, the day of receipt, is known, except
    where an earlier day in the text gives the year. ``stated`` is true for days that need no day of receipt.
    """
    found = dates(text, today)
    later: Found | None = None
    told: Found | None = None  # the first day that was asked for in an earlier letter
    ended: Found | None = None  # the same of a rest, its end
    resuming = ""  # what stands before a day that the next one replaces
    for at, one in enumerate(found):
        before = resuming or text[max(0, one.start - 16) : one.start]
        following = found[at + 1].start if at + 1 < len(found) else len(text)
        if _gives_way(text, one, following):
            replaced = _is_replaced(text, found, at) and not _OTHER_THING.search(before)
            resuming = before if replaced and _OF_RESUMING.search(before) else ""
            continue
        resuming = ""
        said = _clause(text[one.end : min(following, one.end + 60)])
        if _starts(text, told, one, before, said):
            if not _is_told(text, one, following):
                return one
            told = told or one
        elif later is None and _ends_pause(text, one, before, _clause(text[one.end : one.end + 60])):
            day = _after(text, one, before, told)
            if _is_told(text, one, following):
                ended = ended or day
            else:
                later = day
    return later or told or ended or _after_all(text, found)


def _is_told(text: str, one: Found, following: int) -> bool:
    return bool(_SAID_BEFORE.match(text[one.end : min(following, one.end + 60)]))


def _starts(text: str, told: Found | None, one: Found, before: str, said: str) -> bool:
    """Whether things start again on ``one``. With a start ``told`` before, its words do not count twice."""
    if told is None:
        return _restarts(before, said)
    if _OTHER_THING.search(before):
        return False
    between = _since(text, told, one)
    moved = bool(_MOVED_TO.match(said))
    if not moved and _restarts(between[-16:], said):
        return True
    return (moved or _restarts(before, said)) and _is_moved(between)


def _since(text: str, told: Found, one: Found) -> str:
    """What is said between a start that was ``told`` before and ``one``."""
    said = _SAID_BEFORE.match(text[told.end : min(one.start, told.end + 60)])
    return text[max(told.end + (said.end() if said else 0), one.start - _NEAR) : one.start]


def _is_moved(between: str) -> bool:
    """Whether it is the start told before that is moved to the day behind ``between``, not an interview or a move of
    house: no other thing is named there. Where in doubt, the start told before stands."""
    earlier, _, sentence = between.replace("\n", "。").rpartition("。")
    if _OTHER_ASKED.search(earlier):
        return False
    what = sentence[max((reason.end() for reason in _REASON.finditer(sentence)), default=0) :]
    if _OTHER_MOVED.search(what):
        return False
    return all(
        _MAY_MOVE.search(moved["what"])
        or (_IS_WHY.match(what, moved.end() - 1) and not _OTHER_MOVED.search(moved["what"]))
        for moved in _MOVED.finditer(what)
    )


def _after(text: str, one: Found, before: str, told: Found | None) -> Found:
    """The day after a rest till ``one``; ``one`` itself where the start ``told`` before is put off till it."""
    put_off = told and _PUT_OFF.match(text[one.end : one.end + 32])
    if put_off or _OVER.search(before) or _THAT_DAY.search(text, one.end, one.end + _NEAR):
        return one
    return Found(one.on + timedelta(days=1), one.start, one.end, one.stated)


def _gives_way(text: str, one: Found, following: int) -> bool:
    """Whether a day is corrected, or replaced by the day that begins at ``following``, or only begins a range."""
    between = text[one.end : min(following, one.end + 24)]
    return bool(_CORRECTED.match(between[:16]) or _RANGE.match(between) or _REPLACED.match(between))


def _is_replaced(text: str, found: list[Found], at: int) -> bool:
    """「再開日を3月1日から5月6日に変更」 is no range."""
    if at + 1 == len(found):
        return False
    behind = found[at + 1].end
    return not _RANGE.match(text[found[at].end : found[at + 1].start]) or bool(
        _MOVED_TO.match(text[behind : behind + 16])
    )


def _clause(after: str) -> str:
    stop = re.search(r"[。\n]", after)
    return after[: stop.start()] if stop else after


def _restarts(before: str, said: str) -> bool:
    if _OF_RESUMING.search(before) and not _UNTIL.match(said):
        return True
    if not _FROM.match(said) or _OTHER.search(before):
        return False
    return bool(_RESTART.search(said)) or (bool(_AGAIN.search(said)) and not _STOPPED.search(said))


def _ends_pause(text: str, one: Found, before: str, after: str) -> bool:
    tail = text[one.start : one.end].endswith(("いっぱい", "一杯", "末", "内", "中", "まで"))
    if not (_TO.match(after) or (not one.stated and (tail or _UNTIL.match(after)))):
        return False
    put_off = _PUT_OFF.match(after) and not (_OTHER.search(before) or _OTHER_THING.search(before))
    return bool(_STOPPED.search(after) or _HELD.search(before) or put_off)


_WHEN = re.compile(r"^(?:\([^)]{1,4}\))?(?:で|には|に|、|となり|の予定|頃|ごろ)")


def _after_all(text: str, found: list[Found]) -> Found | None:
    """「3月29日には結論が出ていますので、その日からまた」: the only day of a text that starts something again on it."""
    sure = [one for one in found if one.stated]
    if (
        len(sure) == 1
        and re.search("(?:その日|それ以降|そこ)(?:から|以降|より)", text)
        and _WHEN.match(text[sure[0].end :])
    ):
        return sure[0]
    return None
