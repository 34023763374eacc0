"""The wheel works outside the checkout: rules, templates, pages and weights travel with it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from this checkout."""
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=100)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with the wheel in it, which borrows the dependencies of this one but not the checkout."""
    folder = tmp_path_factory.mktemp("elsewhere")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True, timeout=100)
    python = folder / "venv/bin/python"
    uv = [sys.executable, "-m", "uv", "pip", "install", "-q", "--no-config", "--offline", "--no-deps"]
    subprocess.run([*uv, "--python", python, wheel], check=True, timeout=100)
    (packages,) = (folder / "venv/lib").glob("python*/site-packages")
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")  # its own .pth files do not count
    return folder


def run(installed: Path, *command: str, given: str = "") -> str:
    """Standard output of a command of the installed wheel, run outside the checkout."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("INTAKE_", "PYTHON"))}
    program = [installed / "venv/bin" / command[0], *command[1:]]
    done = subprocess.run(program, cwd=installed, env=clean, input=given, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    return done.stdout


def files_under(folder: Path) -> set[str]:
    """All files below, by their path from there."""
    files = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {str(path) for path in files if "__pycache__" not in path.parts}


def test_the_wheel_holds_every_file_of_the_package(wheel: Path) -> None:
    held = {name.removeprefix("intake/") for name in zipfile.ZipFile(wheel).namelist()}
    assert files_under(ROOT / "src/intake") <= held


def test_rules_and_templates_are_found_outside_the_checkout(installed: Path) -> None:
    script = (
        "import json, intake.resources as r; print(json.dumps([str(r.shipped_rules()), str(r.shipped_templates())]))"
    )
    rules, templates = map(Path, json.loads(run(installed, "python", "-c", script)))
    assert rules.is_relative_to(installed)
    assert files_under(rules) == files_under(ROOT / "rules")
    assert files_under(templates) == files_under(ROOT / "templates")


def test_the_command_works_outside_the_checkout(installed: Path) -> None:
    assert "classify" in run(installed, "intake", "--help")


def test_a_message_is_understood_outside_the_checkout(installed: Path) -> None:
    line = {"id": "1", "channel": "mail", "from": "yamada@example.jp", "subject": "退会希望", "body": "退会します。"}
    answer = json.loads(run(installed, "intake", "classify", given=json.dumps(line) + "\n"))
    assert answer["requests"] == ["withdrawal"]
