"""Words that speak against leaving or erasure, or say whose they are: what the gate looks for beside the rules."""

from __future__ import annotations

import re

PUT_OFF = re.compile(
    "たり[^。\n]{0,8}たり|(?:退会|解約|解除|削除|消去|抹消|消|やめ|辞め)(?:し)?て(?:い|お)(?:ます|る|ました|た)(?![のだ])|見送|延期|先送り|思いとど|"
    "(?:退会|解約|手続き?|申し?込み|申請|依頼|削除|件)[^。\n]{0,6}取りや|よします|やめにし|んといて|んとって|"
    "(?:退会|解約)[^。\n]{0,18}[をか]教えて|(?:退会|解約|削除)[はもを]?(?:やめ|辞め|止め)"
)
# Words of staying beside a withdrawal, of leaving something else, and a slip that is a word of its own: 大会 for 退会.
STAYS = re.compile(
    "継続|続け(?:させ|ます|たい|て(?:いただ|くだ))|なくして(?:いただ|くだ)|徹回|大会|ロック|契約(?:書|満了)|"
    # 「会員の登録ではなく、週刊の配信の登録のほうです」
    "(?:会員の?登録|会員|退会|アカウント|籍)(?:の(?:ほう|方|話|件|こと|希望|お願い|依頼|連絡|申し出))?(?:では|じゃ)(?:な|無|ありません)|"
    "(?:配信|メルマガ|マガジン|通知|DM|ニュース|お知らせ|レター)の(?:登録|ほう|方|解除)"
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
CANCELLED = re.compile("登録|会員|アカウント|応募|選考|面談|面接|見学|予約|エントリー|内定")
LEAVING = re.compile("退会|解約|解除|抹消|やめ|辞め|抜け|終了|削除|消去|消し|消す|破棄|処分|登録|会員")
EARLIER = re.compile("依頼|件|申請|申し?込|届|お願いし(?:た|て|まし)|連絡|話|手続|退会|解除|抹消|解約|停止|休止")
