"""What is asked, and above all what is not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from intake.model import DESTRUCTIVE
from intake.parsing.quotes import segment
from intake.resources import shipped_rules
from intake.understanding import Understander, as_json, gate, sureness
from intake.understanding.learned import LearnedReaders, Scores
from intake.understanding.reading import Reading
from intake.understanding.rulebook import LABELS, load_rulebook
from intake.understanding.weights import Floats, load_weights, save_weights
from tests.unit.understanding.conftest import Read


@pytest.mark.parametrize(
    ("body", "requests"),
    [
        ("お世話になっております。退会の手続きをお願いいたします。", ("withdrawal",)),
        ("しばらく忙しいので、求人の紹介を止めてください。登録はそのままで。", ("pause",)),
        ("休んでいましたが、紹介を再開してください。", ("resume",)),
        ("担当の方を変更していただけないでしょうか。", ("concierge_change",)),
        ("履歴書など私の個人情報をすべて削除してください。", ("deletion",)),
        ("退会と、個人情報の削除をお願いします。", ("deletion", "withdrawal")),
        ("明日の面接を辞退させてください。", ("decline",)),
        ("昨年退会しましたが、もう一度登録をお願いします。", ("reinstatement",)),
        ("先日お願いした退会は取り消してください。", ("retraction",)),
        ("退会したらデータはどうなりますか。", ("question",)),
        ("面談の日程は水曜日でお願いします。", ("other",)),
    ],
)
def test_plain_requests(read: Read, body: str, requests: tuple[str, ...]) -> None:
    assert read(body).requests == requests


@pytest.mark.parametrize(
    "body",
    [
        "退会はしません。",
        "退会するつもりはありません。今後もよろしくお願いします。",
        "改善がなければ退会します。",
        "退会を検討しています。",
        "友人が退会したそうです。",
        "ジムを退会します。",
        "会社を退職することになりました。",
        "退会したのにメールが届きます。",
        "退会ではなく休止でお願いします。",
        "個人情報は削除しないでください。",
        "よろしくお願いします。\n\n> 退会を希望します。\n> 個人情報を削除してください。",
        "退会の方法を教えてください。",
        "この度は退会の手続きをしていただき、ありがとうございました。",
    ],
)
def test_nobody_leaves_or_is_erased_by_mistake(read: Read, body: str) -> None:
    meaning = read(body)
    assert not (meaning.sure and {"withdrawal", "deletion"} & set(meaning.requests))


def test_evidence_lies_in_the_original_text(read: Read) -> None:
    body = "お世話になります。㈱ﾃｽﾄの山田です。\n退会の手続きをお願いします。"
    meaning = read(body)
    assert meaning.why
    assert all(body[e.start : e.end] == e.text for e in meaning.why if e.within == "body")
    assert any("退会" in e.text and e.request == "withdrawal" and e.weight > 0 for e in meaning.why)


def test_evidence_never_comes_from_a_quote(read: Read) -> None:
    body = "承知しました。\n\n> 退会の手続きをお願いします。\n> 山田"
    assert all(e.start < body.index(">") for e in read(body).why if e.within == "body")


def test_evidence_in_the_subject_says_so(read: Read) -> None:
    meaning = read("件名の通りです。よろしくお願いします。", subject="退会希望")
    assert any(e.within == "subject" and e.text in "退会希望" for e in meaning.why)


def test_a_bare_yes_answers_the_quoted_question(read: Read) -> None:
    meaning = read("はい、お願いします。\n\n> 求人のご紹介を再開してよろしいでしょうか。")
    assert meaning.requests == ("resume",)
    assert "answers_quote" in meaning.doubts


def test_a_number_chooses_from_the_quoted_list(read: Read) -> None:
    quoted = "> 番号でお知らせください。\n> 1 退会する\n> 2 紹介を一時停止する\n> 3 担当を変更する"
    assert read(f"2でお願いします。\n\n{quoted}").requests == ("pause",)


def test_a_code_from_the_app_is_the_request(read: Read) -> None:
    meaning = read("", request_code="withdrawal", reason_code="too_many_mails")
    assert (meaning.requests, meaning.reasons, meaning.sure) == (("withdrawal",), ("too_many_contacts",), True)


@pytest.mark.parametrize("comment", ["", "山田"])
@pytest.mark.parametrize("request_code", LABELS)
def test_a_comment_that_says_nothing_is_no_other_request(read: Read, request_code: str, comment: str) -> None:
    meaning = read(comment, request_code=request_code)
    assert (meaning.requests, meaning.sure) == ((request_code,), True)


def test_a_comment_that_asks_for_something_else_makes_a_code_unsure(read: Read) -> None:
    meaning = read("やっぱり退会ではなく、しばらく紹介を止めてください。", request_code="withdrawal")
    assert not meaning.sure


def test_reasons_beside_a_code_are_read_by_both_readers(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    """The comment alone asks for nothing, but it says why; without the code nobody looks for its reasons."""
    looked: list[str] = []
    plain = LearnedReaders.reasons

    def reasons(self: LearnedReaders, reading: Reading, scores: Scores) -> Floats:
        looked.append(reading.own)
        return plain(self, reading, scores)

    monkeypatch.setattr(LearnedReaders, "reasons", reasons)
    assert read("仕事が立て込んでいます").requests == ("other",)
    assert not looked
    assert read("仕事が立て込んでいます", request_code="withdrawal").reasons == ("busy",)
    assert looked


def test_other_languages_go_to_people(read: Read) -> None:
    meaning = read("Hello, please cancel my membership and delete my account. Thank you very much.")
    assert meaning.language == "en"
    assert not meaning.sure


def test_thanks_alone(read: Read) -> None:
    assert read("お世話になりました。丁寧にご対応いただき、ありがとうございました。").thanks_only
    assert not read("ありがとうございました。ところで給与の件はどうなりましたか。").thanks_only


def test_a_printed_box_that_is_not_ticked_says_nothing(read: Read) -> None:
    body = "ご希望の手続き: [ ]退会 [x]一時停止 [ ]個人情報削除\n理由: 仕事が忙しいため、しばらく紹介を止めてください"
    assert read(body).requests == ("pause",)


@pytest.mark.parametrize("body", ["", "\n", "????", "\0退会", "退" * 20_000, "> " * 3000, "\ufffd" * 30])
def test_no_text_breaks_it(read: Read, body: str) -> None:
    meaning = read(body)
    assert meaning.requests
    assert 0 <= meaning.confidence <= 1


def test_json_has_the_keys_of_the_contract(read: Read) -> None:
    answer = as_json("m-1", read("会員番号 AB-20418 の山田花子です。退会をお願いします。"))
    assert set(answer) == {"id", "requests", "reasons", "facts", "confidence", "decision", "why"}
    assert answer["decision"] in ("auto", "review")
    facts = answer["facts"]
    assert isinstance(facts, dict)
    assert set(facts) <= {"name", "member_id", "phone", "resume_on"}


def test_a_question_finds_its_fixed_answer(read: Read) -> None:
    assert read("退会の方法を教えてください。").answer == "how_to_leave"
    assert read("面接の服装を教えてください。").answer is None


@pytest.mark.parametrize(
    "text",
    [
        "退会したら履歴書などのデータはどうなりますか?また、一度退会した後でもう一度登録することはできますか。",
        "退会の方法を教えてください。また、再登録の条件も教えてください。",
        "休止にできますか。選考中の応募はどうなりますか。",
    ],
)
def test_two_questions_of_which_one_has_a_fixed_answer_are_for_a_person(read: Read, text: str) -> None:
    assert read(text).answer is None


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (
            "退会の方法を教えていただけますか。お忙しいところ恐れ入りますが、ご回答いただけますでしょうか。",
            "how_to_leave",
        ),
        ("退会したら履歴書はどうなりますか。ご教示いただけないでしょうか。", "my_data_after_leaving"),
        ("パスワードを忘れました。どうすればよいですか?", "forgotten_password"),
        ("退会するにはどうすればよいですか。手順を教えてください。", "how_to_leave"),
        ("登録を残したまま休止することはできますか。方法を教えてください。", "can_i_pause"),
        ("アプリ消したら退会したことになりますか?それとも別に手続きが要りますか?", "app_deleted"),
        ("退会後、個人情報はどうなりますか。いつまで保存されるのでしょうか。", "my_data_after_leaving"),
        ("アプリを削除しただけで退会になりますか。退会するにはどうすればいいですか。", "app_deleted"),
        ("しばらく休止することはできますか。期間はどのくらいまで可能でしょうか。", "can_i_pause"),
        ("退会の手続きはどこでできますか?電話でもいいですか?", "how_to_leave"),
    ],
)
def test_one_question_that_goes_on_keeps_its_answer(read: Read, text: str, answer: str) -> None:
    assert read(text).answer == answer


def test_the_gate_stands_even_if_the_model_is_sure(understander: Understander) -> None:
    def doubts(text: str) -> list[str]:
        reading = understander.reader.read(text, "", ())
        scores = understander.learned.scores(reading)
        chosen, given = ("withdrawal",), (understander.reader, understander.learned)
        return gate.plain_doubts(chosen, reading, scores) or gate.counterfactual(chosen, reading, scores, *given)

    assert doubts("ジムを退会します。退会をお願いします。")
    assert doubts("よろしくお願いします。") == ["no_rule_withdrawal"]
    assert doubts("退会の手続きをお願いいたします。") == []
    assert doubts("退会をお願いしようかと思いましたが、見送ります。")


def test_no_sureness_waives_a_doubt_of_the_gate(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sureness, "chance", lambda *_: 0.9999)
    assert read("退会の手続きをお願いいたします。").sure
    monkeypatch.setattr(gate, "plain_doubts", lambda *_: ["contradicted_withdrawal"])
    assert not read("退会の手続きをお願いいたします。").sure


def test_only_what_is_somebodys_data_is_erased(understander: Understander) -> None:
    def doubts(body: str) -> list[str]:
        reading = understander.reader.read(body, "", ())
        scores = understander.learned.scores(reading)
        certain = scores.rows * 0 + 5
        sure = replace(scores, views=(("deletion",), ("deletion",)), rows=certain, heard=certain)
        return gate.plain_doubts(("deletion",), reading, sure)

    assert doubts("アプリの赤い丸を消してください。") == ["no_rule_deletion"]
    assert doubts("むかし書いた作文の控えを消してください。") == []


@pytest.mark.parametrize("to", ["シネマクラブ御中", "ヨガスタジオ・ミモザの皆様", "碁会サークル 班長様"])
def test_a_letter_to_a_club_leaves_the_club(understander: Understander, read: Read, to: str) -> None:
    body = f"{to}\n六角です。会員番号12-345、今月末で退会します。退会の手続きをお願いいたします。"
    assert gate.elsewhere(("withdrawal",), understander.reader.read(body, "", ()))
    assert not read(body).sure
    assert not gate.elsewhere(("withdrawal",), understander.reader.read(body.replace(to, "ご担当者様"), "", ()))


@pytest.mark.parametrize("body", ["データを消していただけますか。", "履歴書を削除していただければと存じます。"])
def test_a_polite_wish_is_not_taken_for_a_report(understander: Understander, body: str) -> None:
    reading = understander.reader.read(body, "", ())
    assert gate.plain_doubts(("deletion",), reading, understander.learned.scores(reading)) == []


def test_leaving_needs_both_learned_readers(understander: Understander) -> None:
    reading = understander.reader.read("退会の手続きをお願いいたします。", "", ())
    scores = understander.learned.scores(reading)
    assert gate.both_sure(reading, scores)
    assert not gate.both_sure(reading, replace(scores, each=(scores.each[0], scores.each[1] - 30)))
    assert not gate.both_sure(reading, replace(scores, each=(scores.each[0] - 30, scores.each[1])))
    just = tuple(odds / odds.max() * 3 for odds in scores.each)  # enough where a rule has the words, else not
    assert gate.both_sure(reading, replace(scores, each=just))
    assert not gate.both_sure(replace(reading, verdict=("other",)), replace(scores, each=just))


def test_two_networks_speak_with_one_voice(understander: Understander) -> None:
    reading = understander.reader.read("退会の手続きをお願いいたします。", "", ())
    scores = understander.learned.scores(reading)
    assert len(scores.apart) == 2 and not np.allclose(*scores.apart)
    assert np.allclose(scores.each[1], (scores.apart[0] + scores.apart[1]) / 2)
    assert np.allclose(scores.each[1], understander.learned.network(reading))


@pytest.mark.parametrize("body", ["紹介をしばらく止めてください。", "退会をお願いします。", "明日の天気はどうですか。"])
def test_the_more_the_networks_differ_the_less_sure_is_the_reading(understander: Understander, body: str) -> None:
    reading = understander.reader.read(body, "", ())
    scores = understander.learned.scores(reading)
    apart = [replace(scores, apart=(scores.apart[0], scores.apart[1] * part)) for part in (1, 0.5, 0, -0.5, -1)]
    chances = [sureness.chance(sureness.signs(reading, one), understander.weights.sure) for one in apart]
    assert chances == sorted(chances, reverse=True) and chances[-1] < chances[0]


def test_weights_with_one_network_are_still_read(understander: Understander, tmp_path: Path) -> None:
    """Those that staff's corrections made before there were two."""
    save_weights(tmp_path / "w.npz", replace(understander.weights, networks=understander.weights.networks[:1]))
    older = Understander(load_rulebook([shipped_rules()]), load_weights(tmp_path / "w.npz"))
    read = older.read(channel="form", subject="", body="退会をお願いします。", segments=(), received_at=None)
    assert read.requests == ("withdrawal",)


