"""Words that speak against leaving or erasure, or say whose they are: what the gate looks for beside the rules."""

from __future__ import annotations

import re

_MATTER = "(?<![案用要物一二三四五六七八九十両数0-9])件(?!名)"  # 退会の件, but neither 二件 nor 案件
_ASKED_FOR = f"退会|解約|解除|抹消|削除|消去|手続き?|申請|依頼|申し?込み|届|{_MATTER}"
# Words of putting off, of a request: 「退会は見送ります」, but not 「転職は見送り、退会します」.
PUT_OFF = re.compile(
    "(?<!似)たり(?!寄)[^。\n]{0,8}たり|(?:削除|消去|抹消|消)(?:し)?て(?:い|お)(?:ます|る|ました|た)(?![のだ])|思いとど|"
    f"(?:{_ASKED_FOR}|消す|やめる|辞める|抜ける)[^。\n]{{0,24}}(?:見送[らりっるれ]|延期|先送り)|"
    "(?:^|[。\n、])(?:今回|やはり|やっぱり|ひとまず|当面|いったん)?[はも]?(?:見送り|延期し|先送りし)(?:ます|たい|とさせ|にさせ|とします|にします)|"
    f"(?:{_ASKED_FOR})[^。\n]{{0,6}}(?:取りや|中止|なきもの)|よします|(?:{_ASKED_FOR}|やめる|消す)[^。\n]{{0,8}}やめにし|(?<!残さ)んと(?:いて|って)|"
    "(?:退会|解約|削除|消去)[^。、\n]{0,8}取り?下げ|(?:退会|解約)[^。\n]{0,18}[をか]教えて|(?:退会|解約|削除)[はもを]?(?:やめ|辞め|止め)"
)
# Words of staying beside a withdrawal, of leaving something else, and a slip that is a word of its own: 大会 for 退会.
# One's work may go on.
_GOES_ON = "仕事|勤め|勤務|学校|バイト|パート|店|会社|現職|職場|学業|家業|研究|勉強|治療|今の"
STAYS = re.compile(
    "(?<!契約)(?<!雇用)継続(?!し(?:な|ま?せん)|は?(?:希望)?(?:いた)?しま?せん)|"
    f"(?:^|[。\n、])(?:(?!{_GOES_ON})[^。\n、]){{0,60}}(?<![えみち])(?<!鳴り)(?<!届き)(?<!働き)続け(?:させ|ます|たい|て(?:いただ|くだ))|"
    "(?:話|件|依頼|申請|申し?込み|手続き?|退会|解約|届|申し出)[^。\n]{0,12}なくして(?:いただ|くだ)|徹回|大会|ロック|"
    "(?<!雇用)(?<!労働)契約書|契約満了(?![^。\n]{0,16}(?:登録|会員))|"
    "(?:退会|解約|解除|やめ|辞め)(?:し)?て(?:い|お)(?:ます|る|ました|た)(?![のだ])|"
    # 「会員の登録ではなく、週刊の配信の登録のほうです」
    "(?:会員の?登録|会員|退会|アカウント|籍)(?:の(?:ほう|方|話|件|こと|希望|お願い|依頼|連絡|申し出))?(?:では|じゃ)(?:な|無|ありません)|"
    "退会で(?:なく|無く|ない)|"
    "(?:配信|メルマガ|マガジン|通知|DM|ニュース|お知らせ|レター|便り|だより)[」』]?の(?:登録|ほう|方|解除)"
)
# Whom a letter is addressed to that is not meant for an agency: 「シネマクラブ御中」, 「ヨガスタジオの皆様」.
ELSEWHERE = re.compile(
    r"(?:クラブ|スタジオ|ジム|シネマ|映画館|劇場|図書館|教室|道場|サークル|OB会|OG会|同窓会|町内会|自治会|管理組合|後援会|友の会|百貨店|生協|"
    r"コープ|スイミング|ゴルフ|テニス|でんき|モバイル|新聞|カード|保険|PTA|プール|ヨガ)[^\n。、]{0,14}(?:御中|様|さま|殿|各位|皆さ|皆様|事務局)"
)
# What can be erased of a person. 「赤い通知が気になるので消してください」 has none of it.
DATA = re.compile(
    "情報|データ|登録|履歴|経歴|書類|記録|プロフィール|個人|住所|電話|番号|アドレス|写真|名前|氏名|名簿|コピー|レジュメ|"
    "控え|ファイル|台帳|カルテ|アカウント|パスポート|免許|シート|足跡|痕跡|じょうほう|りれきしょ"
)
# Whose data it is: a shop that wants a photo out of its advertisement is no seeker.
ADVERTISES = re.compile("掲載|募集(?:記事|広告|要項)|求人(?:記事|広告)|弊社|弊店|当社|当店|当院|当園")
# What is cancelled is the registration, an application, a talk: no earlier request is taken back.
CANCELLED = re.compile(
    "登録|会員|アカウント|応募|選考|面談|面接|見学|予約|エントリー|内定|転職|就活|就職|活動|移住|探[しす]|[二三四五六七八九十数0-9]社|企業|会社|派遣先|"
    "求職|名簿|メンバー|シフト|単発|バイト|先方"
)
LEAVING = re.compile("退会|解約|解除|抹消|やめ|辞め|抜け|終了|削除|消去|消し|消す|破棄|処分|登録|会員")
EARLIER = re.compile(
    f"依頼|{_MATTER}|申請|申し?込|届|お願いし(?:た|て|まし)|連絡|話|手続|退会|解除|抹消|解約|停止|休止"
)
# 「返信なし」「特になし」 take nothing back; 「来月から復帰します」 speaks of a place of work.
NOTHING = re.compile("(?:特に|返信|返事|連絡|選択|内定|変更|理由|事項)[はも]?(?:なし|無し|ナシ)")
TAKEN_BACK = re.compile("取り?消|撤回|取り?下げ|取りや|なかった|無かった|白紙|忘れ|無効|なし|無し|ナシ|とりけ")
COMES_BACK = re.compile("登録|入会|会員|復会|復籍|契約|利用|お世話|アカウント|退会|やめた|辞めた|加入|サービス|支援")
WHY = re.compile("(?:退会|解約|削除|消去)(?:する|の|される)?(?:ご)?理由")
# A form's own field, and a subject that was another letter's.
WHY_FIELD = re.compile("(?m)^[ \u3000【\\[■・*]{0,3}(?:退会|解約)の?理由[^\n:：]{0,6}[:：】\\]]")
ANSWERS = re.compile(r"\s*(?:re|fwd?|返信|転送)\s*[:：>]", re.IGNORECASE)
