"""What the mails promise: every template, every example, word by word.

The golden mails under tests/golden/mails/ are there to be read as a seeker would. After a change of wording:
``INTAKE_TEST_GOLDEN=write python -m pytest tests/test_templates.py``, then read the diff.
"""

from __future__ import annotations

import os
import re
from dataclasses import fields
from pathlib import Path

import pytest

from intake.errors import TemplateError
from intake.replies import differences, load_agency, load_templates
from intake.replies.compose import render
from intake.replies.contexts import CONTEXTS, variable_names
from intake.replies.examples import letters
from intake.replies.parts import Letter, Part
from intake.replies.templates import TemplateBook
from intake.replies.wording import FILTERS
from intake.resources import shipped_rules, shipped_templates

GOLDEN = Path(__file__).parent / "golden" / "mails"
BOOK = load_templates([shipped_templates()])
FRAME = {"name", "agency", "numbers"}
EVERY = {name: letter for template in BOOK.names() for name, letter in letters(template).items()}
# A person's own words, a mail to staff, and several requests at once have no usual length.
FREE_LENGTH = ("staff_answer", "alarm", "receipt_several")
ONE_WAY = ("alarm", "staff_answer", "receipt_neutral", "deletion_final", "deletion_expired")


def middle(text: str) -> str:
    """The text between the greeting and the agency's lines."""
    greeted = 2 if text.split("\n", 1)[0].endswith(" 様") else 1
    return text.split("\n\n", greeted)[greeted].split("\n----")[0].rsplit("\n\n", 1)[0]


def words(text: str) -> str:
    """What is read as sentences: no links, no list of companies or conditions, no blanks."""
    lines = [line for line in middle(text).split("\n") if "://" not in line and not line.startswith(("・", "　"))]
    return re.sub(r"\s|（[^（）]*（[^（）]*）[^（）]*まで有効）", "", "".join(lines))


def test_every_template_has_its_class_and_every_class_its_template() -> None:
    assert set(BOOK.names()) == set(CONTEXTS)


@pytest.mark.parametrize("name", BOOK.names())
def test_a_template_uses_exactly_its_documented_variables(name: str) -> None:
    assert BOOK.undeclared(name) - FRAME == variable_names(name)


@pytest.mark.parametrize("name", EVERY)
def test_golden(name: str) -> None:
    template, subject, text = render(BOOK, EVERY[name])
    assert template == name.split("+")[0]
    made = f"件名: {subject}\n\n{text}"
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("INTAKE_TEST_GOLDEN") == "write":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(made, encoding="utf-8")
    assert made == path.read_text(encoding="utf-8")


def test_no_golden_mail_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(EVERY)


@pytest.mark.parametrize("name", [name for name in EVERY if not name.startswith(FREE_LENGTH)])
def test_the_text_is_neither_curt_nor_long(name: str) -> None:
    read = words(render(BOOK, EVERY[name])[2])
    assert 100 <= len(read) <= 400, f"{len(read)} characters: {read}"


@pytest.mark.parametrize("name", EVERY)
def test_no_law_no_pressure_no_gap(name: str) -> None:
    _, subject, text = render(BOOK, EVERY[name])
    for word in ("保護法", "安定法", "第21条", "条の", "考え直", "もったいない", "残念", "引き止め", "本当に"):
        assert word not in subject + text
    for gap in ("None", "、、", "。。", "()", "（）", "「」", "  ", "までにまで", "追ってまで"):
        assert gap not in text.replace("\n  ", "\n")
    assert not re.search(r"\n{3,}", text)
    assert max(map(len, text.split("\n"))) <= 80


@pytest.mark.parametrize("name", EVERY)
def test_the_frame_is_whole(name: str) -> None:
    agency = load_agency([shipped_rules()])
    letter = EVERY[name]
    _, subject, text = render(BOOK, Letter(letter.to_name, letter.parts, letter.neutral, agency))
    assert subject.startswith(f"【{agency.name}】")
    for line in (agency.name, agency.office, agency.telephone, agency.hours, agency.address, agency.privacy_page):
        assert line in text
    last = ("alarm", "deletion_final", "deletion_expired")
    assert (agency.sign_off in text.replace("\n", "")) is not name.startswith(last)
    for part in letter.parts:
        assert part.case_number in subject
        if part.link_url and "link" in variable_names(part.template):
            assert f"\n{part.link_url}\n" in text


@pytest.mark.parametrize("name", [n for n in BOOK.names() if n not in ONE_WAY])
def test_it_says_how_to_answer_or_take_back(name: str) -> None:
    text = render(BOOK, letters(name)[name])[2]
    assert re.search("ご返信|キャンセル|お電話|お取りやめ", middle(text)), text


def test_the_neutral_receipt_reads_the_same_for_everybody() -> None:
    known = Letter("見本 花子", (Part("withdrawal", "receipt_neutral", "C-000001", reasons=("family",)),), True, AGENCY)
    unknown = Letter(None, (Part("other", "receipt_neutral", "C-000001"),), True, AGENCY)
    assert render(BOOK, known) == render(BOOK, unknown)
    assert "見本 花子" not in render(BOOK, known)[2]


def test_a_running_selection_is_named_and_said_to_count_as_declined() -> None:
    text = render(BOOK, EVERY["receipt_withdrawal"])[2]
    assert "・見本商事株式会社（書類選考中）" in text
    assert "辞退の扱い" in text