def test_a_shop_that_wants_a_photo_out_of_its_advertisement_is_no_seeker(understander: Understander) -> None:
    for text, found in (("募集記事の写真", True), ("面談で撮った写真", False)):
        reading = understander.reader.read(f"{text}に私が写っています。その写真データを削除してください。", "", ())
        doubts = gate.plain_doubts(("deletion",), reading, understander.learned.scores(reading))
        assert bool(doubts) is found


@pytest.mark.parametrize(
    ("text", "doubted"),
    [
        ("ジムで倒れました。退会をお願いします。", False),  # somebody else, in another matter
        ("ジムを退会します。退会をお願いします。", True),
        ("登録を取り消してください。退会をお願いします。", False),
        ("登録解除の件は取り消してください。退会をお願いします。", True),
    ],
)
def test_what_stands_beside_the_wish_counts_where_it_speaks_of_it(
    understander: Understander, text: str, doubted: bool
) -> None:
    reading = understander.reader.read(text, "", ())
    found = gate.plain_doubts(("withdrawal",), reading, understander.learned.scores(reading))
    assert bool(found) is doubted


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("お預けした履歴書は不要になりましたので、処分してください。", True),
        ("不要になりましたので、処分してください。", False),  # of what, it does not say
        ("処分してください。履歴書は別に送ります。", False),
        ("お預けした履歴書は、処分しないでください。", False),
    ],
)
def test_a_rule_needs_what_it_is_about_before_its_words(understander: Understander, text: str, held: bool) -> None:
    hits = understander.reader.read(text, "", ()).hits
    assert any(hit.rule == "deletion.record-please" and hit.holds for hit in hits) is held


