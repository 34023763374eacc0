"""Several form lines on one line, and words in brackets within a sentence, which are none."""

from __future__ import annotations

import time

import pytest

from intake.understanding.fields import fields, without_fields
from intake.understanding.names import find_name
from intake.understanding.persons import strength
from tests.unit.understanding.conftest import Read

ASKS = "退会をお願いします。"
TAKEN_BACK = (
    "【氏名】井口 真琴\n【会員番号】30012345\n"
    "【内容】個人情報を削除してください、と先日【メール】しましたが、やめます。そのまま続けます。"
)


def _read_by_reader(body: str) -> str:
    return " ".join(without_fields(body, fields(body)).split())


@pytest.mark.parametrize(
    ("body", "left"),
    [
        (
            TAKEN_BACK,
            "個人情報を削除してください、と先日【メール】しましたが、やめます。そのまま続けます。",
        ),
        (
            "[氏名]井口 真琴[内容]退会をお願いします。と[電話]でお伝えしましたが、取り消してください。",
            "退会をお願いします。と[電話]でお伝えしましたが、取り消してください。",
        ),
        (
            "【氏名】井口 真琴\n【内容】退会したいです。【電話】でお願いした退会は取り消しで、休止に変更してください。",
            "退会したいです。【電話】でお願いした退会は取り消しで、休止に変更してください。",
        ),
        (
            "[お問い合わせ内容]登録した[電話番号]と[住所]を削除してください。",
            "登録した[電話番号]と[住所]を削除してください。",
        ),
        (
            "【お問い合わせ内容】登録の【氏名】を変更したいです。旧姓で退会もできますか。",
            "登録の【氏名】を変更したいです。旧姓で退会もできますか。",
        ),
        (
            "[氏名]井口 真琴[会員番号]30100456[電話]090-0000-8088[内容]今日の面接、無事終わりました。",
            "今日の面接、無事終わりました。",
        ),
        ("【会員番号】30012345【電話】でお願いした退会は取り消します。", "【電話】でお願いした退会は取り消します。"),
        ("【氏名】井口 真琴【メール】を受け取りたくありません。", "【メール】を受け取りたくありません。"),
        ("【氏名】井口 真琴【会員番号】30012345です。退会します。", "です。退会します。"),
        ("[氏名]井口 真琴[電話]なし[会員番号]30012345[備考]退会したいです", "退会したいです"),
        ("[氏名]井口 真琴[住所]東京都架空区緑が丘1-2-3[メール]i@example.jp[内容]休会したい", "休会したい"),
        ("先日の[電話]で退会と言いましたが、続けます。", "先日の[電話]で退会と言いましたが、続けます。"),
        ("氏名:井口 真琴\n内容:[メール]を止めてください。", "[メール]を止めてください。"),
        ("[氏名][会員番号][内容]退会したいです", "退会したいです"),
    ],
)
def test_what_the_sender_wrote_reaches_the_reader(body: str, left: str) -> None:
    assert _read_by_reader(body) == left


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("[内容]退会は[氏名]井口 真琴の分です", ["text"]),
        ("【会員番号】30012345【氏名】を変更したいです。", ["member_id"]),
        ("【会員番号】30012345【氏名】もり さちこ", ["member_id", "name"]),
        ("【会員番号】30012345【氏名】Nguyen Thi Thuy Duong", ["member_id", "name"]),
        ("【氏名】井口 真琴【フリガナ】ながい まさる【電話】090-0000-8088(携帯)", ["name", "kana", "phone"]),
        ("【氏名】井口 真琴【メール】あとで書きます", ["name"]),
        ("[種別]退会[氏名]井口 真琴[会員番号]AB-30012", ["category", "name", "member_id"]),
        ("氏名:井口 真琴[会員番号]30012345", ["name"]),
    ],
)
def test_what_is_a_form_line(line: str, found: list[str]) -> None:
    assert [field.kind for field in fields(line)] == found


