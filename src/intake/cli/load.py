"""Commands that bring things in: ingest, work, seekers import, applications import, case new."""

from __future__ import annotations

import sys
import time
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from intake.bootstrap.house import House, open_house
from intake.bootstrap.indexing import bring_up_now
from intake.bootstrap.keeping import Keeper
from intake.bootstrap.leases import end_leases_of_the_dead
from intake.bootstrap.working import make_worker
from intake.cli import progress
from intake.cli.app import app, emit, say, settings, utf8_out
from intake.outbox.sender import Sender
from intake.ports import Tx
from intake.worker import LEASE_SECONDS, utc_now

PATIENCE_SECONDS = LEASE_SECONDS + 30  # whoever holds a message that long is gone
seekers_app = typer.Typer(no_args_is_help=True, help="the register of seekers")
applications_app = typer.Typer(no_args_is_help=True, help="applications of seekers")
app.add_typer(seekers_app, name="seekers")
app.add_typer(applications_app, name="applications")


@app.command()
def ingest(
    paths: Annotated[list[Path], typer.Argument()], as_json: Annotated[bool, typer.Option("--json")] = False
) -> None:
    """Take .eml, mbox and Maildir into the inbox, each mail once."""
    from intake.channels.files import ingest as ingest_files

    utf8_out()
    house = open_house(settings())
    try:
        with progress.of_all(progress.bytes_below(paths) if sys.stderr.isatty() else 0) as told:
            summary = ingest_files(paths, house.writer, utc_now(), progress=told)
    finally:
        house.close()
    failed = [{"path": str(path), "why": why} for path, why in summary.failed]
    if as_json:
        emit({"stored": summary.stored, "duplicate": summary.duplicate, "failed": len(failed), "failures": failed})
    else:
        print(say(f"取り込み {summary.stored} 件、重複 {summary.duplicate} 件、失敗 {len(failed)} 件",
                  f"stored {summary.stored}, duplicate {summary.duplicate}, failed {len(failed)}"))  # fmt: skip
    for row in failed:
        print(f"intake: {row['path']}: {row['why']}", file=sys.stderr)
    if failed:
        raise SystemExit(1)


@app.command()
def work(until_idle: Annotated[bool, typer.Option("--until-idle")] = False) -> None:
    """Process what waits; with --until-idle end when nothing waits any more, mails included."""
    from intake.bootstrap.sending import make_sender

    house = open_house(settings())
    try:
        done, sent = work_until_idle(house) if until_idle else (_once(house), make_sender(house).run_once(utc_now()))
        with house.store.read() as tx:
            left = tx.inbox.backlog(utc_now()).waiting
    finally:
        house.close()
    print(say(f"処理 {done} 件、送信 {sent} 件", f"handled {done}, sent {sent}"))
    if until_idle and left:
        print(say(f"intake: {left} 件が処理できないまま残っています。`intake reconcile` で確かめてください。",
                  f"intake: {left} messages still wait and cannot be taken up; `intake reconcile` names them"),
              file=sys.stderr)  # fmt: skip
        raise SystemExit(1)


def _once(house: House) -> int:
    return make_worker(house).run_once()


def work_until_idle(house: House) -> tuple[int, int]:
    """(messages handled, mails sent). Waits for what is tried again, or held by another process, but not for ever."""
    from intake.bootstrap.sending import make_sender
    from intake.bootstrap.telling import make_webhook_sender

    with house.store.read() as tx:
        waiting = tx.inbox.backlog(utc_now()).waiting
    with progress.of_all(waiting) as told:
        counts = _work_until(house, lambda tx: tx.inbox.backlog(utc_now()).waiting == 0, make_sender(house), told)
    telling = make_webhook_sender(house)
    while telling is not None and telling.run_once():
        pass  # what cannot be delivered now is tried again by `run`
    Keeper(house, daily=False).run_once()
    bring_up_now(house)
    return counts


