"""Letters put together from labelled lines: right labels, no mixing of parts, the same letters each time."""

from __future__ import annotations

from dataclasses import replace

from intake.learning import compose
from intake.learning.corpus import Line

BASE = Line("x", "t", "form", "", "", "", None, None, None, kind="asks")
PLEASE = {
    "withdrawal": "退会をお願いします。",
    "deletion": "履歴書を破棄してください。",
    "pause": "紹介を止めてください。",
    "preferences": "勤務地は大阪にしてください。",
}


def sentence(name: str, part: int, request: str, **more: object) -> Line:
    return replace(BASE, id=f"{name}{part}", group=str(part), body=f"{PLEASE.get(request, name)}(部{part})", **more)  # type: ignore[arg-type]


def lines() -> list[Line]:
    found = []
    for part in (0, 1):
        found += [sentence(request, part, request, requests=(request,), reasons=()) for request in PLEASE]
        near = sentence("near", part, "", requests=("other",), kind="near", of="resume")
        found += [near, sentence("why", part, "", reasons=("busy",), kind="reason")]
        both = ("deletion", "withdrawal")
        found += [sentence(f"both{i}", part, "", requests=both, reasons=()) for i in range(3)]
        found.append(sentence("letter", part, "pause", requests=("pause",), reasons=(), kind="message"))
    return found


def part_of(line: Line) -> int:
    return int(line.group)


def test_the_labels_follow_from_the_parts() -> None:
    made = compose.composed(lines(), part_of, 200)
    assert len(made) == 200
    for one in made:
        asked = {request for request, text in PLEASE.items() if text[:-1] in one.body}
        assert set(one.requests or ()) == asked, one.body
        assert one.kind == compose.KIND
        assert one.weight < 1
    assert any(one.requests == ("deletion", "withdrawal") for one in made)
    assert any(one.requests == ("pause",) and "near" in one.body for one in made)
    assert any(one.reasons == ("busy",) and "why" in one.body for one in made)


def test_no_letter_mixes_what_is_held_out_with_what_is_not() -> None:
    for one in compose.composed(lines(), part_of, 200):
        assert f"(部{1 - part_of(one)})" not in one.body


def test_only_requests_that_people_make_together_stand_together() -> None:
    seen = {one.requests for one in compose.composed(lines(), part_of, 200)}
    assert ("pause", "withdrawal") not in seen
    assert ("deletion", "pause") not in seen


def test_the_same_letters_each_time_and_none_of_nothing() -> None:
    assert compose.composed(lines(), part_of, 50) == compose.composed(lines(), part_of, 50)
    assert compose.composed([], part_of, 50) == []
    assert compose.composed([replace(BASE, requests=("other",))], lambda line: 0, 5) == []
