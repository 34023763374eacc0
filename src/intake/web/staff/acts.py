"""What staff do on the page of a case. Each act is a use case of the desk; the state logic is there."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from datetime import date

from starlette.responses import Response
from starlette.routing import BaseRoute

from intake.cases.transitions import IllegalStep
from intake.errors import BadInput, NotAllowed, NotProved, Stale
from intake.model import Case, Role
from intake.pipeline import desk, links, put_aside
from intake.pipeline.moves import Act
from intake.web.staff import case as pages
from intake.web.staff import casefile, place, scope, speech
from intake.web.staff.visit import DECIDERS, Visit, page

Deed = Callable[[Act, Case, Visit], None]
CASE_WORKERS = frozenset({Role.REVIEWER, Role.LEAD, Role.PRIVACY_OFFICER})


def approve(act: Act, case: Case, visit: Visit) -> None:
    """Say yes. What leaves or erases wants the word, and the consequences that were shown must still hold."""
    _typed(case, visit)
    _still_so(act, case, visit)
    desk.approve(
        act,
        case,
        visit.staff,
        visit.tools,
        override_reason=visit.field("override"),
        new_concierge=visit.field("concierge"),
        heard=visit.field("heard"),
    )


def phone(act: Act, case: Case, visit: Visit) -> None:
    """電話で確認済み: how it was checked is on record."""
    _typed(case, visit)
    _still_so(act, case, visit)
    how = visit.field("how")
    if how not in HOW:
        raise BadInput("確認の方法を選んでください")
    desk.phone_checked(act, case, visit.staff, how, visit.tools)


HOW = ("phone_on_file", "counter_id", "phone_called_in")


def correct(act: Act, case: Case, visit: Visit) -> None:
    """It is another request; or, of one document, the whole of it after all."""
    request = visit.field("request")
    if request == case.request and not put_aside.about_one_document(act.tx, case, visit.tools):
        raise BadInput(f"すでに「{request}」です" if not request else "すでにその依頼です")
    desk.correct(act, case, visit.staff, request, visit.tools)


def hold(act: Act, case: Case, visit: Visit) -> None:
    """Put aside, with the reason as a note for colleagues and a day."""
    until = until_of(visit)
    if visit.field("text"):
        desk.note(act, case, visit.field("text"))
    desk.hold(act, case, "held", until)


def until_of(visit: Visit) -> date | None:
    """The day until which it is put aside. Raises BadInput."""
    text = visit.field("until")
    try:
        until = date.fromisoformat(text) if text else None
    except ValueError:
        raise BadInput("日付をご確認ください") from None
    if until is not None and until.isoformat() < casefile.today(visit.now):
        raise BadInput("日付は今日以降にしてください")
    return until


def refuse(act: Act, case: Case, visit: Visit) -> None:
    """No, with a reason that the person reads."""
    desk.refuse(act, case, visit.field("text"), visit.tools)


def close(act: Act, case: Case, visit: Visit) -> None:
    """Done by hand. Of a question that is a yes to how it was read, which is kept as an example."""
    if case.request in casefile.ENDED_BY_ANSWER:
        desk.approve(act, case, visit.staff, visit.tools)
    else:
        desk.close(act, case)


def lapse(act: Act, case: Case, visit: Visit) -> None:
    """Nothing came of it."""
    desk.lapse(act, case, visit.tools)


def assign(act: Act, case: Case, visit: Visit) -> None:
    """To a colleague, to oneself, or back to the common queue."""
    desk.assign(act, case, visit.field("to") or None)


def note(act: Act, case: Case, visit: Visit) -> None:
    """A remark that is never sent."""
    desk.note(act, case, visit.field("text"))


def reply(act: Act, case: Case, visit: Visit) -> None:
    """A free answer; with ``then=close`` a question is over with it."""
    desk.reply(act, case, visit.field("text"), visit.tools)
    if visit.field("then") == "close" and case.request in casefile.ENDED_BY_ANSWER:
        desk.approve(act, case, visit.staff, visit.tools)


def link(act: Act, case: Case, visit: Visit) -> None:
    """The confirm link, to the address on file; with a member number, to that candidate's."""
    member = visit.field("member_id")
    found = act.tx.seekers.by_member_id(member) if member else None
    if member and found is None:
        raise BadInput("その会員番号の求職者は見つかりません")
    desk.send_link(act, case, visit.tools, to=found)


