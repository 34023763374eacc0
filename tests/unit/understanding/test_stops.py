"""Which of the gate's words stopped a withdrawal or an erasure, and where they stand in the text as it came."""

from __future__ import annotations

import pytest

from intake.understanding import as_json
from tests.unit.understanding.conftest import Read

LEAVE = "お世話になっております。退会の手続きをお願いいたします。"
STOPPED = [
    (f"{LEAVE}\n内定が出たら。", "", "waits-for", "内定が出たら"),
    (f"{LEAVE}本人は知りません。", "", "unknown-to-them", "本人は知り"),
    ("退会をお願いします。ﾒﾙﾏｶﾞの登録も消してください。", "", "mailing", "ﾒﾙﾏｶﾞの登録"),
    ("送迎バスの 名簿から外してください。\n退会の手続きをお願いいたします。", "", "registration-of", "送迎バスの 名簿"),
    (f"{LEAVE}というのは冗談です。", "", "undoes", "というのは"),
    (f"\n ヨガスタジオ・ミモザの皆様\n{LEAVE}", "", "addressed-elsewhere", "ヨガスタジオ・ミモザの皆様"),
    ("個人データの削除をお願いします。写真の　枠も消去してください。", "", "not-kept", "枠も消去"),
]
IN_THE_SUBJECT = [
    ("Re: Re: メルマガの件", "subject-elsewhere", "メルマガ"),
    ("Ｒｅ：ＰＴＡの件", "subject-elsewhere", "ＰＴＡ"),
    ("ﾒﾙﾏｶﾞ", "subject-elsewhere", "ﾒﾙﾏｶﾞ"),
    ("転送： 町内会 ", "subject-unknown", "町内会"),
]


@pytest.mark.parametrize(("body", "subject", "name", "text"), STOPPED)
def test_the_word_that_stopped_it_is_shown_where_it_stands(
    read: Read, body: str, subject: str, name: str, text: str
) -> None:
    found = [e for e in read(body, subject).why if e.rule == f"gate.{name}"]
    assert [(e.text, body[e.start : e.end], e.weight, e.within) for e in found] == [(text, text, 0.0, "body")]


@pytest.mark.parametrize(("subject", "name", "text"), IN_THE_SUBJECT)
def test_a_subject_that_stopped_it_is_shown(read: Read, subject: str, name: str, text: str) -> None:
    meaning = read(LEAVE, subject)
    (found,) = [e for e in meaning.why if e.rule.startswith("gate.")]
    assert (found.rule, subject[found.start : found.end], found.within) == (f"gate.{name}", text, "subject")
    assert "contradicted_withdrawal" in meaning.doubts


def test_what_the_gate_lets_pass_and_what_it_need_not_look_at_names_no_word(read: Read) -> None:
    for body in (LEAVE, "今回の応募は見送ります。", "担当の方をお替えいただけますか。本人は知りません。"):
        assert not [e for e in read(body).why if e.rule.startswith("gate.")]


def test_each_word_is_told_for_each_request_that_it_stopped(read: Read) -> None:
    meaning = read("退会と個人情報の削除をお願いいたします。妹の登録の退会もお願いします。これはテスト送信です。")
    told = {(e.request, e.rule) for e in meaning.why if e.rule.startswith("gate.")}
    assert {("withdrawal", "gate.test-mail"), ("deletion", "gate.test-mail")} <= told


def test_it_is_printed_with_no_weight(read: Read) -> None:
    answer = as_json("m-1", read(f"{LEAVE}本人は知りません。"))
    why = answer["why"]
    assert isinstance(why, list)
    (told,) = [line for line in why if line["rule"] == "gate.unknown-to-them"]
    assert (told["request"], told["weight"], told["in"]) == ("withdrawal", 0.0, "body")
