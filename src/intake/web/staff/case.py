"""The page of a case, and the message's bytes behind it."""

from __future__ import annotations

import re
import unicodedata
from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from intake.errors import NotFound
from intake.model import Case, Envelope, Message
from intake.parsing import attachment_bytes
from intake.pipeline import drafts, links
from intake.pipeline.reread import RUNGS
from intake.ports import Tx
from intake.proofs import masked, without_secrets
from intake.web.staff import casefile, fitting, language, place, presence, scope, speech, steps
from intake.web.staff.visit import Visit

MOST_RAW = 300_000
TYPED = ("text", "until", "to", "member_id", "how", "override", "concierge", "word")
SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"


def show(visit: Visit) -> Response:
    """All of one case."""
    return render(visit)


def render(visit: Visit, status: int = 200, *, trouble: str = "", since: int | None = None, was: str = "",
           doing: str = "") -> Response:  # fmt: skip
    """The page. ``trouble`` says why nothing was done; ``since`` and ``was`` what the person had in front of them.

    What was typed for the act ``doing`` stands in its form again: nobody writes anything twice.
    """
    with visit.context.store.read() as tx:
        case = scope.get_case(tx, visit.staff, visit.path["number"])
        file = casefile.read(tx, case, visit.staff, visit.tools, visit.now, _before(visit.asked("before")))
    rules = visit.tools.rulebook.requests
    return visit.page(
        "case.html",
        status,
        file=file,
        case=case,
        tab=str(place.of(visit)),
        back=place.of(visit),
        trouble=trouble,
        news=[r for r in file.trail if since is not None and r.seq > since],
        moved=_moved(was, file) if since is not None else [],
        numbers=sorted(((r.number, code) for code, r in rules.items()), key=lambda n: "1234567890-".index(n[0])),
        event=speech.of_event,
        actor=speech.of_actor,
        mail_name=speech.mail_name,
        may_edit=drafts.may_edit,
        today=casefile.today(visit.now),
        profile=visit.tools.profile,
        rungs=RUNGS,
        steps=steps.in_words,
        doing=doing,
        fit=_fit(visit, file),
        typed_in={name: visit.field(name) for name in TYPED} if doing else {},
        present=presence.in_words(file.row.here, language.words(language.of(visit.request))["t"]),
        words="",
    )


def _fit(visit: Visit, file: casefile.CaseFile) -> str:
    """What the answer is called that a reply would begin with; "" where none suits or nothing is asked."""
    if not (file.is_ended_by_answer and file.case.state.is_open):
        return ""
    message = next((w.message for w in file.written if w.id == file.case.message_id), None)
    found = fitting.best(visit.tools, message, file.meaning)
    return found.label if found else ""