@pytest.mark.parametrize(
    ("request_", "text", "clear"),
    [
        ("withdrawal", "登録も抹消で。", True),
        ("withdrawal", "登録も抹消でよいですか。", False),
        ("withdrawal", "登録は抹消ではなく、お休みで。", False),
        ("deletion", "データも消しといて", True),
        ("deletion", "データも消しといてもらえたのか教えてください。", False),
    ],
)
def test_a_curt_end_asks_too(understander: Understander, request_: str, text: str, clear: bool) -> None:
    reading = understander.reader.read(text, "", ())
    scores = understander.learned.scores(reading)
    assert (gate.plain_doubts((request_,), reading, scores) == []) is clear


def beside(understander: Understander, request_: str, text: str) -> list[str]:
    """The gate's doubts, both learned readers being sure of that one request."""
    reading = understander.reader.read(text, "", ())
    scores = replace(understander.learned.scores(reading), chosen=(request_,), views=((request_,), (request_,)))
    return gate.plain_doubts((request_,), reading, scores)


@pytest.mark.parametrize(
    ("request_", "text"),
    [
        ("withdrawal", "半年待っても紹介がありません。退会をお願いします。"),
        ("withdrawal", "パスワードを忘れてしまい、入れません。退会の手続きをお願いします。"),
        ("withdrawal", "このままでは不本意です。退会の手続きをお願いします。"),
        ("withdrawal", "転職は見送ることにいたしました。退会の手続きをお願いします。"),
        ("withdrawal", "外に仕事を探すのはもうやめにします。登録は閉じてください。"),
        ("withdrawal", "応募は二件とも取り消してください。退会もお願いします。"),
        ("withdrawal", "今の仕事をこつこつ続けます。退会の手続きをお願いします。"),
        ("withdrawal", "昨日、雇用契約書に判を押しました。退会の手続きをお願いします。"),
        ("withdrawal", "長いあいだ使っていません。登録もなくしてください。"),
        ("withdrawal", "退会理由:希望に合う求人がない。\n退会の手続きをお願いします。"),
        ("withdrawal", "退会を依頼しましたが、返信なし。\n退会の手続きをお願いします。"),
        ("withdrawal", "知り合いの病院に入れていただけることになりました。退会の手続きをお願いします。"),
        ("withdrawal", "登録した覚えがないのに、私の携帯に電話がきます。退会の手続きをお願いします。"),
        ("withdrawal", "登録は外していただいて構いません。"),
        ("withdrawal", "退会の手続きをお願いできますか。"),
        ("withdrawal", "こちらを見ることもないと思いますので、登録は閉じておいてください。"),
        ("deletion", "差し支えなければ、履歴書の消去をお願いします。"),
        ("deletion", "職務経歴書一式は破棄してください。"),
        ("deletion", "自己PR動画のデータも消してください。"),
        ("deletion", "履歴書を消してください。写真のデータがあれば、それも消していただけますか。"),
        ("deletion", "先月退会しています。登録情報を削除してください。"),
        ("deletion", "証明写真と履歴書も残さんといて、データは消してください。"),
    ],
)
def test_words_of_another_matter_raise_no_doubt(understander: Understander, request_: str, text: str) -> None:
    assert beside(understander, request_, text) == []


