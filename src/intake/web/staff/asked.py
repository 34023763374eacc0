"""What is typed into the search: fields like 「状態:確認待ち 期限:<3d」 and words, read into a query."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from intake.model import CaseState, Channel
from intake.policy import today_of
from intake.ports import CaseQuery
from intake.web.labels import WORDS

REQUESTS = ("withdrawal", "pause", "resume", "concierge_change", "deletion", "preferences", "decline",
            "reinstatement", "retraction", "question", "other")  # fmt: skip
OPEN = tuple(s for s in CaseState if s.is_open)
CLOSED = tuple(s for s in CaseState if not s.is_open)
NAMES = {
    "state": "状態", "request": "依頼", "channel": "経路", "assignee": "対応者", "from": "差出人", "member": "会員番号",
    "due": "期限", "older": "経過", "newer": "最近", "hold": "保留", "is": "印", "has": "付き",
}  # fmt: skip
_FIELDS = {k: k for k in NAMES} | {word: k for k, word in NAMES.items()} | {"会員": "member", "担当": "assignee"}
MARKS = {
    "late": "期限超過", "unassigned": "未割り当て", "mine": "自分", "complaint": "苦情", "sure": "確実",
    "unsure": "要確認", "proved": "本人確認済み", "unproved": "未確認", "open": "未完了", "closed": "完了",
}  # fmt: skip
_PIECE = re.compile(r'(?:([^\s:"<>]+):)?(?:"([^"]*)"|(\S*))')
_SPAN = re.compile(r"([<>]=?)?(\d{1,4})(d|日|w|週|週間)?")
UNKNOWN = "「{value}:」という項目はありません。使えるのは {allowed} です。"
UNKNOWN_VALUE = "「{name}:{value}」が分かりません。使えるのは {allowed} です。"
NO_VALUE = "「{name}:」のあとに、続けて値を入れてください。"
ONLY_ATTACHMENT = "「付き:」に使えるのは 添付 です。"
NO_STATE = "状態の条件が食い違っています。"
NO_HOLD = "「保留:{value}」に当たる理由はありません。一覧の「状況」の言葉で探せます。"
NO_DAY = "「期限:{value}」が分かりません。例: 期限:<3d、期限:今日、期限:超過、期限:2026-11-30"
NO_AGE = "「{name}:{value}」が分かりません。例: {name}:7d、{name}:2週"
NO_STAFF = "「対応者:{value}」に当たるスタッフがいません。"
SEVERAL_STAFF = "「対応者:{value}」に当たるスタッフが複数います。"
TROUBLES = (
    UNKNOWN,
    UNKNOWN_VALUE,
    NO_VALUE,
    ONLY_ATTACHMENT,
    NO_STATE,
    NO_HOLD,
    NO_DAY,
    NO_AGE,
    NO_STAFF,
    SEVERAL_STAFF,
)
AS_ASSIGNEE = "「担当:」は、案件の対応者として探しました。求職者の担当では探せません。"
PERSONAL = frozenset({"from", "member"})


@dataclass(frozen=True, slots=True)
class Trouble:
    """What cannot be read. ``words`` has places for ``name`` (of a field), ``value`` and ``allowed`` (codes)."""

    words: str
    name: str = ""
    value: str = ""
    allowed: tuple[str, ...] = ()

    def said(self, t: Callable[[str], str], label: Callable[[str], str]) -> str:
        """In the language of the page."""
        allowed = "、".join(
            t(NAMES[a]) if a in NAMES else t(MARKS[a]) if a in MARKS else label(a) for a in self.allowed
        )
        return t(self.words).format(name=t(NAMES.get(self.name, self.name)), value=self.value, allowed=allowed)


class Unclear(Exception):
    """A field that cannot be read."""

    def __init__(self, words: str, name: str = "", value: str = "", allowed: Sequence[str] = ()) -> None:
        super().__init__(words)
        self.trouble = Trouble(words, name, value, tuple(allowed))


@dataclass(frozen=True, slots=True)
class Asked:
    """A search. ``troubles`` says in words what could not be read; nothing is searched then."""

    text: str
    query: CaseQuery
    words: str = ""
    senders: tuple[str, ...] = ()
    member: str = ""
    attachment: bool = False
    fields: tuple[str, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    note: str = ""  # how a word was taken that may mean something else

    @property
    def is_personal(self) -> bool:
        """True where it names somebody or quotes them: such a search is never kept."""
        return bool(self.words or PERSONAL & set(self.fields))


def read(text: str, me: str, colleagues: Sequence[str], now: datetime) -> Asked:
    """Read it. Never raises; what is not understood is said in ``troubles``."""
    asked = Asked(text.strip(), CaseQuery(newest_first=True, limit=51))
    words: list[str] = []
    for piece in _PIECE.finditer(unicodedata.normalize("NFKC", text)):
        name, value = piece[1], piece[2] if piece[2] is not None else piece[3]
        known = _FIELDS.get(name.casefold()) if name else None
        if known:
            # kept searches may say so; on every page 「担当」 is the seeker's concierge (domain.md)
            asked = replace(asked, note=AS_ASSIGNEE) if name == "担当" else asked
            asked = _with(asked, known, value.strip(), me, colleagues, now)
        elif name and _is_a_field(name, value):
            asked = _trouble(asked, Trouble(UNKNOWN, value=name, allowed=tuple(NAMES)))
        elif piece[0].strip('" '):
            words.append(piece[0].replace('"', "") if not name else piece[0])
    return _settled(replace(asked, words=" ".join(words)))


def _is_a_field(name: str, value: str) -> bool:
    """「http://…」 and 「10:30」 are words."""
    return not value.startswith("//") and not name[-1].isdigit()


