"""alembic, which changes a database step by step (migrations/)."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config


def upgrade(conn: sa.Connection) -> None:
    """Bring a database to the newest revision, within the transaction of ``conn``."""
    command.upgrade(_config(conn), "head")


def check(conn: sa.Connection) -> None:
    """Raise alembic's error where the tables of the code and of the database differ."""
    command.check(_config(conn))


def _config(conn: sa.Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = conn
    return config