@pytest.mark.parametrize(
    ("request_", "text"),
    [
        ("withdrawal", "退会をお願いします。いえ、少し待ってください。"),
        ("withdrawal", "退会の手続きをお願いしました。あれは忘れてください。"),
        ("withdrawal", "退会の手続きをお願いします、と書きましたが、今回は見送ります。"),
        ("withdrawal", "退会の手続きをお願いしましたが、やめにします。退会はお願いしません。"),
        ("withdrawal", "登録は外してください。先日の退会の件は取り消してください。"),
        ("withdrawal", "退会の手続きをお願いします。いえ、このまま続けます。"),
        ("withdrawal", "退会の手続きをお願いします。その話はなくしてください。"),
        ("withdrawal", "退会の手続きをお願いします。携帯を解約しました。"),
        ("withdrawal", "やはり退会は無しでお願いします。"),
        ("withdrawal", "先週お願いした退会ですが、もう少し続けることにしました。退会は取り下げでお願いします。"),
        ("withdrawal", "やっぱり残ります、退会のやつ消しといてください。退会の手続きをお願いします。"),
        ("withdrawal", "登録を外してください、と言いましたが、登録を外す件は中止してください。"),
        ("withdrawal", "退会のお願いですが、本件なきものとしていただけますでしょうか。"),
        ("withdrawal", "五年前に退会した者です。また会員に入れてください。退会をお願いします。"),
        ("deletion", "履歴書を消してください。先日の削除依頼は取り消してください。"),
        ("deletion", "友人がデータを消してほしいそうです。履歴書を消してください。"),
        ("withdrawal", "次の紹介がないなら、登録は閉じておいてください。"),
        ("deletion", "改善されなければ、履歴書の消去をお願いします。"),
    ],
)
def test_words_against_the_wish_still_raise_one(understander: Understander, request_: str, text: str) -> None:
    assert beside(understander, request_, text)


