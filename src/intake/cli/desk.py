"""The queue from the shell: cases, case show, case new, outbox, staff."""

from __future__ import annotations

import getpass
import secrets
import sys
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Annotated, Any

import typer

from intake.bootstrap.home import connect
from intake.cli.app import app, emit, emit_array, say, settings, utf8_out
from intake.errors import BadInput, NotFound
from intake.model import Actor, Case, CaseState, MailState, Role
from intake.model.staff import FURTHER_NOTICE
from intake.ports import CaseQuery, Tx

case_app = typer.Typer(no_args_is_help=True, help="one case")
staff_app = typer.Typer(no_args_is_help=True, help="accounts of staff")
app.add_typer(case_app, name="case")
app.add_typer(staff_app, name="staff")


def case_row(tx: Tx, case: Case) -> dict[str, Any]:
    """A case as contract.md writes it."""
    return {
        "id": case.id,
        "number": case.number,
        "message": case.message_id,
        "request": case.request,
        "seeker": case.member_id,
        "state": case.state.value,
        "hold_reason": case.hold_reason,
        "channel": case.channel.value,
        "received_at": case.received_at.isoformat(),
        "due_on": case.due_on.isoformat() if case.due_on else None,
        "confidence": round(case.confidence, 4),
        "assignee": case.assignee,
    }


