"""What staff correct is learned; what would make the reader more dangerous is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake.learning import corrections
from intake.resources import shipped_rules
from intake.understanding import Understander, load_rulebook

ODD = "ぽんぽこ券を三枚お願いします。"


def corrected(text: str, *requests: str) -> dict[str, object]:
    return {"id": f"staff-{len(text)}", "subject": "", "body": text, "requests": list(requests), "was": ["other"]}


def read(text: str, *rules: Path) -> tuple[str, ...]:
    understander = Understander(load_rulebook([shipped_rules(), *rules]))
    return understander.read(channel="email", subject="", body=text, segments=(), received_at=None).requests


def test_a_correction_is_learned_and_found_by_the_next_reading(tmp_path: Path) -> None:
    text = "紹介の頻度を月に一度まで落としてもらえると助かります。"
    right = "pause" if read(text) != ("pause",) else "preferences"
    lesson = corrections.learn([corrected(text, right)], rules=[shipped_rules(), tmp_path])
    assert lesson.refused is None
    assert lesson.right_after == 1
    assert lesson.written == tmp_path / "weights.npz"
    assert read(text, tmp_path) == (right,)
    assert any(flip.right == (right,) for flip in lesson.flips)


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    lesson = corrections.learn([corrected(ODD, "decline")], rules=[shipped_rules(), tmp_path], dry_run=True)
    assert lesson.written is None
    assert list(tmp_path.iterdir()) == []
    assert "試しただけ" in lesson.as_text("ja")


def test_corrections_that_make_leaving_too_easy_are_refused(tmp_path: Path) -> None:
    denials = [
        "退会はしません。",
        "退会はお願いしておりません。",
        "登録は消さないでください。",
        "退会ではなく休止をお願いします。",
        "ジムの退会をお願いします。",
        "退会方法を教えてください。",
    ]
    lines = [{**corrected(text, "withdrawal"), "id": f"bad-{i}"} for i, text in enumerate(denials)]
    lesson = corrections.learn(lines, rules=[shipped_rules(), tmp_path])
    assert lesson.refused
    assert list(tmp_path.iterdir()) == []


def test_nothing_to_learn_changes_nothing(tmp_path: Path) -> None:
    lesson = corrections.learn([], rules=[shipped_rules(), tmp_path])
    assert (lesson.corrections, lesson.flips, lesson.written) == (0, (), None)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_lesson_names_messages_by_id_alone(tmp_path: Path, lang: str) -> None:
    lesson = corrections.learn([corrected(ODD, "decline")], rules=[shipped_rules(), tmp_path], dry_run=True)
    assert "ぽんぽこ" not in lesson.as_text(lang)
