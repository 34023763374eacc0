"""Every rule, answer and mark of rules/ with its own examples; and that broken rule files are refused by name."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from intake.errors import RuleError
from intake.resources import shipped_rules
from intake.understanding import examples, load_rulebook
from intake.understanding.examples import Failure, lost_words

RULES = shipped_rules()


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A copy of the shipped rules that a test may spoil."""
    for name in ("lexicon.toml", "common.toml", "reasons.toml"):
        shutil.copy(RULES / name, tmp_path / name)
    for name in ("requests", "answers", "gate"):
        shutil.copytree(RULES / name, tmp_path / name)
    return tmp_path


def spoil(path: Path, old: str, new: str) -> None:
    """Replace the first ``old`` in a file; it must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_all_examples_hold() -> None:
    assert [str(failure) for failure in examples(load_rulebook([RULES]))] == []


def test_every_request_type_has_a_file_and_a_key_of_its_own() -> None:
    requests = load_rulebook([RULES]).requests
    assert len({rules.number for rules in requests.values()}) == len(requests) == 11
    assert {name for name, rules in requests.items() if rules.destructive} == {"withdrawal", "deletion"}


def test_a_hit_that_is_none_and_a_miss_that_hits_are_found(rules: Path) -> None:
    path = rules / "requests" / "deletion.toml"
    spoil(path, 'hits = ["残っているものは全部消してください。"', 'hits = ["お元気ですか。"')
    spoil(path, 'misses = ["全部消したりしないでください。"', 'misses = ["すべて破棄をお願いします。"')
    found = {(f.rule, f.kind) for f in examples(load_rulebook([rules]))}
    assert ("deletion.erase-all", "hit") in found
    assert {("deletion.erase-all", "miss"), ("deletion.erase-all", "contradiction")} & found


def test_examples_of_the_gates_words_are_tried(rules: Path) -> None:
    spoil(rules / "gate" / "letter.toml", 'hits = ["退会は見送ります。"', 'hits = ["退会します。"')
    spoil(rules / "gate" / "signs.toml", 'misses = ["退会しません。"', 'misses = ["退会理由:なし"')
    found = {(f.rule, f.kind) for f in examples(load_rulebook([rules]))}
    assert found == {("gate.put-off", "hit"), ("gate.why", "miss")}


def test_contradicting_rules_are_found(rules: Path) -> None:
    path = rules / "requests" / "withdrawal.toml"
    spoil(path, 'misses = ["登録は消さないでください。"', 'misses = ["退会手続きをお願いいたします。"')
    kinds = [f.kind for f in examples(load_rulebook([rules])) if f.rule == "withdrawal.account-remove"]
    assert "contradiction" in kinds


def test_a_word_of_the_gate_is_tried_as_the_gate_sees_it(rules: Path) -> None:
    """Sentences have no blanks there: a word with one would never meet anything."""
    spoil(rules / "gate" / "sentence.toml", "hits = [", 'hits = ["ベータ 会員を退会します。", ')
    found = [f for f in examples(load_rulebook([rules])) if f.rule.startswith("gate.")]
    assert [f.kind for f in found] == ["hit"]
    path = rules / "gate" / "sentence.toml"
    path.write_text(path.read_text("utf-8").replace("words = [", "words = ['ベータ 会員', ", 1), "utf-8")
    assert [f.kind for f in examples(load_rulebook([rules])) if f.rule.startswith("gate.")] == ["hit"]


def test_shipped_words_of_the_gate_that_are_lost_are_named(rules: Path) -> None:
    shipped = load_rulebook([shipped_rules()])
    assert lost_words(load_rulebook([rules]), shipped) == []
    text = (rules / "gate" / "letter.toml").read_text("utf-8")
    first, second = (text.index("[[word]]", at) for at in (0, text.index("[[word]]") + 1))
    (rules / "gate" / "letter.toml").write_text(text[:first] + text[second:], "utf-8")
    [lost] = lost_words(load_rulebook([rules]), shipped)
    assert f'name = "{lost}"' in text[first:second]


def test_a_request_whose_rules_never_decide_is_found(rules: Path) -> None:
    spoil(rules / "requests" / "other.toml", "weight = 1.0", "weight = 0.4")
    assert any(f.kind == "idle" and f.rule == "other.considering" for f in examples(load_rulebook([rules])))


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("requests/pause.toml", 'hits = ["しばらくの間ご紹介を止めていただけますか。"', 'hist = ["', "pause.toml"),
        ("requests/pause.toml", "weight = 1.5", 'weight = "heavy"', "rule.1.weight"),
        ("requests/pause.toml", '"@leave"', '"@nowhere"', "@nowhere"),
        ("requests/pause.toml", '"neg"', '"never"', "never"),
        ("lexicon.toml", '"たいかい"', '"(た+)+い"', "unsafe"),
        ("lexicon.toml", '"たいかい"', '"(たい"', "not a pattern"),
        ("lexicon.toml", '"たいかい"', '"たいか(?<=か|いか)い"', "not a pattern"),
        ("lexicon.toml", '"たいかい"', "'たい(?:\\\\*){1,50}x'", "unsafe"),
        ("gate/letter.toml", "'思いとど',", "'\uff11月退会',", "never meets"),
        ("common.toml", 'where = "after"', 'where = "above"', "common.toml"),
        ("answers/how_to_leave.toml", "answer = ", "anwser = ", "how_to_leave.toml"),
        ("gate/letter.toml", "'思いとど',", "'(思い)+とど',", "gate/letter.toml: given-up: '(思い)+とど' is unsafe"),
        ("gate/letter.toml", "'思いとど',", "'(思いとど',", "gate/letter.toml: given-up: '(思いとど' is not a pattern"),
        ("gate/letter.toml", "'思いとど',", "'思?',", "gate/letter.toml: given-up: matches nothing"),
        ("gate/letter.toml", "'思いとど',", "'(?:[^。]{1,99}){1,99}とど',", "unsafe: a repeat within a repeat"),
        ("gate/letter.toml", "{asked_for}", "{asked}", "gate/letter.toml: put-off: {asked} is not known"),
        ("gate/terms.toml", "'スタジオ'", "'(スタジオ'", "gate/terms.toml: places: '(スタジオ' is not a pattern"),
        ("gate/sentence.toml", "{noun}", "{Noun2}", "gate/sentence.toml: club: {Noun2} is not known"),
        ("gate/terms.toml", "'ジム'", "'{places}'", "gate/terms.toml: places: {places} uses itself"),
        ("gate/terms.toml", 'name = "kin"', 'name = "ours"', "gate/terms.toml: ours: this name is there twice"),
        ("gate/leaving.toml", 'name = "slip"', 'name = "put-off"', "letter.toml: put-off: this name is there twice"),
        ("gate/sentence.toml", '"asking"\nwords', '"above"\nwords', "word.1.where"),
        ("gate/sentence.toml", "(?:など|等|", "(など|等)(|", "gate/sentence.toml: not-kept: more than two brackets"),
        ("gate/signs.toml", 'name = "why"', 'name = "wherefore"', "sign.5.name"),
    ],
)
def test_a_broken_file_is_refused_by_name(rules: Path, name: str, old: str, new: str, said: str) -> None:
    spoil(rules / name, old, new)
    with pytest.raises(RuleError, match=re.escape(said)):
        load_rulebook([rules])


def test_a_rule_without_misses_is_refused_with_its_line(rules: Path) -> None:
    path = rules / "requests" / "deletion.toml"
    text = path.read_text(encoding="utf-8")
    start = text.index("misses = ")
    path.write_text(text[:start] + "misses = []" + text[text.index("\n", start) :], encoding="utf-8")
    line = text[:start].count("\n", 0, text.index("[[rule]]")) + 1
    with pytest.raises(RuleError, match=f"deletion.toml:{line}.*misses"):
        load_rulebook([rules])


def test_a_missing_request_file_is_named(rules: Path) -> None:
    (rules / "requests" / "resume.toml").unlink()
    with pytest.raises(RuleError, match="resume"):
        load_rulebook([rules])


def test_a_later_folder_overrides_file_by_file(tmp_path: Path) -> None:
    own = tmp_path / "requests"
    own.mkdir()
    text = (RULES / "requests" / "other.toml").read_text(encoding="utf-8")
    (own / "other.toml").write_text(text.replace('ja = "その他"', 'ja = "そのほか"'), encoding="utf-8")
    book = load_rulebook([RULES, tmp_path])
    assert book.requests["other"].label.ja == "そのほか"
    assert book.requests["pause"].label.ja == "サービス停止"


def test_without_a_sign_that_the_gate_asks_for_nothing_is_loaded(rules: Path) -> None:
    (rules / "gate" / "signs.toml").unlink()
    with pytest.raises(RuleError, match=r"rules/gate: no sign named cancelled, comes-back, data"):
        load_rulebook([rules])


def test_a_file_of_ones_own_adds_words_to_the_gate_and_uses_the_terms(tmp_path: Path) -> None:
    word = """
        [[word]]
        name = "by-proxy"
        says = "代わりの人が頼んでいる"
        against = ["withdrawal"]
        where = "letter"
        words = ['代理で[^。]{0,9}{asked_for}']
        hits = ["代理で退会をお願いします。", "代理で手続きします。"]
        misses = ["退会をお願いします。", "代理店に勤めます。"]
    """
    (tmp_path / "gate").mkdir()
    (tmp_path / "gate" / "own.toml").write_text(word, encoding="utf-8")
    book = load_rulebook([RULES, tmp_path])
    assert list(examples(book)) == []
    stopped = book.gate.stop("letter", "withdrawal", "山田です。代理で退会をお願いします。")
    assert stopped and (stopped[0].name, stopped[1].group()) == ("by-proxy", "代理で退会")
    assert book.gate.stop("letter", "deletion", "代理で退会をお願いします。") is None


def test_a_failure_reads_as_a_sentence() -> None:
    assert "does not hit" in str(Failure("pause.x", "hit", "例"))


def test_each_reason_names_at_most_one_way_and_no_other_agency_by_default() -> None:
    reasons = load_rulebook([RULES]).reasons
    assert not reasons.name_other_agencies
    assert all(r.gentler.count("。") <= 1 for r in reasons.reason)
    assert len({r.code for r in reasons.reason}) == 14
