"""Whose registration is to end, and what is to be erased: ours and the seeker's, or something that has the same words.

「二段階認証の登録を解除」「持株会を退会」「ヘッダーのロゴを消して」: what people leave and erase has no end, so
it is not listed; what is ours is. Texts are normalised (NFKC).
"""

from __future__ import annotations

import re

from intake.understanding.persons import strength

_NOUN = r"[一-鿿々ァ-ヶーA-Za-z0-9・&]{1,24}"
_OURS = (
    "御社|貴社|貴会|会社|貴殿|おたく|お宅|そちら|こちら|そこ|うち|当方|サービス|サポート|会員|会員登録|登録|アカウント|アプリ|サイト|求職者?|利用者?|"
    "ユーザー|メンバー|人材|人材バンク|データベース|転職|就職|就活|派遣|スタッフ|エージェント|エージェンシー|マイページ|フォーム|私|僕|俺|自分|"
    "本人|小生|候補者|求人|者|名前|氏名|契約|全て|全部|一切|新規|無料|有料|番号|紹介|仕事|顧問|学生|学校|教員|看護師?|保育士?|介護|薬剤師?|移住|"
    "センター|相談室|バンク|キャリア|ナビ|ワーク|ジョブ|ネット|相談|シニア|シルバー|活動|支援"
)
_TIME = (
    "日|月|年|末|付|今回|本日|今日|今月|先|次第|即刻|即日|即時|至急|早急|早速|完全|正式|勝手|本当|結局|結果|以上|以降|後|際|上|中|件|用件|旨|"
    "点|事|機会|理由|都合|希望|申請|依頼|連絡|手続|休止|停止|ご|再|未|本|全|新|御|別途|自動|強制|一旦|一度|突然|急|是非|何卒|[0-9]+|的|他社|同様|同時|直接|決定|"
    "内定|終了|時点|確認|退会|解約|抹消|削除|春|夏|秋|冬|限|頃|週|回|度|前|内|分|目|願|届|様|殿|方|人|家|子|由|儀|段|他|用"
)
_KNOWN = re.compile(f"(?:{_OURS}|{_TIME})$")
_CLUBS = re.compile(
    "(?:団|(?<!貴)(?<!本)会|組合|貯蓄|基金|保険|年金|掲示板|Wi-?Fi|クラブ|サークル|教室|講座|ジム|スクール|塾|道場|連盟|協会|チーム|グループ|サロン|コミュニティ|"
    "ルーム|リスト|携帯|スマホ|回線|アパート|部屋|寮|社宅|駐車場|ローン|カード|定期|新聞|転職サイト|サイト)$"
)
_LEFT = re.compile(
    rf"({_NOUN})(?:(?:の(?:ほう|方))?(?:を|から|の)(?:退会|解約|脱会|脱退)|、[^。\n]{{0,24}}(?:退会|解約)(?:し|いた))"
)
_LISTED = (
    re.compile(
        rf"({_NOUN})(?P<who>さん|様|さま)?(?:としての|の(?:ほう|方)の|の(?:ほう|方)は?|への|の)(?:会員)?"
        "(?:登録|名簿|アカウント|アカ|会員|メンバー|籍)(?!番号|情報|証|規約|様|の皆|者|票|シート|時|内容|写真|して|した|済)"
    ),
    re.compile(
        rf"({_NOUN})(?P<who>)(?:登録|名簿|アカウント|会員|メンバー)"
        "(?=[をはもから]|の(?:取|解|抹|削|終)|(?:の)?解除|抹消|取消|取り消|削除)"
    ),
)
_NAME = re.compile("[ァ-ヶーA-Za-z0-9・&]+$")  # may be our own name
_DEVICES = re.compile(
    "(?:ロッカー|スラック|Slack|[Tt]eams|ラーニング|マネー|メール|サイト|キープ|お気に入り|フリーランス|リーダー|ポイント|インターン|メンター|"
    "メルマガ|LINE|ライン|Facebook|Google|スカウト|セミナー|イベント|バス|シフト|レンタル|パソコン|PC|WEB|Web|Wi-?Fi|フォーム)$"
)
_ERASED = re.compile(
    rf"({_NOUN})(?:など|等|ごと|だけ|自体|類|ども|のほう|の方)?(?:すべて|全て|全部|一式|丸ごと|まるごと)?(?:を|は|も)"
    "(?:全て|すべて|全部|一括|完全に|速やかに|直ちに|早急に|至急|きれいに)?(?:削除|消去|破棄|廃棄|抹消|処分|消[しすせ]|捨て)"
)
_DATA = re.compile(
    "(?:情報|データ|履歴書|経歴書|経歴|職歴|学歴|履歴|書類|記録|メモ|録音|録画|音声|動画|画像|写真|ファイル|コピー|写し|控え|番号|住所|アドレス|"
    "プロフィール|レジュメ|シート|ES|証|証明書|診断書|通帳|原本|資料|作文|課題|ログ|連絡先|全て|すべて|全部|一切|一式|分|もの|物|類|等|カルテ|票|"
    "推薦状|推薦文|痕跡|足跡|名前|氏名|登録|アカウント|退会|会員|即時|完全|早急|至急|方法|依頼|希望|速|即刻|結果|内容|私|丸|紙|文書|名簿|名刺|台帳|"
    "電話|携帯|電子|身上書|ポートフォリオ|版|側|手元|方|所|自分|評価|映像|文字起こし|事情|件|点|本|枚|通|部|冊|つ|社|人|年|月|日|後|用|上|中|限|他|"
    "アンケート|回答|志望動機|自己紹介|自己PR|文|書|状|届|録|像|帳|表|図|名|歴|先|籍|URL|CV|PDF|ID|パスポート|カード|マイナンバー|メール)$"
)
_ABOUT_US = re.compile(
    "退会|解約|脱会|登録|会員|終了|終わ|終り|やめ|辞め|止め|抜け|問い?合わ?せ|問合せ|連絡|相談|報告|意見|要望|御?礼|縁|転職|活動|キャリア|就活|就職|"
    "求職|求人|内定|選考|応募|辞退|採用|個人|データ|情報|書類|経歴|履歴書|職歴|名簿|録|画像|動画|写真|番号|至急|緊急|重要|近況|その他|願|お願い|件|"
    "こと|事|チャット|トーク|メッセージ|面談|面接|お詫び|ご?案内|紹介|確認|更新|利用|サービス|ありがと|お世話|です|ます|しごと|仕事|スタッフ|"
    "アカウント|アプリ|フォーム|ヘルプ|ページ|たいかい|タイカイ|担当|挨拶|あいさつ|通知|知らせ|電話|メール|返信|返事|結果|予定|決ま|消|破棄|削除|処分|抹消|手続|"
    "派遣|勤務|移住|家庭|家族|都合|理由|今後|これから|先日|先月|来月|さよなら|さようなら|別れ|卒業|感謝|すみません|ください|下さい|質問|伺|クレーム|苦情|不満|"
    "[ぁ-ん]{4}|その後|考え直|感想|キャンセル|尋ね|thank|bye|remove|please|提案|依頼|erase|data|withdraw|cancel|delete|account|member|regist|contact|re:|fw|no|無題|件名|chat|message|form",
    re.IGNORECASE,
)
_OTHER_SUBJECT = re.compile(
    "メルマガ|マガジン|ニュース|セミナー|イベント|合説|説明会(?!の後)|インターン|ジム|ヨガ|英会話|クラブ|サークル|OB会|OG会|PTA|生協|宅配|講座|"
    "研修|火災保険|回線|教室|ポイント|メンター|下書き|文例|例文|例[:：]|テスト|test|【写し】|再提出|宛先違い|誤送信",
    re.IGNORECASE,
)
# What a seeker speaks of: with one of these words the letter is for us, whatever its subject.
_OF_WORK = re.compile(
    "転職|求人|紹介|就職|就活|内定|仕事|働|勤|担当|御社|貴社|会員|登録|面談|面接|応募|選考|採用|履歴書|経歴|エージェント|個人情報|派遣|キャリア|[0-9]{4}"
)
_WORDS = re.compile("[一-鿿ぁ-んァ-ヶ]{2}")
_ANSWERS = re.compile(r"^(?:(?:re|fwd?|返信|転送)\s*[:：>]\s*)+", re.IGNORECASE)


