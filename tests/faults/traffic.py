"""What the world does to the product while it is being killed: mails, forms, mails in a mailbox, pressed links."""

from __future__ import annotations

import contextlib
import json
import random
import re
import smtplib
import threading
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes
from itertools import count
from typing import Any

import httpx2

from intake.channels import standard_webhooks as signing
from tests.faults.world import Told
from tests.process import DESK
from tests.sink import SmtpSink

SEEKERS = 1500
WISHES = (
    ("退会のお願い", "お世話になっております。\n退会の手続きをお願いいたします。\n"),
    ("サービスの停止", "しばらくの間、サービスを停止してください。\n"),
    ("お問い合わせ", "求人の検索はどこからできますか。\n"),
    ("担当者の変更", "担当者を変更していただけないでしょうか。\n"),
    ("お礼", "先日はありがとうございました。\n"),
)


def address_of(member: int) -> str:
    """The address on file of one member."""
    return f"seeker{member}@example.jp"


def address(n: int) -> str:
    """Three of four senders are in the register."""
    return address_of(n % SEEKERS) if n % 4 else f"stranger{n}@s{n}.example.com"


def mail(n: int) -> bytes:
    """A mail that differs from all others."""
    subject, body = WISHES[n % len(WISHES)]
    head = f"From: <{address(n)}>\nTo: {DESK}\nSubject: {subject}\nMessage-ID: <{n}@example.jp>\n"
    head += "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"
    return (head + f"\n{body}{n}\n").replace("\n", "\r\n").encode()


class World:
    """Threads that talk to the product as long as it lets them, and note what it answered. A sender who got no answer
    comes again with the same bytes, as a mail server does."""

    def __init__(self, smtp: int, http: int, secret: bytes, sink: SmtpSink, threads: int = 3) -> None:
        self._smtp, self._http, self._secret, self._sink = smtp, http, secret, sink
        self.told = Told()
        self.quota = 0
        self.bad: list[str] = []
        self._numbers = count(1)
        self._lock = threading.Lock()
        self._owed: list[int] = []
        self._form_owed: int | None = None
        self._stop = threading.Event()
        self._pressed: set[str] = set()
        work: list[Callable[[], None]] = [self._mails] * threads + [self._forms, self._presses]
        self._threads = [threading.Thread(target=self._until_told, args=(w,), daemon=True) for w in work]
        for thread in self._threads:
            thread.start()

    def accepted(self) -> int:
        """How many messages were answered for."""
        with self._lock:
            return len(self.told.accepted)

    def stop(self) -> Told:
        """No more; what was told until now. Harmless twice: the mails are looked at anew."""
        self._stop.set()
        for thread in self._threads:
            thread.join(20)
        with self._sink._lock:
            self.told.mails = [m.data for m in self._sink.received]
        return self.told

    def _until_told(self, work: Callable[[], None]) -> None:
        while not self._stop.is_set():
            with contextlib.suppress(OSError, smtplib.SMTPException, httpx2.HTTPError):
                work()
            self._stop.wait(0.02)

    def _next(self) -> int | None:
        with self._lock:
            if self._owed:
                return self._owed.pop()
            if len(self.told.accepted) >= self.quota:
                return None
            return next(self._numbers)

    def _taken(self, raw: bytes) -> None:
        with self._lock:
            self.told.accepted.add(raw)

    def _again(self, n: int) -> None:
        with self._lock:
            self._owed.append(n)

    def _mails(self) -> None:
        n = self._next()
        if n is None:
            return
        try:
            with smtplib.SMTP("127.0.0.1", self._smtp, timeout=10) as client:
                for _ in range(10):
                    raw = mail(n)
                    client.sendmail(address(n), [DESK], raw, mail_options=["body=8bitmime"])
                    self._taken(raw)
                    following = self._next()
                    if following is None:
                        return
                    n = following
            self._again(n)
        except BaseException as e:
            self._again(n)
            if isinstance(e, smtplib.SMTPResponseException) and e.smtp_code >= 500:
                self.bad.append(f"refused for good: {e.smtp_code}")
            raise

    def _forms(self) -> None:
        """A form comes again under its id until it is answered."""
        n = self._form_owed or self._next()
        if n is None:
            return
        self._form_owed = n
        body = {
            "name": "山田 太郎",
            "email": address(n),
            "message": f"退会をお願いいたします。 {n}",
            "category": "退会",
        }
        raw = json.dumps(body, ensure_ascii=False).encode()
        at = int(time.time())
        headers = {"webhook-id": f"form-{n}", "webhook-timestamp": str(at), "content-type": "application/json"}
        headers["webhook-signature"] = signing.sign(self._secret, f"form-{n}", at, raw)
        answer = httpx2.post(f"http://127.0.0.1:{self._http}/hooks/form", content=raw, headers=headers, timeout=10)
        if answer.status_code == 202:
            self._taken(raw)
            self._form_owed = None
        elif answer.status_code != 503:
            self.bad.append(f"form: {answer.status_code}")
        self._stop.wait(0.1)

    def _presses(self) -> None:
        for url, member in self._links():
            if self._stop.is_set():
                return
            if url in self._pressed or random.random() < 0.3:  # some never press
                self._pressed.add(url)
                continue
            base = url.split("/c/")[1]
            page = httpx2.get(f"http://127.0.0.1:{self._http}/c/{base}", timeout=10)
            fields = dict(re.findall(r'name="(nonce|seen)" value="([^"]*)"', page.text))
            if "退会" in page.text and fields:
                done = httpx2.post(str(page.url), data=fields | {"choice": "complete"}, timeout=10)
                if "退会のお手続きが完了しました" in done.text:
                    self.told.withdrawn.add(member)
            self._pressed.add(url)
            self._stop.wait(0.05)

    def _links(self) -> Iterator[tuple[str, str]]:
        with self._sink._lock:
            mails = list(self._sink.received[-60:])
        for caught in mails:
            text = text_of(caught.data)
            if caught.recipients[0].startswith("doomed"):  # their cases are walked by doomed.py
                continue
            found = re.search(r"http://127\.0\.0\.1:\d+/c/[\w-]+", text)
            if found and found[0] not in self._pressed:
                number = re.search(r"\d+", caught.recipients[0])
                yield found[0], f"M-{number[0] if number else ''}"


def text_of(data: bytes) -> str:
    """The words of a mail of ours."""
    parsed: Any = message_from_bytes(data)
    for part in parsed.walk():
        if part.get_content_type() == "text/plain":
            raw = part.get_payload(decode=True) or b""
            return str(raw.decode(part.get_content_charset() or "utf-8", "replace"))
    return ""


__all__ = ["SEEKERS", "World", "address", "address_of", "mail", "text_of"]
