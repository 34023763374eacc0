"""Why a message is read as it is: what stands there must be what the reader really does."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from intake.model import Channel, Envelope, Message, Segment
from intake.pipeline.reading import understand
from intake.web.labels import label
from intake.web.staff import connections, grounds, policies, presence, steps, views
from intake.web.staff.english import ENGLISH
from tests.house import NOON, TestHouse, open_test_house

BODY = "お世話になっております。\n退会を希望しております。よろしくお願いいたします。"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestHouse]:
    found = open_test_house(Path(tmp_path_factory.mktemp("grounds")))
    yield found
    found.store.close()


def test_what_would_change_it_is_tried_with_the_reader_itself(house: TestHouse) -> None:
    message = Message(
        Channel.EMAIL, subject="お願い", text=BODY, new_text=BODY, segments=(Segment(0, len(BODY), "new"),)
    )
    envelope = Envelope(Channel.EMAIL, "", b"", NOON)
    meaning = understand(message, envelope, house.tools)
    assert meaning.requests == ("withdrawal",)
    told = grounds.of(message, meaning, NOON, house.tools)
    assert told.without
    deciding = next(e for e in meaning.why if (e.within, e.start, e.end) in told.without and "退会" in e.text)
    requests, sure = told.without[deciding.within, deciding.start, deciding.end]
    text = BODY[: deciding.start] + BODY[deciding.end :]
    again = understand(
        Message(Channel.EMAIL, subject="お願い", text=text, new_text=text, segments=(Segment(0, len(text), "new"),)),
        envelope, house.tools,
    )  # fmt: skip
    assert (requests, sure) == (again.requests, again.sure)
    words = told.words(deciding, lambda s: s, label)
    assert words.startswith("退会")
    assert f"{deciding.weight:+.2f}" in words
    assert "この言葉がな" in words


def test_without_a_reading_nothing_is_claimed(house: TestHouse) -> None:
    message = Message(Channel.APP, text=BODY, request_code="withdrawal")
    assert grounds.of(message, None, NOON, house.tools).without == {}
    meaning = understand(message, Envelope(Channel.APP, "", b"", NOON), house.tools)
    assert grounds.of(message, meaning, NOON, house.tools).without == {}


def test_the_rungs_of_the_charset_ladder_in_words() -> None:
    said = steps.in_words(
        ["text/plain: cp932 declared", "Subject: encoded word, iso2022_jp escapes", "body: base64 undeclared",
         "file name: rfc2231, utf-8 declared", "text/html: x-unknown never heard of"], lambda s: s,
    )  # fmt: skip
    assert said == [
        "本文: Shift_JIS 表示どおり", "件名: JIS 切り替え記号から判定(ヘッダーの符号)", "本文: 表示のないbase64",
        "添付の名前: UTF-8 表示どおり(RFC 2231)", "本文(HTML): x-unknown never heard of",
    ]  # fmt: skip
    words = {*steps._PLACES.values(), *steps._RUNGS.values(), *steps._WHOLE.values()} - {"HTML", "RFC 2231"}
    assert sorted(words - ENGLISH.keys()) == []


@pytest.mark.parametrize("module", [connections, policies, presence, views, grounds])
def test_what_these_pages_say_has_its_english(module: ModuleType) -> None:
    tree = ast.parse(Path(str(module.__file__)).read_text("utf-8"))
    parts = {id(p) for f in ast.walk(tree) if isinstance(f, ast.JoinedStr) for p in f.values}
    docs = {ast.get_docstring(n, clean=False) for n in ast.walk(tree)
            if isinstance(n, ast.Module | ast.ClassDef | ast.FunctionDef)}  # fmt: skip
    said = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)
            and id(n) not in parts and n.value not in docs}  # fmt: skip
    japanese = {s for s in said if re.search("[ぁ-んァ-ヶ一-龠]", s)}
    assert japanese
    assert sorted(japanese - ENGLISH.keys()) == []


def test_rules_and_weights_are_words_that_a_person_can_read(house: TestHouse) -> None:
    message = Message(
        Channel.EMAIL, subject="お願い", text=BODY, new_text=BODY, segments=(Segment(0, len(BODY), "new"),)
    )
    meaning = understand(message, Envelope(Channel.EMAIL, "", b"", NOON), house.tools)
    told = grounds.of(message, meaning, NOON, house.tools)
    same = lambda s: s  # noqa: E731
    rule = next(e for e in meaning.why if not e.rule.startswith("model:"))
    (example,) = [r.hits[0] for q in house.tools.rulebook.requests.values() for r in q.rule if r.id == rule.rule]
    assert told.source(rule, same) == f"ルール「{example}」"
    assert rule.rule not in told.words(rule, same, label)
    assert any(word in told.words(rule, same, label) for word in ("強い", "中くらい", "弱い"))
    for e in meaning.why:
        assert not re.search(r"[a-z]{3}", told.source(e, same)), e.rule
    assert told.bare is not None
    assert told.bare[0] != ("withdrawal",)  # without all the words that speak for it, it is something else
    assert told.altogether(same, label).startswith("色の付いた言葉がすべてなければ: ")
    assert "退会" not in told.altogether(same, label)


def test_a_word_of_the_gate_says_what_it_means_and_that_the_rest_would_do_without_it(house: TestHouse) -> None:
    text = "退会の手続きをお願いいたします。本人は知りません。"
    message = Message(Channel.EMAIL, text=text, new_text=text, segments=(Segment(0, len(text), "new"),))
    meaning = understand(message, Envelope(Channel.EMAIL, "", b"", NOON), house.tools)
    told = grounds.of(message, meaning, NOON, house.tools)
    (stop,) = [e for e in meaning.why if told.weightless(e)]
    words = told.words(stop, lambda s: s, label)
    assert words.startswith("退会を自動で進めない言葉: 「本人の知らないところで頼んでいる」。この言葉が")
    assert "重み" not in words
