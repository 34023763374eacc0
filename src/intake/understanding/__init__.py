"""What a message asks for: two readers, rules and a learned model, that check each other."""

from intake.understanding.classify import Understander, as_json
from intake.understanding.examples import Failure, examples
from intake.understanding.rulebook import Rulebook, load_rulebook
from intake.understanding.tokens import tokens_of

__all__ = ["Failure", "Rulebook", "Understander", "as_json", "examples", "load_rulebook", "tokens_of"]