@pytest.mark.parametrize(
    ("subject", "body", "clear"),
    [
        ("退会依頼", "退会理由:担当コンシェルジュと合わない", True),
        ("退会申請", "【退会理由】希望に合う求人がなかった", True),
        ("Re: 退会依頼", "退会理由:担当コンシェルジュと合わない", False),
        ("Fwd: 退会依頼", "退会理由:担当コンシェルジュと合わない", False),
        ("退会依頼", "退会理由:書き方が分かりません。回答しない、は選べますか", False),
        ("退会依頼", "お世話になっております。皆様いかがお過ごしでしょうか。", False),
        ("ご利用について", "退会理由:担当コンシェルジュと合わない", False),
    ],
)
def test_a_form_that_tells_why_is_asked_by_its_subject(
    understander: Understander, subject: str, body: str, clear: bool
) -> None:
    reading = understander.reader.read(body, subject, ())
    scores = understander.learned.scores(reading)
    sure = replace(scores, views=(("withdrawal",),) * 2, rows=scores.rows * 0 - 9, heard=scores.heard * 0 - 9)
    assert (gate.plain_doubts(("withdrawal",), reading, sure) == []) is clear


@pytest.mark.parametrize("text", ["提出書類の一括消去の申請先は。", "退会希望の場合は？", "履歴書の削除依頼は?"])
def test_a_sentence_that_only_names_its_topic_asks_for_nothing(understander: Understander, text: str) -> None:
    """However sure the readers are: 「…の申請先は。」 wants to know where."""
    reading = understander.reader.read(text, "", ())
    scores = understander.learned.scores(reading)
    high = np.full_like(scores.rows, 20.0)
    for request in DESTRUCTIVE:
        sure = replace(scores, chosen=(request,), views=((request,), (request,)), rows=high, heard=high)
        assert gate.plain_doubts((request,), reading, sure) == [f"no_rule_{request}"]


