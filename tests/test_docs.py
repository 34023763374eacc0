"""What the repository says of itself is true, and it says nothing of the machine that it was written on."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# Written apart, so that this file passes its own check.
HOSTS = ["pypi" + ".org", "python" + "hosted.org", "registry.npm" + "js.org", "deb.debian" + ".org"]
OPTIONS = [r"--(extra-)?index-" + "url", "--find-" + "links", r"pip index " + r"\w+", "UV_(EXTRA_)?INDEX" + "_URL"]
PLACES = [r"(?<![\w.])/(work|farm|root|home/\w+)/" + r"[a-z.]+", "/opt/(wheels|pypi" + ")"]
FOREIGN = re.compile("|".join([*map(re.escape, HOSTS), *OPTIONS, *PLACES]))
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|NotImplemented" + r"Error)\b")


def tracked() -> list[Path]:
    """The files under version control that are there; of an unpacked archive all but what is built."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listing.returncode == 0:
        return [path for name in listing.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]
    built = {".venv", "var", "dist", "build"}
    return [path for path in ROOT.rglob("*") if path.is_file() and path.relative_to(ROOT).parts[0] not in built]


def texts(*suffixes: str) -> list[tuple[str, str]]:
    """Name and text of each tracked file that is text; the recorded mails and messages say what they like."""
    found = []
    for path in tracked():
        raw = path.read_bytes()
        if b"\0" in raw or path.suffix in (".eml", ".jsonl") or (suffixes and path.suffix not in suffixes):
            continue
        found.append((str(path.relative_to(ROOT)), raw.decode("utf-8", "replace")))
    return found


def lines_with(pattern: re.Pattern[str], files: list[tuple[str, str]]) -> list[str]:
    """``file:line: match`` of each line in which the pattern is found."""
    return [
        f"{name}:{number}: {match[0]}"
        for name, text in files
        for number, line in enumerate(text.splitlines(), 1)
        if (match := pattern.search(line))
    ]


def test_no_file_names_a_registry_or_a_place_on_a_machine() -> None:
    assert lines_with(FOREIGN, texts()) == []


@pytest.mark.parametrize("line", ["see https://" + HOSTS[0], "cd /wo" + "rk/main", "pip ind" + "ex versions uv"])
def test_the_check_above_can_fail(line: str) -> None:
    assert lines_with(FOREIGN, [("a", f"fine\n{line}\n")])


def test_nothing_calls_itself_unfinished() -> None:
    assert lines_with(UNFINISHED, texts(".py", ".toml", ".sh", ".html", ".js", ".css")) == []


def test_pins_are_names_versions_and_hashes_only() -> None:
    line = re.compile(r"[\w.-]+==[\w.+!-]+( ; .+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?")
    for name in ("build", "run", "dev"):
        rows = (ROOT / "requirements" / f"{name}.txt").read_text().splitlines()
        assert rows
        assert [row for row in rows if not line.fullmatch(row)] == []


def test_each_run_pin_is_the_same_for_development() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^[\w.-]+==\S+", (ROOT / "requirements" / name).read_text(), re.MULTILINE))

    assert pins("run.txt") <= pins("dev.txt")


def test_links_between_documents_lead_somewhere() -> None:
    broken = [
        f"{name}: {target}"
        for name, text in texts(".md")
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text)
        if not re.match(r"[a-z]+:", target) and not (ROOT / name).parent.joinpath(target).exists()
    ]
    assert broken == []


def test_make_targets_that_documents_name_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        (name, target)
        for name, text in texts(".md", ".yaml", ".toml")
        for target in re.findall(r"(?:`|^    |^\$ )make ([a-z]+)", text, re.MULTILINE)
    }
    assert {(name, target) for name, target in named if target not in targets} == set()


def test_every_target_is_in_the_help() -> None:
    text = (ROOT / "Makefile").read_text()
    (phony,) = re.findall(r"^\.PHONY: (.*)", text, re.MULTILINE)
    assert set(phony.split()) == set(re.findall(r"^([a-z]+):.*## ", text, re.MULTILINE))
