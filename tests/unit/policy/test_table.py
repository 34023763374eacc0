"""``tests/policy-table.md`` says what the functions do."""

from __future__ import annotations

from tests.unit.policy import table


def test_the_table_that_staff_read_is_what_happens() -> None:
    written = table.FILE.read_text(encoding="utf-8").splitlines()
    made = table.render().splitlines()
    changed = [line for line in made if line not in written] + [f"gone: {x}" for x in written if x not in made]
    assert written == made, "rewrite it with `python -m tests.unit.policy.table`, and read what changed: " + "\n".join(
        changed[:20]
    )


def test_no_line_of_it_says_that_somebody_cannot_leave() -> None:
    for line in table.render().splitlines():
        assert "cannot" not in line
        if line.startswith("| 退会 | 完了 |"):
            assert any(word in line for word in ("退会にする", "→リーダー", "`self_application`"))