def _with(asked: Asked, name: str, value: str, me: str, colleagues: Sequence[str], now: datetime) -> Asked:
    asked = replace(asked, fields=(*asked.fields, name))
    if not value:
        return _trouble(asked, Trouble(NO_VALUE, name))
    try:
        if name in _READERS:
            return replace(asked, query=_READERS[name](asked.query, value, today_of(now), now))
        if name == "assignee":
            return replace(asked, query=_assignee(asked.query, value, me, colleagues))
        if name == "is":
            return replace(asked, query=_mark(asked.query, value, me, today_of(now)))
    except Unclear as e:
        return _trouble(asked, e.trouble)
    if name == "from":
        return replace(asked, senders=(*asked.senders, value))
    if name == "member":
        return replace(asked, member=value)
    if value.casefold() in ("attachment", "添付"):
        return replace(asked, attachment=True)
    return _trouble(asked, Trouble(ONLY_ATTACHMENT))


def _trouble(asked: Asked, trouble: Trouble) -> Asked:
    return replace(asked, troubles=(*asked.troubles, trouble))


def _settled(asked: Asked) -> Asked:
    """Days that are due count while a case is open."""
    q = asked.query
    if (q.due_from or q.due_until) and not q.states:
        return replace(asked, query=replace(q, states=OPEN))
    return asked


def _one_of(name: str, value: str, codes: Sequence[str]) -> list[str]:
    """Codes by their name, their word, or the beginning of it; several by commas."""
    found: list[str] = []
    for part in filter(None, re.split("[,、]", value)):
        plain = part.casefold()
        exact = [c for c in codes if plain in (c, WORDS.get(c, c).casefold())]
        close = exact or [c for c in codes if c.startswith(plain) or WORDS.get(c, c).startswith(part)]
        if len(close) != 1 and not exact:
            raise Unclear(UNKNOWN_VALUE, name, part, codes)
        found += close
    return found


def _state(query: CaseQuery, value: str, today: date, now: datetime) -> CaseQuery:
    groups = {"open": OPEN, "未完了": OPEN, "closed": CLOSED, "終わり": CLOSED}
    if value.casefold() in groups:
        return _only(query, groups[value.casefold()])
    return _only(query, [CaseState(c) for c in _one_of("state", value, [s.value for s in CaseState])])


def _only(query: CaseQuery, states: Sequence[CaseState]) -> CaseQuery:
    left = tuple(s for s in query.states if s in states) if query.states else tuple(states)
    if not left:
        raise Unclear(NO_STATE)
    return replace(query, states=left)


def _request(query: CaseQuery, value: str, today: date, now: datetime) -> CaseQuery:
    return replace(query, requests=(*query.requests, *_one_of("request", value, REQUESTS)))