@pytest.mark.parametrize(
    "body",
    [
        TAKEN_BACK,
        "[氏名]井口 真琴[会員番号]30012345[内容]退会をお願いします。と[電話]でお伝えしましたが、取り消してください。",
    ],
)
def test_a_form_that_takes_back_is_no_sure_request(read: Read, body: str) -> None:
    meaning = read(body)
    assert not (meaning.sure and {"deletion", "withdrawal"} & set(meaning.requests))
    assert (meaning.facts.name, meaning.facts.member_id) == ("井口 真琴", "30012345")


def test_a_word_in_brackets_is_no_name(read: Read) -> None:
    body = "【お問い合わせ内容】登録の【氏名】を変更したいです。旧姓で退会もできますか。"
    assert read(body).facts.name is None


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("現在技術者(経験10年、英語検定900点)です。", "Nguyen Van An"),
        ("東京本社(03-1111-2222)です。", "Nguyen Van An"),
        ("大阪府 大阪市(〒530-0001)です。", "Nguyen Van An"),
        ("年俸制(6000000円)です。", "Nguyen Van An"),
        ("年俸制(6000000)です。", "Nguyen Van An"),
        ("担当の山田 太郎と申します方から電話がありました。", "Nguyen Van An"),
        ("山田 太郎と申します方から電話がありました。", "Nguyen Van An"),
        ("担当の 山田 太郎と申します。", "Nguyen Van An"),
        ("担当の グエン ヴァン アンと申します。", "Nguyen Van An"),
        ("インフラ エンジニア(30012345)です。", "Nguyen Van An"),
        ("山田 太郎(経験10年、900点)です。", "Nguyen Van An"),
        ("グエン・ヴァン・アン(30012345)です。", "グエン・ヴァン・アン"),
        ("グエン・ヴァン・アン(会員番号30012345)です。", "グエン・ヴァン・アン"),
        ("グエン ヴァン アンと申します。", "グエン ヴァン アン"),
        ("阮文安(グエン ヴァン アン)です。", "阮文安"),
        ("阮文安(VN-30012)と申します。", "阮文安"),
        ("陳郁婷(チン イクテイ)と申します。", "陳郁婷"),
        ("営業主任(エイギョウシュニン)です。", "Nguyen Van An"),
        ("阮文安と申しまして、大阪に住んでおります。", "阮文安"),
    ],
)
def test_a_latin_name_gives_way_only_to_the_name_said_in_japanese(said: str, name: str) -> None:
    assert find_name(f"{said}{ASKS}\nNguyen Van An", "", "Nguyen Van An <n@example.com>") == name


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ("スミス、ジョン", "スミス、ジョン"),
        ("スミス,ジョン", "スミス,ジョン"),
        ("株式会社アオイ、井口 真琴", "株式会社アオイ、井口 真琴"),
        ("Smith, John", "Smith, John"),
        ("井口 真琴;会員番号:30100456;電話:090-0000-8088", "井口 真琴"),
        ("井口 真琴、会員番号:30100456", "井口 真琴"),
        ("井口 真琴,電話番号=090-0000-8088", "井口 真琴"),
        ("井口 真琴 様(会員番号30100456)", "井口 真琴"),
        ("井口 真琴(いぐち まこと)", "井口 真琴"),
    ],
)
def test_names_in_a_form_line(answer: str, name: str) -> None:
    assert find_name(ASKS, answer, "") == name


@pytest.mark.parametrize("name", ["ー", "ーー", "ーーーー", "--", ".", "ー.-", "ー・ー", "ー ", "- -", "ー ー"])
def test_a_rule_of_dashes_is_no_name(name: str) -> None:
    assert strength(name) == 0


@pytest.mark.parametrize(
    "body", ["[氏名]" * 15_000, "氏名:\n" * 15_000, "[氏名]山田[内容]\n" * 8_000, "[ ]はい[x]いいえ " * 8_000]
)
def test_many_fields_cost_linear_time(body: str) -> None:
    began = time.process_time()
    found = fields(body)
    assert len(without_fields(body, found)) == len(body)
    assert len(found) <= 200
    assert time.process_time() - began < 1


