"""What a message that takes something back names: that, and nothing else, is dropped (domain.md, Retraction)."""

from __future__ import annotations

import pytest

from tests.unit.understanding.conftest import Read

ONE = {
    "退会を取り消してください。": "withdrawal",
    "退会の申請を取り消したいです。": "withdrawal",
    "退会はやめます。取り消しをお願いします。": "withdrawal",
    "先日、登録の削除をお願いしましたが、取り消してください。": "withdrawal",
    "個人情報の削除は取り消します。": "deletion",
    "削除の依頼を取り消します。": "deletion",
    "担当変更の依頼は取り消します。": "concierge_change",
    "担当を替えていただく件は、取り消しでお願いします。": "concierge_change",
    "先日お願いしたサービス停止は取り消してください。": "pause",
    "株式会社青空の選考辞退を取り消してください。": "decline",
    "希望条件の変更は取り消してください。": "preferences",
    "退会だけ取り消してください。個人情報の削除はそのままお願いします。": "withdrawal",
    "個人情報の削除はそのままで、退会は取り消してください。": "withdrawal",
    "退会は取り消してください。担当変更は予定どおりお願いします。": "withdrawal",
}
NOTHING = (
    "取り消してください。",
    "先ほどの依頼は取り消してください。",
    "お休みのところ恐れ入ります。先日の依頼は取り消してください。",
    "転職活動を再開したので、先日の依頼は取り消してください。",
    "先日お願いした退会と担当変更は、全部取り消します。",
    "さっきの依頼はなかったことにして、面接をもう一度入れてください。",
)


@pytest.mark.parametrize(("body", "named"), ONE.items())
def test_the_one_that_is_taken_back(read: Read, body: str, named: str) -> None:
    meaning = read(body)
    assert "retraction" in meaning.requests
    assert meaning.mentioned == (named,)


@pytest.mark.parametrize("body", ["退会を取り消してください。", "担当変更は取り消します。", "先の依頼は取り消します。"])
def test_a_plain_one_is_sure(read: Read, body: str) -> None:
    assert read(body).sure


def test_two_and_both_ways_back(read: Read) -> None:
    assert read("削除と退会の両方を取り消します。").mentioned == ("deletion", "withdrawal")
    assert read("再開の依頼は取り消します。").mentioned == ("reinstatement", "resume")


@pytest.mark.parametrize("body", NOTHING)
def test_what_names_nothing(read: Read, body: str) -> None:
    meaning = read(body)
    assert "retraction" in meaning.requests
    assert meaning.mentioned == ()


def test_the_subject_names_it_where_the_words_do_not(read: Read) -> None:
    assert read("取り消してください。", subject="担当変更の件").mentioned == ("concierge_change",)


def test_verbs_name_it_too(read: Read) -> None:
    assert read("データ消してってお願いしたやつ、やっぱ消さないでください！まだ使います").mentioned == ("deletion",)
    assert read("退会届は破棄してください。会員を続けます。").mentioned == ("withdrawal",)