def test_the_tone_follows_the_reason() -> None:
    tones = {"congratulation": "お祝い", "sympathy": "ご無理をなさらず", "apology": "申し訳ございません"}
    for variant, word in tones.items():
        for other in ("", *(f"+{name}" for name in tones)):
            found = word in render(BOOK, EVERY[f"done_withdrawal{other}"])[2]
            assert found is (other == f"+{variant}")


def test_a_value_that_is_missing_stops_the_mail() -> None:
    for part in (
        Part("withdrawal", "reminder", "C-000001"),  # no link
        Part("concierge_change", "done_concierge_change", "C-000001"),  # no name
        Part("deletion", "deletion_scheduled", "C-000001"),  # no day
        Part("question", "answer", "C-000001", answer_text=""),
    ):
        with pytest.raises(TemplateError, match=part.template):
            render(BOOK, Letter(None, (part,), False, AGENCY))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("{{ secret }}", "secret"),
        ("{{ ''.__class__.__mro__ }}", "unsafe|__class__"),
        ("{% for i in range(9) %}x{% endfor %}", "range"),
        ("{{ due_on|nosuchfilter }}", "nosuchfilter"),
        ("{{ agency.nosuch }}", "nosuch"),
        ("{% if due_on.nosuch %}x{% endif %}", "nosuch"),
        ("{% if %}", "line 1"),
        ("{{ agency.name.format(1) }}{{ cycler }}", "cycler"),
        ("{% include '../../etc/passwd' %}", "passwd|body.txt"),
    ],
)
def test_a_broken_template_of_the_home_is_refused(tmp_path: Path, body: str, said: str) -> None:
    own = tmp_path / "replies" / "receipt_other"
    own.mkdir(parents=True)
    (own / "body.txt").write_text('{% extends "_base/body.txt" %}{% block main %}' + body + "{% endblock %}")
    with pytest.raises(TemplateError, match=said):
        load_templates([shipped_templates(), tmp_path])


def test_the_home_overrides_file_by_file_and_the_version_tells(tmp_path: Path) -> None:
    own = tmp_path / "replies" / "receipt_question"
    own.mkdir(parents=True)
    (own / "subject.txt").write_text("ご質問を承りました\n", encoding="utf-8-sig")
    book = load_templates([shipped_templates(), tmp_path, tmp_path / "not-there"])
    assert book.preview("receipt_question")[0].startswith("【見本キャリアエージェント】ご質問を承りました（")
    assert book.preview("receipt_question")[1] == BOOK.preview("receipt_question")[1]
    assert book.version("receipt_question") != BOOK.version("receipt_question")
    assert book.version("receipt_other") == BOOK.version("receipt_other")


def test_a_change_of_wording_can_be_seen(tmp_path: Path) -> None:
    own = tmp_path / "replies" / "receipt_question"
    own.mkdir(parents=True)
    (own / "subject.txt").write_text("ご質問を承りました\n", encoding="utf-8")
    old, new = (
        BOOK.source("receipt_question"),
        load_templates([shipped_templates(), tmp_path]).source("receipt_question"),
    )
    assert differences(old, old) == ()
    assert differences(old, new)[-2:] == ("-お問い合わせを承りました", "+ご質問を承りました")


def test_a_new_request_type_needs_only_a_folder(tmp_path: Path) -> None:
    own = tmp_path / "replies" / "receipt_visit"
    own.mkdir(parents=True)
    (own / "subject.txt").write_text("ご来社のご希望を承りました\n", encoding="utf-8")
    (own / "body.txt").write_text(
        '{% extends "_base/body.txt" %}\n{% block main %}\n{{ parts.by(due_on) }}ご連絡いたします。\n{% endblock %}\n',
        encoding="utf-8",
    )
    book = load_templates([shipped_templates(), tmp_path])
    assert "4月6日（月）までにご連絡いたします。" in book.preview("receipt_visit")[1]


def test_a_missing_file_and_a_strange_name_are_named(tmp_path: Path) -> None:
    (tmp_path / "replies" / "Receipt").mkdir(parents=True)
    (tmp_path / "replies" / "Receipt" / "body.txt").write_text("x")
    with pytest.raises(TemplateError, match="Receipt"):
        load_templates([shipped_templates(), tmp_path])
    with pytest.raises(TemplateError, match=r"_base/subject\.txt is missing"):
        TemplateBook({"receipt_other/body.txt": "x"})


def test_values_are_never_templates() -> None:
    for name in ("{{7*7}}", "${7*7}", "%(x)s", "{0.__class__}", "{% raise %}"):
        text = render(BOOK, Letter(name, (Part("other", "receipt_other", "C-000001"),), False, AGENCY))[2]
        assert f"{name} 様" in text


def test_the_page_for_those_who_write_templates_names_every_variable() -> None:
    page = (shipped_templates() / "replies" / "README.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", page, re.MULTILINE))
    assert {name: set(re.findall(r"`(\w+)`", row)) for name, row in rows.items()} == {
        name: set(variable_names(name)) for name in CONTEXTS
    }
    for word in (*FILTERS, *re.findall(r"macro (\w+)", (shipped_templates() / "replies/_base/parts.txt").read_text())):
        assert f"|{word}" in page or f"parts.{word}(" in page


def test_every_field_of_a_class_is_known_to_the_part() -> None:
    known = set(Part("other", "receipt_other", "C-000001").variables()) | {"sections", "links"}
    for name, cls in CONTEXTS.items():
        assert {f.name for f in fields(cls)} <= known, name


AGENCY = load_agency([shipped_rules()])
