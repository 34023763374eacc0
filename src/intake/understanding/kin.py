"""Whose name counts where somebody writes for a member: the member's (GUIDE, facts).

Who only tells of a husband, a daughter, writes for themselves: 「妻の秋山 佳代は続けます」 asks nothing for her.
"""

from __future__ import annotations

import re
from itertools import islice

from intake.understanding.persons import KANJI, strength

KIN = (
    "夫|妻|主人|家内|旦那|嫁|父|母|義父|義母|息子|せがれ|倅|娘|長男|次男|三男|長女|次女|三女|兄|弟|姉|妹|義兄|義弟|"
    "義姉|義妹|"
    "祖父|祖母|叔父|叔母|伯父|伯母|甥|姪|孫|父親|母親|パートナー"
)
_ANY = re.compile(KIN)
_FULL = (
    rf"{KANJI}{{1,4}}[ ]?(?:{KANJI}{{1,4}}|[ぁ-ん]{{2}}[子美代江枝恵]|"
    r"(?![はがをにのもと](?:[、。 ]|$))[ぁ-ん]{1,5}?|[ァ-ヶー]{2,6})"
)
# 「夫の平井誠司が」「父(二宮義男、会員番号…)」: not 「妻の春菜です」「長男の樋口隆より」, which name the writer.
_NAMED = re.compile(
    rf"(?:{KIN})(?<!姉(?=崎))(?<!妹(?=尾))(?:の|、|・|である|[ ])?[ ]?[(「]?(?P<name>{_FULL})"
    r"(?=[)」]|[ ]?[(、,/]|が|は|を|も|の(?!です)|に|宛|名義|様|さん|の件|[ ](?:会員|登録|ID|No|[A-Z0-9]))(?!よ?り|"
    r"です|と申)"
)
# 「宮内航太の母でございます」「長沢光の妻の春菜です」「越智 勲(65歳)の家内で」
_BELONGS = re.compile(
    rf"(?:^|[\n。、!? ]|(?<=[てにで]い)[たる]|(?<=まし)た|(?<=おり)ます)"
    rf"(?:(?:会員番号[ :]*)?[A-Z0-9-]{{3,14}}[ ]?の?[ ]?)?(?P<name>{_FULL})[ ]?(?:\([^)\n]{{1,24}}\))?の"
    rf"(?:{KIN})(?:の[^。、\n]{{1,8}})?(?:で|と申|より|に代|。|、|が代)"
)

# What is asked, and words of somebody who acts for somebody else.
_ASKED = r"(?:退会|解約|休会|休止|停止|中止|辞退|抹消|削除|消去|解除|再開|取り下げ|取り消|止め|消し|控え|外し)"
_INSTEAD = re.compile(
    r"代わり|代わって|かわりに|代理|代筆|名代|頼まれ|本人(?!確認)|(?:逝去|他界|永眠|亡くなり|亡くな(?:った|って))"
)
_FOR_THEM = re.compile(
    rf"(?:{KIN})の(?:分|ほう|方|登録|会員登録|退会)?(?:の|を|は|も)?[ ]?{_ASKED}(?!し?ない|し?ません|いたしません)"
)
# 「妻の秋山 佳代の登録はそのままに」「弟(安住 誠)は続けます」
_STAYS = re.compile(
    r"そのまま|このまま|続け(?:ます|て(?!い?た)|させ|る)|継続|残し|残る|変更(?:は)?(?:なし|ありません|しない|不要)|"
    r"関係(?:ない|なく|ありません)|"
    r"とは別|間違え|取り違え|混同|(?:退会|解約|休止|辞退)(?:は)?(?:し|いたし|致し)?(?:ません|ない)|退会ではな"
)
# 「夫の若林 剛も御社に登録しています」
_TOO = re.compile(r"(?:[ ]?\([^)\n]{1,24}\))?も[^。\n]{0,16}(?:登録|会員|利用|お世話|使)")
# 「娘の志村 ひかりが登録を考えている」: no member yet.
_NOT_YET = re.compile(
    r"(?<!再)登録(?:を|も|は)?(?:考え|検討|希望|した(?:い|が)|しよう|でき|する(?:こと|予定|つもり)|させ(?:たい|よう))|"
    r"(?:利用|入会|応募)(?:を|も)?(?:考え|検討|した(?:い|が)|しよう)|(?:興味|関心)(?:を|が)"
)
# What befell them is why the writer asks: 「夫の平井 誠司が転勤になりまして」「母の平井 としの介護のため」
_WHY = re.compile(
    r"(?:[ ]?\([^)\n]{1,24}\))?(?:の(?:転勤|赴任|異動|海外|介護|看病|看護|世話|扶養|会社|店|事業|実家|仕事を手伝|"
    r"紹介|勧め|すすめ)|が(?:転勤|異動|独立|起業|開業|単身赴任|海外|店を|会社を|経営|営)|"
    r"と(?:結婚|同居|相談|話し|二人)|に(?:相談|勧め|すすめ|反対))"
)
_CAUSE = re.compile(r"(?:[ ]?\([^)\n]{1,24}\))?が(?![^。\n]{0,12}登録)[^。\n]{0,24}?(?:ため|ので|により|まして)")
_OF_MINE = re.compile("私|わたし|わたくし|自分|僕|俺")
FEW = 20  # people of the family in one letter
_STOP = re.compile(r"[。\n]")
_REACH = 60  # characters behind the name in which it is said what they are to us
# A writer who states a member number of their own: 「秋山恒一(30081123)です」「会員番号30087001の若林美保と申します」
_NUMBER = r"(?:会員|登録)?(?:番号|ID|No\.?)?[ :は]{0,2}[A-Z]{0,4}-?\d[\d-]{3,12}"
_NUMBERED = re.compile(
    rf"(?:^|[\n。、! ])(?:{KANJI}{{1,4}}[ ]?[^\s。、()]{{1,6}}[ ]?\({_NUMBER}\)|"
    rf"{_NUMBER}(?:の|、|[ ])?[ ]?{KANJI}{{1,4}}[ ]?[^\s。、()]{{0,6}}?)[ ]?(?:です|と申|でござ)"
)


def member(text: str) -> str | None:
    """The member's full name, if the writer calls them by what they are to each other; None in most letters."""
    if not _ANY.search(text):
        return None
    for pattern in (_NAMED, _BELONGS):
        for match in islice(pattern.finditer(text), FEW):
            name = match["name"].strip()
            if pattern is _NAMED and is_only_told_of(text, match.end("name")):
                continue
            if strength(name) >= 2.2 and len(name.replace(" ", "")) >= 3:
                return name
            if " " in name and strength(name) >= 1.0:
                return name
    return None


def is_only_told_of(text: str, end: int) -> bool:
    """Whether the person whose name ends at ``end`` is told of in a letter of the writer's own: they stay, are members
    too, think of becoming one, are why the writer asks, or the writer has a member number and asks nothing for them."""
    behind = text[end : end + _REACH]
    stop = _STOP.search(behind)
    said = behind[: stop.start()] if stop else behind
    if _NOT_YET.search(said):
        return True
    if _INSTEAD.search(text) or _FOR_THEM.search(text):
        return False
    asked = not _OF_MINE.search(said) and re.search(_ASKED, _STAYS.sub("", said))
    if _STAYS.search(said) or _TOO.match(said):
        return not asked
    return bool(_WHY.match(said) or ((not asked or _CAUSE.match(said)) and _NUMBERED.search(text)))


def acts_for_another(text: str) -> bool:
    """Whether the writer says that they write in somebody else's place."""
    return bool(_INSTEAD.search(text))
