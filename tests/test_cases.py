"""Every folder of tests/cases is a story that a member of staff can read: what came, what was known, what happened.

``given.toml``: now, profile, [[seeker]] with [[seeker.application]], and [[before]] messages that came earlier.
``message.toml`` (a mail written out), ``message.eml`` (exact bytes) or ``message.json`` with ``channel`` in given.toml.
``expect.toml``: end, [[case]] rows, ``seeker_status``, ``mails`` (templates in order). ``reply.txt``: the mail that
left, ``*`` standing for any run of characters. INTAKE_TEST_WRITE=1 writes expect.toml and reply.txt anew.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from intake.channels import app, contact, phone
from intake.channels import standard_webhooks as signing
from intake.model import Accepted
from tests.house import NOON, TestHouse, as_table, open_test_house

CASES = sorted(p for p in (Path(__file__).parent / "cases").iterdir() if p.is_dir())
SECRET = b"whsec_" + b"A" * 43 + b"="


@pytest.mark.parametrize("folder", CASES, ids=lambda p: p.name)
def test_case(folder: Path, tmp_path: Path, database_url: str) -> None:
    given = read(folder / "given.toml")
    settings = {"profile": given.get("profile", "agency"), "url": database_url} | given.get("settings", {})
    house = open_test_house(tmp_path, **settings)
    house.now = given.get("now", NOON)
    set_up(house, given)
    sent_before = len(house.relay.mails)
    accepted = deliver(house, folder, given)
    house.work()
    happened = outcome(house, accepted, given, sent_before)
    reply = "\n\n".join(m.subject + "\n\n" + m.text.rstrip() for m in house.relay.mails[sent_before:])
    if os.environ.get("INTAKE_TEST_WRITE"):
        write(folder, happened, reply)
    assert (folder / "README").read_text("utf-8").strip(), "one line: why this story exists"
    assert happened == read(folder / "expect.toml")
    expected = (folder / "reply.txt").read_text("utf-8").strip() if (folder / "reply.txt").exists() else ""
    assert fits(expected, reply.strip()), f"reply:\n{reply}"
    house.store.close()


def read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8")) if path.exists() else {}


def set_up(house: TestHouse, given: dict[str, Any]) -> None:
    for row in given.get("seeker", []):
        row = dict(row)
        apps = [
            (a["company"], a["stage"], a.get("self_applied", False), a.get("interview_at"))
            for a in row.pop("application", [])
        ]
        phones = tuple(row.pop("phones", ()))
        house.seeker(applications=apps, phones=phones, **row)
    for row in given.get("before", []):
        at = row.pop("at", None)
        if isinstance(at, datetime):
            house.now = at
        if "choice" in row:
            press(house, row["choice"])
        else:
            house.mail(row.pop("body"), from_=row.pop("from"), **row)
        house.work()
    house.now = given.get("now", NOON)


def press(house: TestHouse, choice: str) -> None:
    """The seeker opens the newest link and presses a button."""
    from intake.pipeline import links

    token = house.link()
    with house.store.write() as tx:
        page = links.look(tx, token, house.tools, house.now)
        links.answer(tx, token, choice, page.nonce, page.seen, house.tools, house.now)


def deliver(house: TestHouse, folder: Path, given: dict[str, Any]) -> Accepted | None:
    if (folder / "message.eml").exists():
        return house.raw((folder / "message.eml").read_bytes(), mail_from=given.get("mail_from", "someone@example.jp"))
    if (folder / "message.toml").exists():
        row = read(folder / "message.toml")
        return house.mail(row.pop("body"), from_=row.pop("from"), **row)
    if not (folder / "message.json").exists():
        press(house, given["press"])
        return None
    fields = json.loads((folder / "message.json").read_text("utf-8"))
    channel = given["channel"]
    if channel == "app":
        raw = json.dumps(fields, ensure_ascii=False).encode()
        at = int(house.now.timestamp())
        headers = {"webhook-id": folder.name, "webhook-timestamp": str(at)}
        headers["webhook-signature"] = signing.sign(SECRET, folder.name, at, raw)
        arrival = app.arrival_from_hook(headers, raw, [SECRET], house.now)
    elif channel == "phone":
        arrival = phone.arrival(fields, given["staff"], house.now)
    else:
        arrival = contact.arrival(fields, house.now, folder.name)
    with house.store.write() as tx:
        return tx.inbox.add([arrival])[0]


def outcome(house: TestHouse, accepted: Accepted | None, given: dict[str, Any], sent_before: int) -> dict[str, Any]:
    found: dict[str, Any] = {"mails": [m.template for m in house.relay.mails[sent_before:]]}
    with house.store.read() as tx:
        if accepted is not None:
            end, _ = tx.inbox.end_of(accepted.message_id)
            found["end"] = end.value if end else "waiting"
            reading = tx.inbox.reading(accepted.message_id)
            if reading and reading[1]:
                found["requests"] = list(reading[1].requests)
                found["decision"] = "auto" if reading[1].sure else "review"
        cases = house.cases(accepted.message_id) if accepted else house.cases()
        found["case"] = [dict(row) for row in as_table(cases)]
        found["tasks"] = sorted(t.plan.kind for c in cases for t in tx.tasks.of_case(c.id))
        found["seeker_status"] = {
            row["member_id"]: status(house, row["member_id"]) for row in given.get("seeker", []) if "member_id" in row
        }
    return found


def status(house: TestHouse, member_id: str) -> str:
    seeker = house.get_seeker(member_id)
    return seeker.status.value + (", outreach held" if seeker.outreach_held_at else "")


def fits(pattern: str, text: str) -> bool:
    return re.fullmatch(".*".join(re.escape(p) for p in pattern.split("*")), text, re.DOTALL) is not None


def write(folder: Path, happened: dict[str, Any], reply: str) -> None:
    plain = [key for key in ("end", "requests", "decision", "mails", "tasks") if key in happened]
    lines = [f"{key} = {json.dumps(happened[key], ensure_ascii=False)}" for key in plain]
    for row in happened["case"]:
        lines += ["", "[[case]]", *(f"{k} = {json.dumps(v, ensure_ascii=False)}" for k, v in row.items())]
    if not happened["case"]:
        lines.insert(0, "case = []")
    lines += ["", "[seeker_status]"]
    lines += [f"{json.dumps(k)} = {json.dumps(v, ensure_ascii=False)}" for k, v in happened["seeker_status"].items()]
    (folder / "expect.toml").write_text("\n".join(lines) + "\n", "utf-8")
    masked = re.sub(r"/c/[\w-]+", "/c/*", reply)
    masked = re.sub(r"C-\d{6}", "C-*", masked)
    if masked.strip():
        (folder / "reply.txt").write_text(masked.strip() + "\n", "utf-8")
    else:
        (folder / "reply.txt").unlink(missing_ok=True)