@pytest.mark.parametrize(
    "text",
    [
        "名簿から外してください。見学会の名簿です。",
        "登録を消してください。面接会の登録です。",
        "退会の手続きをお願いします。私ではなく弟のほうです。",
        "退会をお願いします。父の分です。",
        "退会します。サークルをです。",
        "登録解除をお願いします。対象は先月お申し込みした説明会です。",
        "名簿から外してください。忘年会のです。",
        "退会をお願いします。というのは冗談です。",
        "退会します。そう言えたら楽なのですが。",
        "履歴書を破棄してください。友人の履歴書です。",
        "個人情報を削除してください。という依頼が来たら、どう答えればよいですか。",
        "データの消去をお願いします。貸与パソコンの件です。",
        "動画を消してください、うるさいので。",
        "退会してください。そう担当さんに言われました。",
        "退会を希望します。お返事によっては考え直します。",
        "退会したいです。でも今はやめておきます。",
        "登録を抹消してください。もし可能なら休止でも構いません。",
        "退会をお願いします。テストです。",
        "退会をお願いいたします。このような文面で問題ないでしょうか。",
        "登録をやめたいです。登録の途中で止まっています。",
    ],
)
def test_what_another_sentence_makes_of_a_plea_counts(read: Read, text: str) -> None:
    meaning = read(text)
    assert not (meaning.sure and DESTRUCTIVE & set(meaning.requests))


