"""What a sender states of themselves."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime

import pytest

from intake.understanding import as_json
from intake.understanding.telephones import find_phone
from tests.unit.understanding.conftest import Read

RECEIVED = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
ASKS = "退会をお願いします。"


def test_a_form_states_its_facts(read: Read) -> None:
    facts = read(
        "お名前：大崎 文乃\n会員番号：ＡＢ－２０４１８\n電話：０９０－００００－１１２１\n内容：退会したいです"
    ).facts
    assert (facts.name, facts.member_id, facts.phone) == ("大崎 文乃", "AB-20418", "090-0000-1121")


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("お世話になっております。坪井です。\n退会をお願いします。\n\n坪井 祥子", "坪井 祥子"),
        ("福留あゆみと申します。退会をお願いします。", "福留あゆみ"),
        ("退会お願いします。理由はありません。永井良子です。", "永井良子"),
        ("会員の野呂 由香里（ノロ ユカリ）です。退会をお願いします。", "野呂 由香里"),
        ("春に休止をお願いした前島です。再開してください。", "前島"),
        ("会員番号 66004571 牟田誠司\n退会をお願いします。", "牟田誠司"),
        ("CB-33910／大河内 純／休止→再開", "大河内 純"),
        ("退会をお願いします。\n手塚洋介/75500921/090-0000-2468", "手塚洋介"),
        ("退会をお願いします。\n\nアクア翻訳サービス 経理 深町", "深町"),
        ("退会をお願いします。\n\n東雲フーズ株式会社 総務部 採用係 八代 恒夫\nTEL 03-0000-4410", "八代 恒夫"),
        ("DR-2290 乙黒正敏。\n退会します。", "乙黒正敏"),
        ("退会をお願いします。　関", "関"),
        ("パク・ジフンです。退会をお願いします。", "パク・ジフン"),
        ("レ ヴァン ドゥックです。退会をお願いします。", "レ ヴァン ドゥック"),
        ("ﾊﾔｶﾜﾃﾞｽ｡ﾀｲｶｲｼﾀｲﾉﾃﾞｵﾈｶﾞｲｼﾏｽ｡", "ハヤカワ"),
        ("一、氏名　加納 雅人\n一、会員番号　T-55102\n一、届出内容　退会", "加納 雅人"),
        ("大学：東峰大学4年　氏名：和久井 蒼　ID：28-011920\n退会をお願いします。", "和久井 蒼"),
        ("姓：井戸川\n名：さとみ\n内容：退会をお願いします。", "井戸川 さとみ"),
        ("ニックネーム:りお\n氏名:杉本 りお\n本文:退会したいです!", "杉本 りお"),
        ("有馬様より入電。しばらく紹介は止めてほしいとのこと。", "有馬"),
        ("中尾真由美様(会員番号51880)の奥様からお電話。退会希望とのこと。", "中尾真由美"),
        ("岸様より。退会の方法についてのお尋ね。", "岸"),
        ("カルラ・フェルナンデスです。退会をお願いします。", "カルラ・フェルナンデス"),
        ("マルタ・シルヴァ、GJ28890です。退会をお願いします。", "マルタ・シルヴァ"),
        ("Hi, Hannaです。退会をお願いします。", "Hanna"),
        ("安永 ひさ子です。退会をお願いします。", "安永 ひさ子"),
        ("並木です。親戚の美容室に決まりました。", "並木"),
        ("青葉高校の新妻です。講演をお願いします。", "新妻"),
        ("角建設工業の楡です。現場説明会を行います。", "楡"),
        ("My name is Dario Conti. 退会をお願いします。", "Dario Conti"),
        ("平田さん、セルゲイです。退会をお願いします。家は千葉の 八千代です。", "セルゲイ"),
        ("馬場組の馬場です。人の手配は止めてください。", "馬場"),
        ("【氏名】鮎川 桃【会員番号】77-30012\n【ご用件】退会をお願いします。", "鮎川 桃"),
        ("本名は金城 太郎です。直してください。", "金城 太郎"),
    ],
)
def test_names(read: Read, body: str, name: str) -> None:
    assert read(body).facts.name == name


@pytest.mark.parametrize(
    "body",
    [
        "退会をお願いします。ついては、書類も返してください。\n以上",
        "至急です。退会をお願いします。",
        "退会をお願いします。\n敬具",
        "退会をお願いします。\n\n担当",
        "東京です。寒いです。退会希望です。",
        "お名前：匿名\n内容：退会したいです",
        "カテゴリ：会員登録・退会\n現在のお住まい：愛知県\n内容：退会したいです",
        "桑田様よりお電話をいただきましたが、退会をお願いします。",
        "桑田様からご連絡がありましたが、退会をお願いします。",
        "桑田様\nいつもありがとうございます。退会をお願いします。",
        "1.はたらきたい ばしょ → 福岡か 熊本\n退会をお願いします。",
        "古い方(2023年)を消してください。退会をお願いします。",
        "住むところが変わりました、横浜市港北区です。",
        "担当に彼女いるか聞かれた。むり",
        "ｼﾊﾞﾗｸ ﾔｽﾏｾﾃｸﾀﾞｻｲ ﾀｲｶｲﾊ ｼﾏｾﾝ",
        "わたしは ネイリストです。退会をお願いします。",
        "先生は だいじょうぶ と言いました。退会をお願いします。",
        "おくさんは なごやです。退会をお願いします。",
        "お名前：株式会社リンクハウス 営業\n内容：ご提供ください",
        "お名前：高原総合病院 人事課\n内容：差し替えをお願いします",
        "お名前：高校生の母\n内容：承諾は必要ですか",
        "お名前：留年生\n内容：採用枠はありますか",
        "お名前：あああ\n内容：てすと",
    ],
)
def test_what_is_no_name(read: Read, body: str) -> None:
    assert read(body).facts.name is None


@pytest.mark.parametrize(
    ("sender", "body", "name"),
    [
        ("早乙女 <s@example.jp>", f"早乙女 凛\n{ASKS}", "早乙女 凛"),
        ("執行 <s@example.com>", f"{ASKS}執行", "執行"),
        ("磯部 翔 <i@example.com>", f"磯部と申します。{ASKS}", "磯部"),
        ("渡辺 ふみ <w@example.jp>", f"春から休ませてもらってた渡辺ふみです。{ASKS}", "渡辺ふみ"),
        ("Nguyen Thi Lan <n@example.com>", f"{ASKS}\nNGUYEN THI LAN", "NGUYEN THI LAN"),
        ("株式会社サカエ食品 工場長 仲田 <n@example.com>", "サカエ食品の仲田です。面接の件、承知しました。", "仲田"),
        ("上白石 <k@example.com>", f"上白石 紗枝です。{ASKS}", "上白石 紗枝"),
        ("三枝松 <m@example.com>", f"桑田様、三枝松 亮です。{ASKS}", "三枝松 亮"),
        ("上条院 <k@example.com>", f"上条院 悠真、EX-0750でございます。{ASKS}", "上条院 悠真"),
        ("吉川 嵐 <y@example.com>", f"吉川っす。{ASKS}", "吉川"),
        ("鍋島 <n@example.jp>", f"鍋島ばい。{ASKS}", "鍋島"),
        ("牛尾 <u@example.com>", f"牛尾 進いいます。{ASKS}", "牛尾 進"),
        ("ハタ <h@example.com>", f"{ASKS}ハタ", "ハタ"),
        ("ハタ <h@example.com>", f"ハタハタが好きです。{ASKS}", None),
        ("青柳介護 人事 <j@example.jp>", f"戸板と申します。{ASKS}", "戸板"),
        ("はな <h@example.jp>", f"市内だけだと出てきません。{ASKS}", None),
        ("白鳥 <s@example.jp>", f"白鳥 めぐみといいます。{ASKS}", "白鳥 めぐみ"),
        ("クマール <r@example.jp>", f"ラージ・クマール、GJ27190です。{ASKS}", "ラージ・クマール"),
        ("ブラウン ジェームズ <j@example.com>", f"ジェームズ・ブラウン (GJ22877) です。{ASKS}", "ジェームズ・ブラウン"),
        ("アリ ハサン <a@example.jp>", f"アリです。{ASKS}", "アリ"),
        ("ムラーノ商会 橘 <t@example.com>", "ムラーノ商会の橘です。取り下げてください。", "橘"),
        ("保育士 内海 <u@example.jp>", f"内海です。{ASKS}", "内海"),
        ("居酒屋とんぼ 鵜木 <u@example.com>", "とんぼの鵜木です。求人は止めてください。\n居酒屋とんぼ 鵜木", "鵜木"),
        ("川瀬 <k@example.jp>", f"川瀬 のり子\n{ASKS}", "川瀬 のり子"),
        ("ローズ美容室 <r@example.com>", "ローズ美容室です。求人を止めてください。", None),
        ("薬剤師 丸谷 <m@example.com>", f"丸谷です。薬剤師は二人とのこと。{ASKS}", "丸谷"),
        ("IT 百合草 <y@example.com>", f"お世話になっております、百合草です。{ASKS}", "百合草"),
        ("姉崎 文也 <a@example.jp>", f"(会員番号 A-120077 姉崎文也)\n{ASKS}", "姉崎文也"),
        ("仲村 <n@example.jp>", f"仲村と書いて「なかむら」です。{ASKS}", "仲村"),
        ("二階堂 理絵 <n@example.com>", f"二階堂です。{ASKS}\n二階堂 理絵", "二階堂 理絵"),
        ("佐々木 健 <s@example.com>", f"{ASKS}", None),
        ("武藤 <m@example.jp>", f"武藤様\n{ASKS}", None),
        ("株式会社アルタイル <a@example.com>", f"アルタイルからのお知らせです。{ASKS}", None),
        ("ミドリ広告社 <m@example.com>", "お世話になります。ミドリ広告社の栂です。掲載は来月までです。", "栂"),
        ("香月工芸 <k@example.com>", "香月工芸の香月です。作業着の件、承知しました。", "香月"),
        ("桐野 澄江 <k@example.jp>", f"桐野の母です。娘に頼まれました。{ASKS}", "桐野"),
        ("Pham Van Duc <p@example.com>", f"JW-5560 Pham Van Ducです。シフトがきついです。{ASKS}", "Pham Van Duc"),
        ("岩越 <i@example.com>", f"岩越はるなです。{ASKS}", "岩越はるな"),
        ("水無瀬 <m@example.com>", f"水無瀬どす。{ASKS}", "水無瀬"),
        (
            "桑野商事 採用担当 <s@example.com>",
            "桑野商事の八代でございます。承知しました。\n桑野商事株式会社 管理部 八代 恒夫",
            "八代 恒夫",
        ),
        ("ﾏﾂｵ <m@example.jp>", f"{ASKS}\nまつお しげる\n番号 1234567", "まつお しげる"),
        ("つじ <t@example.jp>", f"{ASKS}  つじ まな", "つじ まな"),
        ("きく江 <k@example.jp>", f"{ASKS}\n大沢 きく江", "大沢 きく江"),
        ("ばば <b@example.jp>", "おくらんで ください  ばば", "ばば"),
        ("さとう はな <h@example.jp>", f"さとう はなです。{ASKS}", "さとう はな"),
        *(
            ("はな <h@example.jp>", f"{ASKS}\n{word} はな", "はな")
            for word in ("よろしく", "おねがい", "嫁", "義母", "店長")
        ),
        *(
            ("さとう <s@example.jp>", f"{ASKS}\nさとう {word}", "さとう")
            for word in ("です", "より", "会員番号 1234567", "電話 090-0000-1234", "退会希望", "本人です")
        ),
        ("渡辺塗装 <w@example.com>", "渡辺塗装の渡辺です。承知しました。\n渡辺塗装", "渡辺"),
        ("桑野商事 <s@example.com>", "桑野商事の八代です。\n管理部 八代 恒夫 03-0000-5678", "八代 恒夫"),
        ("天城 <a@example.com>", f"天城です。{ASKS}\n勤務地は天城市、車通勤でお願いします。", "天城"),
    ],
)
def test_the_from_line_only_confirms_what_the_text_says(read: Read, sender: str, body: str, name: str | None) -> None:
    assert read(body, sender=sender).facts.name == name


@pytest.mark.parametrize(
    ("sender", "body", "name"),
    [
        ("電話受付 大隅 <o@example.jp>", "勝俣様 14:44\n担当変更を希望。", "勝俣"),
        ("電話受付 近江 <o@example.jp>", "受電16:40 辻元理恵様(N0046002)\n面接は取りやめたい。", "辻元理恵"),
        ("電話受付 鴨井 <k@example.jp>", "10/15 11:30 有坂直樹様\n紹介を再開してほしいとのこと。", "有坂直樹"),
        ("北川 誠 <t@example.jp>", "14:05 会員の北川 誠様よりお電話。\n登録の解除を希望。", "北川 誠"),
        ("窓口 <c@example.jp>", "岬様。担当変更は求めず、注意してほしいとのご要望。", "岬"),
        ("堂前 <d@example.jp>", "堂前様(女性)。休止の意思はなし。もう少し話したいとのご要望。", "堂前"),
        ("", "江本様 担当者の「続かないです」の発言に立腹。担当交代を要求とのこと。", "江本"),
        ("佐々木 健 <s@example.com>", "桑田様。先方が見送りとのこと、承知しました。", None),
        ("", "公共職業相談窓口。根岸 和代様来所。辞退したいとのこと。", "根岸 和代"),
        ("", "中込様入電。入れ直してよいか。案内して解決。", "中込"),
        ("", "大城様。担当者の異動の有無を回答し、納得された。", "大城"),
        ("コールセンター <c@example.jp>", "武者様より。「電話がほしい」とのこと。", "武者"),
        ("", "宮城様ご本人より。電車遅延で到着。共有のみ。", "宮城"),
        ("", "浜野 京子様 先週の申込を取消したい。家の都合のため。", "浜野 京子"),
        ("", "桑田様 先方が見送りとのこと、承知しました。", None),
        ("電話受付 <d@example.jp>", "桑田様、お世話になっております。折り返しを希望。", None),
        ("電話受付 鴨井 <k@example.jp>", "石神夏樹様 電話 13:50\n別の者をつけてほしい。", "石神夏樹"),
        ("佐々木 健 <s@example.com>", "14:30 森下様との面談に行けません。", None),
        ("佐々木 健 <s@example.com>", "平田様 14:30の面談に行けません。", None),
        ("", "10:00 桑田様\nお世話になっております。面談に行けません。", None),
        ("電話受付 <d@example.jp>", "奥様より、入院とのこと。", None),
        ("滝 <t@agency.example>", "9:50 友部 静様。骨折、手術予定。それまで連絡は要らないとのこと。", "友部 静"),
        ("入電 片桐 <090-0000-6611>", "片桐様。自分の店を始めるので退会したいとのこと。", "片桐"),
        ("担当 生方 <u@agency.example>", "笠間様。応募は断って、登録も終わりにしてほしい。控えを希望。", "笠間"),
        ("片平 順(電話) 受付:瀬尾", "11/19 9:15 入電\n片平 順様 CL-231599\n昨日の退会は取り消しとのこと。", "片平 順"),
        ("佐々木", "10:00\n佐藤様\n田中様より担当変更希望との連絡あり。", None),
        ("久慈(電話) 受付:堀", "11/18 10:40 入電\n久慈様(N0042999)\n担当を別の者にしてほしい。折り返し不要。", "久慈"),
        ("電話受付(小関)", "TB-28871 滝渡様より10:40入電。明日の面接を取りやめたいとのこと。", "滝渡"),
        ("電話受付(小関)", "14:05、MC-2119 大槻様。折り返しがないとのことで、担当を替えてほしいと強くご要望。", "大槻"),
        ("御手洗様 <t@example.jp>", "御手洗様。本日付で全部やめたいとのこと。", "御手洗"),
        ("梶谷 文子 <k@example.jp>", "11/20 14:10 着信。梶谷 文子様ご本人。\n案内を止めてほしいと。", "梶谷 文子"),
    ],
)
def test_a_note_of_a_call_names_the_caller_first(read: Read, sender: str, body: str, name: str | None) -> None:
    assert read(body, sender=sender).facts.name == name


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("平井加奈と申します。\n夫の平井誠司が、貴社に登録しておりました。退会をお願いします。", "平井誠司"),
        ("父（二宮義男、会員番号1051448）の代わりに書いています。退会させてください。", "二宮義男"),
        ("宮内航太の母でございます。息子の退会をお願いします。", "宮内航太"),
        ("越智 勲(65歳)の家内でございます。主人の退会をお願いします。", "越智 勲"),
        ("母の平林 としがお世話になっております。退会させてください。娘の文子", "平林 とし"),
        ("先月亡くなりました西牧 隆の妹でございます。退会をお願いします。", "西牧 隆"),
        ("葛城 ゆう子の兄です。妹の退会をお願いします。", "葛城 ゆう子"),
        ("VX-0289の田代 康介の家内でございます。登録を閉じてください。\n田代 美和", "田代 康介"),
        ("登録しております向坂 綾の母、信子と申します。退会させることにいたしました。", "向坂 綾"),
        ("岩見桜です。私の登録は退会でお願いします。姉の岩見葵も登録しております。姉は続けます。", "岩見桜"),
        ("板倉 実です。私のほうは退会します。妻(板倉 美江)は続けます。", "板倉 実"),
        ("妻の春菜が熱を出しました。退会をお願いします。\n長沢 光", "長沢 光"),
    ],
)
def test_where_somebody_writes_for_a_member_the_member_counts(read: Read, body: str, name: str) -> None:
    assert read(body).facts.name == name


@pytest.mark.parametrize(
    ("sender", "body", "name"),
    [
        (
            "",
            f"沢口奈緒（会員番号40087001）と申します。\n夫の沢口 徹（会員番号40087002）も登録中です。{ASKS}",
            "沢口奈緒",
        ),
        ("", f"沢口徹（40081123）です。{ASKS}\n妻の沢口 奈緒（40081124）の登録はそのままにしてください。", "沢口徹"),
        ("沢口 <s@example.jp>", f"沢口徹です。{ASKS}妻の沢口 奈緒は続けます。", "沢口徹"),
        ("沢口 <s@example.jp>", "妻の沢口 奈緒は続けますので、私だけ退会します。\n沢口 徹", "沢口 徹"),
        ("", "志摩かおりと申します。\n娘の志摩 ひかりが登録を考えております。18歳でも使えますか。", "志摩かおり"),
        ("", "若宮真由美です。長男の若宮 健が登録したいと申しております。", "若宮真由美"),
        ("", f"若宮真由美と申します。夫の若宮 健二が転勤になりました。{ASKS}", "若宮真由美"),
        ("", f"母の若宮 としの介護のため、{ASKS}\n若宮 真由美 40001122", "若宮 真由美"),
        ("", "若宮 健二です。弟（若宮 誠）と間違えないでください。退会するのは私です。", "若宮 健二"),
        ("若宮 <w@example.jp>", f"同僚の若宮 誠は続けます。{ASKS}若宮 健二です。", "若宮 健二"),
        ("", "若宮真由美（40001122）と申します。夫の若宮 健二（40001123）の退会をお願いします。", "若宮 健二"),
        ("", "若宮 真由美と申します。夫の若宮 健二の登録は残し、紹介を止めてください。", "若宮 健二"),
    ],
)
def test_who_is_only_told_of_is_not_the_sender(read: Read, sender: str, body: str, name: str) -> None:
    assert read(body, sender=sender).facts.name == name


@pytest.mark.parametrize(
    ("written", "member_id"),
    [
        ("会員番号 000123", "000123"),
        ("会員番号は 4410023 です", "4410023"),
        ("会員番号は案内のはがきにある 3300-1946 です", "3300-1946"),
        ("No.A1234", "A1234"),
        ("ID:QX55019", "QX55019"),
        ("ＫＳ－２０４１７ です", "KS-20417"),
        ("member no. 1070777", "1070777"),
        ("真鍋柚月(SP27-5521)です", "SP27-5521"),
        ("柏木 034-41120(会員番号)", "034-41120"),
        ("会員番号 0312345678", "0312345678"),
        ("請求書番号 NP-202611", None),
        ("求人番号：12345678", None),
        ("〒380-0001 長野市", None),
        ("2026年11月20日", None),
    ],
)
def test_member_numbers(read: Read, written: str, member_id: str | None) -> None:
    assert read(f"{ASKS}\n{written}").facts.member_id == member_id


@pytest.mark.parametrize(
    ("body", "member_id"),
    [
        ("27-007333江波戸 光希です。", "27-007333"),
        ("大久保様\n1085502、薄井 恭平です。", "1085502"),
        ("いつもお世話になっております。80046015の下飯坂です。\n\n下飯坂 明", "80046015"),
        ("会員は続けます。早川 桂太 HK-303", "HK-303"),
        ("冨田林 誠司（TB-4-0771）です。", "TB-4-0771"),
        ("WT-60-88 綿貫亨\n【担当】替えてください。", "WT-60-88"),
        ("門奈理恵です（27-002190、退会済み）。\n\n門奈 理恵", "27-002190"),
        ("羽賀美優、27-025020です。", "27-025020"),
        ("27-020871です。毎日稽古になりました。", "27-020871"),
        ("27-023155の登録は退会でお願いします。", "27-023155"),
        ("中江俊樹でございます。\n〒000-0000 東京都架空区見本町1-2-3", None),
        ("機種:MX-4200(3階)", None),
        ("会員番号:0000", None),
        ("江波戸 光希です。2026年に登録しました。", None),
        ("江波戸 光希 2026/11/20", None),
        ("江波戸 光希、19990401です。", None),
        ("コーポ見本3-405 江波戸 光希", None),
        ("薄井 恭平です。14:30に伺います。", None),
        ("薄井 恭平です。求人番号は44710です。", None),
        ("薄井 恭平 350000円を希望します。", None),
    ],
)
def test_a_number_beside_the_name_is_the_members(read: Read, body: str, member_id: str | None) -> None:
    assert read(body).facts.member_id == member_id


@pytest.mark.parametrize(
    ("written", "phone"),
    [
        ("090-0000-1234", "090-0000-1234"),
        ("(03)0000-5678", "(03)0000-5678"),
        ("+81 90 0000 1234", "+81 90 0000 1234"),
        ("０９０（００００）４４１７", "090(0000)4417"),
        ("090 0000 1234", "090 0000 1234"),
        ("03.0000.5528", "03.0000.5528"),
        ("09000001234", "09000001234"),
        ("鷲見 弘様(090-0000-1553)よりお電話", "090-0000-1553"),
        ("FAX 03-0000-1181", None),
        ("FAX 03-0000-1181 TEL 03-0000-1180", "03-0000-1180"),
        ("2026-11-20", None),
    ],
)
def test_telephone_numbers(read: Read, written: str, phone: str | None) -> None:
    assert read(f"{ASKS}\n{written}").facts.phone == phone


@pytest.mark.parametrize(
    ("body", "phone"),
    [
        ("番号が変わりました。\n旧：090-0000-1180\n新：090-0000-6618", "090-0000-6618"),
        ("（旧）090-0000-1134 →（新）080-0000-1346", "080-0000-1346"),
        ("090-0000-1134から080-0000-1346に変わりました。", "080-0000-1346"),
        ("誤 090-0000-3827\n正 090-0000-3872", "090-0000-3872"),
        ("【変更前】電話:090-0000-6601\n【変更後】電話:090-0000-6677", "090-0000-6677"),
        ("携帯が前のもの（090-0000-2909）でした。正しくは 090-0000-2099 です。", "090-0000-2099"),
        ("前の電話番号は090-0000-2909、新しい番号は090-0000-2099です。", "090-0000-2099"),
        ("090-0000-2909は解約しました。今後は090-0000-2099にお願いします。", "090-0000-2099"),
        ("090-0000-2909ではなく090-0000-2099です。", "090-0000-2099"),
        ("以前の番号（090-0000-2909）で登録しているはずです。", "090-0000-2909"),
        ("050-0000-4477 から着信がありました。御社の番号でしょうか。", None),
        ("昼に03-0000-4477という番号から電話がありました。", None),
        ("先方（総務の三橋様 03-0000-4141）に電話してよいですか。", None),
        ("同じ課の後輩の今川くんが登録したいと言っています。\n本人の連絡先は 090-0000-7301 です。", None),
        ("友人の今川さんの携帯は090-0000-7301です。", None),
        ("緊急連絡先＝松本 由香（妻）090-0000-6241\nご本人電話＝090-0000-6240", "090-0000-6240"),
        ("緊急連絡先の件です。弟の番号が変わりました。\n旧 090-0000-7781\n新 090-0000-7782", None),
        ("妻の携帯は090-0000-6241、私は090-0000-6240です。", "090-0000-6240"),
        ("TEL 019-000-0000 / 090-0000-1873", "090-0000-1873"),
        ("TEL 0268-00-0000（代） FAX 0268-00-0001\n携帯 090-0000-3604", "090-0000-3604"),
        ("TEL/FAX：042-000-0000\n携帯：090-0000-3350", "090-0000-3350"),
        ("TEL/FAX：042-000-0000", "042-000-0000"),
        ("会社（03-0000-5500）ではなく、090-0000-3341にお願いします。", "090-0000-3341"),
    ],
)
def test_whose_telephone_number_it_is(read: Read, body: str, phone: str | None) -> None:
    facts = read(f"石渡 環です。\n{body}").facts
    assert (facts.phone, facts.member_id) == (phone, None)


def test_a_telephone_number_is_not_a_member_number(read: Read) -> None:
    facts = read("退会します。\n番号 090-0000-5830").facts
    assert facts.member_id is None
    assert facts.phone == "090-0000-5830"


def test_a_member_number_is_not_a_telephone_number(read: Read) -> None:
    facts = read("会員番号 0312345678 です。退会します。").facts
    assert facts.member_id == "0312345678"
    assert facts.phone is None


def test_quoted_history_states_nothing(read: Read) -> None:
    quoted = "> 会員番号 555123\n> 電話 090-0000-9999\n> 山田太郎です"
    facts = read(f"{ASKS}\n\n{quoted}", sender="山田 太郎 <y@example.jp>").facts
    assert (facts.name, facts.member_id, facts.phone) == (None, None, None)


def test_the_subject_states_nothing(read: Read) -> None:
    facts = read(ASKS, subject="会員番号 KS-20417 羽柴みのりです 090-0000-1234").facts
    assert (facts.name, facts.member_id, facts.phone) == (None, None, None)


def test_a_pause_ends_the_day_after_its_last_day(read: Read) -> None:
    meaning = read("3月末まで紹介を止めてください。", received_at=RECEIVED)
    assert meaning.pause_until == date(2027, 3, 31)
    assert meaning.facts.resume_on == date(2027, 4, 1)


def test_without_the_day_of_receipt_no_year_is_guessed(read: Read) -> None:
    assert read("3月末まで紹介を止めてください。").facts.resume_on is None


def test_a_full_date_needs_no_day_of_receipt(read: Read) -> None:
    assert read("2027年5月11日からまた紹介をお願いします。").facts.resume_on == date(2027, 5, 11)


def test_who_leaves_names_no_day_of_return(read: Read) -> None:
    assert read("2027年4月1日からまた働くことになりました。退会をお願いします。").facts.resume_on is None


def test_json_leaves_out_what_is_not_stated(read: Read) -> None:
    """The shape of the corpus' labels (GUIDE): only what the body states, never a null."""
    assert as_json("m-1", read(ASKS))["facts"] == {}
    assert as_json("m-2", read("坪井と申します。退会をお願いします。"))["facts"] == {"name": "坪井"}


@pytest.mark.parametrize(
    "piece",
    [
        "会員番号 ",
        "山田です。",
        "0",
        "090-",
        "2027年",
        "(",
        "ア・",
        "様 ",
        "A-1 ",
        "妻の沢口 奈緒は続けます。",
        "旧090-0000-1180→",
        "緊急連絡先",
    ],
)
def test_long_texts_cost_linear_time(read: Read, piece: str) -> None:
    """An attack by one long line must not hold the reader for minutes."""
    began = time.process_time()
    read(piece * 4000, sender="山田 太郎 <y@example.jp>")
    assert time.process_time() - began < 12


@pytest.mark.parametrize("piece", ["旧090-0000-1180→", "緊急連絡先090-0000-1180 ", "090-0000-1180から", "友人の"])
def test_many_telephone_numbers_cost_linear_time(piece: str) -> None:
    began = time.process_time()
    find_phone(piece * 4000)
    assert time.process_time() - began < 2