def _channel(query: CaseQuery, value: str, today: date, now: datetime) -> CaseQuery:
    return replace(query, channels=(*query.channels, *_one_of("channel", value, [c.value for c in Channel])))


def _hold(query: CaseQuery, value: str, today: date, now: datetime) -> CaseQuery:
    """By code, or by any part of its word."""
    found = tuple(code for code, word in WORDS.items() if value.casefold() == code or value in word)
    if not found:
        raise Unclear(NO_HOLD, value=value)
    return replace(query, holds=(*query.holds, *found))


def _due(query: CaseQuery, value: str, today: date, now: datetime) -> CaseQuery:
    late = (None, today - timedelta(days=1))
    fixed: dict[str, tuple[date | None, date | None]] = {
        "today": (today, today), "今日": (today, today), "late": late, "超過": late,
    }  # fmt: skip
    if value.casefold() in fixed:
        first, last = fixed[value.casefold()]
    else:
        first, last = _range(value, today)
    return replace(query, due_from=first or query.due_from, due_until=last or query.due_until)


def _range(value: str, today: date) -> tuple[date | None, date | None]:
    """「<3d」 is within three days, 「>1w」 later than in a week; days too: 「<2026-11-30」."""
    sign, day = value[: len(value) - len(value.lstrip("<>="))], _day(value.lstrip("<>="))
    if day is None:
        span = _SPAN.fullmatch(value)
        if span is None:
            raise Unclear(NO_DAY, value=value)
        sign, day = span[1] or "<", today + _days(span)
    if sign.startswith(">"):
        return day + timedelta(days=0 if "=" in sign else 1), None
    return (None, day) if sign else (day, day)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _days(span: re.Match[str]) -> timedelta:
    return timedelta(days=int(span[2]) * (7 if (span[3] or "d") in ("w", "週", "週間") else 1))


def _older(query: CaseQuery, value: str, today: date, now: datetime) -> CaseQuery:
    return replace(query, received_until=now - _age("older", value))


def _newer(query: CaseQuery, value: str, today: date, now: datetime) -> CaseQuery:
    return replace(query, received_from=now - _age("newer", value))


def _age(name: str, value: str) -> timedelta:
    span = _SPAN.fullmatch(value)
    if span is None or span[1]:
        raise Unclear(NO_AGE, name, value)
    return _days(span)


def _assignee(query: CaseQuery, value: str, me: str, colleagues: Sequence[str]) -> CaseQuery:
    if value.casefold() in ("me", "自分"):
        return replace(query, assignee=me)
    if value.casefold() in ("none", "なし", "未割り当て"):
        return replace(query, unassigned=True)
    plain = value.replace(" ", "")
    found = [n for n in colleagues if n.replace(" ", "").startswith(plain)]
    if len(found) != 1:
        raise Unclear(SEVERAL_STAFF if found else NO_STAFF, value=value)
    return replace(query, assignee=found[0])


def _mark(query: CaseQuery, value: str, me: str, today: date) -> CaseQuery:
    marks: dict[str, Callable[[], CaseQuery]] = {
        "late": lambda: replace(_only(query, OPEN), due_until=today - timedelta(days=1)),
        "unassigned": lambda: replace(query, unassigned=True),
        "mine": lambda: replace(query, assignee=me),
        "complaint": lambda: replace(query, complaint=True),
        "sure": lambda: replace(query, sure=True),
        "unsure": lambda: replace(query, sure=False),
        "proved": lambda: replace(query, proved=True),
        "unproved": lambda: replace(query, proved=False),
        "open": lambda: _only(query, OPEN),
        "closed": lambda: _only(query, CLOSED),
    }
    code = next((c for c, word in MARKS.items() if value.casefold() in (c, word)), None)
    if code is None:
        raise Unclear(UNKNOWN_VALUE, "is", value, tuple(MARKS))
    return marks[code]()


_READERS: dict[str, Callable[[CaseQuery, str, date, datetime], CaseQuery]] = {
    "state": _state, "request": _request, "channel": _channel, "hold": _hold, "due": _due, "older": _older,
    "newer": _newer,
}  # fmt: skip
