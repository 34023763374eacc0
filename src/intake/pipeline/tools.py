"""What the use cases need besides the store: rules, templates, keys and who we are. Made once, by bootstrap."""

from __future__ import annotations

from dataclasses import dataclass

from intake.keyring import Keyring
from intake.matching import KeyMaker, Weights
from intake.parsing import ParseOptions
from intake.policy import Profile
from intake.replies import Agency, SavedAnswer, TemplateBook
from intake.understanding import Rulebook, Understander


@dataclass(frozen=True, slots=True)
class Tools:
    """A consistent set of data and readers; a reload replaces the whole set."""

    keyring: Keyring
    keymaker: KeyMaker
    weights: Weights
    rulebook: Rulebook
    understander: Understander
    profile: Profile
    templates: TemplateBook
    agency: Agency
    parse_options: ParseOptions
    public_url: str  # without a slash at its end
    mail_from: str
    own_addresses: frozenset[str]  # canonical: ours, never answered
    saved_answers: tuple[SavedAnswer, ...] = ()  # that staff choose from

    @property
    def charset(self) -> str:
        """How mails are encoded (``rules/agency.toml``)."""
        return self.agency.charset

    def address_hash(self, addr: str) -> bytes:
        """Keyed hash of a canonical address: threads, budgets, tokens."""
        return self.keyring.hash("address", self.keymaker.addresses(addr))
