"""What looks like a person's name: by its letters, and by what the dictionary takes its words for."""

from __future__ import annotations

import re
from functools import lru_cache

from intake.understanding.tokens import Word, tokenizer

KANJI = "[一-鿿々ヶヵ]"
_GIVEN = f"(?:{KANJI}{{1,4}}|[ぁ-ん]{{2}}[子美代江枝恵世香]|[ぁ-ん]{{1,6}}|[ァ-ヶー]{{1,8}})"
# Surname and perhaps a given name; kana with and without a space; foreign names in katakana; Latin letters.
NAME = (
    rf"(?:{KANJI}{{1,4}}(?:[のノツッ之]{KANJI}{{1,3}})?(?:[ ]{{0,2}}{_GIVEN})?|"
    r"[ぁ-ん]{2,6}[ ]{1,2}[ぁ-ん]{2,6}|[ぁ-ん]{2,7}|"
    rf"[ァ-ヶー]+(?:[ ・=][ァ-ヶー]+){{0,4}}(?:[ ・]{KANJI}{{1,3}})?|"
    r"[A-Z][A-Za-z'.-]+(?:[ ][A-Z][A-Za-z'.-]*){0,3})"
)
# Words of letters that stand where names stand, or begin with characters of which names are made.
_NEVER = re.compile(
    r"様|御中|各位|先生|担当|会員|退会|登録|希望|以上|敬具|敬白|草々|早々|頓首|再拝|不一|合掌|かしこ|拝啓|前略|"
    r"拝復|謹白|匆々|追伸|株式|有限|会社|法人|"
    r"事務局|事務所|センター|サービス|サポート|エージェン|キャリア|スタッフ|株\)|大学|病院|医院|商事|工業|製作所|"
    r"役場|工務店|鋳造|青果|興業|商店|商会|建設|建築|水産|運送|運輸|農園|牧場|酒造|薬局|歯科|クリニック|食品|精機|"
    r"電機|鉄工|日本語|おつかれ|"
    r"さん|ちゃん|編集部|ニュース|でんわ|ばんごう|ダメ|だめ|ビザ|バイバイ|さよなら|リモート|アルバイト|パート$|"
    r"ベトナム|ネパール|フィリピン|インド|ブラジル|ミャンマー|あたり|デス|マス|シタイ|クダサイ|レンラク|より|です|"
    r"ます|ません|した|して|する|から|まで|ので|けど|ない|たい|ください|下さい|お願|願い|お世話|失礼|よろしく|宜しく|"
    r"ありがと|有難|有り難|すみません|すいません|ごめん|こんに|こんば|はじめ|初め|おはよう|お疲れ|お手数|ご無沙汰|"
    r"いつも|ついては|つきまして|なお|また|もう|"
    r"それ|これ|どう|そう|こと|もの|ため|ところ|つもり|はい|いいえ|いや|うん|とり|取り急|まず|どうか|どうぞ|"
    r"^(?:東京|大阪|京都|名古屋|横浜|札幌|神戸|埼玉|北海道|沖縄|日本)$|^(?:娘|息子|妻|夫|母|父|兄|姉|弟|妹)の|匿名|"
    r"名無し|名前|氏名|電話|携帯|番号|住所|メール|件名|本文|内容|理由|"
    r"日付|日時|期限|金額|請求|送信|自動|配信|専用|転送|返信|連絡|記入|入力|未定|特に|無し|なし|"
    r"テスト|アプリ|サイト|システム|ログイン|データ|フォーム|リンク|エラー|スマホ|アドレス|パスワード|キャンペーン|"
    r"ダイヤル|コンシェルジュ|アドバイザー|パートナー|"
    r"紹介|求人|転職|仕事|面接|面談|応募|選考|内定|採用|就職|入社|退職|休止|停止|再開|削除|変更|解除|取消|取り消|"
    r"問い合|相談|質問|回答|確認|了解|承知|手続|依頼|申請|辞退|見送|"
    r"本人|代理|家族|家内|息子|長男|次男|長女|次女|母親|父親|主人|自分|当方|小生|弊社|当社|御社|貴社|一同|有志|"
    r"同上|別紙|記$|"
    r"今月|来月|先月|今週|来週|先週|今日|本日|昨日|明日|今年|来年|去年|昨年|年内|月末|年末|年始|午前|午後|平日|"
    r"タイカイ|トウロク|カイジョ|カイヤク|サクジョ|マッショウ|キボウ|ヘンコウ|テイシ|キュウシ|ヤメ|たいかい|とうろく|かいじょ|"
    r"土日|祝日|毎日|時間|曜|以内|以降|以下|"
    r"正社員|派遣|夜勤|日勤|時短|在宅|学生|社員|主婦|看護師|保育士|薬剤師|介護|営業|経理|総務|人事|号$|円$|点$|件$|"
    r"通り|"
    r"体調|病気|入院|手術|療養|妊娠|出産|育児|都合|事情|状況|状態|予定|可能|不要|必要|無理|残念|幸い|大丈夫|結構|"
    r"元気|最後|最初|"
    r"^(?:おつ|ただいま|まちがい|しんぱい|おかげさま|だいじょうぶ|むり|めんどくさい|ひみつ|たいへん|だめもと|イヤ|"
    r"ネイリスト|スタイリスト|セラピスト|エンジニア|プログラマー?|デザイナー|マネージャー|ドライバー|ライター|シェフ|"
    r"コック|パティシエ|ヘルパー|インストラクター|オペレーター|トレーナー|フリーター|ニート|ケアマネ|メッセージ|"
    r"Reason|Comment|Category|Merci|Thanks?|Sorry|Regards|地味|令和|新宿|池袋|何[日時人回])$|"
    r"美容室|写真館|商工会|製麺|製菓|エステート|マセン|デシタ|マシタ|ノコシテ|居酒屋|寿司|弁当|旅館|食堂|[一-鿿]{2}会$|[組会社店]の|"
    r"拝$|[はがをにへで]$|だ$|[都県]$"
)
_ONE = re.compile(
    "^(?:母|父|妻|夫|兄|弟|姉|妹|娘|孫|私|僕|俺|記|件|旨|故|所|者|方|次|点|上|下|中|前|後|春|夏|秋|冬|今|月|火|水|"
    "木|金|土|日|席|籍|笑|汗|泣|草|祝|昔|朝|昼|夜|否|可|済|無|有|年|円|歳|市|区|県|駅|店|枚|回|個|社|完|神|靴|"
    "TEL|Tel|tel|FAX|Fax|fax|MAIL|Mail|mail|URL|ID|PC|OK|NG)$"
)
# Surnames that the dictionary takes for common words alone.
_COMMON_TOO = frozenset(
    "並木 内海 早瀬 新妻 金平 目代 葉月 四方 高瀬 大橋 竹林 松林 外山 入江 日向 植木 若木 水田 稲田 松葉 双葉 "
    "一色 本宮 郡司 左近 右近 春日 弥生 神楽 泉水 出水 木戸 砂原 草原 川原 平原 根本 黒松 花輪 花形 草刈 氷室 "
    "風間 風見 長月 空閑 大路 小路 和気 五味 八重 七種 甲斐 赤星 白鳥 鳥居 馬場 蛭田 水上 川下 最上 主税 真砂 "
    "宮内 山門 大門 石垣 白木 青葉".split()
)
_SHORT = re.compile(
    "[乾橘英楡平浜島柊泉森林関堤星原岸谷堀辻桂梶柏楠榊椿柳菅萩桐旭伴源岬庵湊秦脇峰嶺滝瀧澤沢磯牧槙巽岡宗曽堺窪轟]$"
)
_ENDS_IN = re.compile("デス|マス|パート")
_PARTS_OF_COUNTRY = frozenset(("市", "区", "郡", "県", "府", "市内", "区内", "駅", "方面"))
_FOREIGN = re.compile(r"[ァ-ヶー・= ]+$|[A-Za-z'. -]+$")