@pytest.mark.parametrize(
    "text",
    [
        "退会の手続きをお願いします。御社の会員のほうです。",
        "登録を外してください。医者からは安静とのことです。",
        "履歴書を破棄してください。私の履歴書です。",
        "会員も退会の扱いでお願いいたします。",
        "登録の抹消と書類の廃棄、どうぞよろしくお願いいたします。",
        "夫が転勤になりましたので、退会させてください。",
    ],
)
def test_what_is_meant_for_us_is_not_doubted_for_it(understander: Understander, text: str) -> None:
    reading = understander.reader.read(text, "", ())
    scores = understander.learned.scores(reading)
    assert gate.plain_doubts(scores.chosen, reading, scores) == []


def test_of_a_subject_without_end_the_beginning_is_read_and_a_person_looks(understander: Understander) -> None:
    subject = "退会希望" + "A" * 1_000_000
    assert len(understander.reader.read("", subject, ()).document.text) < 2_000
    body = "退会をお願いします。"
    meaning = understander.read(channel="email", subject=subject, body=body, segments=segment(body), received_at=None)
    assert "very_long" in meaning.doubts


CONTRARY = (
    ("withdrawal", "間違えて押しました。退会しません。"),
    ("withdrawal", "やっぱり退会はやめます。"),
    ("withdrawal", "退会はしないでください。押し間違いです。"),
    ("withdrawal", "まだ迷っているので、一度お電話ください。"),
    ("withdrawal", "退会するか相談したいです"),
    ("withdrawal", "退会後に履歴書はどうなりますか。"),
    ("withdrawal", "友人の分です。"),
    ("withdrawal", "テスト"),
    ("deletion", "間違えました。削除しないでください。"),
    ("deletion", "まだ迷っているので、お電話ください。"),
    ("deletion", "退会したくないです"),
)


@pytest.mark.parametrize(("request_code", "comment"), CONTRARY)
def test_a_comment_that_speaks_against_the_key_makes_it_unsure(read: Read, request_code: str, comment: str) -> None:
    meaning = read(comment, request_code=request_code)
    assert (meaning.requests, meaning.sure) == ((request_code,), False)


@pytest.mark.parametrize("request_code", ["withdrawal", "deletion"])
@pytest.mark.parametrize(
    "comment",
    ["就職が決まりました。", "忙しくなったため", "家庭の事情", "家族と相談した結果です。"],
)
def test_a_comment_that_only_tells_why_leaves_the_key_sure(read: Read, request_code: str, comment: str) -> None:
    meaning = read(comment, request_code=request_code)
    assert (meaning.requests, meaning.sure) == ((request_code,), True)


@pytest.mark.parametrize(
    ("request_code", "comment", "further"),
    [
        ("withdrawal", "個人情報も全て削除してください。", "deletion"),
        ("withdrawal", "退会ではなく、しばらく休みたいです。", "pause"),
        ("withdrawal", "担当を変えてもらえれば続けたいです。", "concierge_change"),
        ("pause", "個人情報も全て削除してください。", "deletion"),
        ("pause", "担当の変更もお願いします。", "concierge_change"),
    ],
)
def test_what_a_comment_asks_for_more_is_not_lost(read: Read, request_code: str, comment: str, further: str) -> None:
    meaning = read(comment, request_code=request_code)
    assert (meaning.requests, meaning.sure) == ((request_code, further), False)
    assert "comment_differs" in meaning.doubts


def test_erasure_means_leaving_too(read: Read) -> None:
    meaning = read("退会します。", request_code="deletion")
    assert (meaning.requests, meaning.sure) == (("deletion",), True)


@pytest.mark.parametrize(
    ("request_code", "comment"),
    [
        ("pause", "3月末まで"),
        ("pause", "4月から再開希望です"),
        ("decline", "株式会社青空の選考です。"),
        ("resume", "退会はしていません。"),
        ("retraction", "先日お願いした退会の件です。"),
    ],
)
def test_a_comment_that_goes_with_the_key_asks_for_nothing_more(read: Read, request_code: str, comment: str) -> None:
    assert read(comment, request_code=request_code).requests == (request_code,)
