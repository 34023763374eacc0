"""The texts of the mails: what is in use, what it was before, and how it reads with a real case."""

from __future__ import annotations

from starlette.responses import Response

from intake.errors import IntakeError, NotFound, Temporary
from intake.pipeline.trial import trial
from intake.ports import Tx, Wording
from intake.replies import differences
from intake.web.staff import scope, speech
from intake.web.staff.visit import Visit

KINDS = {"+": "ins", "-": "del", "@": "place"}


def show(visit: Visit) -> Response:
    """Every template with its subject."""
    book = visit.tools.templates
    rows = [(name, book.preview(name)[0], book.version(name)) for name in book.names()]
    return visit.page("templates.html", rows=rows, mail_name=speech.mail_name, words="")


def one(visit: Visit) -> Response:
    """One template: its files, its versions, a diff between two of them, a trial."""
    name, book = visit.path["name"], visit.tools.templates
    if name not in book.names():
        raise NotFound()
    with visit.context.store.read() as tx:
        versions = tx.wordings.of(name)
        old = _kept(tx, name, visit.asked("old"))
        new = _kept(tx, name, visit.asked("new"))
        subject, text, trouble = _trial(tx, visit, name)
    files = book.files_of([name])
    lines = differences(old.files, new.files if new else files) if old else ()
    return visit.page(
        "template.html",
        template=name,
        mail_name=speech.mail_name,
        files={path: text for path, text in files.items() if path.startswith(f"{name}/")},
        version=book.version(name),
        versions=versions,
        old=old,
        new=new,
        lines=[(KINDS.get(line[:1], ""), line) for line in lines],
        number=visit.asked("case"),
        subject=subject,
        text=text,
        trouble=trouble,
        words="",
    )


def _kept(tx: Tx, name: str, version: str) -> Wording | None:
    return tx.wordings.find(name, version) if version else None


def _trial(tx: Tx, visit: Visit, name: str) -> tuple[str, str, str]:
    """(subject, text, why not) with the case that was asked for, else with an invented one."""
    number = visit.asked("case").strip()
    if not number:
        return (*visit.tools.templates.preview(name), "")
    try:
        case = scope.get_case(tx, visit.staff, number)
        return (*trial(tx, case, name, visit.tools, visit.now), "")
    except NotFound:
        return "", "", "その番号の案件は見つかりません。"
    except Temporary:
        raise
    except IntakeError as e:
        return "", "", _why_not(e)


def _why_not(error: IntakeError) -> str:
    said = speech.of_error(error)
    lacks = "このひな形に必要な値が、この案件にはありません。実際の送信では、スタッフの確認待ちになります。"
    return lacks if "templates/replies/" in str(error) else said
