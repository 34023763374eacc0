"""Where a letter asks to leave, or to have data erased: the sentences in which it does so clearly."""

from __future__ import annotations

from intake.understanding.document import Hit, Piece, reaches
from intake.understanding.gatewords import GateWords
from intake.understanding.learned import Scores
from intake.understanding.normalize import normalize
from intake.understanding.reading import Reading
from intake.understanding.rulebook import LABELS

SERIOUS = frozenset({"neg", "third", "else", "mere_if", "hear", "sup"})
SPEAKS = -1.0  # log odds of the one sentence that asks, where no rule has its words; the counterfactual follows
_UNCLEAR = frozenset({"neg", "sup", "cond", "hear", "ques"})
_NEAR = 3  # tokens behind the rule's words within which it must be asked: 消し・て・いただけますか
_ENOUGH = {"deletion": frozenset({"ask"}), "withdrawal": frozenset({"ask", "do"})}  # marks that ask for it
_STOPS = frozenset("。.?!、 \n…")
_BECAUSE = frozenset({"ので", "ため"})
# Rules that themselves demand the end of the sentence: 解約で。 登録も抹消で。 データも消しといて。
_ENDS_ASKING = frozenset({"withdrawal.leave-i-do", "withdrawal.registration-end", "deletion.record-end"})


def evidence(request: str, reading: Reading, scores: Scores) -> list[int]:
    """The sentences of the body that ask for it: by a rule, clearly; else the one that both learned readers mean."""
    pieces = reading.document.pieces
    clear = [n for n, piece in enumerate(pieces) if _clear_hit(piece, request, reading.gate)]
    if clear or not all(request in view for view in scores.views):
        return clear
    column = LABELS.index(request)
    if form := _by_form(request, reading):
        return form
    body = [n for n, piece in enumerate(pieces) if not piece.subject]
    number = max(body, key=lambda n: float(scores.rows[n, column] + scores.heard[n, column]), default=-1)
    if number < 0 or max(scores.rows[number, column], scores.heard[number, column]) < SPEAKS:
        return []
    piece = pieces[number]
    last = _last_clause(piece)
    against = {
        name
        for place, name, where in piece.marks
        if (
            name in _UNCLEAR and place >= last
            if where == "after"
            else name in SERIOUS and reaches(piece, place, where, max(place, last))
        )
    }
    asks = request != "deletion" or (
        any(name == "ask" for _, name, _ in piece.marks) and reading.gate.has("data", reading.own)
    )
    return [number] if asks and not (against or speaks_of_others(piece) or _only_names(piece, reading.gate)) else []


def _by_form(request: str, reading: Reading) -> list[int]:
    """The subject, where it clearly asks (「退会依頼」, no answer, nothing forwarded) and the body is a form that tells
    why (「退会理由:担当と合わない」) and asks no question."""
    pieces = reading.document.pieces
    words = reading.gate
    if words.has("answer", normalize(reading.subject).text.lstrip()) or not words.has("why-field", reading.own):
        return []
    if any(name == "ques" for piece in pieces for _, name, _ in piece.marks):
        return []
    return [
        n
        for n, piece in enumerate(pieces)
        if piece.subject and any(h.request == request and h.holds and _is_clear(piece, h) for h in piece.hits)
    ]


def _last_clause(piece: Piece) -> int:
    """The first token of the clause that the sentence ends with: the asking stands last, reasons before it."""
    words = piece.words
    ends = [turn + 1 for turn in piece.turns]
    ends += [at + 1 for at, word in enumerate(words) if word.surface in _BECAUSE]
    ends += [at + 1 for at in range(1, len(words)) if words[at].surface == "で" and words[at - 1].surface == "の"]
    return max([end for end in ends if end <= len(words) - _NEAR] or [0])


def speaks_of_others(piece: Piece) -> bool:
    """Another company stands in the clause that asks: 「他社を退会」, but not 「他社に決まったので退会」."""
    last = _last_clause(piece)
    return any(one.concept == "othercompany" and one.start >= last for one in piece.said)


def _clear_hit(piece: Piece, request: str, words: GateWords) -> bool:
    if piece.subject or _only_names(piece, words):
        return False
    return any(hit.request == request and hit.holds and _is_clear(piece, hit) for hit in piece.hits)


def _only_names(piece: Piece, words: GateWords) -> bool:
    """「書類の消去の申請先は。」「退会希望の場合は?」 asks where or how, 「退会の用紙を送ってください」 for a paper."""
    said = [word.surface for word in piece.words if word.surface not in _STOPS]
    return bool(said) and (said[-1] == "は" or words.has("its-things", "".join(word.surface for word in piece.words)))


def _is_clear(piece: Piece, hit: Hit) -> bool:
    """The sentence asks, or says it will be done, and nothing from the rule's words to its end takes that back."""
    before = {n for place, n, where in piece.marks if where != "after" and reaches(piece, place, where, hit.start)}
    after = {name for place, name, where in piece.marks if where == "after" and place >= hit.start}
    asked = {name for place, name, where in piece.marks if where == "after" and hit.start <= place <= hit.end + _NEAR}
    speaks = bool(asked & _ENOUGH[hit.request]) or hit.rule in _ENDS_ASKING
    return speaks and not (before & SERIOUS or after & _UNCLEAR)
