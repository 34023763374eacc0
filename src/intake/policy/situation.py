"""What the policies ask of a situation: is it known who wrote, may they be answered, is the reading sure."""

from __future__ import annotations

from intake.model import DESTRUCTIVE, AuthVerdict, Channel, MatchKind, Proof, Situation
from intake.model.ladder import Act, allowed
from intake.policy.profile import Profile


def is_failing(s: Situation) -> bool:
    """True where the From line is known to be forged, or cannot be told from it (DMARC fail)."""
    return s.message.auth.verdict is AuthVerdict.FAIL


def by_telephone(s: Situation) -> bool:
    """True for what staff typed in: they chose the person, and nobody could forge a From."""
    return s.message.channel is Channel.PHONE or s.entered_by is not None


def is_from_file(s: Situation) -> bool:
    """ "From on file" of decisions.md: the address is on file, and not failing DMARC."""
    return s.match.kind is MatchKind.ONE and s.match.on_file and not is_failing(s)


def is_known(s: Situation) -> bool:
    """True where a case may stand for that seeker: From on file, the app, a proof, or staff who typed it in."""
    if s.match.kind is not MatchKind.ONE or s.seeker is None:
        return False
    return is_from_file(s) or s.app_authenticated or s.proof >= Proof.E2 or by_telephone(s)


def may(s: Situation, act: Act, profile: Profile) -> bool:
    """The ladder's word on an act for this request, nobody having approved anything."""
    return allowed(s.request, act, s.proof, on_file=is_from_file(s), raised=profile.raised)


def is_pressed(s: Situation) -> bool:
    """The request is a key that was pressed in the app."""
    return s.message.channel is Channel.APP and s.message.request_code == s.request


def is_sure(s: Situation) -> bool:
    """A sure reading; a request that came as a code (app, telephone) needs none, but to leave or to be erased.

    What the app asks for is carried out with no further question: a comment that speaks against it is not overruled.
    """
    if is_pressed(s) and s.request in DESTRUCTIVE and s.message.new_text.strip():
        return s.meaning.sure
    coded = s.message.request_code == s.request and s.message.channel in (Channel.APP, Channel.PHONE)
    return s.meaning.sure or coded


def sender_is_ours(s: Situation) -> bool:
    """True where the From address is in the register, even if it is not clear whose message it is."""
    return s.match.on_file or any("address" in c.reasons for c in s.match.candidates)


def sender_may_be_answered(s: Situation) -> bool:
    """Who gets a receipt (decisions.md): on file and not failing, or an aligned pass of their own."""
    if not s.message.sender.addr or is_failing(s) or s.message.no_reply:
        return False
    passed = s.message.auth.verdict is AuthVerdict.PASS and not s.message.forwarded_by
    return passed or sender_is_ours(s)
