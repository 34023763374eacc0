"""The third set has no faults of bytes: its replies and kinds are the matter."""


def build_all() -> None:
    """Nothing."""
