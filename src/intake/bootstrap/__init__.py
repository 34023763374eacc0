"""Where the parts are joined: the only place that chooses the outside."""

from intake.bootstrap.house import House, init_home, open_house

__all__ = ["House", "init_home", "open_house"]
