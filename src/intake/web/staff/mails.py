"""Mails that wait or have left; in the demo, the mails that were caught."""

from __future__ import annotations

import re
from email.header import decode_header, make_header

from starlette.responses import Response

from intake.errors import NotFound
from intake.model import MailState, OutboxItem
from intake.pipeline import drafts
from intake.ports import Tx
from intake.web.staff import scope, speech
from intake.web.staff.acts import CASE_WORKERS
from intake.web.staff.previews import without_secrets
from intake.web.staff.visit import Visit

PAGE = 50
SEVERAL = "receipt_several"
VIEWS = {
    "": ("すべて", (), "メールはまだありません。案件に返信すると、ここに並びます。"),
    "waiting": ("送信待ち", (MailState.QUEUED, MailState.CLAIMED), "送信を待っているメールはありません。"),
    "failed": ("送れなかったもの", (MailState.FAILED, MailState.UNKNOWN, MailState.STALE),
               "送れなかったメールはありません。"),
}  # fmt: skip


def show(visit: Visit) -> Response:
    """The list, newest first."""
    key = visit.asked("view") if visit.asked("view") in VIEWS else ""
    _, states, empty = VIEWS[key]
    after = visit.asked("after")
    start = int(after) if after.isdecimal() and len(after) < 16 else None
    with visit.context.store.read() as tx:
        found = tx.outbox.find(states, start, PAGE + 1, newest_first=True)
        seen, hidden = scope.cases_of(tx, visit.staff, {c for m in found[:PAGE] for c in m.case_ids})
    numbers = {i: case.number for i, case in seen.items()}
    shown = [m for m in found[:PAGE] if not hidden.intersection(m.case_ids)]
    rows = [m for m in shown if any(c in numbers for c in m.case_ids)]
    return visit.page(
        "mails.html",
        view=key,
        views=VIEWS,
        rows=rows,
        numbers=numbers,
        more=found[PAGE - 1].id if len(found) > PAGE else None,
        empty=empty,
        mail_name=speech.mail_name,
        words="",
    )


def one(visit: Visit) -> Response:
    """One mail as the person gets it: text, headers, state."""
    with visit.context.store.read() as tx:
        item = tx.outbox.get(int(visit.path["id"]))
        numbers = numbers_of(tx, visit, item)
        if not numbers:
            raise NotFound()
    return visit.page(
        "mail.html",
        item=item,
        runs=runs_of(item.mail.text, visit),
        numbers=numbers,
        headers=headers_of(item.mail.data),
        may_edit=visit.staff.role in CASE_WORKERS and drafts.may_edit(item),
        changed=_has_other_words(visit, item),
        mail_name=speech.mail_name,
        words="",
    )


def runs_of(text: str, visit: Visit) -> list[tuple[str, bool]]:
    """The text in runs, and whether a run is a link of ours that may be clicked.

    In the demo the reader plays the seeker too: links to our own pages /c/… and /return open. Nothing else is ever a
    link here, and elsewhere the secret of a link is not even shown.
    """
    if not visit.context.demo:
        return [(without_secrets(text), False)]
    pattern = rf"(?<![!-~]){re.escape(visit.tools.public_url)}/(?:c/[A-Za-z0-9_-]+|return)(?![!-~])"
    found, at = [], 0
    for link in re.finditer(pattern, text):
        found += [(text[at : link.start()], False), (link[0], True)]
        at = link.end()
    return [run for run in (*found, (text[at:], False)) if run[0]]


def _has_other_words(visit: Visit, item: OutboxItem) -> bool:
    """True where the template reads otherwise by now."""
    book, template = visit.tools.templates, item.mail.template
    return template in book.names() and template != SEVERAL and book.version(template) != item.mail.template_version


def numbers_of(tx: Tx, visit: Visit, item: OutboxItem) -> dict[int, str]:
    """Cases of a mail by id. A mail is shown to those who may see every case that it answers."""
    found = {}
    for case_id in item.case_ids:
        try:
            case = tx.cases.get(case_id)
        except NotFound:
            continue
        if not scope.may_see(tx, visit.staff, case):
            return {}
        found[case_id] = case.number
    return found


def headers_of(data: bytes) -> list[tuple[str, str]]:
    """Name and readable value of each header of a mail that we wrote."""
    head = data.partition(b"\r\n\r\n")[0].decode("ascii", "backslashreplace")
    head = head.replace("\r\n ", " ").replace("\r\n\t", " ")
    pairs = [line.partition(":") for line in head.split("\r\n")]
    return [(name, str(make_header(decode_header(value.strip())))) for name, _, value in pairs if name]
