"""One person with twelve canaries among a thousand others, and a look that opens whatever the keys still open."""

from __future__ import annotations

import base64
import re
import shutil
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import sqlalchemy as sa

from intake.bootstrap.home import connect
from intake.bootstrap.scan import Needles
from intake.config import load
from intake.retention import Trace
from intake.retention.traces import _base64, _half_width
from intake.store import SqlStore
from intake.store.sealing import unseal
from intake.store.tables import blob, seeker
from tests.process import DESK, Product

CANARIES: Mapping[str, str] = {
    "name": "鵜殿 珠緒子",
    "kana": "ウドノ タマオコ",
    "mail": "tamaoko.udono@example.jp",
    "phone": "090-0000-4713",
    "member": "KX-904713",
    "postal address": "静岡県架空市幻町九丁目4713番地",
    "body": "月夜に鵜飼いの舟を漕ぐ夢をまた見ました",
    "subject": "珠緒子より退会のお願い四七一三",
    "attachment name": "職務経歴書_鵜殿珠緒子_4713.pdf",
    "attachment text": "架空商事にて鵜匠の補佐を十二年勤めました",
    "note": "折り返しは夜間の鵜殿様実家へ四七一三",
    "form": "問い合わせ欄に書いた鵜と月の合言葉",
}


def spellings(text: str) -> set[bytes]:
    """The same in UTF-8, ISO-2022-JP, CP932, EUC-JP, UTF-16, base64 at its three places, pairs of characters."""
    found: set[bytes] = set()
    joined = "".join(text.split())
    for shape in {text, joined, text.replace(" ", "　"), _half_width(text)}:
        for charset in ("utf-8", "iso2022_jp", "cp932", "euc_jp", "utf-16-le"):
            try:
                raw = shape.encode(charset)
            except UnicodeEncodeError:
                continue
            found |= {raw, *_base64(raw)}
    pairs = [joined[i : i + 2] for i in range(len(joined) - 1)]
    found.add(" ".join(pairs).encode())
    return {s for s in found if len(s) >= 6}


def found_in(chunks: Iterable[tuple[str, bytes]]) -> dict[str, set[str]]:
    """Which canaries are where."""
    wanted = {name: spellings(text) for name, text in CANARIES.items()}
    any_of_them = Needles(n for needles in wanted.values() for n in needles)
    hits: dict[str, set[str]] = {}
    for where, data in chunks:
        if not any_of_them.found_in(data):  # all at once, so that a cluster of PostgreSQL is read in seconds
            continue
        for name, needles in wanted.items():
            if any(n in data for n in needles):
                hits.setdefault(name, set()).add(where)
    return hits


