"""Commands that read and write nothing: parse, classify, evaluate, rules, learn."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from intake import resources
from intake.cli import progress
from intake.cli.app import app, emit, say, settings, shared, utf8_out
from intake.errors import BadInput, Unreadable
from intake.model import Channel, Envelope, Meaning, Message
from intake.parsing import ParseOptions

rules_app = typer.Typer(no_args_is_help=True, help="rules, templates and answers")
app.add_typer(rules_app, name="rules")


@app.command()
def parse(
    files: Annotated[list[str], typer.Argument(help="mail files")],
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """What a person would read in each mail: one JSON object a line."""
    from intake.parsing.child import ParserPool

    utf8_out()
    pool = ParserPool()
    try:
        for name in files:
            emit(_record(pool, name))
            sys.stdout.flush()
    finally:
        pool.close()


def _record(pool: Any, name: str) -> dict[str, Any]:
    """One object for every FILE, whatever it holds; hostile mail is opened in the limited child."""
    from intake.parsing import record

    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as e:
        return record(name, Message(Channel.EMAIL, error=f"cannot be read: {e.strerror}"))
    try:
        return record(name, pool.parse(Envelope(Channel.EMAIL, "file", raw, datetime.now(UTC)), ParseOptions()))
    except Unreadable as e:
        return record(name, Message(Channel.EMAIL, error=str(e)))


def reader() -> Callable[[dict[str, Any]], Meaning]:
    """A function from the fields of one JSON line to its reading."""
    from intake.bootstrap.folders import rules_dirs
    from intake.parsing.quotes import split
    from intake.understanding import Understander, load_rulebook

    understander = Understander(load_rulebook(rules_dirs(settings(logs=False))))

    def read_one(row: dict[str, Any]) -> Meaning:
        body = str(row.get("body") or row.get("text") or "")
        found = split(body)
        return understander.read(
            channel=str(row.get("channel") or "email"),
            subject=str(row.get("subject") or ""),
            body=body,
            segments=found.segments,
            received_at=_instant(row.get("received_at")),
            sender=str(row.get("from") or ""),
            doubts=("quoted_only",) if found.only_quoted else (),
        )

    return read_one


def _instant(value: Any) -> datetime | None:
    if not value:
        return None
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError as e:
        raise BadInput(f"received_at: {value!r} is not an ISO 8601 instant") from e
    return at if at.tzinfo else at.replace(tzinfo=UTC)


@app.command()
def classify() -> None:
    """JSON lines on stdin, the reading of each on stdout, in the same order."""
    from intake.understanding import as_json as answer

    utf8_out()
    read_one = reader()
    for number, line in enumerate(sys.stdin.buffer, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            if not isinstance(row, dict):
                raise ValueError("not an object")
        except (ValueError, RecursionError) as e:
            raise BadInput(f"standard input, line {number}: not a JSON object ({e})") from e
        emit(answer(row.get("id", ""), read_one(row)))
        sys.stdout.flush()


@app.command()
def evaluate(
    corpus: Annotated[list[Path], typer.Argument(help="labelled messages, JSON lines")],
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Score the reader on a labelled corpus."""
    from intake.learning.corpus import read_lines
    from intake.learning.evaluate import evaluate as score

    utf8_out()
    read_one = reader()
    lines = progress.over_rows()(list(read_lines(corpus)))
    report = score(lines, lambda line: read_one(_row(line)))
    if as_json:
        emit(report.as_dict())
    else:
        print(report.table(shared.lang))


def _row(line: Any) -> dict[str, Any]:
    return {"channel": line.channel, "from": line.sender, "subject": line.subject, "body": line.body,
            "received_at": line.received_at}  # fmt: skip


@rules_app.command("check")
def rules_check() -> None:
    """Load rules, templates and answers, run every example, refuse unsafe patterns."""
    from intake.bootstrap.folders import rules_dirs, template_dirs
    from intake.channels.foreign import load_forms
    from intake.pipeline.roster_words import load_roster_words
    from intake.policy import load_profile
    from intake.replies import load_agency, load_saved, load_templates
    from intake.understanding import examples, load_rulebook
    from intake.understanding.examples import lost_words

    utf8_out()
    s = settings()
    rules = rules_dirs(s)
    book = load_rulebook(rules)
    templates = load_templates(template_dirs(s))
    load_agency(rules)
    load_saved(rules)
    load_roster_words(rules)
    load_forms([folder / "forms" for folder in rules])
    for profile in ("agency", "public-office"):
        load_profile(rules, profile)
    failures = list(examples(book))
    for failure in failures:
        print(f"intake: {failure}", file=sys.stderr)
    if failures:
        raise SystemExit(1)
    if lost := lost_words(book, load_rulebook(rules[:1])):
        ja, en = "rules/gate の次の言葉は使われていません", "shipped words of rules/gate that are not in use"
        print(f"intake: {say(ja, en)}: {', '.join(lost)}", file=sys.stderr)
    count = len(templates.names())
    print(
        say(f"規則とひな形 {count} 件を確かめました。問題はありません。", f"rules and {count} templates: all is well")
    )


@app.command()
def learn(dry_run: Annotated[bool, typer.Option("--dry-run")] = False) -> None:
    """Learn from staff's corrections; shows what would flip; refuses to get worse."""
    from intake.bootstrap.house import open_house
    from intake.learning.corrections import learn as learn_from

    utf8_out()
    s = settings()
    house = open_house(s)
    try:
        lines = _corrected(house.store)
        report = learn_from(lines, rules=[resources.shipped_rules(), s.rules_override], home=s.home, dry_run=dry_run)
    finally:
        house.close()
    print(report.as_text(shared.lang))
    if report.refused:
        raise SystemExit(1)


def _corrected(store: Any) -> list[dict[str, Any]]:
    """Corrections as labelled messages."""
    lines = []
    with store.read() as tx:
        for c in tx.corrections.all():
            reading = tx.inbox.reading(c.message_id)
            if reading is None:
                continue
            message = reading[0]
            lines.append({"id": f"staff-{c.case_id}", "channel": message.channel.value, "subject": message.subject,
                          "body": message.text, "requests": list(c.now), "was": list(c.was)})  # fmt: skip
    return lines
