"""The texts of the mails from the shell: list them, try one with a real case, see what changed."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Annotated

import typer

from intake import resources
from intake.bootstrap.folders import template_dirs
from intake.bootstrap.home import connect
from intake.bootstrap.toolbox import make_tools
from intake.cli.app import app, emit, emit_array, say, settings, utf8_out
from intake.cli.desk import find_case
from intake.errors import BadInput, NotFound
from intake.pipeline.trial import trial
from intake.ports import Tx
from intake.replies import TemplateBook, differences, load_templates
from intake.worker import utc_now

template_app = typer.Typer(no_args_is_help=True, help="the texts of the mails")
app.add_typer(template_app, name="template")
Name = Annotated[str, typer.Argument(help="a folder of templates/replies, for example receipt_withdrawal")]
Json = Annotated[bool, typer.Option("--json")]


@template_app.command("list")
def list_templates(as_json: Json = False) -> None:
    """Every template with the version in use and its subject."""
    utf8_out()
    book = load_templates(template_dirs(settings()))
    rows = [{"template": n, "version": book.version(n), "subject": book.preview(n)[0]} for n in book.names()]
    if as_json:
        emit_array(rows)
        return
    for row in rows:
        print(f"{row['version']}  {row['template']:<26} {row['subject']}")


@template_app.command("preview")
def preview(
    name: Name,
    case: Annotated[str, typer.Option(help="number or id of a case; an invented one without it")] = "",
    as_json: Json = False,
) -> None:
    """The mail as it would be written now. Nothing is sent."""
    utf8_out()
    if case:
        subject, text = _with_case(name, case)
    else:
        subject, text = _book_with(name).preview(name)
    if as_json:
        emit({"template": name, "subject": subject, "text": text})
        return
    print(f"{say('件名', 'Subject')}: {subject}\n\n{text}", end="")


def _book_with(name: str) -> TemplateBook:
    """All templates. Raises NotFound where none is called so."""
    book = load_templates(template_dirs(settings()))
    if name not in book.names():
        raise NotFound(f"{name}: no such template; `intake template list` shows all")
    return book


def _with_case(name: str, number: str) -> tuple[str, str]:
    _book_with(name)
    tools = make_tools(settings())
    store = connect(settings())
    try:
        with store.read() as tx:
            return trial(tx, find_case(tx, number), name, tools, utc_now())
    finally:
        store.close()


@template_app.command("versions")
def versions(name: Name, as_json: Json = False) -> None:
    """The versions that mails were written with, newest first."""
    utf8_out()
    now = _book_with(name).version(name)
    store = connect(settings())
    try:
        with store.read() as tx:
            rows = [{"version": w.version, "since": w.at.isoformat(), "now": w.version == now} for w in
                    tx.wordings.of(name)]  # fmt: skip
    finally:
        store.close()
    if as_json:
        emit_array(rows)
        return
    for row in rows:
        print(f"{'*' if row['now'] else ' '} {row['version']}  {row['since']}")
    if not rows:
        print(say("このひな形のメールはまだありません。", "no mail was written with this template yet"))


@template_app.command("diff")
def diff(
    name: Name,
    old: Annotated[str, typer.Argument(help="a version, or `shipped`; else the last one that differs")] = "",
    new: Annotated[str, typer.Argument(help="a version; else the one in use")] = "",
) -> None:
    """What changed between two versions; exit status 0 also where nothing did."""
    utf8_out()
    book = _book_with(name)
    files = {"": book.files_of([name]), "shipped": load_templates([resources.shipped_templates()]).files_of([name])}
    if old != "shipped" or new:
        store = connect(settings())
        try:
            with store.read() as tx:
                before = files["shipped"] if old == "shipped" else _kept(tx, name, old, book.version(name))
                after = _kept(tx, name, new, "") if new else files[""]
        finally:
            store.close()
    else:
        before, after = files["shipped"], files[""]
    lines = differences(before, after)
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    if not lines:
        print(say("違いはありません。", "no difference"), file=sys.stderr)


def _kept(tx: Tx, name: str, version: str, now: str) -> Mapping[str, str]:
    """The files of a version; without one the newest that is not in use. Raises NotFound, BadInput."""
    if version:
        found = tx.wordings.find(name, version)
        if found is None:
            raise NotFound(f"{version}: no mail was written with it; `intake template versions {name}` lists them")
        return found.files
    older = next((w for w in tx.wordings.of(name) if w.version != now), None)
    if older is None:
        raise BadInput(f"{name}: no other version is known; `intake template diff {name} shipped` compares with ours")
    return older.files
