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
# 「主人の分もサービス停止を」「夫の登録のことです」「二人とも当面お休みに」: not 「夫の紹介で」「二人分の仕事」
_THEIRS = re.compile(
    rf"(?:{KIN})(?:と(?:私|わたし|僕|自分))?の(?:ほう|方|分|会員)?の?"
    r"(?:サービス(?!付|業)|分(?![かけ])|登録|担当(?!医|の医|の?ケア)|会員|アカウント|利用|案内|配信|希望条件)"
)
_BOTH = re.compile(
    r"(?:二人|2人|ふたり|夫婦|夫妻|親子|姉妹|兄弟)(?:とも(?!に)|揃って|そろって|分(?![かけ]|の(?:仕事|机|業務|担当)))"
    r"[^。\n]{0,12}(?:サービス|登録|紹介|案内|退会|停止|休み|休止|お願い|止め|削除|消去|抹消)"
)
# 「妻の秋山 佳代の登録はそのままに」「弟(安住 誠)は続けます」: not 「メールが届き続けます」「登録がそのままです」
_STAYS = re.compile(
    r"(?:そのまま|このまま)(?!にな|で(?:す|し|あ)|だ)|"
    r"(?<!届き)(?<!来)(?<!き)(?<!仕事を)続け(?:ます|て(?!い?た|おりまし|いまし|き[たま])|させ|る)|"
    r"継続(?!し?て(?:い|おり)?(?:た|まし))|残し|残る(?!と)|変更(?:は)?(?:なし|ありません|しない|不要)|"
    r"(?:は|とは|には)関係(?:ない|なく|ありません)|"
    r"とは別|(?:間違え|取り違え|混同し)(?:ない|ませ)|(?:退会|解約|休止|辞退)(?:は)?(?:し|いたし|致し)?(?:ません|ない)|退会ではな"
)
_STAYS_PLAINLY = re.compile(
    r"(?:の(?:ほう|方|分|登録))?は(?:引き続き|今後も)?、?(?:続け(?:ます|る)|そのまま|継続し?ま?す|残し)"
)
# 「夫の若林 剛も御社に登録しています」
_TOO = re.compile(r"(?:[ ]?\([^)\n]{1,24}\)|\))?も[^。\n]{0,16}(?:登録|会員|利用|お世話|使)")
_BOTH_REGISTERED = re.compile("登録$")
# 「娘の志村 ひかりが登録を考えている」: no member yet, unless that is past.
_NOT_YET = re.compile(
    r"(?<!再)(?:登録(?:を|も|は)?(?:考え|検討|希望|した(?:い|が)|しよう|でき|する(?:こと|予定|つもり)|させ(?:たい|よう))|"
    r"(?:利用|入会|応募)(?:を|も)?(?:考え|検討|した(?:い|が)|しよう)|(?:興味|関心)(?:を|が))"
    r"(?!し?て(?:い|おり)?(?:まし)?た)"
)
_JOINED = re.compile(
    r"(?:登録|入会)(?:いた|致)?し(?:まし|てい[またる]|てお|てあ|てしま|た(?!い|が|く))|登録(?:済|中)|抹消|退会|解約"
)
# What befell them is why the writer asks: 「夫の平井 誠司が転勤になりまして」「母の平井 としの介護のため」
_BESIDE = r"(?:[ ]?\([^)\n]{1,24}\)|\))?"
_BEFELL = re.compile(
    rf"{_BESIDE}(?:の(?:転勤|赴任|異動|海外)|が(?:転勤|異動|独立|起業|開業|単身赴任|海外|店を|会社を|経営|営))"
)
_WITH_THEM = re.compile(
    rf"{_BESIDE}(?:の(?:介護(?!施設|認定|職|士|福祉)|看病|看護|世話|扶養|会社|店|事業|実家|仕事を手伝|紹介|勧め|すすめ)|"
    r"と(?:結婚|同居|相談|話し|二人)|に(?:相談|勧め|すすめ|反対))"
)
_CAUSE = re.compile(rf"{_BESIDE}が(?![^。\n]{{0,12}}登録)[^。\n]{{0,24}}?(?:ため|ので|により|まして)")
# 「起業しまして、退会したいと申しております」: their own wish after all.
_THEIR_WISH = re.compile(rf"{_ASKED}(?:した|させ)いと|{_ASKED}を希望し")
_TO_END = re.compile(
    rf"{_ASKED}|(?:配信|メール|案内|連絡|紹介|登録|会員|利用|サービス)[はをも]?[ ]?(?:やめ|辞め)|"
    r"(?<!仕事を)(?<!会社を)(?:やめ|辞め)(?:て(?:くだ|下|ほし|欲し|いただ|頂)|させ)"
)
# What we send them or keep of them: the next sentence may ask to end it.
_OF_MEMBERS = re.compile("宛|メール|配信|案内|連絡|登録|会員|アカウント")
_OF_MINE = re.compile("私|わたし|わたくし|自分|僕|俺")
# 「私だけ退会します」「退会するのは私です」: the writer asks for themself.
_ASK_MYSELF = re.compile(
    rf"(?:私|わたし|わたくし|自分|僕|俺)(?:だけ|のみ|自身|の?(?:ほう|方|分)|の(?:登録|会員)|[はがも、(])[^。\n]{{0,30}}?{_ASKED}|"
    rf"{_ASKED}[^。\n]{{0,8}}のは(?:私|わたし|自分|僕|俺)"
)
FEW = 20  # people of the family in one letter
_STOP = re.compile(r"[。\n]")
_REACH = 60  # characters behind the name in which it is said what they are to us
# A writer who states a member number of their own: 「秋山恒一(30081123)です」「会員番号30087001の若林美保と申します」
_NUMBER = r"(?:会員|登録)?(?:番号|ID|No\.?)?[ :は]{0,2}(?!0\d{1,3}-|0[789]0)[A-Z]{0,4}-?\d[\d-]{3,12}"
_NUMBERED = re.compile(
    rf"(?:^|[\n。、! ])(?!(?:{KIN})の)(?:{KANJI}{{1,4}}[ ]?[^\s。、()]{{1,6}}[ ]?\({_NUMBER}\)|"
    rf"{_NUMBER}(?:の|、|[ ])?[ ]?{KANJI}{{1,4}}[ ]?[^\s。、()]{{0,6}}?)[ ]?(?:です|と申(?!し(?:て|上))|でござ)"
)
# 「若宮 真由美 40001122」「会員番号 40001122」 on a line of its own, 「私(会員番号40001122)」
_OWN_NUMBER = re.compile(
    rf"(?:^|\n)[ ]*(?:{_FULL}[ ]{{0,2}}[(/]?|会員|登録)[ ]?{_NUMBER}\)?[ ]*(?=\n|$)|"
    rf"(?:私|わたし|自分|僕)の?[( ]?{_NUMBER}|です。(?:会員|登録){_NUMBER}"
)
_INTRODUCED = re.compile(
    rf"(?:^|[\n。、!? ]|ます|まし?た)(?P<name>{_FULL}|{KANJI}{{1,4}})[ ]?(?:\([^)\n]{{1,24}}\))?[ ]?"
    r"(?:です|と申しま|でござ)"
)
_DIGITS = re.compile(r"[ ]?\([^)\n]{0,16}\d{3}")


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
    """Whether the person whose name or number ends at ``end`` is told of in a letter of the writer's own: they stay,
    are members too, think of becoming one, or are why the writer asks. Theirs stays the letter unless that is plain."""
    said, following = _sentences(text, end)
    numbered = text[end - 1 : end].isdigit() or bool(_DIGITS.match(said))
    if not numbered and _NOT_YET.search(said) and not _has_joined(text, said, following):
        return True
    if _INSTEAD.search(text) or _FOR_THEM.search(text):
        return False
    asked = not _OF_MINE.search(said) and bool(_TO_END.search(_STAYS.sub("", said)))
    too = _TOO.match(said)
    if too or _STAYS.search(said):
        # A number beside them is the letter's, unless the writer has another or says that both are members.
        alone = numbered and not (too and _BOTH_REGISTERED.search(too.group()))
        signed = _STAYS_PLAINLY.match(said) and _signed(text)
        return not asked and (_has_own_number(text) or (not alone and bool(signed or _writes_for_themself(text))))
    return not numbered and not _THEIR_WISH.search(said) and _is_reason(text, said, following, asked)