def left_elsewhere(text: str) -> bool:
    """Whether a sentence that asks to leave says of what, and that is not ours: 「支店の登録を」「持株会を退会」."""
    if any(_CLUBS.search(found[1]) for found in _LEFT.finditer(text)):
        return True
    return any(not found["who"] and _is_else(found[1]) for each in _LISTED for found in each.finditer(text))


def _is_else(noun: str) -> bool:
    """Whether a registration of this kind is not that of seekers. A name in katakana may be ours."""
    return bool(_DEVICES.search(noun)) or not (_KNOWN.search(noun) or _NAME.match(noun))


def erased_else(text: str) -> bool:
    """Whether what stands before the word of erasing is nothing that we keep of people: 「右上のロゴを消して」."""
    return any(not _DATA.search(found[1]) for found in _ERASED.finditer(text))


def of_another_subject(subject: str, own: str) -> bool:
    """Whether the subject names what we have nothing to do with, and the letter nothing of ours: 「町内会」."""
    plain = _ANSWERS.sub("", subject.strip())
    if not plain or _OTHER_SUBJECT.search(plain):
        return bool(plain)
    if not _WORDS.search(plain) or strength(plain) >= 1:  # 「x」, or the sender's name
        return False
    return not (_ABOUT_US.search(plain) or _OF_WORK.search(own))
