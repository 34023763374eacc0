"""Which of the running applications a letter declines: 「青空は辞退、みどり商事は進めてください」 declines one.

The employer's side cannot be taken back (decisions.md), so what is not plain is for a person: 「みどり商事以外は辞退」.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from intake.model import Application, CaseState, Seeker, Task, TaskPlan
from intake.policy.leaving import Course, is_near
from intake.policy.profile import Profile

COMPANY_FORMS = ("株式会社", "有限会社", "合同会社", "合資会社", "一般社団法人", "一般財団法人", "(株)", "(有)")
_NOT = (
    r"(?:[はも]?(?:し|いた|致)(?:し?ません|ない|ず(?!に?済)|し?ておりません|し?ていません)|では(?:な|あり)|"
    r"(?:する)?(?:つもり|気|予定)は)"
)
_VERB = re.compile(
    rf"(?P<keep>以外|辞退{_NOT}|進め(?:て|た)|続け|引き続き|このまま|予定(?:どおり|通り)|楽しみ|伺い(?!ませ|でき|かね)|継続|承諾|受諾|受け(?!ら|ること|でき|ませ|な|かね|兼ね)|残し|残る|"
    r"のみ希望|だけ希望|(?:内定|採用|オファー)[をが]?(?:いただ|頂|もら|出)[^、。]{0,8}(?:ので|ため|から)|"
    r"に(?:決ま(?!ら)|決め(?!か)|入社))|"
    r"(?P<decline>辞退|お?断り|断る|見送|取り?(?:下げ|消)|キャンセル|降り|やめ|止め|遠慮|なかったこと)"
)
_ALL_BUT = re.compile(r"以外|除いて|除き|(?:ほか|他|その他|残り)(?:の(?:会社|企業|応募|選考|[0-9一二三四五]社))?は")
MANY = 30  # places where companies are named: nobody who is clear names them so often
_STEP = r"(?:様|さん|社)?の(?:選考|面接|応募|内定|求人|件)"
_FORMAL = re.compile(
    rf"(?:株式|有限|合同)会社[^、。のにをはがで]{{1,15}}{_STEP}|[^、。のにをはがで]{{1,15}}(?:株式|有限|合同)会社{_STEP}"
)
_TOGETHER = re.compile(r"[、,・]?(?:と|や|及び|および|ならびに|並びに|・|、|,|&|\+|も|の両方|さん|様)*")


def meant_applications(seeker: Seeker, text: str) -> tuple[Application, ...]:
    """The running applications that the letter declines; the only one, where none is named; () where it stays open."""
    words, running = _folded(text), seeker.running
    places = _places(words, running)
    but = bool(_ALL_BUT.search(words))
    if not places:
        only = len(running) == 1 and not but and not _names_another(words, seeker)
        return running if only else ()
    if len(places) > MANY or (but and len(running) > 1):
        return ()
    said: dict[int, set[str]] = {a.id: set() for _, _, a in places}
    for _, end, a in places:
        said[a.id].add(_said(words, end, places))
    named = [(a, said[a.id] - {""}) for a in running if a.id in said]
    if all(not one for _, one in named):
        return () if but else tuple(a for a, _ in named)
    plain = all(one in ({"keep"}, {"decline"}) for _, one in named)
    return tuple(a for a, one in named if one == {"decline"}) if plain else ()


def to_be_told(
    seeker: Seeker, profile: Profile, now: datetime, today: date, tasks: Sequence[Task] = ()
) -> Course | None:
    """The course of a decline that a person stands behind: somebody has yet to tell the employer; None where that is
    done. The mail that says so leaves with the last of its ``tasks``; which employer stays open is the concierge's."""
    asked = [t for t in tasks if t.plan.kind == "tell_employer" and not t.is_needless]
    if asked and all(t.done_at for t in asked):
        return None
    due = profile.due_on("decline", today)
    soon = today if any(is_near(a, profile, now) for a in seeker.running) else due
    company = seeker.running[0].company if len(seeker.running) == 1 else ""
    plan = TaskPlan("tell_employer", subject=company, due_on=soon, assignee=seeker.concierge)
    return Course(
        "employer_informed",
        CaseState.SCHEDULED,
        None,
        "employer_informed",
        tasks=() if asked else (plan,),
        assign="concierge",
        due_on=due,
        wake_on=due + timedelta(days=1),
    )


def _places(words: str, running: Sequence[Application]) -> list[tuple[int, int, Application]]:
    """Where companies stand, in order; 「青空フーズ」 is no 「青空」."""
    found = [(m.start(), m.end(), a) for a in running if (core := _company(a.company)) for m in _all(core, words)]
    within = [o for o in found if any(f[0] <= o[0] and o[1] <= f[1] and f[1] - f[0] > o[1] - o[0] for f in found)]
    return sorted((o for o in found if o not in within), key=lambda o: o[:2])


def _all(core: str, words: str) -> Iterator[re.Match[str]]:
    return re.finditer(re.escape(core), words)


def _said(words: str, start: int, places: Sequence[tuple[int, int, Application]]) -> str:
    """What is said first of the company that ends at ``start``, to the end of the sentence or the next company:
    ``keep``, ``decline`` or nothing. Names in a row share what follows them."""
    stop = next((at for at in range(start, len(words)) if words[at] in "。!?"), len(words))
    for begin, end, _ in places:
        if start <= begin < stop:
            if not _TOGETHER.fullmatch(words[start:begin]):
                stop = begin
                break
            start = end
    verb = _VERB.search(words, start, stop)
    return str(verb.lastgroup) if verb else ""


def _names_another(words: str, seeker: Seeker) -> bool:
    """A company is declined that does not run here: one that has ended, or one with its legal form."""
    ended = (_company(a.company) for a in seeker.applications)
    if any(core and re.search(re.escape(core) + _STEP, words) for core in ended):
        return True
    return bool(_FORMAL.search(words))


def _company(name: str) -> str:
    for form in COMPANY_FORMS:
        name = unicodedata.normalize("NFKC", name).replace(form, "")
    core = _folded(name)
    return core if len(core) >= 2 else ""


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