def is_no_name(written: str) -> bool:
    """Words that never are a name, whatever the dictionary says."""
    if "・" in written:  # フェルナンデス, デニス・マスード: parts of a foreigner's name, no verbs
        written = _ENDS_IN.sub("", written)
    return bool(_NEVER.search(written) or _ONE.match(written))


def is_short_surname(name: str) -> bool:
    """A surname of one character, or one that looks like a number: known only by what stands before it."""
    return bool(_SHORT.fullmatch(name)) or (strength(name) >= 0.8 and len(name) == 2)


@lru_cache(4096)
def strength(name: str) -> float:
    """How much a text of one to some words looks like a name: 0 not at all, 1 it may be, 2 and more it does."""
    if not 1 <= len(name) <= 32 or is_no_name(name) or not any(map(_is_letter, name)):
        return 0.0
    if name in _COMMON_TOO:
        return 1.0
    if _FOREIGN.match(name):
        return _foreign(name)
    words = tokenizer().words(name)
    return 0.0 if not words or _is_town(words) else _by_words(name, words)


def _is_letter(sign: str) -> bool:
    """Not so 「ー」, which is one to Unicode: a line of dashes is no name."""
    return sign.isalpha() and sign != "ー"


def _is_town(words: list[Word]) -> bool:
    """長野市, 横浜市港北区: not 高市, which is a surname."""
    return len(words) > 1 and words[-1].surface in _PARTS_OF_COUNTRY and words[0].is_name and words[0].person != "姓"