def receipt(act: Act, case: Case, visit: Visit) -> None:
    """The neutral receipt, to whoever wrote."""
    desk.send_receipt(act, case, visit.tools)


def seeker(act: Act, case: Case, visit: Visit) -> None:
    """Whose case it is, by member number."""
    found = act.tx.seekers.by_member_id(visit.field("member_id"))
    if found is None:
        raise BadInput("その会員番号の求職者は見つかりません")
    desk.choose_seeker(act, case, found)


def undo(act: Act, case: Case, visit: Visit) -> None:
    """Take a mail back that has not left."""
    item = visit.field("mail")
    if not item.isdecimal() or not desk.undo(act, case, int(item)):
        raise BadInput("もう送信が始まっているため、取りやめられません")


def _typed(case: Case, visit: Visit) -> None:
    word = casefile.WORDS_TO_TYPE.get(case.request, "")
    if word and visit.field("word") != word:
        raise BadInput(f"実行するには「{word}」と入力してください")


def _still_so(act: Act, case: Case, visit: Visit) -> None:
    """The consequences that the person looked at, read again in the transaction that acts (features.md 2.8)."""
    record = casefile.seeker_of(act.tx, case)
    seen = links.fingerprint(record, visit.tools) if record else ""
    if not hmac.compare_digest(seen.encode(), visit.field("seen").encode("utf-8", "replace")):
        raise Stale()


# name: (what is done, who may, does the next case open afterwards, must the page be up to date)
ACTS: dict[str, tuple[Deed, frozenset[Role], bool, bool]] = {
    "approve": (approve, CASE_WORKERS, True, True),
    "phone": (phone, CASE_WORKERS, True, True),
    "correct": (correct, CASE_WORKERS, False, True),
    "hold": (hold, CASE_WORKERS, True, True),
    "refuse": (refuse, CASE_WORKERS, True, True),
    "close": (close, CASE_WORKERS, True, True),
    "lapse": (lapse, CASE_WORKERS, True, True),
    "assign": (assign, DECIDERS, True, True),
    "link": (link, CASE_WORKERS, True, True),
    "receipt": (receipt, CASE_WORKERS, False, True),
    "reply": (reply, CASE_WORKERS, False, True),
    "seeker": (seeker, CASE_WORKERS, False, True),
    "note": (note, DECIDERS, False, False),
    "undo": (undo, CASE_WORKERS, False, False),
}


def _handler(name: str) -> Callable[[Visit], Response]:
    deed, _, moves_on, fresh = ACTS[name]

    def handler(visit: Visit) -> Response:
        try:
            onward = _do(visit, deed, moves_on=moves_on, fresh=fresh)
        except Stale:
            return _stale(visit, name)
        except (BadInput, NotProved, IllegalStep) as e:
            return pages.render(visit, 422, trouble=speech.of_error(e), doing=name)
        except NotAllowed as e:
            return pages.render(visit, 403, trouble=speech.of_error(e), doing=name)
        return visit.back_to(onward, name, visit.path["number"])

    handler.__name__ = name
    return handler


def _do(visit: Visit, deed: Deed, *, moves_on: bool, fresh: bool) -> str:
    """Do it in one unit of work; where to go on."""
    with visit.context.store.write() as tx:
        case = scope.get_case(tx, visit.staff, visit.path["number"])
        act = desk.act_of(tx, visit.staff, visit.now)
        if fresh and visit.field("version") != str(case.version):
            raise Stale()
        deed(act, case, visit)
        came_from = place.of(visit)
        over = case.state.is_open and not tx.cases.get(case.id).state.is_open
        then = place.after_decision(tx, visit, case) if moves_on or over else _still_theirs(act, case, visit)
        return came_from.of_case(then.number) if then else came_from.url


def _still_theirs(act: Act, case: Case, visit: Visit) -> Case | None:
    """After a correction or a choice of seeker the case may not be this person's to see any more."""
    now = act.tx.cases.get(case.id)
    return now if scope.may_see(act.tx, visit.staff, now) else None


def _stale(visit: Visit, name: str) -> Response:
    since = visit.field("since")
    known = int(since) if since.isdecimal() and len(since) < 19 else 0
    return pages.render(visit, 409, trouble="stale", since=known, was=visit.field("shown")[:2000], doing=name)


ROUTES: list[BaseRoute] = [
    page(f"/cases/{{number}}/{name}", _handler(name), roles, ("POST",)) for name, (_, roles, _, _) in ACTS.items()
]
