"""retention: what falls due on a day, and does it."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, time
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from intake.bootstrap.house import House, open_house
from intake.bootstrap.leases import end_leases_of_the_dead
from intake.cli.app import app, emit, say, settings, utf8_out
from intake.pipeline.keeping import Agenda, agenda, run
from intake.policy import today_of
from intake.ports import Store
from intake.worker import utc_now

TOKYO = ZoneInfo("Asia/Tokyo")
WORDS = {
    "erase": ("消去", "erase"),
    "erase_part": ("一部を消去", "erase this class"),
    "notice": ("お知らせ", "notice"),
    "wait": ("待つ", "wait"),
    "legal_hold": ("法的保全", "legal hold"),
    "busy": ("手続き中", "a case or selection runs"),
    "notice_first": ("お知らせ済み・期日前", "noticed, not yet due"),
}


@app.command()
def retention(
    on: Annotated[str, typer.Option(help="a day, YYYY-MM-DD; today without it")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only show")] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """What falls due on a day by the terms of rules/profiles, and does it. The output is the same for both."""
    utf8_out()
    today = today_of(utc_now())
    day = _day(on) if on else today
    if not dry_run and day > today and sys.stdin.isatty():
        typer.confirm(
            say(f"{day} はまだ来ていません。その日に消える情報を今消去しますか",
                f"{day} has not come yet. Erase now what falls due by then"), abort=True, err=True
        )  # fmt: skip
    house = open_house(settings())
    try:
        with house.store.read() as tx:
            whole = agenda(tx, house.tools(), day)
        row = _row(house.store, whole)
        if not dry_run:
            _do(house, day, today)
    finally:
        house.close()
    if as_json:
        emit(row)
    else:
        _print(row, dry_run=dry_run)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as e:
        raise typer.BadParameter(f"--on: {text!r} is not a day like 2031-03-31") from e


def _do(house: House, day: date, today: date) -> None:
    from intake.bootstrap.erasing import make_eraser

    end_leases_of_the_dead(house.store, utc_now())
    now = utc_now() if day == today else datetime.combine(day, time(12), TOKYO).astimezone(UTC)
    run(house.store, make_eraser(house), house.tools(), now)


def _row(store: Store, whole: Agenda) -> dict[str, Any]:
    with store.read() as tx:
        numbers = {d.seeker_id: tx.seekers.get(d.seeker_id).member_id for d in whole.due}
    return {
        "on": whole.on,
        "due": [
            {
                "seeker": numbers[d.seeker_id],
                "data": d.data,
                "label": d.label,
                "action": d.action,
                "waits_for": d.waits_for or None,
                "start_on": d.start_on,
                "due_on": d.due_on,
                "ceiling_on": d.ceiling_on,
                "ground": d.ground,
            }
            for d in whole.due
        ],
        "held": [{"erasure": h.erasure_id, "data": h.data, "until": h.until} for h in whole.held],
        "erase": sum(d.action == "erase" for d in whole.due),
        "notice": sum(d.action == "notice" for d in whole.due),
        "wait": sum(d.action == "wait" for d in whole.due),
    }


def _print(row: dict[str, Any], *, dry_run: bool) -> None:
    for d in row["due"]:
        what = say(*WORDS[d["action"]]) + (f" ({say(*WORDS[d['waits_for']])})" if d["waits_for"] else "")
        print(f"{d['seeker']:<14} {d['data']:<10} {d['due_on']}  {what}  {d['ground']}")
    for h in row["held"]:
        print(say(f"保存期間の終わった帳簿の項目: 消去 {h['erasure']}", f"held fields of erasure {h['erasure']} go"))
    done = say("確認のみ", "looked only") if dry_run else say("実行しました", "done")
    counts = say(
        "消去 {erase} 人、お知らせ {notice} 人、待つもの {wait} 件", "erase {erase}, notice {notice}, wait {wait}"
    )
    print(f"{row['on']}: {counts.format(**row)} ({done})")
