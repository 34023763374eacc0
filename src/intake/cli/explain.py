"""``intake explain``: the whole way of one message as a person reads it. Writes nothing."""

from __future__ import annotations

import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from intake.cli.app import app, say, settings, utf8_out
from intake.errors import IntakeError
from intake.model import Arrival, Channel, Envelope, Kind, Message
from intake.worker import utc_now


@app.command()
def explain(
    file: Annotated[Path, typer.Argument(help="a mail file, or - for standard input")],
    tokens: Annotated[bool, typer.Option("--tokens", help="every token, not only those of deciding sentences")] = False,
) -> None:
    """Tokens, hits and misses, candidates, each policy's answer, the reply."""
    from intake.bootstrap.toolbox import make_tools
    from intake.keyring import Keyring, load_keyring
    from intake.parsing import parse as parse_envelope
    from intake.pipeline.reading import heard, understand

    utf8_out()
    s = settings()
    raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    keyring = load_keyring(s.secret_path) if s.secret_path.exists() else Keyring(bytes(range(32)))
    tools = make_tools(s, keyring)
    envelope = Envelope(Channel.EMAIL, "file", raw, utc_now())
    message = heard(parse_envelope(envelope, tools.parse_options), envelope, tools)
    _message(message)
    if message.kind is not Kind.MESSAGE:
        _head(say("結果", "end"))
        print(say(f"自動のメールです({message.kind_reason})。保管し、返信しません。",
                  f"machine mail ({message.kind_reason}): kept, never answered"))  # fmt: skip
        return
    meaning = understand(message, envelope, tools)
    _tokens(message, meaning, tools, every=tokens)
    _meaning(meaning, tools)
    _decisions(s, tools, envelope, message, meaning)


def _head(text: str) -> None:
    print(f"\n== {text} ==")


def _message(m: Message) -> None:
    _head(say("メッセージ", "message"))
    print(f"from:    {m.sender.name} <{m.sender.addr}>\nsubject: {m.subject}\nkind:    {m.kind.value} {m.kind_reason}")
    print(f"charset: {', '.join(m.charset_steps)}\nauth:    {m.auth.verdict.value} {m.auth.how} {m.auth.domain}")
    if m.error:
        print(f"error:   {m.error}")
    for a in m.attachments:
        print(f"attachment: {a.name} ({a.media_type}, {a.size} bytes)")
    for segment in m.segments:
        mark = {"new": "  ", "quote": "> ", "signature": "- ", "notice": "! "}.get(segment.kind, "? ")
        for line in m.text[segment.start : segment.end].splitlines():
            print(f"  {mark}{line}")


def _tokens(message: Message, meaning: Any, tools: Any, *, every: bool) -> None:
    from intake.understanding import tokens_of

    _head(say("単語", "tokens"))
    lines = [line for line in message.new_text.splitlines() if line.strip()]
    if not every:
        lines = [line for line in lines if any(e.text and e.text in line for e in meaning.why)] or lines[:3]
    for line in lines:
        print("  " + " | ".join(f"{t['surface']}({t['base']},{t['pos']})" for t in tokens_of(line)))


def _meaning(meaning: Any, tools: Any) -> None:
    _head(say("読み取り", "reading"))
    sure = "auto" if meaning.sure else "review"
    print(f"requests: {', '.join(meaning.requests)}   confidence: {meaning.confidence:.3f}   {sure}")
    for name in ("reasons", "doubts", "mentioned"):
        if getattr(meaning, name):
            print(f"{name}: {', '.join(getattr(meaning, name))}")
    f = meaning.facts
    facts = {"name": f.name, "member_id": f.member_id, "phone": f.phone, "resume_on": f.resume_on}
    print("facts: " + ", ".join(f"{k}={v}" for k, v in facts.items() if v) if any(facts.values()) else "facts: -")
    told = {f"gate.{word.name}": word.says for word, _ in tools.rulebook.gate.every()}
    for e in sorted(meaning.why, key=lambda e: (e.rule not in told, -abs(e.weight))):
        weight = "stopped" if e.rule in told else f"{'+' if e.weight >= 0 else '-'} {abs(e.weight):5.2f}"
        rule = f"{e.rule} {told[e.rule]}" if e.rule in told else e.rule
        print(f"  {weight}  {e.request:<16} 「{e.text}」 [{e.within} {e.start}:{e.end}] {rule}")


class _Undo(Exception):
    """Nothing that explain does may stay."""


def _decisions(s: Any, tools: Any, envelope: Envelope, message: Message, meaning: Any) -> None:
    """Ask the policies against the real register where there is one; everything is rolled back."""
    from intake.bootstrap.home import connect

    try:
        store = connect(s)
    except IntakeError as e:
        _head(say("方針", "policy"))
        print(say(f"台帳を開けません({e})", f"no register to look at ({e})"))
        return
    try:
        with suppress(_Undo), store.write() as tx:
            _dry(tx, tools, envelope, message, meaning)
            raise _Undo
    finally:
        store.close()


def _dry(tx: Any, tools: Any, envelope: Envelope, message: Message, meaning: Any) -> None:
    from intake.model import InboxItem
    from intake.pipeline import settle
    from intake.pipeline.moves import WORKER, Act
    from intake.pipeline.receive import situations_of
    from intake.policy import decide

    now = utc_now()
    accepted = tx.inbox.add([Arrival(replace(envelope, mail_from="explain", peer=str(now)))])[0]
    item = InboxItem(accepted.message_id, 0, 1, tx.blobs.new_key(), envelope)
    tx.inbox.save_reading(item.id, message, meaning)
    situations = situations_of(tx, item, message, meaning, tools, now)
    match = situations[0].match
    _head(say("求職者", "seeker"))
    print(f"{match.kind.value}  on file: {match.on_file}  reasons: {', '.join(match.reasons) or '-'}")
    for c in match.candidates:
        print(f"  {c.score:.2f}  {c.seeker.member_id}  {', '.join(c.reasons)}")
    decisions = [decide(x, tools.profile) for x in situations]
    for d in decisions:
        _head(say("方針", "policy") + f": {d.request}")
        for step in d.trail:
            print(f"  {step}")
        print(f"  → {d.state.value}  policy={d.policy} reason={d.reason} hold={d.hold_reason or '-'}")
        print(f"  effects: {', '.join(e.value for e in d.effects) or '-'}")
        print(f"  tasks: {', '.join(t.kind for t in d.tasks) or '-'}")
    settle.arrival(Act(tx, WORKER, now), item, list(zip(situations, decisions, strict=True)), tools)
    _head(say("返信", "reply"))
    mails = [m for m in tx.outbox.find(limit=100_000) if m.in_message == item.id]
    for m in mails:
        print(f"To: {m.mail.to}\nSubject: {m.mail.subject}\n\n{m.mail.text}")
    if not mails:
        print(say("返信しません: ", "no reply: ") + ", ".join(d.no_reply or "-" for d in decisions))
