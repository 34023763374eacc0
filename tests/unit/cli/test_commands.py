"""The table of commands: each command's module is loaded alone, and every command has its line."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest
import typer

from intake.cli import COMMANDS, TAKE_A_VALUE, command_of
from intake.cli.app import app


def test_every_command_has_its_line_and_its_module() -> None:
    for module in set(COMMANDS.values()):
        importlib.import_module(f"intake.cli.{module}")
    said = {c.name or c.callback.__name__: c.callback.__module__ for c in app.registered_commands if c.callback}
    for group in app.registered_groups:
        for command in group.typer_instance.registered_commands if group.typer_instance else []:
            assert command.callback
            assert said.setdefault(str(group.name), command.callback.__module__) == command.callback.__module__
    assert {name: module.rpartition(".")[2] for name, module in said.items()} == COMMANDS


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        (["classify"], "classify"),
        (["--home", "/tmp/a", "classify", "--help"], "classify"),
        (["--home=/tmp/a", "--lang", "ja", "case", "show", "x"], "case"),
        (["--home", "run", "init"], "init"),
        (["--help"], ""),
        (["--help", "cases"], ""),
        ([], ""),
        (["--home"], ""),
        (["nosuch", "classify"], "nosuch"),
    ],
)
def test_the_command_is_the_first_word_that_is_no_option(arguments: list[str], command: str) -> None:
    assert command_of(arguments) == command


def test_options_that_take_a_value_are_known() -> None:
    parameters = typer.main.get_command(app).params
    taking = {name for one in parameters if not getattr(one, "is_flag", False) for name in one.opts}
    assert taking == set(TAKE_A_VALUE)


def test_a_reading_command_loads_no_store_and_no_web() -> None:
    code = (
        "import sys; sys.argv = ['intake', 'classify', '--help']\n"
        "from intake.cli import main\n"
        "try: main()\n"
        "except SystemExit as e: assert not e.code\n"
        "heavy = {'sqlalchemy', 'alembic', 'starlette', 'uvicorn', 'asyncio', 'httpx', 'dns'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "classify" in done.stdout


@pytest.mark.parametrize("arguments", [["--help"], ["nosuch"]])
def test_help_and_a_wrong_word_know_every_command(arguments: list[str]) -> None:
    done = subprocess.run([sys.executable, "-m", "intake", *arguments], capture_output=True, text=True, check=False)
    if arguments == ["--help"]:
        assert done.returncode == 0
        assert all(f" {name} " in done.stdout for name in COMMANDS)
    else:
        assert done.returncode == 2
        assert "nosuch" in done.stderr
