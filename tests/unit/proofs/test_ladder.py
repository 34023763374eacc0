"""The evidence ladder, every cell: no content of a mail ever withdraws or erases (reliability.md A1, A2)."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.errors import NotProved
from intake.model import Authenticity, AuthVerdict, Match, MatchKind, Proof, Seeker
from intake.model.ladder import ACTS_OF, Act, allowed
from intake.proofs import check, proof_of

HANAKO = Seeker(1, "A001", "山田 花子")
ONE = Match(MatchKind.ONE, HANAKO, on_file=True)

# what stands here was copied from decisions.md by hand, not computed: request → act → least evidence
# "file": From on file; a number: E1, E2; "staff": E2 and staff
TABLE = {
    "withdrawal": {"withdraw": 2, "hold_outreach": 1, "pause": "file"},
    "deletion": {"erase": "staff", "withdraw": 2, "hold_outreach": 1},
    "pause": {"pause": "file", "hold_outreach": "file"},
    "resume": {"resume": "file", "reinstate": 2},
    "concierge_change": {"concierge_change": "file"},
    "preferences": {"preferences": "file"},
    "decline": {"decline": "file"},
    "reinstatement": {"reinstate": 2, "resume": "file"},
    "retraction": {"resume": "file", "reinstate": 2},
    "question": {},
    "other": {},
}
EVERYBODY = {"open_case", "receipt", "send_link"}


def _expected(request: str, act: str, proof: int, on_file: bool, staff: bool, second: bool, needed: bool) -> bool:
    if act in EVERYBODY:
        return True
    least = "file" if act == "retract" else TABLE[request].get(act)
    if least is None:
        return False
    if least == "file":
        return on_file or proof >= 1
    if least == "staff":
        return proof >= 2 and staff and (second or not needed)
    return proof >= int(least)


def test_every_cell_of_the_ladder() -> None:
    cells = itertools.product(TABLE, Act, Proof, *([(False, True)] * 4))
    for request, act, proof, on_file, staff, second, needed in cells:
        got = allowed(
            request, act, proof, on_file=on_file, staff_approved=staff, second_approved=second, second_needed=needed
        )
        wanted = _expected(request, act.value, int(proof), on_file, staff, second, needed)
        assert got is wanted, (request, act, proof, on_file, staff, second, needed)


def test_every_request_is_on_the_ladder() -> None:
    assert set(ACTS_OF) == set(TABLE)


@given(
    request=st.sampled_from(sorted(TABLE)),
    act=st.sampled_from(["withdraw", "erase"]),
    proof=st.sampled_from([Proof.E0, Proof.E1]),
    on_file=st.booleans(),
    staff=st.booleans(),
    second=st.booleans(),
)
def test_no_content_and_no_word_of_staff_withdraws_or_erases(
    request: str, act: str, proof: Proof, on_file: bool, staff: bool, second: bool
) -> None:
    assert not allowed(request, act, proof, on_file=on_file, staff_approved=staff, second_approved=second)
    with pytest.raises(NotProved):
        check(request, act, proof, on_file=on_file, staff_approved=staff, second_approved=second)


@given(
    request=st.sampled_from(sorted(TABLE)),
    act=st.sampled_from(sorted(Act)),
    low=st.sampled_from(Proof),
    high=st.sampled_from(Proof),
    on_file=st.booleans(),
    staff=st.booleans(),
)
def test_more_evidence_never_allows_less(
    request: str, act: Act, low: Proof, high: Proof, on_file: bool, staff: bool
) -> None:
    low, high = min(low, high), max(low, high)
    if allowed(request, act, low, on_file=on_file, staff_approved=staff):
        assert allowed(request, act, high, on_file=on_file, staff_approved=staff)


@given(
    request=st.sampled_from(sorted(TABLE)),
    act=st.sampled_from(sorted(Act)),
    proof=st.sampled_from(Proof),
    raised=st.sampled_from(Proof),
    on_file=st.booleans(),
)
def test_a_profile_can_only_add(request: str, act: Act, proof: Proof, raised: Proof, on_file: bool) -> None:
    if allowed(request, act, proof, on_file=on_file, staff_approved=True, raised={request: raised}):
        assert allowed(request, act, proof, on_file=on_file, staff_approved=True)


def test_a_raised_row() -> None:
    raised = {"pause": Proof.E1, "decline": Proof.E2}
    assert not allowed("pause", "pause", Proof.E0, on_file=True, raised=raised)
    assert not allowed("pause", "hold_outreach", Proof.E0, on_file=True, raised=raised)
    assert allowed("pause", "pause", Proof.E1, on_file=True, raised=raised)
    assert not allowed("decline", "decline", Proof.E1, on_file=True, raised=raised)
    assert allowed("decline", "open_case", Proof.E0, raised=raised)


def test_unknown_words_are_never_allowed() -> None:
    assert not allowed("withdrawal", "withdraw!", Proof.E3)
    assert not allowed("leave", "open_case", Proof.E3)


@pytest.mark.parametrize("verdict", AuthVerdict)
@pytest.mark.parametrize("on_file", [False, True])
@pytest.mark.parametrize("app", [False, True])
@pytest.mark.parametrize("staff", [False, True])
def test_what_an_arrival_proves(verdict: AuthVerdict, on_file: bool, app: bool, staff: bool) -> None:
    match = Match(MatchKind.ONE, HANAKO, on_file=on_file)
    wanted = Proof.E1 if on_file and verdict is AuthVerdict.PASS else Proof.E0
    wanted = Proof.E3 if staff else Proof.E2 if app else wanted
    assert proof_of(match, Authenticity(verdict), app, staff) is wanted


@pytest.mark.parametrize(
    "match", [Match(MatchKind.NONE), Match(MatchKind.SEVERAL), Match(MatchKind.NONE, on_file=True)]
)
def test_without_one_seeker_nothing_is_proved(match: Match) -> None:
    assert proof_of(match, Authenticity(AuthVerdict.PASS), True, True) is Proof.E0
