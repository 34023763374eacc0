"""doctor: everything that could be wrong in a home, and what to do about it."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Annotated, Any

import typer

from intake import config as config_module
from intake import resources
from intake.bootstrap.folders import rules_dirs
from intake.bootstrap.home import connect
from intake.channels.limits import is_this_machine
from intake.cli.agency import QUESTIONS
from intake.cli.app import app, emit, say, settings, utf8_out
from intake.errors import BadInput, IntakeError
from intake.replies import load_agency
from intake.store.schema import missing_tables

INVENTED = ("name", "telephone", "address", "privacy_page")  # by which the agency is known
LOOKED_AT = 200  # of what is stored, the newest
WAL_RACE_FIXED = (3, 51, 3)  # backports: 3.44.6, 3.50.7 (decisions.md)


class Note(str):
    """What works, and should still be looked at before the first mail."""

    __slots__ = ()


@app.command()
def doctor(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Look at everything that could be wrong, and say what to do."""
    utf8_out()
    rows = [_ask(name, check) for name, check in _checks().items()]
    if as_json:
        emit(
            {
                "healthy": all(ok for _, ok, _ in rows),
                "checks": [{"name": n, "ok": ok, "note": isinstance(t, Note), "says": t} for n, ok, t in rows],
            }
        )
    else:
        for name, ok, text in rows:
            print(f"{'NG ' if not ok else '!! ' if isinstance(text, Note) else 'ok '} {name}: {text}")
    if not all(ok for _, ok, _ in rows):
        raise SystemExit(1)


def signature(s: config_module.Settings) -> str:
    """Whose lines stand under every mail. Invented ones are a note while mail is caught, and wrong where it leaves.

    Raises BadInput where a real relay would carry mails signed by an agency that does not exist.
    """
    own, sample = load_agency(rules_dirs(s)), load_agency([resources.shipped_rules()])
    same = [name for name in INVENTED if getattr(own, name) == getattr(sample, name)]
    if not same:
        return own.name
    ja, en = ("、".join(QUESTIONS[n][0] for n in same), ", ".join(QUESTIONS[n][1] for n in same))
    lines = s.rules_override / "agency.toml"
    words = say(f"見本のままです({ja})。{lines} を御社のものに直してください。",
                f"still the invented one ({en}); write your own into {lines}")  # fmt: skip
    if s.relay_url.startswith("folder:"):
        return Note(words)
    raise BadInput(words)


def app_secret(s: config_module.Settings) -> str:
    """Where the app's key lies. A key that the form's server has too is a note: it could withdraw as the app does."""
    from intake.channels.standard_webhooks import load_secrets

    path = s.app_webhook_secret_path
    own = bool(s.app_webhook_secret_file) and bool(_readable(path))
    if own and not set(load_secrets(path)) & set(load_secrets(s.webhook_secret_path)):
        return str(path)
    return Note(say(
        "アプリとお問い合わせフォームが同じ鍵を使っています。フォーム側の鍵を持つ人は、アプリになりすまして誰でも退会させられます。"
        "両方をお使いでしたら、INTAKE_APP_WEBHOOK_SECRET_FILE でアプリ専用の鍵を設定してください。",
        "app and form share a key: whoever has the form's can withdraw anybody as the app does; if you use both, "
        "give the app its own (INTAKE_APP_WEBHOOK_SECRET_FILE)"))  # fmt: skip


def border(s: config_module.Settings) -> str:
    """Whose Authentication-Results are believed; a note where nobody's can be, over a port that others reach."""
    relays = ", ".join(config_module.words(s.trusted_relays))
    if not s.authserv_id:
        return say("Authentication-Results は使いません", "no Authentication-Results are believed")
    pair = config_module.listen_pair("INTAKE_SMTP_LISTEN", s.smtp_listen)
    if relays or pair is None or is_this_machine(pair[0]) or pair[0] == "localhost":
        return ", ".join(filter(None, (s.authserv_id, relays)))
    return Note(say(
        f"SMTP({s.smtp_listen})は他の機器からも届きますが、INTAKE_TRUSTED_RELAYS が空です。{s.authserv_id} の判定は、"
        "この機器から届いたメールのものだけを信じます。手前のメールサーバーのアドレスを設定してください。",
        f"others reach SMTP ({s.smtp_listen}), and INTAKE_TRUSTED_RELAYS is empty: the results of {s.authserv_id} are "
        "believed only in mail from this machine itself; set the addresses of the mail servers in front",
    ))  # fmt: skip


def unreadable(count: int) -> str:
    """What to do where stored words cannot be opened."""
    return say(
        f"保存した内容のうち {count} 件を開けません。鍵の保管先が古いか、データが壊れています。"
        "新しいバックアップの FILE.keys を戻すか、intake restore FILE を実行してください。",
        f"{count} of the newest stored texts cannot be opened: the key store is an old copy, or the data are damaged; "
        "put FILE.keys of a newer backup in its place, or run `intake restore FILE`")  # fmt: skip


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {n}" for name, n in counts.items())


def _checks() -> dict[str, Any]:
    s = settings()

    def database() -> str:
        store = connect(s)
        missing = missing_tables(s.store_url)
        try:
            if missing:
                raise BadInput(f"tables are missing ({', '.join(missing)}); run `intake migrate`, which makes them")
            store.ping()
            with store.read() as tx:
                lost = 0 if tx.erasures.open() else tx.blobs.unreadable(LOOKED_AT)  # keys go first: for a moment only
                if lost:
                    raise BadInput(unreadable(lost))
                return f"{s.store_url.partition(':')[0]}, {tx.seekers.count()} seekers, {_listed(tx.inbox.counts())}"
        finally:
            store.close()

    def sqlite() -> str:
        version = sqlite3.sqlite_version_info
        race = version < WAL_RACE_FIXED and version[:2] not in ((3, 44), (3, 50))
        return sqlite3.sqlite_version + (
            ", has the WAL-reset race: one writer at a time is kept by a lock" if race else ""
        )

    def audit() -> str:
        store = connect(s)
        try:
            with store.read() as tx:
                ok, text = tx.audit.verify()
        finally:
            store.close()
        if not ok:
            raise BadInput(text)
        return text

    def erasures() -> str:
        store = connect(s)
        try:
            with store.read() as tx:
                rows = tx.erasures.open()
        finally:
            store.close()
        stuck = [f"{row.id} ({row.error})" for row in rows if row.error]
        if stuck:
            raise BadInput(f"put off and tried again, see where: {', '.join(stuck)}")
        return f"{len(rows)} under way"

    def rules() -> str:
        from intake.bootstrap.toolbox import make_tools

        tools = make_tools(s)
        return f"{len(tools.templates.names())} templates, profile {s.profile}, mail from {tools.mail_from}"

    return {"database": database, "sqlite": sqlite, "audit": audit, "erasures": erasures, "rules": rules,
            "border": lambda: border(s), "signature": lambda: signature(s),
            "webhook secret": lambda: _readable(s.webhook_secret_path),
            "app webhook secret": lambda: app_secret(s)}  # fmt: skip


def _readable(path: Path) -> str:
    path.read_bytes()
    mode = path.stat().st_mode & 0o077
    if mode:
        raise BadInput(f"{path}: others can read it; chmod 600 {path}")
    return str(path)


def _ask(name: str, check: Any) -> tuple[str, bool, str]:
    try:
        said = check()
        return name, True, said if isinstance(said, Note) else str(said)
    except (IntakeError, OSError) as e:
        return name, False, str(e)
