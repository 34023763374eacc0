"""The fixtures that give tests their servers; what they start is in ``rigs.py`` and ``sink.py``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests import once, rigs
from tests.sink import SmtpSink

once.install()


@pytest.fixture
def anyio_backend() -> str:
    """Async tests (``@pytest.mark.anyio``) run on asyncio, as the product does."""
    return "asyncio"


@pytest.fixture
def free_port() -> int:
    """A port on 127.0.0.1 that is free."""
    return rigs.free_port()


@pytest.fixture(scope="session")
def postgres() -> Iterator[rigs.Postgres]:
    """The PostgreSQL server of this run; ``fresh(prepare)`` and ``discard(url)`` for tests that need more databases."""
    server = rigs.Postgres()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def sqlite() -> Iterator[rigs.Sqlite]:
    """The same for SQLite files."""
    files = rigs.Sqlite()
    yield files
    files.stop()


@pytest.fixture
def postgres_url(postgres: rigs.Postgres) -> Iterator[str]:
    """``postgresql://…`` of an empty database of this test's own."""
    url = postgres.fresh()
    yield url
    postgres.discard(url)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest) -> Any:
    """Runs what asks for it on both kinds: ``fresh(prepare)`` copies a database that ``prepare(url)`` filled once."""
    return request.getfixturevalue({"sqlite": "sqlite", "postgresql": "postgres"}[request.param])


@pytest.fixture
def database_url(databases: Any) -> Iterator[str]:
    """The URL of an empty database of this test's own, once on SQLite and once on PostgreSQL."""
    url: str = databases.fresh()
    yield url
    databases.discard(url)


@pytest.fixture(scope="session")
def shared_dovecot() -> Iterator[rigs.Dovecot]:
    """The Dovecot of this run. Tests ask for ``dovecot``."""
    server = rigs.Dovecot()
    yield server
    server.remove()


@pytest.fixture
def dovecot(shared_dovecot: rigs.Dovecot) -> rigs.Dovecot:
    """A running Dovecot; take ``dovecot.new_user()`` for an empty mailbox. A test may stop and start it."""
    if shared_dovecot.process.poll() is not None:
        shared_dovecot.start()
    return shared_dovecot


@pytest.fixture
def smtp_sink() -> Iterator[SmtpSink]:
    """A mail server that accepts everything until ``script()`` says otherwise."""
    sink = SmtpSink()
    yield sink
    sink.stop()


@pytest.fixture(scope="session")
def smtp_source() -> str:
    """The path of postfix's ``smtp-source``."""
    return rigs.find_smtp_source()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium. Per module, as playwright's sync API leaves a running loop in its thread while it is open:
    async tests belong into other files."""
    from playwright.sync_api import sync_playwright

    program = rigs.find_chromium()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=rigs.BROWSER_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page in a browser context of its own (ja-JP, Asia/Tokyo); an uncaught error in a script fails the test."""
    context = browser.new_context(locale="ja-JP", timezone_id="Asia/Tokyo")
    context.set_default_timeout(10_000)
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    context.close()
    assert errors == [], "scripts of the page failed"
