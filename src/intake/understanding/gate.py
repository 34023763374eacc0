"""The safety gate: nobody is taken to leave, or to want their data erased, on anything but their own clear words.

No doubt of its is ever waived, however sure the readers are.
"""

from __future__ import annotations

from collections.abc import Sequence

from intake.model import DESTRUCTIVE
from intake.understanding.asking import SERIOUS, SPEAKS, evidence, speaks_of_others
from intake.understanding.document import Hit, Piece
from intake.understanding.gatewords import GateWords
from intake.understanding.learned import LearnedReaders, Scores
from intake.understanding.reading import Reader, Reading
from intake.understanding.rulebook import LABELS
from intake.understanding.silence import says_nothing
from intake.understanding.stops import Stop, stops, stops_of_opening, text_of

_TAKES_BACK = frozenset({"retraction", "reinstatement"})
_TELLING = frozenset({"leave", "endservice", "jobfound", "searchover", "thanks"})  # these decide too: a farewell does
_TELLS = frozenset({"withdrawal.found-and-over"})  # its words say why somebody leaves
_EACH = 2.0  # log odds that each learned reader must give
_ALONE = 5.0  # the same where no rule has the words: 「ひと休みさせていただきたく、お手続きを」 was taken for leaving


def plain_doubts(chosen: Sequence[str], reading: Reading, scores: Scores) -> list[str]:
    """Why a withdrawal or deletion must be looked at by a person: nothing clear speaks for it in the sender's text, or
    something against; empty where it need not, or for other requests."""
    found: list[str] = []
    for request in sorted(DESTRUCTIVE & set(chosen)):
        if not evidence(request, reading, scores):
            found.append(f"no_rule_{request}")
        elif _contradicted(request, reading, scores):
            found.append(f"contradicted_{request}")
    return found


def both_sure(reading: Reading, scores: Scores) -> bool:
    """Each learned reader by itself is sure of leaving and of erasure, where they are read, and surer still where no
    rule has the words; nothing is taken back."""
    wanted = DESTRUCTIVE & set(scores.chosen)
    if wanted and _TAKES_BACK & set(scores.chosen):
        return False
    least = {LABELS.index(request): _EACH if request in reading.verdict else _ALONE for request in wanted}
    return all(odds[column] > enough for odds in scores.each for column, enough in least.items())


def elsewhere(chosen: Sequence[str], reading: Reading) -> bool:
    """Whether leaving or erasure is asked of somebody else: a club, a gym, a shop, by what the letter opens with."""
    return any(next(stops_of_opening(request, reading), None) for request in sorted(DESTRUCTIVE & set(chosen)))


def stopped(chosen: Sequence[str], reading: Reading, scores: Scores) -> list[Stop]:
    """Every word of rules/gate that speaks against a withdrawal or deletion which the sender clearly asks for."""
    found: list[Stop] = []
    for request in sorted(DESTRUCTIVE & set(chosen)):
        found += stops_of_opening(request, reading)
        if asking := evidence(request, reading, scores):
            found += stops(request, reading, asking)
    return found


def counterfactual(
    chosen: Sequence[str], reading: Reading, scores: Scores, reader: Reader, readers: LearnedReaders
) -> list[str]:
    """Withdrawal and deletion that are still read when the words which decide them are taken away."""
    wanted = sorted(DESTRUCTIVE & set(chosen))
    return [f"counterfactual_{one}" for one in wanted if not _falls(one, reading, scores, reader, readers)]


def _contradicted(request: str, reading: Reading, scores: Scores) -> bool:
    """The same request is denied, supposed, conditional or somebody else's in another sentence; or the sentence speaks
    of another company, or of somebody else; or the letter takes something back, comes back, stays, puts it off, or is
    an employer's."""
    if _TAKES_BACK & set(scores.chosen):
        return True
    asking = frozenset(evidence(request, reading, scores))
    if next(stops(request, reading, asking), None):
        return True
    pieces = enumerate(reading.document.pieces)
    return any(_speaks_against(request, piece, number in asking, reading.gate) for number, piece in pieces)


def _speaks_against(request: str, piece: Piece, asks: bool, words: GateWords) -> bool:
    """One sentence, which itself asks for it or stands beside."""
    text = text_of(piece)
    if any(name == "else" for _, name, _ in piece.marks) and (asks or words.has("leaving", text)):
        return True
    if asks:
        if speaks_of_others(piece):
            return True
    elif any(hit.request == request and _denied(piece, hit, words) for hit in piece.hits):
        return True
    if any(hit.request in _TAKES_BACK and hit.holds and _means_it(piece, hit, words) for hit in piece.hits):
        return True
    return any(one.concept == "retract" for one in piece.said) and _takes_back(text, words)


def _denied(piece: Piece, hit: Hit, words: GateWords) -> bool:
    """The request itself is denied or somebody else's: not the job that was found, nor what a field 「退会理由」 tells,
    nor data that may still be there (「控えがあれば、消してください」)."""
    against = hit.blocked & (SERIOUS - {"mere_if"} if hit.request == "deletion" else SERIOUS)
    return bool(against) and hit.rule not in _TELLS and not words.has("why", text_of(piece))


def _means_it(piece: Piece, hit: Hit, words: GateWords) -> bool:
    """「返信なし」 takes nothing back, and 「病院に復帰します」 does not come back to us."""
    text = text_of(piece)
    if hit.request == "reinstatement":
        return words.has("comes-back", text)
    without = words.signs["nothing"].pattern.sub("", text)
    return hit.rule != "retraction.take-back" or words.has("taken-back", without)


def _takes_back(text: str, words: GateWords) -> bool:
    """「登録を取り消してください」 takes nothing back, 「登録解除の件は取り消してください」 does."""
    return not words.has("cancelled", text) or words.has("earlier", text)


def _falls(request: str, reading: Reading, scores: Scores, reader: Reader, readers: LearnedReaders) -> bool:
    """Take the deciding words away: the verdict must fall. If it stands, it stood on something else.

    It falls too where nothing that is left asks for it by itself: on a name and a story nobody would be taken to leave.
    """
    taken = {n for one in sorted(DESTRUCTIVE & set(scores.chosen)) for n in evidence(one, reading, scores)}
    column = LABELS.index(request)
    for number, piece in enumerate(reading.document.pieces):
        if (
            piece.subject
            or max(scores.rows[number, column], scores.heard[number, column]) > SPEAKS
            or any(hit.request == request and hit.holds for hit in piece.hits)
            or any(one.concept in _TELLING for one in piece.said)
        ):
            taken.add(number)
    without = reader.without(reading, taken)
    if says_nothing(without):
        return True
    left = readers.scores(without)
    still = any(hit.request == request and hit.holds for hit in without.hits)
    return not still and (request not in left.chosen or not evidence(request, without, left))
