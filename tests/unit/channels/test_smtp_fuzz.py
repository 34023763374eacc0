"""Any bytes on the SMTP port: every answer is an answer, 250 for a mail means kept, and the next client is served."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.channels.fakes import BOX, MemoryStore, Port

REPLY = re.compile(rb"[2-5]\d\d[ -][\x20-\x7e]*\r\n")
WORDS = [
    b"EHLO x\r\n", b"HELO x\r\n", b"LHLO x\r\n", b"MAIL FROM:<>\r\n", b"MAIL FROM:<a@example.jp> SIZE=99\r\n",
    f"RCPT TO:<{BOX}>\r\n".encode(), b"RCPT TO:<nobody@agency.example>\r\n", b"DATA\r\n", b".\r\n", b"\r\n.\r\n",
    b"\n.\n", b"hello\r\n", b"RSET\r\n", b"NOOP\r\n", b"QUIT\r\n", b"STARTTLS\r\n", b"AUTH PLAIN\r\n",
    b"BDAT 4 LAST\r\n", b"HELP x\r\n", b"MAIL FROM:<" + b"(" * 300 + b">\r\n", b"MAIL FROM:<a@b> SIZE=\xc2\xb2\r\n",
    b"x" * 3000 + b"\r\n", b"\r", b"\n", b"\0",
]  # fmt: skip
talks = st.lists(st.one_of(st.sampled_from(WORDS), st.binary(max_size=40)), max_size=25)
EXAMPLES = int(os.environ.get("INTAKE_FUZZ_SMTP", "80"))


@pytest.fixture(scope="module", params=[False, True], ids=["smtp", "lmtp"])
def port(request: pytest.FixtureRequest) -> Iterator[Port]:
    with Port(MemoryStore(), lmtp=request.param, use_uvloop=True) as port:
        yield port


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(talk=talks, cut=st.integers(1, 60))
def test_any_talk(port: Port, talk: list[bytes], cut: int) -> None:
    port.store.rows.clear()
    wire = b"".join(talk) + b"\r\n.\r\nQUIT\r\n\r\n.\r\nQUIT\r\n"
    lines = answers(port.server.port, [wire[at : at + cut * 50] for at in range(0, len(wire), cut * 50)])
    if lines is None:
        return
    assert all(REPLY.fullmatch(line) for line in lines), lines
    assert not any(b"Error: (" in line or line.startswith(b"451") for line in lines), lines
    assert any(line.startswith(b"250 2.0.0 OK ") for line in lines) == bool(port.store.rows), lines


def answers(port: int, pieces: list[bytes]) -> list[bytes] | None:
    """All lines up to the end of the connection; None if it was cut off, and its last words with it."""
    found = b""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        try:
            for piece in pieces:
                client.sendall(piece)
            while piece := client.recv(65536):
                found += piece
        except ConnectionError:
            return None
    return found.splitlines(keepends=True)