@app.command()
def cases(
    state: Annotated[str, typer.Option(help="one state; all without it")] = "",
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """The queue, oldest first."""
    utf8_out()
    if state and state not in {s.value for s in CaseState}:
        raise typer.BadParameter(f"--state: {state!r} is not one of {', '.join(s.value for s in CaseState)}")
    query_states = (CaseState(state),) if state else ()
    store = connect(settings())
    try:
        with store.read() as tx:
            rows = [case_row(tx, c) for c in _all(tx, query_states)]
    finally:
        store.close()
    if as_json:
        emit_array(rows)
        return
    for r in rows:
        print(f"{r['number']}  {r['state']:<15} {r['request']:<17} {r['seeker'] or '-':<12} {r['hold_reason'] or ''}")
    if not rows:
        print(say("案件はありません。", "no cases"))


def _all(tx: Tx, states: tuple[CaseState, ...]) -> list[Case]:
    found: list[Case] = []
    after: int | None = None
    while True:
        page = tx.cases.find(CaseQuery(states=states, after=after, limit=500))
        found += page
        if len(page) < 500:
            return found
        after = page[-1].id


def find_case(tx: Tx, word: str) -> Case:
    """By id or number. Raises NotFound."""
    case = tx.cases.by_number(word)
    if case is None and word.isascii() and word.isdigit():
        with suppress(NotFound, OverflowError):
            case = tx.cases.get(int(word))
    if case is None:
        raise NotFound(f"{word}: no such case; `intake cases` lists them")
    return case


@case_app.command("show")
def case_show(number: str, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """One case: what was written, why it was read so, what happened."""
    utf8_out()
    store = connect(settings())
    try:
        with store.read() as tx:
            case = find_case(tx, number)
            row = case_row(tx, case) | _details(tx, case)
    finally:
        store.close()
    if as_json:
        emit(row)
        return
    for key, value in row.items():
        if key in ("events", "why", "mails"):
            print(f"{key}:")
            for item in value:
                print("   ", "  ".join(str(v) for v in item.values() if v not in (None, "")))
        else:
            print(f"{key}: {value}")


def _details(tx: Tx, case: Case) -> dict[str, Any]:
    reading = tx.inbox.reading(case.message_id)
    message, meaning = reading if reading else (None, None)
    why = (
        [{"request": e.request, "text": e.text, "rule": e.rule, "weight": round(e.weight, 2)} for e in meaning.why]
        if meaning
        else []
    )
    return {
        "policy": case.policy,
        "proof": f"E{int(case.proof)}",
        "reasons": list(case.reasons),
        "from": message.sender.addr if message else None,
        "subject": message.subject if message else None,
        "text": message.text if message else None,
        "doubts": list(meaning.doubts) if meaning else [],
        "why": why,
        "mails": [
            {"id": m.id, "template": m.mail.template, "to": m.mail.to, "state": m.state.value}
            for m in tx.outbox.of_case(case.id)
        ],
        "events": [
            {"at": a.at.isoformat(), "by": a.actor.name, "action": a.action, "detail": dict(a.detail)}
            for a in tx.audit.of_case(case.id)
        ],
    }


@case_app.command("new")
def case_new(
    channel: Annotated[str, typer.Option(help="phone")] = "phone",
    request: Annotated[str, typer.Option(help="what was asked: withdrawal, pause, … or 退会, サービス停止 …")] = "",
    name: str = "",
    member_id: Annotated[str, typer.Option("--member-id", "--member")] = "",
    phone: str = "",
    email: str = "",
    reason: str = "",
    message: Annotated[str, typer.Option(help="what was said")] = "",
    staff: Annotated[str, typer.Option(help="who took the call")] = "",
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Write down a telephone call: same case, same rules, same replies."""
    from intake.channels.standard_webhooks import BadBody
    from intake.cli.load import phone_case

    utf8_out()
    if channel not in ("phone", "電話"):
        raise typer.BadParameter("--channel: only phone calls are typed in; mails and forms come by themselves")
    if not (request or message):
        raise typer.BadParameter('say what was asked: --request withdrawal, or --message "…"')
    if not (name or member_id or phone or email):
        raise typer.BadParameter("say who called: --name, --member, --phone or --email")
    fields = {"name": name, "member_id": member_id, "phone": phone, "email": email, "request": request,
              "reason": reason, "message": message}  # fmt: skip
    try:
        row = phone_case({k: v for k, v in fields.items() if v}, staff or getpass.getuser())
    except BadBody as e:
        raise typer.BadParameter(f"--{e.field.replace('_', '-')}: {e.why}") from e
    if as_json:
        emit(row)
        return
    for case in row["cases"]:
        print(f"{case['number']}  {case['request']}  {case['state']}  {case['hold_reason'] or ''}")


@app.command()
def outbox(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Mails that wait or have left, oldest first."""
    utf8_out()
    store = connect(settings())
    rows: list[dict[str, Any]] = []
    try:
        with store.read() as tx:
            after: int | None = None
            while True:
                page = tx.outbox.find(after=after, limit=200)
                rows += [_mail_row(m) for m in page]
                if len(page) < 200:
                    break
                after = page[-1].id
    finally:
        store.close()
    if as_json:
        emit_array(rows)
        return
    for r in rows:
        print(f"{r['id']:>5}  {r['state']:<9} {r['template']:<24} {r['to']}  {r['subject']}")


def _mail_row(m: Any) -> dict[str, Any]:
    return {"id": m.id, "case": m.case_ids[0] if m.case_ids else None, "cases": list(m.case_ids),
            "template": m.mail.template, "to": m.mail.to, "subject": m.mail.subject,
            "state": MailState(m.state).value}  # fmt: skip


@staff_app.command("add")
def staff_add(
    name: str,
    role: Annotated[str, typer.Option(help=", ".join(r.value for r in Role))] = "reviewer",
    lead: Annotated[str, typer.Option(help="the name of this person's lead")] = "",
    password_stdin: Annotated[bool, typer.Option("--password-stdin")] = False,
) -> None:
    """Make an account; without --password-stdin a password is made and printed once."""
    from intake.web.passwords import hash_password

    utf8_out()
    if role not in {r.value for r in Role}:
        raise typer.BadParameter(f"--role: {role!r} is not one of {', '.join(r.value for r in Role)}")
    password = sys.stdin.readline().rstrip("\n") if password_stdin else secrets.token_urlsafe(12)
    if len(password) < 10:
        raise BadInput("the password needs at least 10 characters")
    store = connect(settings())
    try:
        with store.write() as tx:
            if tx.staff.by_name(name) is not None:
                raise BadInput(f"{name}: this account exists already")
            tx.staff.add(name, Role(role), hash_password(password), lead or None)
    finally:
        store.close()
    print(say(f"{name} を登録しました。", f"{name} added.") + ("" if password_stdin else f" password: {password}"))


@staff_app.command("invite")
def staff_invite(
    name: str,
    role: Annotated[str, typer.Option(help=", ".join(r.value for r in Role))] = "admin",
    lead: Annotated[str, typer.Option(help="the name of this person's lead")] = "",
) -> None:
    """Print a one-time link by which this person sets a password; makes the account if there is none."""
    from intake.bootstrap.toolbox import make_tools
    from intake.web.staff.welcome import invite

    utf8_out()
    if role not in {r.value for r in Role}:
        raise typer.BadParameter(f"--role: {role!r} is not one of {', '.join(r.value for r in Role)}")
    found = settings()
    tools, store = make_tools(found), connect(found)
    try:
        with store.write() as tx:
            if tx.staff.by_name(name) is None:
                tx.staff.add(name, Role(role), None, lead or None)
            path = invite(tx, tools.keyring, name, datetime.now(UTC))
            tx.audit.append(datetime.now(UTC), Actor("system", "cli"), "staff.invited", detail={"name": name})
    finally:
        store.close()
    print(
        say(f"{name} さんのサインイン用リンク(24時間、1回だけ):", f"Sign-in link for {name} (once, within 24 hours):")
    )
    print(tools.public_url + path)


@staff_app.command("away")
def staff_away(
    name: str,
    until: Annotated[str, typer.Option(help="last day of absence, 2026-04-01; without it until further notice")] = "",
    back: Annotated[bool, typer.Option("--back", help="is here again")] = False,
) -> None:
    """While somebody is away, new cases and tasks go to the deputy of each seeker."""
    utf8_out()
    if back and until:
        raise typer.BadParameter("--back and --until: one of them")
    try:
        day = None if back else date.fromisoformat(until) if until else FURTHER_NOTICE
    except ValueError as e:
        raise typer.BadParameter(f"--until: {until!r} is not a day like 2026-04-01") from e
    store = connect(settings())
    try:
        with store.write() as tx:
            if tx.staff.by_name(name) is None:
                raise NotFound(f"{name}: no such account; `intake staff list` shows all")
            tx.staff.change(name, away_until=day)
            at = datetime.now(UTC)
            told = {"staff": name, "until": str(day or "")}
            tx.audit.append(at, Actor("operator", "shell"), "staff.away", detail=told)
    finally:
        store.close()
    print(_away(name, day))


def _away(name: str, day: date | None) -> str:
    """What is so from now on."""
    if day is None:
        return say(f"{name}: 復帰しました", f"{name}: is back")
    if day == FURTHER_NOTICE:
        return say(f"{name}: 当分の間不在です。戻ったら `intake staff away {name} --back` としてください。",
                   f"{name}: away until further notice; `intake staff away {name} --back` ends it")  # fmt: skip
    return say(f"{name}: {day} まで不在です", f"{name}: away until {day}")


@staff_app.command("list")
def staff_list() -> None:
    """All accounts."""
    utf8_out()
    store = connect(settings())
    try:
        with store.read() as tx:
            for s in tx.staff.all():
                print(f"{s.name}  {s.role.value}  {s.lead or ''}")
    finally:
        store.close()
