"""How long opening a mail takes: against the standard library on the same mails, and through the child pool.

``python tests/bench/parsing.py [SECONDS]`` prints CPU time a mail for compat32's structure alone and for all that
``intake.parsing`` does, their ratio (the bar is 4.3), and messages a second through the child.
"""

from __future__ import annotations

import base64
import json
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.parser import BytesParser
from email.policy import compat32
from pathlib import Path

from intake.model import Channel, Envelope
from intake.parsing import parse
from intake.parsing.child import ParserPool

CORPUS = Path(__file__).parents[1] / "corpus" / "mail" / "generated.jsonl"
NOW = datetime(2024, 1, 5, tzinfo=UTC)
TRACE = (
    b"".join(
        b"Received: from mx%d.example.jp (mx%d.example.jp [192.0.2.%d]) by mx.example.com with ESMTPS id a%d;\r\n"
        b"\tFri, 05 Jan 2024 10:00:00 +0900 (JST)\r\n" % (hop, hop, hop, hop)
        for hop in range(4)
    )
    + b"DKIM-Signature: v=1; a=rsa-sha256; d=example.jp; s=s1; h=from:to:subject;\r\n b="
    + b"\r\n ".join([b"B" * 70] * 5)
    + b"\r\n"
)


def everyday() -> list[bytes]:
    """A reply as Gmail writes it, an attachment, a plain mail: with the headers that a real way leaves."""
    old = "\r\n".join(f"> いつもお世話になっております。{number}件目の求人のご案内です。" for number in range(15))
    body = f"お世話になっております。山田です。\r\n退会をお願いいたします。\r\n\r\n2024年1月5日(金) 10:00 窓口 <a@example.com>:\r\n\r\n{old}\r\n"  # noqa: E501
    html = f'<div dir="ltr">{body[:60]}</div><div class="gmail_quote"><blockquote>{"<br>".join(old.split())}</blockquote></div>'  # noqa: E501
    head = (
        TRACE
        + b"From: =?UTF-8?B?5bGx55Sw?= <taro@example.jp>\r\nSubject: =?UTF-8?B?6YCA5Lya?=\r\nMIME-Version: 1.0\r\n"
    )

    def part(kind: bytes, content: bytes) -> bytes:
        coded = base64.encodebytes(content).replace(b"\n", b"\r\n")
        return b"--b\r\nContent-Type: " + kind + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + coded + b"\r\n"

    plain, rich = part(b"text/plain; charset=UTF-8", body.encode()), part(b"text/html; charset=UTF-8", html.encode())
    file = part(b'application/pdf; name="cv.pdf"', bytes(60_000))
    multi = b"Content-Type: multipart/%b; boundary=b\r\n\r\n%b--b--\r\n"
    return [
        head + multi % (b"alternative", plain + rich),
        head + multi % (b"mixed", plain + file),
        head + b"Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n" + body.encode("iso2022_jp"),
    ] * 40


def cpu(work: Callable[[bytes], object], mails: Sequence[bytes]) -> float:
    """Best of five rounds, CPU seconds a mail."""
    best = float("inf")
    for _ in range(5):
        started = time.process_time()
        for raw in mails:
            work(raw)
        best = min(best, time.process_time() - started)
    return best / len(mails)


def opened(raw: bytes) -> object:
    return parse(Envelope(Channel.EMAIL, "file", raw, NOW))


def main() -> None:
    """Print the figures."""
    faulty = [TRACE + base64.b64decode(json.loads(line)["raw"]) for line in CORPUS.read_text("utf-8").splitlines()]
    parser = BytesParser(policy=compat32)
    for name, mails in (("everyday", everyday()), ("faulty", faulty)):
        floor, ours = cpu(parser.parsebytes, mails), cpu(opened, mails)
        print(f"{name}: compat32 {floor * 1e6:.0f} us, intake {ours * 1e6:.0f} us a mail, ratio {ours / floor:.2f}")
    with ParserPool() as pool:
        mails, count = everyday(), 0
        pool.parse(Envelope(Channel.EMAIL, "file", mails[0], NOW))
        started = time.monotonic()
        seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 3.0
        while time.monotonic() - started < seconds:
            pool.parse(Envelope(Channel.EMAIL, "file", mails[count % len(mails)], NOW))
            count += 1
        print(f"child pool: {count / (time.monotonic() - started):.0f} messages/s through one child")


if __name__ == "__main__":
    main()