def test_a_long_answer_costs_nothing() -> None:
    began = time.process_time()
    find_name("", "山田太郎(" * 12_000, "")
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("body", "name", "member_id"),
    [
        ("御名前【鴨志田 泰】\n会員ID【AA-7340】\n詳細【退会をお願いします。】", "鴨志田 泰", "AA-7340"),
        ("氏名〔二階堂 早紀〕\n登録番号〔T-3102〕\nお問い合わせ〔退会をお願いいたします。〕", "二階堂 早紀", "T-3102"),
        ("お名前「山田 太郎」\n会員番号「30012345」\n退会をお願いします。", "山田 太郎", "30012345"),
        ("お名前 : 株式会社コハル企画 矢口\n本文 : 退会をお願いします。", "矢口", None),
        ("氏名 匿名\nTEL \n内容 退会をお願いします。", None, None),
    ],
)
def test_an_answer_in_brackets_of_its_own(read: Read, body: str, name: str | None, member_id: str | None) -> None:
    reading = read(body)
    assert (reading.facts.name, reading.facts.member_id) == (name, member_id)
    assert reading.requests == ("withdrawal",)


WHO = "井口 真琴(30012345)です。お世話になっております。\n"


@pytest.mark.parametrize(
    ("body", "asked"),
    [
        ("電話「いらない、もう退会します」", "withdrawal"),
        ("会員番号【退会をお願いします】", "withdrawal"),
        ("名前「退会してください」", "withdrawal"),
        (f"{WHO}退会お願い会員番号【30012345】", "withdrawal"),
        (f"{WHO}個人情報住所など【全部消して】", "deletion"),
        (f"{WHO}お名前【退会】", "withdrawal"),
        (f"{WHO}退会したい詳細:転職のため", "withdrawal"),
        (f"{WHO}退会希望詳細:11月で転職が決まりました。", "withdrawal"),
    ],
)
def test_brackets_and_labels_hide_no_plea(read: Read, body: str, asked: str) -> None:
    assert read(body).requests == (asked,)


@pytest.mark.parametrize("piece", ["【", "あ【", "名前【あ\n", "名前【", "名前「」"])
def test_brackets_without_end_cost_linear_time(piece: str) -> None:
    started = time.perf_counter()
    fields(piece * 10_000)
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("11/20 松重様(男性)。腰を悪くして重い物が持てないので退会したい。折り返しは不要とのこと。受:岸", "松重"),
        ("11/20(金) 松井様。昨日の退会のお申し出を取り消したい、とのこと。取次:岸", "松井"),
        ("蔵前様の弟様より。兄に頼まれた、会員から抜けさせてやってほしい、とのこと。", "蔵前"),
    ],
)
def test_who_called_and_not_who_took_the_call(read: Read, body: str, name: str) -> None:
    assert find_name(body, "", "電話受付 <denwa@example.jp>") == name


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ("株式会社コハル 人事 矢口", "矢口"),
        ("株式会社コハル 矢口 真琴", "矢口 真琴"),
        ("株式会社コハル 採用課", None),
        ("有限会社コハル 編集部", None),
        ("株式会社コハル 代表取締役", None),
        ("株式会社コハル 御中", None),
    ],
)
def test_a_person_behind_a_firm(answer: str, name: str | None) -> None:
    assert find_name("", answer, "") == name


@pytest.mark.parametrize(
    ("body", "sender", "name"),
    [
        ("林美咲解約です。", "林美咲", "林美咲"),
        ("岡田誠先日、転職しました。退会します。", "岡田誠", "岡田誠"),
        ("岡田誠今月、退会します。", "岡田誠", "岡田誠"),
    ],
)
def test_what_follows_a_whole_name_is_no_given_name(body: str, sender: str, name: str) -> None:
    assert find_name(body, "", f"{sender} <s@example.com>") == name


def test_a_bulleted_label_with_its_answer_in_brackets() -> None:
    text = "■氏名【井口 真琴】\n退会をお願いします。"
    assert [(one.kind, one.value(text)) for one in fields(text)] == [("name", "井口 真琴")]


def test_a_given_name_written_together_with_the_surname_of_the_from_line() -> None:
    assert find_name("三枝木宏です。\n退会をお願いします。\n\n三枝木宏", "", "三枝木 <s@example.com>") == "三枝木宏"