def _sentences(text: str, end: int) -> tuple[str, str]:
    """What is said of the person whose name ends at ``end``, and the sentence or line behind it."""
    parts = _STOP.split(text[end : end + 2 * _REACH], 2)
    return parts[0][:_REACH], (parts[1] if len(parts) > 1 else "")


def _has_joined(text: str, said: str, following: str) -> bool:
    """They joined or are to leave: in the letter at large, unless that is said of a writer who introduces themself."""
    if _JOINED.search(said) or (not _OF_MINE.search(following) and _JOINED.search(following)):
        return True
    return bool(_JOINED.search(text)) and not _writes_for_themself(text)


def _is_reason(text: str, said: str, following: str, asked: bool) -> bool:
    """Whether the writer asks for themself because of what is ``said``, or has a number and asks nothing for them."""
    if _WITH_THEM.match(said):
        return _writes_for_themself(text) or _has_own_number(text) or _signed(text)
    if _BEFELL.match(said):
        return _writes_for_themself(text) or _has_own_number(text)
    if _OF_MEMBERS.search(said) and not _OF_MINE.search(following):
        asked = asked or bool(_TO_END.search(following))
    return bool((not asked or _CAUSE.match(said)) and _NUMBERED.search(text))


def _writes_for_themself(text: str) -> bool:
    """Whether the writer says who they are, or asks for themself."""
    if _ASK_MYSELF.search(text) or _NUMBERED.search(text):
        return True
    return any(strength(one["name"]) >= 2.0 for one in islice(_INTRODUCED.finditer(text), FEW))


def _has_own_number(text: str) -> bool:
    return bool(_NUMBERED.search(text) or _OWN_NUMBER.search(text))


def _signed(text: str) -> bool:
    """Whether a full name is the last line."""
    last = text.rstrip().rpartition("\n")[2].strip()
    return bool(re.fullmatch(_FULL, last)) and strength(last) >= 2.2


def concerns_kin(text: str, gated: bool) -> bool:
    """Whether a registration of the writer's family is spoken of: the wish may be for another record than theirs, or
    for two. ``gated``: the gate has looked whose registration is to end."""
    return bool(_BOTH.search(text) or (not gated and _THEIRS.search(text)))


def acts_for_another(text: str) -> bool:
    """Whether the writer says that they write in somebody else's place."""
    return bool(_INSTEAD.search(text))
