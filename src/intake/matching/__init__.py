"""Facts from the text + candidate seekers → one, several or none. Never by name alone."""

from intake.matching.keys import KeyMaker, canonical_address, keys_of
from intake.matching.score import Weights, load_weights, match_member, match_seeker, parse_weights

__all__ = [
    "KeyMaker",
    "Weights",
    "canonical_address",
    "keys_of",
    "load_weights",
    "match_member",
    "match_seeker",
    "parse_weights",
]
