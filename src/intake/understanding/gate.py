"""The safety gate: nobody is taken to leave, or to want their data erased, on anything but their own clear words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from intake.model import DESTRUCTIVE
from intake.understanding import learned
from intake.understanding.reading import Reader, Reading
from intake.understanding.rules import Hit
from intake.understanding.weights import Weights

_UNCLEAR = frozenset({"neg", "sup", "cond", "hear", "ques"})
_AGAINST = frozenset({"othercompany", "retract"})
_PUT_OFF = re.compile(
    "たり[^。\n]{0,8}たり|(?:退会|解約|解除|削除|消去|抹消|消|やめ|辞め)(?:し)?て(?:い|お)(?:ます|る|ました|た)(?!の)|見送|延期|先送り|思いとど|"
    "(?:退会|解約|手続き?|申し?込み|申請|依頼|削除|件)[^。\n]{0,6}取りや|よします|やめにし|(?:退会|解約|削除)[はもを]?(?:やめ|辞め|止め)"
)
_TELLING = frozenset({"leave", "endservice", "jobfound", "searchover", "thanks"})  # these decide too: a farewell does
_NEAR = 3  # tokens behind the rule's words within which it must be asked: 消し・て・いただけますか
_SERIOUS = frozenset({"neg", "third", "else", "mere_if", "hear", "sup"})


def plain_doubts(chosen: Sequence[str], reading: Reading) -> list[str]:
    """The same without the counterfactual: no rule speaks for it in the sender's text, or something against it."""
    found: list[str] = []
    for request in sorted(DESTRUCTIVE & set(chosen)):
        holding = [h for h in reading.hits if h.request == request and h.holds]
        if all(reading.document.in_subject(reading.document.sentences[h.sentence]) for h in holding):
            found.append(f"no_rule_{request}")
        elif _contradicted(reading, request):
            found.append(f"contradicted_{request}")
    return found


def doubts(chosen: Sequence[str], reading: Reading, reader: Reader, weights: Weights) -> list[str]:
    """Why a withdrawal or deletion must be looked at by a person; empty where it need not, or for other requests."""
    found = plain_doubts(chosen, reading)
    if not found:
        for request in sorted(DESTRUCTIVE & set(chosen)):
            if not _falls(request, reading, reader, weights):
                found.append(f"counterfactual_{request}")
    return found


def _contradicted(reading: Reading, request: str) -> bool:
    """The same request is denied, supposed, conditional or somebody else's in another place of the message; or the
    message takes something back, comes back, or speaks of another company's service."""
    if any(h.request == request and h.blocked & _SERIOUS for h in reading.hits):
        return True
    if not any(h.request == request and h.holds and _is_clear(reading, h) for h in reading.hits):
        return True
    if any(h.request in ("retraction", "reinstatement") and h.holds for h in reading.hits):
        return True
    return any(one.concept in _AGAINST for said in reading.document.said for one in said) or bool(
        _PUT_OFF.search(reading.own)
    )


def _is_clear(reading: Reading, hit: Hit) -> bool:
    """The sentence asks, or says it will be done, and nothing from the rule's words to its end takes that back."""
    sentence = reading.document.sentences[hit.sentence]
    if reading.document.in_subject(sentence):
        return False
    marks = reading.document.marks[hit.sentence]
    before = {name for place, name, where in marks if where != "after"}
    after = {name for place, name, where in marks if where == "after" and place >= hit.start}
    asked = {name for place, name, where in marks if where == "after" and hit.start <= place <= hit.end + _NEAR}
    enough = {"ask"} if hit.request == "deletion" else {"ask", "do"}
    return not (before & _SERIOUS or after & _UNCLEAR) and bool(asked & enough)


def _falls(request: str, reading: Reading, reader: Reader, weights: Weights) -> bool:
    """Take the deciding words away: the verdict must fall. If it stands, it stood on something else."""
    document = reading.document
    taken = {hit.sentence for hit in reading.hits if hit.request == request and hit.holds}
    taken |= {n for n, sentence in enumerate(document.sentences) if document.in_subject(sentence)}
    taken |= {n for n, said in enumerate(document.said) if any(one.concept in _TELLING for one in said)}
    without = reader.without(reading, taken)
    odds, _ = learned.scores(without, weights)
    still = any(h.request == request and h.holds for h in without.hits)
    return not still and request not in learned.decode(odds, weights.request_labels)