def _work_until(
    house: House, is_over: Callable[[Tx], bool], sender: Sender | None, told: Callable[[int], None] = lambda _: None
) -> tuple[int, int]:
    end_leases_of_the_dead(house.store, utc_now())
    worker = make_worker(house)
    done = sent = 0
    moved_at = time.monotonic()
    while True:
        busy = worker.run_once()
        done += busy
        told(busy)
        moved = worker.run_calendar() if not busy else 0
        out = sender.run_once(utc_now()) if sender and not busy else 0
        sent += out
        if busy or moved or out:
            moved_at = time.monotonic()
            continue
        with house.store.read() as tx:
            if is_over(tx) or time.monotonic() - moved_at > PATIENCE_SECONDS:
                return done, sent
        time.sleep(0.2)


@seekers_app.command("import")
def import_seekers(
    file: Path,
    dry_run: Annotated[bool, typer.Option("--dry-run")] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Take a CSV of seekers in (UTF-8 or CP932, Japanese or English headings)."""
    from intake.pipeline.roster import import_seekers as run

    _import(file, run, dry_run=dry_run, as_json=as_json)


@applications_app.command("import")
def import_applications(
    file: Path,
    dry_run: Annotated[bool, typer.Option("--dry-run")] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Take a CSV of applications in."""
    from intake.pipeline.roster import import_applications as run

    _import(file, run, dry_run=dry_run, as_json=as_json)


def _import(file: Path, run: Any, *, dry_run: bool, as_json: bool) -> None:
    from intake.bootstrap.folders import rules_dirs
    from intake.bootstrap.home import connect
    from intake.pipeline.roster_words import load_roster_words

    utf8_out()
    words = load_roster_words(rules_dirs(settings()))
    store = connect(settings())
    try:
        result = run(
            store, file.read_bytes(), file.name, utc_now(), words, dry_run=dry_run, progress=progress.over_rows()
        )
    finally:
        store.close()
    for error in result.errors:
        print(f"intake: {error}", file=sys.stderr)
    row = {"added": result.added, "changed": result.changed, "unchanged": result.unchanged,
           "failed": len(result.errors), "dry_run": dry_run}  # fmt: skip
    if as_json:
        emit(row | {"errors": list(result.errors)})
    else:
        trial = say("(確認のみ、何も保存していません) ", "(nothing written) ") if dry_run else ""
        counts = (result.added, result.changed, result.unchanged, len(result.errors))
        print(trial + say("追加 {} 件、更新 {} 件、変更なし {} 件、誤り {} 件",
                          "added {}, changed {}, unchanged {}, failed {}").format(*counts))  # fmt: skip
    if result.errors:
        raise SystemExit(1)


def coded(word: str, table: Mapping[str, tuple[str, ...]]) -> str | None:
    """The code that a word on screen stands for: 退会, 「退会希望」, サービス停止 (the longest in it); else None."""
    said = unicodedata.normalize("NFKC", word).strip().casefold()
    spelled = ((unicodedata.normalize("NFKC", name), code) for code, names in table.items() for name in names)
    names = {name.casefold().partition("(")[0]: code for name, code in spelled}
    exact = said if said in table else names.get(said)
    if exact:
        return exact
    inside = sorted((n for n in names if len(n) >= 2 and n in said), key=len, reverse=True)
    return names[inside[0]] if inside else None


def phone_case(fields: dict[str, str], staff: str) -> dict[str, Any]:
    """Store a telephone call as a message, bring it to its case, and give the case."""
    from intake.channels import phone
    from intake.cli.desk import case_row

    house = open_house(settings())
    try:
        book = house.tools().rulebook
        requests = {code: (r.label.ja, r.label.en) for code, r in book.requests.items()}
        reasons = {r.code: (r.label,) for r in book.reasons.reason}
        fields = dict(fields)
        for field, table in (("request", requests), ("reason", reasons)):
            if field in fields:
                fields[field] = coded(fields[field], table) or fields[field]
        accepted = house.writer.accept(phone.arrival(fields, staff, utc_now()))
        _work_until(house, lambda tx: tx.inbox.end_of(accepted.message_id)[0] is not None, None)
        with house.store.read() as tx:
            cases = tx.cases.of_message(accepted.message_id)
            return {"message": accepted.message_id, "cases": [case_row(tx, c) for c in cases]}
    finally:
        house.close()