def _by_words(name: str, words: list[Word]) -> float:
    if words[0].person == "姓":
        return _after_surname(words)
    if re.fullmatch("[ぁ-ん]{2,4} [ぁ-ん]{2,4}", name) and not any(
        word.pos in ("助詞", "助動詞", "形容詞") for word in words
    ):
        return 0.9
    if any(
        word.pos in ("助詞", "助動詞", "動詞", "形容詞", "副詞", "接続詞", "感動詞", "代名詞", "連体詞")
        for word in words
    ):
        return 0.4 if len(name) <= 6 and words[-1].person == "名" else 0.0
    if words[-1].person == "名":
        return 2.4 if len(words) > 1 else 1.5
    if words[0].is_name:  # 越谷, 熊谷: places are surnames too
        return 1.5 if len(words) == 1 else 1.8 if " " in name else 1.0
    return _unknown(name, words)


def _after_surname(words: list[Word]) -> float:
    rest = words[1:]
    if not rest:
        return 2.0
    if all(word.person == "名" for word in rest):
        return 3.0
    if any(word.pos in ("助詞", "助動詞", "動詞", "形容詞") and word.size > 1 for word in rest):
        return 0.0
    return 2.2 if sum(word.size for word in rest) <= 4 else 0.6


def _foreign(name: str) -> float:
    parts = re.split("[ ・=]+", name.strip())
    if re.match("[A-Za-z]", name):
        return (1.6 if len(parts) > 1 else 0.8) if len(name) > 2 and name[0].isupper() else 0.0
    if len(parts) > 1:
        return 1.6
    word = tokenizer().words(name)
    common = len(word) == 1 and word[0].pos2 == "普通名詞" and bool(word[0].lemma)
    return 0.0 if len(name) < 2 or common else 1.0


def _unknown(name: str, words: list[Word]) -> float:
    """Neither surname nor given name is known: 及部 is cut into single characters, 請求額 into words."""
    if re.fullmatch("[ぁ-ん]+", name):
        return 0.6 if len(name) <= 6 else 0.0
    kanji = re.fullmatch(f"({KANJI}{{1,4}}) ({KANJI}{{1,3}}|[ぁ-ん]{{2,5}}|[ァ-ヶー]{{2,5}})", name)
    if any(word.size > 1 and word.pos2 in ("普通名詞", "数詞") for word in words):
        return 1.0 if kanji and len(name) <= 6 and any(w.size == 1 for w in words) else 0.0
    if any(word.is_number for word in words) and len(words) > 2:
        return 0.3
    return 1.8 if kanji else 0.8 if 1 <= len(name) <= 5 else 0.3
