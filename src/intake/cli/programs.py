"""Other programs: tokens for the API, deliveries to the agency's own system."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Annotated

import typer

from intake.bootstrap.home import connect
from intake.cli.app import app, emit_array, say, settings, utf8_out
from intake.errors import BadInput, NotFound
from intake.keyring import load_keyring
from intake.model import Actor
from intake.ports import Tx
from intake.web.api.access import SCOPES, token_hash
from intake.worker import utc_now

token_app = typer.Typer(no_args_is_help=True, help="tokens for the API")
webhooks_app = typer.Typer(no_args_is_help=True, help="deliveries to the agency's own system")
app.add_typer(token_app, name="token")
app.add_typer(webhooks_app, name="webhooks")
OPERATOR = Actor("operator", "shell")


@token_app.command("add")
def token_add(
    name: str,
    scope: Annotated[list[str], typer.Option(help=", ".join(SCOPES))],
) -> None:
    """Make a token for a program and print it once; only its hash is kept."""
    utf8_out()
    wanted = tuple(dict.fromkeys(s for given in scope for s in given.replace(",", " ").split()))
    wrong = [s for s in wanted if s not in SCOPES]
    if wrong or not wanted:
        raise typer.BadParameter(f"--scope: {' '.join(wrong) or 'nothing'} is not one of {', '.join(SCOPES)}")
    token = f"intake_{secrets.token_urlsafe(32)}"
    s = settings()
    store = connect(s)
    try:
        with store.write() as tx:
            tx.api_tokens.add(name, token_hash(load_keyring(s.secret_path), token), wanted, utc_now())
            tx.audit.append(utc_now(), OPERATOR, "token.added", detail={"token": name, "scopes": list(wanted)})
    finally:
        store.close()
    print(token)


@token_app.command("list")
def token_list(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """All tokens by name; the tokens themselves are nowhere."""
    utf8_out()
    store = connect(settings())
    try:
        with store.read() as tx:
            rows = [
                {
                    "name": t.name,
                    "scopes": list(t.scopes),
                    "created_at": t.created_at.isoformat(),
                    "revoked_at": t.revoked_at.isoformat() if t.revoked_at else None,
                    "used_on": t.used_on.isoformat() if t.used_on else None,
                }
                for t in tx.api_tokens.all()
            ]
    finally:
        store.close()
    if as_json:
        emit_array(rows)
        return
    for r in rows:
        ended = "revoked" if r["revoked_at"] else ""
        print(f"{r['name']}  {' '.join(r['scopes'] or ())}  {r['used_on'] or '-'}  {ended}")
    if not rows:
        print(say("トークンはまだありません。", "no tokens"))


@token_app.command("revoke")
def token_revoke(name: str) -> None:
    """End a token at once."""
    utf8_out()
    store = connect(settings())
    try:
        with store.write() as tx:
            if not tx.api_tokens.revoke(name, utc_now()):
                raise NotFound(f"{name}: no valid token of this name; `intake token list` shows all")
            tx.audit.append(utc_now(), OPERATOR, "token.revoked", detail={"token": name})
    finally:
        store.close()
    print(say(f"{name} を無効にしました。", f"{name} revoked."))


@webhooks_app.command("list")
def webhooks_list(
    failed: Annotated[bool, typer.Option("--failed")] = False,
    limit: int = 100,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Deliveries, newest first."""
    utf8_out()
    store = connect(settings())
    try:
        with store.read() as tx:
            jobs = tx.webhooks.find("failed" if failed else None, limit=limit)
    finally:
        store.close()
    rows = [{"event": j.seq, "state": j.state, "attempts": j.attempts, "error": j.error,
             "queued_at": j.queued_at.isoformat(), "ended_at": j.ended_at.isoformat() if j.ended_at else None}
            for j in jobs]  # fmt: skip
    if as_json:
        emit_array(rows)
        return
    for r in rows:
        print(f"{r['event']:>8}  {r['state']:<7} {r['attempts']:>2}  {r['error']}")
    if not rows:
        print(
            say("失敗した通知はありません。", "no failed deliveries")
            if failed
            else say("通知はまだありません。", "no deliveries")
        )


@webhooks_app.command("replay")
def webhooks_replay(
    events: Annotated[list[int] | None, typer.Argument(help="numbers from `webhooks list`")] = None,
    failed: Annotated[bool, typer.Option("--failed", help="all that failed")] = False,
) -> None:
    """Deliver again: the receiver knows an event by its webhook-id."""
    utf8_out()
    if bool(events) == failed:
        raise BadInput("say which: numbers, or --failed")
    store = connect(settings())
    try:
        with store.write() as tx:
            count = tx.webhooks.replay(utc_now(), failed=True) if failed else _anew(tx, events or ())
            tx.audit.append(utc_now(), OPERATOR, "webhooks.replayed", detail={"count": count})
    finally:
        store.close()
    print(say(f"{count} 件を送り直します。", f"{count} will be delivered again."))
    if not count:
        raise SystemExit(1)


def _anew(tx: Tx, events: Sequence[int]) -> int:
    """Queue these; how many. Raises NotFound with those that are none: then none is queued."""
    wanted = list(dict.fromkeys(events))
    unknown = [n for n in wanted if not (0 < n < 2**63 and tx.webhooks.replay(utc_now(), seqs=[n]))]
    if unknown:
        numbers = ", ".join(map(str, unknown))
        raise NotFound(f"{numbers}: no such delivery, nothing is delivered again; `intake webhooks list` shows them")
    return len(wanted)
