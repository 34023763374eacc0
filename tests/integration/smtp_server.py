"""A server to be killed: ``python -m tests.integration.smtp_server URL [LARGEST_FILE]`` says its port and listens."""

from __future__ import annotations

import asyncio
import resource
import signal
import sys
from datetime import UTC, datetime

from intake.channels.inbox import InboxWriter
from intake.channels.smtp import SmtpServer
from intake.store import migrate, open_store
from tests.unit.channels.fakes import BOX
from tests.unit.channels.stores import KEYRING


async def serve(url: str) -> None:
    """Listen until killed."""
    migrate(url)
    writer = InboxWriter(open_store(url, KEYRING, busy_seconds=1))
    writer.start()
    server = SmtpServer(
        writer, host="127.0.0.1", port=0, recipients={BOX}, hostname="mx", clock=lambda: datetime.now(UTC)
    )
    await server.start()
    if len(sys.argv) > 2:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
    sys.stdout.write(f"{server.port}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
