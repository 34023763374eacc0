"""erase: one person at an operator's word. What it would reach, or doing it, complete when the command ends."""

from __future__ import annotations

import getpass
from typing import Annotated, Any

import typer

from intake.bootstrap.house import House, open_house
from intake.bootstrap.leases import end_leases_of_the_dead
from intake.cli.app import app, emit, say, settings, utf8_out
from intake.errors import BadInput, NotAllowed, NotFound
from intake.model import Actor, Seeker
from intake.model.numbers import is_spelled_alike
from intake.policy import today_of
from intake.ports import Tx
from intake.worker import utc_now


@app.command()
def erase(
    seeker: Annotated[str, typer.Argument(help="the member number")],
    plan: Annotated[bool, typer.Option("--plan", help="only say what it reaches")] = False,
    execute: Annotated[bool, typer.Option("--execute", help="do it, at your word")] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Take one person out of everything. Not under a legal hold; the last mail is tried once."""
    utf8_out()
    if plan == execute:
        raise typer.BadParameter("say --plan or --execute")
    house = open_house(settings())
    end_leases_of_the_dead(house.store, utc_now())
    try:
        row = _planned(house, seeker) if plan else _executed(house, seeker)
    finally:
        house.close()
    if as_json:
        emit(row)
        return
    _print(row)


def find_seeker(tx: Tx, member_id: str) -> Seeker:
    """Raises NotFound, also where only upper and lower case differ: ab-1 may be erased, and AB-1 somebody else."""
    found = tx.seekers.by_member_id(member_id)
    if found is None:
        raise NotFound(f"{member_id}: no such member number, or erased already")
    if not is_spelled_alike(found.member_id, member_id):
        raise NotFound(f"{member_id}: no such member number, or erased already; there is {found.member_id}")
    return found


def _planned(house: House, member_id: str) -> dict[str, Any]:
    from intake.pipeline.erasing import collect, held_of

    tools, now = house.tools(), utc_now()
    with house.store.read() as tx:
        seeker = find_seeker(tx, member_id)
        held = held_of(seeker, tx.clocks.running(seeker.id)[0], tools.profile, today_of(now))
        plan = collect(tx, seeker, tools, held)
    reach = plan.reach
    return {
        "seeker": member_id,
        "legal_hold": seeker.legal_hold,
        "stores": {
            "register": 1,
            "applications": len(seeker.applications),
            "messages": len(reach.message_ids),
            "cases": len(reach.case_ids),
            "mails": len(reach.outbox_ids),
            "keys": len(reach.key_ids),
            "other_peoples_messages": len(plan.quoting),
            "other_peoples_notes": len(plan.noted),
            "mailbox": len(plan.copies),
            "left_to_staff": len(reach.unclear),
        },
        "messages": list(reach.message_ids),
        "cases": list(reach.case_ids),
        "mails": list(reach.outbox_ids),
        "last_mail": seeker.address is not None,
        "held": [{"what": h.label, "until": h.until, "ground": h.ground, "fields": [n for n, _ in h.values]}
                 for h in held],
        "traces": [t.kind for t in plan.traces],
    }  # fmt: skip


def _executed(house: House, member_id: str) -> dict[str, Any]:
    from intake.bootstrap.erasing import make_eraser
    from intake.pipeline.erasing import begin_operator

    actor = Actor("operator", getpass.getuser())
    with house.store.write() as tx:
        seeker = find_seeker(tx, member_id)
        if seeker.legal_hold:
            raise NotAllowed(
                say(f"{member_id}: 法的保全の対象です。解除されるまで消去できません。",
                    f"{member_id} is under legal hold ({seeker.legal_hold}): not erased; lift the hold first")
            )  # fmt: skip
        row = begin_operator(tx, seeker, actor, house.tools(), utc_now())
    done = make_eraser(house, actor).run(row.id)
    if not done:
        raise BadInput(
            say(f"消去 {row.id} は別のプロセスが実行中です。少し待って `intake erase` で確かめてください。",
                f"erasure {row.id} is carried out by another process; wait and look again")
        )  # fmt: skip
    elsewhere = done[0].figures.get("elsewhere", [])
    return {"seeker": member_id, "certificate": dict(done[0].certificate or {}), "found_elsewhere": elsewhere}


def _print(row: dict[str, Any]) -> None:
    if "certificate" not in row:
        for name, count in row["stores"].items():
            print(f"{name:<24} {count}")
        for held in row["held"]:
            print(say(f"保管を続けるもの: {held['what']}({'、'.join(held['fields'])}) {held['until']} の前日まで",
                      f"kept by duty: {held['what']} until the day before {held['until']}"))  # fmt: skip
        if row["legal_hold"]:
            print(say("法的保全の対象のため、消去できません。", f"legal hold: {row['legal_hold']}; --execute refuses"))
        return
    c = row["certificate"]
    print(say(f"消去しました。証明 {c['erasure']}: ", f"erased. Certificate {c['erasure']}: ")
          + ", ".join(f"{k} {v}" for k, v in c["erased"].items()))  # fmt: skip
    if c["left_to_staff"]:
        print(say(f"受信サーバーに {c['left_to_staff']} 通が残ります。作業に登録しました。",
                  f"{c['left_to_staff']} mails are left on the mail server: a task for staff"))  # fmt: skip
    if c["unclear"]:
        print(say(f"同じメールアドレスの別の方の連絡かもしれないため、残した案件: {', '.join(c['unclear'])}",
                  f"left to staff, as somebody else has the same address: {', '.join(c['unclear'])}"))  # fmt: skip
    for name in row["found_elsewhere"]:
        print(say(f"このファイルにまだ記載があります(intake の管理外): {name}",
                  f"this file, which is not ours, still names the person: {name}"))  # fmt: skip
