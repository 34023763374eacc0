"""A small world that lives by the decisions: mails, forgeries, links, staff, days, changes of selections.

No unproved act, no double act, no step outside the table, nobody held back for ever, everybody gets out.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from intake.cases import check
from intake.errors import NotAllowed, NotProved, Permanent
from intake.model import (
    Application,
    Case,
    CaseState,
    Channel,
    Decision,
    Effect,
    Proof,
    Role,
    Seeker,
    SeekerStatus,
    Stage,
)
from intake.model.case import EFFECT_STATUS
from intake.policy import (
    Profile,
    choices_for,
    decide,
    decide_bounced,
    decide_due,
    decide_proved,
    decide_send_link,
    decide_staff_approval,
    effects_of_ending,
    may_be_refused,
    today_of,
)
from tests.unit.policy.situations import NOW, PROFILES, STAGES, seeker, situation

LEAVE = ("withdrawal", "deletion")
WISHES = (  # the more often, the more there is to go wrong
    *("withdrawal", "deletion", "pause", "withdrawal", "deletion", "withdrawal"),
    "withdrawal",
    "deletion",
    "pause",
    "resume",
    "retraction",
    "decline",
    "preferences",
    "reinstatement",
    "other",
)
TRUE = ("file", "aligned", "app", "phone", "phone_checked", "aligned", "aligned")
FALSE = ("unknown", "unknown_pass", "named", "failing")


class World(RuleBasedStateMachine):
    """One seeker, their cases, the calendar."""

    @initialize(
        profile=st.sampled_from(sorted(PROFILES)), stage=st.sampled_from(STAGES), own=st.booleans(), hold=st.booleans()
    )
    def begin(self, profile: str, stage: Stage, own: bool, hold: bool) -> None:
        self.profile: Profile = PROFILES[profile]
        self.who: Seeker = seeker(stage, self_applied=own, legal_hold="係争中" if hold else None)
        self.cases: dict[int, Case] = {}
        self.links: set[int] = set()
        self.reminded: set[int] = set()
        self.now: datetime = NOW
        self.proofs: list[tuple[str, Proof]] = []  # what the person has shown, for which request
        self.lead_said_yes = self.staff_resumed = False

    # --- what happens ---------------------------------------------------------------------------------------------

    @rule(
        request=st.sampled_from(WISHES),
        evidence=st.sampled_from(TRUE),
        sure=st.sampled_from([True, True, False]),
        later=st.booleans(),
    )
    def message(self, request: str, evidence: str, sure: bool, later: bool) -> None:
        """The seeker writes, uses the app or calls."""
        self.deliver(request, evidence, sure=sure, after_selection=later)

    @rule(request=st.sampled_from(WISHES), evidence=st.sampled_from(FALSE))
    def forgery(self, request: str, evidence: str) -> None:
        """Somebody else writes: a case at most."""
        who, cases = self.who, dict(self.cases)
        self.deliver(request, evidence)
        assert self.who == who
        assert {n: c for n, c in self.cases.items() if n in cases} == cases

    @rule(pick=st.integers(0, 99), choice=st.sampled_from(["complete", "cancel", "defer", "pause"]))
    def press(self, pick: int, choice: str) -> None:
        """A button behind a link that lives."""
        alive = sorted(n for n in self.links if self.cases[n].state.is_open)
        if alive and choice in choices_for(case := self.cases[alive[pick % len(alive)]], self.who):
            self.prove(case, choice, Proof.E2)

    @rule(pick=st.integers(0, 99))
    def telephone_check(self, pick: int) -> None:
        """電話で確認済み at any open case."""
        if case := self.some_open(pick):
            self.prove(case, "complete", Proof.E3)

    @rule(pick=st.integers(0, 99), role=st.sampled_from(Role), reason=st.sampled_from(["", "本人と合意"]))
    def approve(self, pick: int, role: Role, reason: str) -> None:
        """Staff press 承認."""
        case = self.some_open(pick)
        if case is None:
            return
        try:
            d = decide_staff_approval(
                case, self.who, self.profile, self.now, today_of(self.now), role, override_reason=reason,
                others=tuple(self.cases.values()),
            )  # fmt: skip
        except (NotProved, NotAllowed, Permanent):
            return
        self.lead_said_yes = role is Role.LEAD
        self.staff_resumed |= Effect.RESUME in d.effects
        self.carry(case, d, "approve")

    @rule(pick=st.integers(0, 99))
    def send_link(self, pick: int) -> None:
        """One key: the link to the address on file."""
        case = self.some_open(pick)
        if case is None:
            return
        try:
            d = decide_send_link(case, self.who, self.profile, today_of(self.now))
        except NotAllowed:
            return
        self.carry(case, d, "ask")

    @rule(pick=st.integers(0, 99))
    def refuse(self, pick: int) -> None:
        """Staff say no, where they may."""
        case = self.some_open(pick)
        if case is not None and may_be_refused(case):
            effects = effects_of_ending(case, self.cases.values())
            d = Decision(case.request, "staff", "refused", CaseState.REFUSED, effects=effects, no_reply="-")
            self.carry(case, d, "refuse")

    @rule(pick=st.integers(0, 99))
    def bounce(self, pick: int) -> None:
        """A mail came back."""
        case = self.some_open(pick)
        if case is not None and (d := decide_bounced(case, self.profile, today_of(self.now))):
            self.carry(case, d, "hold")

    @rule(days=st.sampled_from([1, 3, 8, 40]))
    def time_passes(self, days: int) -> None:
        """Day by day, as the calendar does."""
        for _ in range(days):
            self.now += timedelta(days=1)
            today = today_of(self.now)
            for case in [c for c in self.cases.values() if c.state.is_open and c.wake_on and c.wake_on <= today]:
                reminded = case.id in self.reminded
                d = decide_due(case, self.who, self.profile, self.now, today, reminded=reminded)
                if d is not None:
                    self.lead_said_yes = False
                    self.carry(case, d, {"reminder": "remind", "no_answer": "hold"}.get(d.reason, "fall_due"))
                    if d.reason == "reminder":
                        self.reminded.add(case.id)

    @rule(stage=st.sampled_from(STAGES), own=st.booleans())
    def selection_moves(self, stage: Stage, own: bool) -> None:
        """The agency's own system says how far the selection is."""
        running = (Application(11, "株式会社みほん", stage, own),) if stage > Stage.NONE else ()
        self.who = replace(self.who, applications=running)

    # --- how the use cases carry it ---------------------------------------------------------------------------------

    def deliver(self, request: str, evidence: str, **more: object) -> None:
        mine = tuple(c for c in self.cases.values() if c.seeker_id == self.who.id)
        s = situation(
            request,
            evidence,
            self.who,
            open_cases=tuple(c for c in mine if c.state.is_open),
            closed_cases=tuple(c for c in mine if not c.state.is_open),
            **more,
        )
        s = replace(s, now=self.now, today=today_of(self.now))
        if s.proof >= Proof.E2:
            self.proofs.append((request, s.proof))
        d = decide(s, self.profile)
        self.lead_said_yes = False
        if d.joins is not None:
            assert self.cases[d.joins].request == request
            self.apply(d)
            return
        number = len(self.cases) + 1
        case = Case(
            id=number,
            number=f"A-{number}",
            message_id=number,
            request=request,
            state=d.state,
            channel=Channel.EMAIL,
            received_at=self.now,
            seeker_id=s.seeker.id if s.seeker else None,
            hold_reason=d.hold_reason,
            wake_on=d.wake_on,
            proof=s.proof,
            policy=d.policy,
        )
        self.cases[number] = case
        self.apply(d)
        if d.reply is not None and d.reply.link is not None:
            self.links.add(number)

    def prove(self, case: Case, choice: str, proof: Proof) -> None:
        others = [c for c in self.cases.values() if c.seeker_id == self.who.id]
        self.proofs.append((case.request, proof))
        self.lead_said_yes = False
        d = decide_proved(case, self.who, choice, proof, self.profile, self.now, today_of(self.now), others=others)
        self.links.discard(case.id)
        self.carry(case, d, "retract" if choice == "cancel" else "prove", proof)

    def carry(self, case: Case, d: Decision, event: str, proof: Proof = Proof.E0) -> None:
        check(case.state, d.state, event)
        self.cases[case.id] = replace(
            case,
            state=d.state,
            hold_reason=d.hold_reason,
            wake_on=d.wake_on,
            policy=d.policy,
            proof=max(case.proof, proof),
            seeker_id=self.who.id,
        )
        self.apply(d)
        if d.reply is not None and d.reply.link is not None:
            self.links.add(case.id)

    def apply(self, d: Decision) -> None:
        for effect in d.effects:
            self.one(effect, d)
        for target in d.targets:
            self.end(target, CaseState.RETRACTED, "retract")
        for done in d.fulfils:
            self.end(done, CaseState.DONE, "fulfil")
        if Effect.WITHDRAW in d.effects:
            for case in list(self.cases.values()):
                if case.state.is_open and case.request in ("withdrawal", "pause") and case.seeker_id == self.who.id:
                    self.end(case.id, CaseState.DONE, "fulfil")

    def end(self, number: int, state: CaseState, event: str) -> None:
        case = self.cases[number]
        if case.state.is_open:
            check(case.state, state, event)
            self.cases[number] = replace(case, state=state, hold_reason=None, wake_on=None)
            self.links.discard(number)

    def one(self, effect: Effect, d: Decision) -> None:
        if effect is Effect.WITHDRAW:
            assert self.who.status is not SeekerStatus.WITHDRAWN, "left twice"
            assert any(r in LEAVE and p >= Proof.E2 for r, p in self.proofs), "left without proof"
            late = self.who.furthest_stage >= Stage.INTERVIEW_FIXED
            assert not late or self.lead_said_yes, "left from a fixed interview on without staff"
        if effect is Effect.HOLD_OUTREACH:
            self.who = replace(self.who, outreach_held_at=self.now)
        if effect is Effect.RELEASE_OUTREACH and self.who.status is SeekerStatus.ACTIVE:
            self.who = replace(self.who, outreach_held_at=None)
        if status := EFFECT_STATUS.get(effect):
            held = self.now if effect in (Effect.PAUSE, Effect.WITHDRAW) else None
            left = today_of(self.now) if effect is Effect.WITHDRAW else None
            self.who = replace(self.who, status=status, outreach_held_at=held, withdrawn_on=left)

    def some_open(self, pick: int) -> Case | None:
        alive = [c for c in self.cases.values() if c.state.is_open]
        return alive[pick % len(alive)] if alive else None

    # --- what always holds ------------------------------------------------------------------------------------------

    @invariant()
    def nobody_waits_for_nothing(self) -> None:
        for case in getattr(self, "cases", {}).values():
            if case.state is CaseState.AWAITING_PROOF:
                assert case.id in self.links
                assert case.wake_on is not None
            if case.state is CaseState.SCHEDULED:
                assert case.wake_on is not None or case.hold_reason == "erasure_due"
            if case.state is CaseState.REVIEW:
                assert case.hold_reason

    @invariant()
    def nobody_is_held_back_for_ever(self) -> None:
        who = getattr(self, "who", None)
        if who is None or who.outreach_held_at is None or who.status is not SeekerStatus.ACTIVE:
            return
        assert any(c.state.is_open and c.request in (*LEAVE, "pause") for c in self.cases.values())

    @invariant()
    def who_wants_to_leave_is_left_alone(self) -> None:
        who = getattr(self, "who", None)
        if who is None or who.status is not SeekerStatus.ACTIVE or self.staff_resumed:
            return
        for case in self.cases.values():
            if case.state.is_open and case.request in LEAVE and case.proof >= Proof.E1 and not case.is_doubtful:
                assert who.outreach_held_at is not None, case

    @invariant()
    def nothing_under_a_legal_hold_is_erased(self) -> None:
        who = getattr(self, "who", None)
        if who is not None and who.legal_hold:
            assert all(c.hold_reason not in ("cooling_off", "erasure_due") for c in self.cases.values())

    def teardown(self) -> None:
        """Whatever happened: who proves now that they want to leave, gets out with staff doing their part."""
        who = getattr(self, "who", None)
        if who is None or who.status is SeekerStatus.WITHDRAWN:
            return
        self.deliver("withdrawal", "phone_checked")
        for _ in range(3):
            for case in [c for c in self.cases.values() if c.state.is_open and c.request == "withdrawal"]:
                self.approve_as_lead(case)
        assert self.who.status is SeekerStatus.WITHDRAWN

    def approve_as_lead(self, case: Case) -> None:
        if self.who.status is SeekerStatus.WITHDRAWN or case.proof < Proof.E2 or not self.cases[case.id].state.is_open:
            return
        d = decide_staff_approval(
            case, self.who, self.profile, self.now, today_of(self.now), Role.LEAD, override_reason="本人と合意"
        )
        self.lead_said_yes = True
        self.carry(case, d, "approve")


TestWorld = World.TestCase
TestWorld.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)
