"""The agency's own system, as far as it listens: takes every signed event and remembers its number."""

from __future__ import annotations

import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from intake.store import SqlStore


class Crm:
    """A server on loopback; ``settings`` point the product at it."""

    def __init__(self) -> None:
        self.got: Counter[int] = Counter()
        crm = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["content-length"]))
                crm.got[int(self.headers["webhook-id"].rpartition("_")[2])] += 1
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                return None

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{self._server.server_address[1]}/events"
        self.settings = {"INTAKE_WEBHOOKS_OUT": url, "INTAKE_WEBHOOKS_OUT_ALLOW": "127.0.0.0/8"}

    def check(self, store: SqlStore) -> None:
        """What is marked as delivered was delivered; nothing was given up because of a kill."""
        with store.read() as tx:
            counts = tx.webhooks.counts()
            sent = [job.seq for job in tx.webhooks.find("sent", limit=1_000_000)]
        assert not counts.get("failed"), counts
        assert sent and not [seq for seq in sent if seq not in self.got]

    def stop(self) -> None:
        """Close the port."""
        self._server.shutdown()
        self._server.server_close()
