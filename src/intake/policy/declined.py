"""Which of the running applications a letter declines: 「青空は辞退、みどり商事は進めてください」 declines one.

The employer's side cannot be taken back (decisions.md), so what is not plain is for a person: 「みどり商事以外は辞退」.
"""

from __future__ import annotations

import re
import unicodedata

from intake.model import Application, Seeker

COMPANY_FORMS = ("株式会社", "有限会社", "合同会社", "合資会社", "一般社団法人", "一般財団法人", "(株)", "(有)")
_NOT = (
    r"(?:[はも]?(?:し|いた|致)(?:し?ません|ない|ず(?!に?済)|し?ておりません|し?ていません)|では(?:な|あり)|"
    r"(?:する)?(?:つもり|気|予定)は)"
)
_VERB = re.compile(
    rf"(?P<keep>以外|辞退{_NOT}|進め(?:て|た)|続け|継続|承諾|受諾|受け(?!ら|ること|でき|ませ|な|かね|兼ね)|残し|残る|"
    r"のみ希望|だけ希望)|"
    r"(?P<decline>辞退|お?断り|断る|見送|取り?(?:下げ|消)|キャンセル|降り|やめ|止め|遠慮|なかったこと)"
)
_ALL_BUT = re.compile(r"以外|除いて|除き|(?:ほか|他|その他|残り)(?:の(?:会社|企業|応募|選考|[0-9一二三四五]社))?は")
_TOGETHER = re.compile(r"[、,・]?(?:と|や|及び|および|ならびに|並びに|・|、|,|&|\+|も|の両方|さん|様)*")


def meant_applications(seeker: Seeker, text: str) -> tuple[Application, ...]:
    """The running applications that the letter declines; the only one, where none is named; () where it stays open."""
    words = _folded(text)
    named = [(at, a) for a in seeker.running if (core := _company(a.company)) and (at := words.find(core)) >= 0]
    if not named:
        return seeker.running if len(seeker.running) == 1 and not _ALL_BUT.search(words) else ()
    said = {a.company: set(_said(words, a, seeker)) for _, a in named}
    kept = [a for _, a in named if "keep" in said[a.company]]
    if not kept and not (len(seeker.running) > 1 and _ALL_BUT.search(words)):
        return tuple(a for a in seeker.running if a.company in said)
    if _ALL_BUT.search(words):
        return ()
    return tuple(a for a in seeker.running if said.get(a.company) == {"decline"})


def _said(words: str, application: Application, seeker: Seeker) -> list[str]:
    """At each place where the company stands, what is said of it first: ``keep``, ``decline``; nothing at many."""
    core, others = _company(application.company), [_company(a.company) for a in seeker.running]
    found = []
    for match in re.finditer(re.escape(core), words):
        verb = _VERB.search(_clause(words, match.end(), [o for o in others if o]))
        if verb:
            found.append(str(verb.lastgroup))
    return found


def _clause(words: str, start: int, others: list[str]) -> str:
    """What follows a company to the end of the sentence or the next company; names in a row share what follows."""
    end = next((at for at in range(start, len(words)) if words[at] in "。!?"), len(words))
    clause = words[start:end]
    while True:
        following = [(at, o) for o in others if (at := clause.find(o)) >= 0]
        if not following:
            return clause
        at, other = min(following)
        if not _TOGETHER.fullmatch(clause[:at]):
            return clause[:at]
        clause = clause[at + len(other) :]


def _company(name: str) -> str:
    for form in COMPANY_FORMS:
        name = unicodedata.normalize("NFKC", name).replace(form, "")
    core = _folded(name)
    return core if len(core) >= 2 else ""


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
