"""Every code that staff may meet has its Japanese word; downloads have harmless names."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import intake
from intake.cases.transitions import Event
from intake.model import CaseState, Channel, Effect, MailState, Role, SeekerStatus
from intake.policy import CHAIN
from intake.understanding.rulebook import LABELS
from intake.web import labels
from intake.web.staff import failed, failures, language, menu, speech, tabs, ways
from intake.web.staff.case import safe_name
from intake.web.staff.english import ENGLISH

SOURCE = Path(intake.__file__).parent
JAPANESE = re.compile("[ぁ-んァ-ヶ一-龠]")


def codes(pattern: str, *packages: str) -> set[str]:
    text = "\n".join(p.read_text("utf-8") for name in packages for p in sorted((SOURCE / name).rglob("*.py")))
    return {code for found in re.findall(pattern, text) for code in re.findall(r'"([a-z_]+)"', found)}


HOLDS = codes(
    r'(?:review\([^"()]*|hold(?:_reason)? ?= ?(?:\(\s*)?)("[a-z_]+"(?: if [^\n]* else "[a-z_]+")?)',
    "policy",
    "pipeline",
)
DOUBTS = codes(r'(?:yield |append\(|doubts=\(|doubt\()("[a-z_]+")', "understanding", "parsing") - {"model"}


def test_the_codes_are_found() -> None:
    assert {"unsure", "not_on_file", "which_application", "unreadable", "corrected", "lead_decides"} <= HOLDS
    assert {"empty", "answers_quote", "not_japanese", "quoted_only", "attached_only"} <= DOUBTS


@pytest.mark.parametrize(
    "code",
    sorted(
        {*LABELS, *HOLDS, *DOUBTS, *(getattr(p, "__name__", "") for p in CHAIN)}
        | {str(c.value) for kind in (CaseState, Channel, MailState, Role, SeekerStatus) for c in kind}
        | {f"{kind}_{request}" for kind in ("no_rule", "contradicted", "counterfactual")
           for request in ("withdrawal", "deletion")}
    ),
)  # fmt: skip
def test_every_code_has_its_word(code: str) -> None:
    assert JAPANESE.search(labels.label(code)), code


def test_every_mail_has_a_name() -> None:
    replies = SOURCE.parents[1] / "templates" / "replies"
    folders = [p.name for p in replies.iterdir() if p.is_dir() and p.name[0] != "_"]
    assert folders
    assert [f for f in folders if not JAPANESE.search(speech.mail_name(f))] == []


def calls(*packages: str) -> Iterator[ast.Call]:
    for path in (p for name in packages for p in sorted((SOURCE / name).rglob("*.py"))):
        yield from (n for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Call))


def literals(node: ast.expr) -> Iterator[str]:
    """What an argument may be: a word, or one of several."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*literals(node.body), *literals(node.orelse))
    elif isinstance(node, ast.BoolOp):
        yield from (s for value in node.values for s in literals(value))


def name_of(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def test_every_event_of_the_trail_has_its_words() -> None:
    noted = [c for c in calls("pipeline", "bootstrap", "web", "cli") if name_of(c) in ("note", "append", "_note")]
    said = {s for c in noted for a in c.args for s in literals(a)}
    written = {s for s in said if re.fullmatch(r"[a-z]+\.[a-z_]+", s)}
    written |= {f"case.{event.value}" for event in Event}
    written |= {f"seeker.{effect.value}" for effect in set(Effect) - {Effect.DROP_TARGETS}}  # that changes no record
    assert {"case.opened", "reply.queued", "webhooks.replayed", "case.approve"} <= written
    assert sorted(written - speech.EVENTS.keys()) == []


def test_every_reason_and_every_task_has_its_word() -> None:
    """A decision's reason stands in the trail, a task's kind and subject on the page of tasks."""
    given = {"reason", "hold", "hold_reason", "no_reply", "why", "kind", "subject"}
    places = {"Course": 1, "done": 2, "review": 3, "TaskPlan": 2, "_task": 4}  # how many of the first may be codes
    found: set[str] = set()
    for call in calls("policy", "pipeline", "bootstrap"):
        said = [k.value for k in call.keywords if k.arg in given] + call.args[: places.get(name_of(call), 0)]
        found |= {s for a in said for s in literals(a) if re.fullmatch("[a-z_]+", s)}
    assert {"resume_on", "remind", "reinstated", "reopened", "tell_employer", "carried_out"} <= found
    assert sorted(code for code in found if not JAPANESE.search(labels.label(code))) == []


def test_what_pages_say_has_its_english() -> None:
    pages = SOURCE.parents[1] / "templates" / "staff"
    said = {s for p in pages.glob("*.html") for s in re.findall(r"""\bt\(["']([^"'{]+)["']\)""", p.read_text("utf-8"))}
    said |= {t.text for t in tabs.TABS} | {t.empty for t in tabs.TABS} | set(language.DONE.values())
    said |= {text for _, text, _, _ in menu.ITEMS} | set(failures.WORDS) | set(failed.TROUBLES) | set(ways.WORDS)
    assert len(said) > 200
    assert sorted(s for s in said if JAPANESE.search(s) and s not in ENGLISH) == []


def test_staff_pages_have_one_word_for_each_role_in_a_case() -> None:
    """担当 is the seeker's concierge (domain.md: 担当変更), 対応者 who has the case, スタッフ all of the agency."""
    pages = SOURCE.parents[1] / "templates" / "staff"
    files = [*pages.glob("*"), *(SOURCE / "web" / "staff").glob("*.py"), SOURCE / "web" / "labels.py"]
    assert len(files) > 60
    mixed = re.compile("担当者|コンシェルジュ|自分の担当|(?<!新しい)担当を決める")
    assert {p.name: found for p in files if (found := mixed.findall(p.read_text("utf-8")))} == {}


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("履歴書.pdf", "履歴書.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\a.docx", "a.docx"),
        ("a.svg", "a.svg.txt"),
        ("PAGE.HTML", "PAGE.HTML.txt"),
        ("invoice\u202efdp.exe", "invoicefdp.exe.txt"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie x.pdf"),
        ("", "attachment"),
        ("...", "attachment"),
    ],
)
def test_names_of_downloads_are_only_names(given: str, name: str) -> None:
    assert safe_name(given) == name
