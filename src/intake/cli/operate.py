"""Operation: init, config, migrate, backup, audit, reconcile."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from intake import config as config_module
from intake.bootstrap.home import connect, init_home, needed_files
from intake.cli.app import app, emit, say, settings, shared, utf8_out
from intake.errors import BadInput
from intake.worker import utc_now

audit_app = typer.Typer(no_args_is_help=True, help="the hash-chained record")
app.add_typer(audit_app, name="audit")


@app.command()
def init(profile: Annotated[str, typer.Option(help="agency or public-office")] = "") -> None:
    """Make the home: database at the newest schema, keys, the lines under every mail. Harmless twice."""
    from intake.cli.agency import write_agency
    from intake.cli.oldmail import ask_old_mail

    utf8_out()
    if profile and profile not in config_module.PROFILES:
        raise typer.BadParameter(f"--profile: {profile!r} is not one of {', '.join(config_module.PROFILES)}")
    s = settings()
    if profile and profile != s.profile and (s.home / "intake.toml").exists():
        raise BadInput(f"--profile: this home has {s.profile}; to change it write profile = \"{profile}\" in "
                       f"{s.home / 'intake.toml'} (a set INTAKE_PROFILE goes before it)")  # fmt: skip
    made = init_home(s)
    path = s.home / "intake.toml"
    if not path.exists():
        path.write_text(f'profile = "{profile or s.profile}"\n', encoding="utf-8")
        made.append(str(path))
    agency = write_agency(s.home)
    made += [str(agency)] if agency else []
    assert shared.loaded is not None
    ask_old_mail(shared.loaded)
    for name in made:
        print(say(f"作成: {name}", f"made {name}"))
    lines = s.home / "rules" / "agency.toml"
    print(say(f"準備ができました。メールの署名(社名・電話など)は {lines} で直せます。",
              f"ready. The agency's name, telephone and so on, as every mail shows them: {lines}"))  # fmt: skip


@app.command()
def config(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Every setting, its value and where it came from; secrets are masked."""
    utf8_out()
    settings()
    assert shared.loaded is not None
    rows = config_module.shown(shared.loaded)
    if as_json:
        emit({name: {"value": value, "source": source} for name, value, source in rows})
        return
    for name, value, source in rows:
        print(f"{name:<28} {value:<40} {source}")


@app.command()
def migrate() -> None:
    """Bring the database to the newest schema; each step whole or not at all."""
    from intake.store import migrate as run

    run(settings().store_url, settings().keys_url or None)
    print(say("データベースは最新です。", "the database is at the newest schema"))


@app.command()
def backup(file: Path) -> None:
    """A consistent copy of the data; the keys go to FILE.keys, to be kept elsewhere.

    Both are worth nothing without secret.key and, once the keys were changed, wrapping.keys of this home.
    """
    s = settings()
    store = connect(s)
    try:
        store.backup(file)
    finally:
        store.close()
    print(say(f"{file} に保存しました。鍵は {file}.keys にあります(別の場所に保管してください)。",
              f"saved to {file}; the keys are in {file}.keys, keep them apart"))  # fmt: skip
    files = " ".join(str(path) for path in needed_files(s))
    print(say(f"戻すには {files} も必要です(バックアップには入っていません)。機器の外に必ず控えてください。",
              f"neither can be read without {files}: not in the backup; keep a copy off this machine"))  # fmt: skip


@audit_app.command("verify")
def audit_verify() -> None:
    """Check the hash chain from its first row to its head."""
    store = connect(settings())
    try:
        with store.read() as tx:
            ok, text = tx.audit.verify()
    finally:
        store.close()
    print(say(f"{text}: 書き換えはありません", f"{text}: the chain is unbroken") if ok else text,
          file=sys.stdout if ok else sys.stderr)  # fmt: skip
    if not ok:
        raise SystemExit(1)


@app.command()
def reconcile(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Every mail on the server and every accepted message has exactly one of the four ends; prints what has not."""
    utf8_out()
    store = connect(settings())
    try:
        with store.read() as tx:
            counts, without = tx.inbox.counts(), tx.inbox.without_end()
            waiting = tx.inbox.backlog(utc_now()).waiting
        servers = _servers(store)
    finally:
        store.close()
    if as_json:
        emit({"counts": counts, "waiting": waiting, "without_end": without, "servers": servers})
    else:
        print("  ".join(f"{k}: {v}" for k, v in counts.items()))
        for message in without:
            print(say(f"メッセージ {message} はまだ終わっていません", f"message {message} has no end yet"))
        for row in servers:
            print(f"{row['account']} {row['folder']}: {_reckoned(row)}")
    if without or any(r["without_row"] or r["failed"] or r["error"] for r in servers):
        raise SystemExit(1)


def _reckoned(row: dict[str, Any]) -> str:
    if row["error"]:
        return say(f"確認できませんでした({row['error']})", f"could not be looked at ({row['error']})")
    said = [say(f"サーバー上 {row['on_server']} 通", f"{row['on_server']} there")]
    for key, ja, en in (("without_row", "未取り込みのUID", "not taken in, UID"),
                        ("failed", "サーバーが渡さないUID", "the server does not give out UID")):  # fmt: skip
        if row[key]:
            said.append(say(ja, en) + " " + ",".join(map(str, row[key])))
    return "; ".join(said)


def _servers(store: Any) -> list[dict[str, Any]]:
    """What each IMAP server holds that the ledger does not."""
    from intake.channels.imap import parse_accounts
    from intake.channels.imap import reconcile as reckon

    s = settings()
    found = []
    for account in parse_accounts(s.imap_url, s.imap_password_file or None) if s.imap_url else ():
        row: dict[str, Any] = {
            "account": account.name,
            "folder": account.folder,
            "on_server": None,
            "without_row": [],
            "failed": [],
            "error": None,
        }
        try:
            seen = reckon(account, store)
            row |= {"on_server": seen.on_server, "without_row": list(seen.without_row), "failed": list(seen.failed)}
        except Exception as e:  # noqa: BLE001 - whatever one server did, the others are still looked at
            row["error"] = type(e).__name__
        found.append(row)
    return found
