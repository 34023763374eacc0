"""A case: its page, what is done with it, work and calls."""

from __future__ import annotations

from intake.model import CaseState, Proof
from intake.web.staff import acts
from tests.bench.desk import Ask, Desk, Make
from tests.bench.ways.parts import TABS, WITH_CASES, Key, Way, plain
from tests.integration.web_parts import LEAD, PRIVACY, SATO


def _case(who: str) -> Make:
    def make(d: Desk, n: int) -> Ask:
        step = max(1, d.newest // 40)
        found = d.seen(who, (f"/staff/cases/C-{i:06d}" for i in range(1 + n, d.newest, step)), 1)
        return d.get(who, found[0])

    return make


def _monster(d: Desk, n: int) -> Ask:
    return d.get(LEAD, f"/staff/cases/{d.number(d.monsters.person_case)}")


def _long(d: Desk, n: int) -> Ask:
    return d.get(LEAD, f"/staff/cases/{d.number(d.monsters.long_case)}")


def _beside(which: str) -> Make:
    return lambda d, n: d.get(LEAD, f"/staff/cases/{d.fresh().number}/{which}?tab={TABS[2 + n % 4]}")


def _message(ending: str) -> Make:
    def make(d: Desk, n: int) -> Ask:
        case = d.fresh()
        return d.get(LEAD, f"/staff/cases/{case.number}/messages/{case.message_id}/{ending}")

    return make


def _attachment(d: Desk, n: int) -> Ask:
    return d.get(LEAD, d.attached)


def _rung(d: Desk, n: int) -> Ask:
    case = d.fresh()
    url = f"/staff/cases/{case.number}/messages/{case.message_id}/rung"
    return d.post(LEAD, url, charset="euc-jp", version=str(case.version))


FIELDS: dict[str, dict[str, str]] = {  # what is typed for each act
    "approve": {"word": "退会"},
    "phone": {"word": "退会", "how": "phone_on_file"},
    "correct": {"request": "preferences"},
    "hold": {"text": "電話を待つ"},
    "refuse": {"text": "お受けできません。"},
    "assign": {"to": SATO},
    "link": {},
    "reply": {"text": "本社の3階です。"},
    "seeker": {"member_id": "M-20007"},
    "note": {"text": "電話しました。"},
}


def _act(name: str) -> Make:
    def make(d: Desk, n: int) -> Ask:
        leaves = name in ("approve", "phone", "link")
        case = d.fresh("withdrawal" if leaves else "question", **({"proof": Proof.E2} if name == "approve" else {}))
        if name == "seeker":
            case = d.without_seeker(case)
        if name == "lapse":
            case = d.fresh("withdrawal", state=CaseState.AWAITING_PROOF)
        return d.act(LEAD, case, name, **FIELDS.get(name, {}))

    return make


def _receipt(d: Desk, n: int) -> Ask:
    """The page offers it to those who have none; the server's work is the same."""
    case = d.fresh()
    return d.post(LEAD, f"/staff/cases/{case.number}/receipt", version=str(case.version))


def _undo(d: Desk, n: int) -> Ask:
    case, mail = d.with_mail()
    return d.act(LEAD, case, "undo", mail=str(mail.id))


def _of_monster(name: str, **fields: str) -> Make:
    return lambda d, n: d.act(LEAD, d.monster_case(), name, **fields)


def _preview(what: str) -> Make:
    def make(d: Desk, n: int) -> Ask:
        case = d.fresh("withdrawal", proof=Proof.E2)
        fields = {"what": what, "version": str(case.version), "text": "本社の3階です。", "word": "退会"}
        return d.post(LEAD, f"/staff/cases/{case.number}/preview", **fields)

    return make


def _to_case(ending: str, **fields: str) -> Make:
    return lambda d, n: d.post(LEAD, f"/staff/cases/{d.fresh().number}/{ending}", **fields)


def _bulk(d: Desk, n: int) -> Ask:
    cases = [d.fresh() for _ in range(50)]
    data = {"csrf": d.token(LEAD), "to": SATO, "pick": [f"{c.number}:{c.version}" for c in cases]}
    return Ask(d.client(LEAD).http, "POST", "/staff/assign", data)


def _task(d: Desk, n: int) -> Ask:
    return d.post(LEAD, f"/staff/tasks/{d.open_task(LEAD)}/done")


def _call(d: Desk, n: int) -> Ask:
    return d.post(LEAD, "/staff/calls/new", name="山田 太郎", message=f"退会したい。{n}", request="withdrawal")


WAYS: dict[Key, tuple[Way, ...]] = {
    ("GET", "/staff/cases/{number}"): (
        *(Way(f"case ({role})", _case(who)) for who, role in WITH_CASES if who != PRIVACY),
        Way("case of somebody with thousands", _monster),
        Way("case with hundreds of messages", _long),
    ),
    ("GET", "/staff/cases/{number}/next"): (Way("next case", _beside("next")),),
    ("GET", "/staff/cases/{number}/previous"): (Way("previous case", _beside("previous")),),
    ("GET", "/staff/cases/{number}/messages/{message:int}/source"): (Way("source", _message("source")),),
    ("GET", "/staff/cases/{number}/messages/{message:int}/download"): (Way("download", _message("download")),),
    ("GET", "/staff/cases/{number}/messages/{message:int}/attachments/{part:int}"): (Way("attachment", _attachment),),
    ("POST", "/staff/cases/{number}/messages/{message:int}/rung"): (Way("charset rung switched", _rung),),
    **{("POST", f"/staff/cases/{{number}}/{name}"): (Way(name, _act(name)),) for name in acts.ACTS},
    ("POST", "/staff/cases/{number}/receipt"): (Way("receipt", _receipt),),
    ("POST", "/staff/cases/{number}/undo"): (Way("undo", _undo),),
    ("POST", "/staff/cases/{number}/note"): (
        Way("note", _act("note")),
        Way("note, somebody with thousands", _of_monster("note", text="電話しました。")),
    ),
    ("POST", "/staff/cases/{number}/reply"): (
        Way("reply", _act("reply")),
        Way("reply, somebody with thousands", _of_monster("reply", text="本社の3階です。")),
    ),
    ("POST", "/staff/cases/{number}/close"): (
        Way("close", _act("close")),
        Way("close, somebody with thousands", _of_monster("close")),
    ),
    ("POST", "/staff/cases/{number}/preview"): tuple(
        Way(f"preview of {what}", _preview(what)) for what in ("approve", "link", "receipt", "reply")
    ),
    ("POST", "/staff/cases/{number}/presence"): (Way("presence", _to_case("presence", doing="looking")),),
    ("GET", "/staff/cases/{number}/reply"): (
        Way("page of a reply", lambda d, n: d.get(LEAD, f"/staff/cases/{d.fresh().number}/reply")),
    ),
    ("POST", "/staff/cases/{number}/reply/again"): (Way("reply again", _to_case("reply/again", text="本社です。")),),
    ("POST", "/staff/assign"): (Way("fifty at once", _bulk),),
    ("GET", "/staff/calls/new"): plain("call, page", LEAD, "/staff/calls/new"),
    ("POST", "/staff/calls/new"): (Way("call taken", _call),),
    ("GET", "/staff/tasks"): (
        *plain("tasks, own", SATO, "/staff/tasks"),
        *plain("tasks, all (lead)", LEAD, "/staff/tasks?whose=all"),
        *plain("tasks, all (reviewer)", SATO, "/staff/tasks?whose=all"),
    ),
    ("POST", "/staff/tasks/{id:int}/done"): (Way("task done", _task),),
}  # fmt: skip
