"""The page where staff change the words of a mail before it leaves, or send the words of one that did not."""

from __future__ import annotations

from starlette.responses import Response

from intake.errors import IntakeError, NotFound, Temporary
from intake.model import OutboxItem
from intake.pipeline import desk, drafts
from intake.ports import Tx
from intake.replies import lost_characters, signature_of, words_of
from intake.web.staff import mails, speech
from intake.web.staff.previews import TakenBack, without_secrets
from intake.web.staff.visit import Visit


def show(visit: Visit) -> Response:
    """The words as they are; a link's secret is hidden and comes back by itself."""
    with visit.context.store.read() as tx:
        item, numbers = _seen(tx, visit)
    if not drafts.may_edit(item):
        return visit.back_to(f"/staff/mails/{item.id}")
    return _render(visit, item, numbers, words_of(item.mail))


def begin(visit: Visit) -> Response:
    """Keep a waiting mail back while somebody writes, and go on to the page."""
    with visit.context.store.write() as tx:
        item, numbers = _seen(tx, visit)
        case = tx.cases.get(next(iter(numbers)))
        kept = drafts.keep_back(desk.act_of(tx, visit.staff, visit.now), case, item.id)
    return visit.back_to(f"/staff/mails/{item.id}/edit" if kept else f"/staff/mails/{item.id}")


def change(visit: Visit) -> Response:
    """Look at the new mail, or put it in the place of the old one."""
    words = visit.field("text")
    try:
        new, numbers = _try(visit, words) if visit.field("do") == "look" else _do(visit, words)
    except (Temporary, NotFound):
        raise
    except IntakeError as e:
        with visit.context.store.read() as tx:
            item, numbers = _seen(tx, visit)
        return _render(visit, item, numbers, words, 422, trouble=speech.of_error(e))
    if visit.field("do") == "look":
        return _render(visit, new, numbers, words, made=without_secrets(new.mail.text))
    number = next(iter(numbers.values()))
    return visit.back_to(f"/staff/cases/{number}", "edited", number)


def _do(visit: Visit, words: str) -> tuple[OutboxItem, dict[int, str]]:
    with visit.context.store.write() as tx:
        return _edit(tx, visit, words)


def _try(visit: Visit, words: str) -> tuple[OutboxItem, dict[int, str]]:
    """What it would be; nothing of it is kept."""
    found: list[tuple[OutboxItem, dict[int, str]]] = []
    try:
        with visit.context.store.write() as tx:
            found.append(_edit(tx, visit, words))
            raise TakenBack
    except TakenBack:
        return found[0]


def _edit(tx: Tx, visit: Visit, words: str) -> tuple[OutboxItem, dict[int, str]]:
    item, numbers = _seen(tx, visit)
    act = desk.act_of(tx, visit.staff, visit.now)
    return drafts.edit(act, tx.cases.get(next(iter(numbers))), item.id, words, visit.tools), numbers


def _seen(tx: Tx, visit: Visit) -> tuple[OutboxItem, dict[int, str]]:
    """The mail and its cases, if it is theirs to see."""
    item = tx.outbox.get(int(visit.path["id"]))
    numbers = mails.numbers_of(tx, visit, item)
    if not numbers or len(numbers) != len(item.case_ids):
        raise NotFound()
    return item, numbers


def _render(
    visit: Visit,
    item: OutboxItem,
    numbers: dict[int, str],
    words: str,
    status: int = 200,
    *,
    trouble: str = "",
    made: str = "",
) -> Response:
    return visit.page(
        "mail_edit.html",
        status,
        id=visit.path["id"],
        item=item,
        numbers=numbers,
        text=words,
        signature=signature_of(item.mail),
        trouble=trouble,
        made=made,
        lost=lost_characters(item.mail.subject + words, visit.tools.charset),
        mail_name=speech.mail_name,
        words="",
    )
