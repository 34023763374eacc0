"""What else a message shows: its language, thanks alone, a complaint, a wish that waits, grounds for doubt."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from intake.understanding.kin import concerns_kin
from intake.understanding.reading import SUBJECT, Reading
from intake.understanding.silence import says_nothing

_KANA = re.compile("[ぁ-んァ-ヶ]")
_HAN = re.compile("[一-鿿]")
_LATIN = re.compile("[A-Za-z]{2,}")
_HANGUL = re.compile("[가-힣]")
_SIMPLIFIED = re.compile("[们这说请删谢为么号贵终账户个务]")
_GREETING = re.compile(
    r"(?:お世話に|いつも|ありがとう|有難う|有り難う|感謝|お礼|御礼|助かり|うれし|嬉し|失礼|よろしく|宜しく|お疲れ|承知|了解|確認(?:いた|し)|"
    r"受け取り|拝受|拝読|様|さん|です|でございます|今後とも|お元気|ご健勝|恐れ入|お手数|短い間|またご縁|ご連絡|ご対応|お体|ご自愛|御中|申します|本当に|大変|丁寧|早速|迅速|その節)"
)
_THANKS = re.compile("ありがとう|有難う|有り難う|感謝|お礼|御礼|サンキュー|thank", re.IGNORECASE)
_AFTER = re.compile(
    r"(?:選考|面接|結果|内定)[^。\n]{0,14}(?:終わ(?:って|り|った)|終了(?:後|し)|済(?:んで|み)|後に|出(?:て|た|次第)|次第)[^。\n]{0,14}"
)
# 「選考終了後ではなく、今すぐ」 and 「選考終了後を待たずに」 ask for the contrary; 「終わってからではないと」 does not.
_SELECTION_GOES_ON = re.compile(
    r"選考[^。\n]{0,10}(?:終了後|終わって|終わり|終わった|後に|済んで)"
    r"(?![^。、\n]{0,8}(?:(?:では?|じゃ)な(?:く(?!ては)|い(?!と))|待た(?:な(?!いと)|ず)))"
)


def language(own: str) -> str:
    """``ja``, ``en``, ``ko``, ``zh`` or ``und``. Han alone is Japanese here: 退会希望 (a detector says Chinese)."""
    plain = own.encode("ascii", "ignore")
    if len(plain) - plain.count(b" ") - plain.count(b"\n") <= 60 and _KANA.search(own) and not _HANGUL.search(own):
        return "ja"  # nearly all: too few letters for anything else
    kana, han = len(_KANA.findall(own)), len(_HAN.findall(own))
    latin = sum(len(m) for m in _LATIN.findall(re.sub(r"\S+@\S+|https?://\S+", "", own)))
    if not own.strip():
        return "ja"
    if len(_HANGUL.findall(own)) > 5:
        return "ko"
    if kana == 0 and len(_SIMPLIFIED.findall(own)) >= 2:
        return "zh"
    if kana + han == 0:
        return "en" if latin >= 6 else "und"
    return "en" if latin > 6 * (kana + han) and latin > 60 else "ja"


def thanks_only(reading: Reading, chosen: Sequence[str]) -> bool:
    """Nothing but thanks and greetings."""
    own = reading.document.text[: len(reading.own)].strip()
    if tuple(chosen) != ("other",) or not _THANKS.search(own) or len(own) > 240:
        return False
    rest = [s for s in re.split(r"[。\n!?]+", own) if len(s.strip()) > 9]
    return all(_GREETING.search(s) for s in rest) and not re.search("[?？]|か。|ください|ですが|のに", own)


def after_selection(reading: Reading, chosen: Sequence[str]) -> bool:
    """The wish waits for a selection: 「いまの選考が終わってから退会」."""
    return "withdrawal" in chosen and bool(_SELECTION_GOES_ON.search(reading.own))


def complaint(reading: Reading) -> bool:
    """Whether the sender complains, whatever they ask for."""
    return any(one.concept == "complaint" and "neg" not in one.marks for said in reading.document.said for one in said)


_FORWARDED = re.compile(r"(?m)^(?:Fwd?|FW|転送)\s*[::]|-{3,}\s*(?:転送|Forwarded)|以下(?:に)?転送|参考までに転送")
_BULK = re.compile(r"https?://|フリーダイヤル|0120-|配信停止|お申し込みはこちら|期間限定|%OFF|無料")
_EMPLOYER = re.compile(
    r"弊社|当社|採用業務|企業アカウント|弊園|弊院|弊店|当院|当園|当校|ご推薦(?:いただ|の|者)|採用担当|人事部|人事課|採用チーム|総務部|貴社より人材|求人票の(?:差|掲載)|"
    r"募集(?:を|は)(?:いったん|一旦|終了|休止)|募集中の[「『]|(?:募集|採用活動)[をの][^。\n]{0,8}(?:再開|中止|停止|取り?下げ|打ち切)|来ていただいている|"
    r"(?:製作|製作所|工業|建設|保育園|幼稚園|歯科|医院|病院|クリニック|商店|運輸|通販|食品|酒造|旅館|工務店|製菓|農園)の[^。\n、]{1,6}(?:です|と申)|"
    r"(?:スタッフ|バイト|アルバイト|パート|事務員|薬剤師|ヘルパー|従業員|人手|働き手|後継ぎ|板前|欠員|人員|職人)(?:さん|の方)?[がもは][^。\n]{0,6}"
    r"(?:決まりました|決まったので|見つか(?:りました|ったので)|足り(?:ました|ています)|集ま(?:りました|ったので)|埋ま(?:りました|ったので)|充足|揃いました|"
    r"そろいました|戻ってきて|来てくれ(?:ました|ることに))|採用できました|求人を(?:出し|掲載し)て(?:い(?!る)|お)(?!ら)|求人掲載|人材紹介契約|"
    r"[ \u3000\n](?:店主|施設長|オーナー)(?:[ \u3000][^\s]{1,4})?\s*$|"
    r"スタッフ様|求人の(?:有効|掲載|更新)|掲載の差し?替|紹介手数料|請求書|御見積|お見積"
)


# Names in the From line that are no person's: 「株式会社みどり食品 採用担当」, 「すみれ保育園」.
_COMPANY = re.compile(
    r"株式会社|有限会社|[(（][株有][)）]|㈱|合同会社|法人|協会|病院|医院|クリニック|歯科|薬局|"
    r"(?:保育|幼稚|学|こども)園(?:[ 　]|$)|製作所?(?:[ 　]|$)|工業|建設|採用|人事|総務|運輸|運送|ホテル|旅館|"
    r"工務店|商店|酒造|センター長|事務局|Inc\.|Ltd|Corp\."
)
_GATED = frozenset({"withdrawal", "deletion", "question", "other"})  # the gate looks whose registration is to end
_OF_SEEKERS = frozenset({"withdrawal", "deletion", "reinstatement", "retraction", "question", "other"})


def from_company(sender: str) -> bool:
    """Whether the From line names a company, a clinic, a school: an employer who writes, or somebody who sells."""
    return bool(_COMPANY.search(sender.partition("<")[0]))


def of_employers(chosen: tuple[str, ...], sender: str) -> tuple[str, ...]:
    """What an employer's mail asks for: 「紹介は来月まで休んでください」 of their own openings is ``other`` (GUIDE).
    What only a member can ask for stays; a person looks at both."""
    return ("other",) if from_company(sender) and not _OF_SEEKERS.intersection(chosen) else chosen


def doubts(reading: Reading, body: str, chosen: Sequence[str], sender: str = "") -> Iterator[str]:
    """Grounds to let a person look that do not come from the words of the request itself."""
    if tuple(chosen) != ("other",):
        whole = reading.document.text
        if _FORWARDED.search(whole):
            yield "forwarded"
        if _BULK.search(whole):
            yield "bulk"
        if _EMPLOYER.search(whole) or from_company(sender):
            yield "business_sender"
        if concerns_kin(reading.own, _GATED.issuperset(chosen)):
            yield "for_another"
    own = reading.document.text[: len(reading.own)].strip()
    if says_nothing(reading):
        yield "empty"
    elif not own:
        yield "subject_only"
    if "�" in body:
        yield "damaged_text"
    if len(reading.subject) >= SUBJECT:
        yield "very_long"