def files(*folders: Path) -> Iterable[tuple[str, bytes]]:
    """Every file as it lies on the disk."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                yield path.name, path.read_bytes()


def opened(store: SqlStore) -> Iterable[tuple[str, bytes]]:
    """Whatever the key store can still open in this database: what a thief of both would read."""
    with store.read() as tx:
        conn = tx.inbox._c.conn
        blobs, people = conn.execute(sa.select(blob)).all(), conn.execute(sa.select(seeker)).all()
        keys = store.keys.find([r.key_id for r in (*blobs, *people)])
        for r in blobs:
            if r.key_id in keys:
                yield f"blob {r.kind}", _decoded(unseal(keys[r.key_id], r.key_id, r.kind, r.data))
        register = [unseal(keys[r.key_id], r.key_id, "seeker", r.sealed) for r in people if r.key_id in keys]
        yield "register", b"\0".join(register)


def _decoded(data: bytes) -> bytes:
    """And what is base64 within it, as an attachment is."""
    more = b""
    for block in re.findall(rb"(?:[A-Za-z0-9+/]{4,76}={0,2}\r?\n)+", data):
        try:
            more += base64.b64decode(b"".join(block.split()), validate=True)
        except ValueError:
            continue
    return data + more


@dataclass
class World:
    """A home with a thousand people, one of whom has left traces everywhere."""

    product: Product
    home: Path
    backup: Path

    def store(self) -> SqlStore:
        return connect(load(None, self.product.env).settings)


def settle(product: Product, folder: Path, extra: str = "") -> World:
    """Import, write, work, note, back up."""
    folder.mkdir(exist_ok=True)
    c = CANARIES
    rows = [f"Z-{n},其他 {n}郎,ソノタ {n}ロウ,other{n}@example.com,080-0000-{n:04d}" for n in range(999)]
    rows.append(f"{c['member']},{c['name']},{c['kana']},{c['mail']},{c['phone']}")
    (folder / "s.csv").write_text("member_id,name,kana,email,phone\n" + "\n".join(rows) + "\n", "utf-8")
    assert product.command("init").returncode == 0
    done = product.command("seekers", "import", str(folder / "s.csv"))
    assert done.returncode == 0, done.stderr
    mails = [_mail(1, c["mail"], c["subject"], f"{c['name']}です。\n{c['body']}\n住所は{c['postal address']}です。\n"
                   "退会をお願いいたします。\n", attached=True),
             _mail(2, "other1@example.com", "ご紹介", f"友人の{c['name']}さん(電話 {c['phone']}、{c['mail']})の"
                   "紹介です。\n担当を変更してください。\n", charset="iso-2022-jp"),
             _mail(3, c["mail"], "自動応答", f"{c['kana']} は不在です。\n", auto=True),
             _mail(4, "other2@example.com", "退会", "退会をお願いします。\n")]  # fmt: skip
    for number, raw in enumerate(mails):
        (folder / f"{number}.eml").write_bytes(raw)
    done = product.command("ingest", *(str(folder / f"{n}.eml") for n in range(len(mails))))
    assert done.returncode == 0, done.stderr
    said = product.command("case", "new", "--channel", "phone", "--member-id", c["member"], "--name", c["name"],
                           "--request", "pause", "--message", c["form"], "--staff", "佐藤")  # fmt: skip
    assert said.returncode == 0, said.stderr
    worked = product.command("work", "--until-idle")
    assert worked.returncode == 0, worked.stderr
    world = World(product, product.home, folder / "backup.db")
    _note(world)
    saved = product.command("backup", str(world.backup))
    assert saved.returncode == 0, saved.stderr
    return world


def _mail(
    number: int, sender: str, subject: str, body: str, *, attached: bool = False, auto: bool = False,
    charset: str = "utf-8",
) -> bytes:  # fmt: skip
    m = EmailMessage()
    m["From"], m["To"], m["Subject"] = sender, DESK, subject
    m["Message-ID"] = f"<erasure-{number}@{sender.rpartition('@')[2]}>"
    m["Date"] = f"Mon, 16 Nov 2026 12:0{number}:00 +0900"
    if auto:
        m["Auto-Submitted"] = "auto-replied"
    m.set_content(body, charset=charset)
    if attached:
        data = CANARIES["attachment text"].encode()
        m.add_attachment(data, maintype="application", subtype="pdf", filename=CANARIES["attachment name"])
    return m.as_bytes()


def _note(world: World) -> None:
    """A remark of staff on the person's first case, and one on another person's."""
    from datetime import UTC, datetime

    store = world.store()
    with store.write() as tx:
        for case_id, text in ((1, CANARIES["note"]), (2, f"紹介者は{CANARIES['name']}さん")):
            tx.notes.add(case_id, "佐藤", text, datetime.now(UTC))
            tx.search.index(case_id, [text])
    store.close()


def opened_backup(world: World, folder: Path) -> dict[str, set[str]]:
    """What the older backup tells together with the keys that are there now (SQLite)."""
    folder.mkdir()
    home = folder / "home"
    home.mkdir()
    shutil.copy(world.backup, home / "intake.db")
    keys = world.home / "keys.db"
    with sqlite3.connect(keys) as live, sqlite3.connect(home / "keys.db") as copy:
        live.backup(copy)
    shutil.copy(world.home / "secret.key", home / "secret.key")
    from intake.keyring import load_keyring
    from intake.store import open_store

    store = open_store(f"sqlite:///{home / 'intake.db'}", load_keyring(home / "secret.key"))
    try:
        return found_in([*files(home), *opened(store)])
    finally:
        store.close()


__all__ = ["CANARIES", "Trace", "World", "files", "found_in", "opened", "opened_backup", "settle", "spellings"]
