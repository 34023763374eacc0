"""``python -m intake`` is the same as ``intake``."""

from intake.cli import main

main()