def _before(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 19 else None


def _moved(was: str, file: casefile.CaseFile) -> list[tuple[str, int | None, int | None]]:
    """Selections that changed since the page was shown: company, stage then, stage now."""
    then = dict(p.split(":", 1) for p in was.split(",") if p.count(":") == 1)
    old = {int(k): int(v) for k, v in then.items() if k.isdecimal() and v.lstrip("-").isdecimal()}
    applications = {a.id: a for a in (file.seeker.applications if file.seeker else ())}
    new = {a.id: int(a.stage) for a in (file.seeker.running if file.seeker else ())}
    changed = [k for k in sorted(old.keys() | new.keys()) if old.get(k) != new.get(k)]
    return [(applications[k].company if k in applications else "", old.get(k), new.get(k)) for k in changed]


def onward(visit: Visit) -> Response:
    """The case after this one in the tab; at its end the list."""
    return _beside(visit, back=False)


def backward(visit: Visit) -> Response:
    """The case before it."""
    return _beside(visit, back=True)


def _beside(visit: Visit, *, back: bool) -> Response:
    with visit.context.store.read() as tx:
        case = scope.get_case(tx, visit.staff, visit.path["number"])
        found = place.beside(tx, visit, case, back=back)
    came_from = place.of(visit)
    return visit.back_to(came_from.of_case(found.number) if found else came_from.url)


def source(visit: Visit) -> Response:
    """The message as it came, as text."""
    with visit.context.store.read() as tx:
        case, message_id, _ = message_of(tx, visit)
        envelope = tx.inbox.envelope(message_id)
        bare = copy_of(tx, visit, envelope.raw)
    return visit.page("source.html", case=case, message_id=message_id, **shown_source(envelope, bare), words="")


def copy_of(tx: Tx, visit: Visit, data: bytes) -> bytes:
    """Bytes as they came, at their length, without a link of ours that would still open: whoever reads one could act
    as the seeker."""
    return without_secrets(data, lambda token: links.still_opens(tx, token, visit.tools, visit.now))


def shown_source(envelope: Envelope, bare: bytes) -> dict[str, Any]:
    """What a page shows of bytes as they came, of which ``bare`` is the copy: head and body as text, how long."""
    raw = bare.replace(b"\r\n", b"\n")
    head, gap, body = raw.partition(b"\n\n")
    if envelope.channel.value != "email":
        head, body = b"", raw
    return {
        "envelope": envelope,
        "head": _shown(head),
        "body": _shown(body if gap or not head else b""),
        "size": len(envelope.raw),
        "cut": len(raw) > MOST_RAW,
        "withheld": bare != envelope.raw,
    }


def download(visit: Visit) -> Response:
    """The bytes, to keep or to hand on; never opened as a page. Exact, but for a link that still opens."""
    with visit.context.store.read() as tx:
        case, message_id, _ = message_of(tx, visit)
        envelope = tx.inbox.envelope(message_id)
        bare = copy_of(tx, visit, envelope.raw)
    ending = "eml" if envelope.channel.value == "email" else "txt"
    return _as_file(bare, f"{case.number}-{message_id}.{ending}")


def attachment(visit: Visit) -> Response:
    """One attachment, as a download only."""
    with visit.context.store.read() as tx:
        case, message_id, message = message_of(tx, visit)
        part = int(visit.path["part"])
        if part not in {a.part for a in message.attachments}:
            raise NotFound()
        envelope = tx.inbox.envelope(message_id)
        try:
            name, _, data = attachment_bytes(envelope.raw, part)
        except KeyError:
            raise NotFound() from None
        data = copy_of(tx, visit, data)
    return _as_file(data, f"{case.number}-{safe_name(name)}")


def message_of(tx: Tx, visit: Visit) -> tuple[Case, int, Message]:
    """A message of this very case, else NotFound."""
    case = scope.get_case(tx, visit.staff, visit.path["number"])
    message_id = int(visit.path["message"])
    if message_id not in {m for m, _ in tx.cases.messages_of(case.id)}:
        raise NotFound()
    reading = tx.inbox.reading(message_id)
    return case, message_id, reading[0] if reading else Message(channel=case.channel)


def safe_name(name: str) -> str:
    """A file name that is nothing but a name: no path, no unseen characters, no ending that a double click runs."""
    plain = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    plain = "".join(c for c in plain if unicodedata.category(c)[0] != "C" and c not in '<>:"|?*')
    plain = plain.strip(". ")[-80:] or "attachment"
    risky = re.search(
        r"\.(html?|xhtml|svgz?|xml|js|mjs|hta|exe|com|bat|cmd|scr|lnk|vbs|jar|ps1|msi|url)$", plain, re.IGNORECASE
    )
    return f"{plain}.txt" if risky else plain


def _as_file(data: bytes, name: str) -> Response:
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", name)
    return Response(
        data,
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
            "Content-Security-Policy": SANDBOX,
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )


def _shown(data: bytes) -> str:
    """Bytes as text for reading: what is not UTF-8 shows as its code, unseen characters by name."""
    text = masked(data[:MOST_RAW].decode("utf-8", "backslashreplace"))
    return "\n".join(_line(line) for line in text.split("\n"))


def _line(line: str) -> str:
    from intake.web.controls import split

    return "".join(f"⟨{name}⟩" if name and name != "U+000D" else run for name, run in split(line))
