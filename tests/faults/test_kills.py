"""kill -9 at every failpoint and at random: nothing accepted is lost, nothing is handled or acknowledged twice."""

from __future__ import annotations

import random
import re
import smtplib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from intake.channels.standard_webhooks import load_secrets
from intake.failpoints import ERASING, NAMES
from intake.model import Seeker
from intake.resources import shipped_rules
from tests.faults.crm import Crm
from tests.faults.doomed import Doomed
from tests.faults.lives import Lives
from tests.faults.sizes import SIZE
from tests.faults.traffic import SEEKERS, World, address_of, mail
from tests.faults.world import Figures, Told, audit_world
from tests.process import DESK
from tests.sink import SmtpSink

POINTS = NAMES
SELDOM = {"confirm.burnt", "withdraw.committed", "confirm.before_commit", "confirm.committed"}  # need somebody's press
RESTART_SECONDS = 5.0
# How long a life may take to come to its failpoint before it is killed where it is. An erasure waits for its last mail
# behind all others: on a slow machine a short life would never come that far, and neither would the next.
PATIENCE = {"erase": 20.0, "imap": 6.0}


@dataclass
class Run:
    """A run and what it showed."""

    kills: int = 0
    at: set[str] = field(default_factory=set)  # failpoints that a life died at
    figures: Figures = field(default_factory=Figures)


@contextmanager
def product(folder: Path, sink: SmtpSink, url: str = "", **more: str) -> Iterator[Lives]:
    """A home with a register, and without the limits that keep a day's mails down."""
    rules = folder / "home" / "rules"
    rules.mkdir(parents=True)
    agency = (shipped_rules() / "agency.toml").read_text("utf-8")
    agency = re.sub(r"(?m)^(total_hour|total_day) = \d+", r"\1 = 1000000", agency)
    (rules / "agency.toml").write_text(
        re.sub(r"(?m)^per_domain_minute = \d+", "per_domain_minute = 0", agency), "utf-8"
    )
    lives = Lives(folder, url=url, relay=sink.url, **more)
    try:
        store = lives.store()
        with store.write() as tx:
            for n in range(SEEKERS):
                tx.seekers.upsert(Seeker(0, f"M-{n}", f"求職 {n}郎", addresses=(address_of(n),)))
        store.close()
        yield lives
    finally:
        lives.end()


def kill_again_and_again(lives: Lives, sink: SmtpSink, kills: int, messages: int, mailbox: Mailbox) -> Run:
    """So many lives with so many messages over all; half of them end at a failpoint, half at any moment."""
    dice = random.Random(5)
    run = Run()
    doomed = Doomed(lives, len(ERASING) + kills // 2)
    doomed.arrive()
    (secret,) = load_secrets(lives.folder / "home" / "webhook.secret")
    world = World(lives.smtp, lives.http, secret, sink)
    try:
        while run.kills < kills or set(POINTS) - run.at:
            assert run.kills < 3 * kills, f"never died at {set(POINTS) - run.at}"
            world.quota = -(-messages * (run.kills + 1) // kills)
            point = next_point(run, dice) if run.kills % 2 else ""
            if point.startswith("imap") or not point:
                mailbox.deliver(run.kills)
            if point.startswith("erase."):
                doomed.next_one()
            one_life(lives, run, point, dice)
        finish(lives, world, doomed, min(messages, world.quota))
    finally:
        told = world.stop()
    assert not world.bad, world.bad[:5]
    told.accepted |= mailbox.mails("SEEN")
    doomed.tell(told)
    assert mailbox.mails("ALL") == mailbox.mails("SEEN"), "mails in the mailbox were left behind"
    store = lives.store()
    try:
        run.figures = audit_world(store, told)
    finally:
        store.close()
    assert len(told.accepted) >= messages
    return run


def next_point(run: Run, dice: random.Random) -> str:
    """A failpoint that no life has died at yet, else any; now and then at its second or third turn."""
    left = [p for p in POINTS if p not in run.at]
    others = [p for p in POINTS if not p.startswith("erase.")]  # who is erased brings in no mail: not too many of them
    point = dice.choice(left or (POINTS if dice.random() < 0.3 else others))
    return f"{point}:{dice.choice((1, 1, 2, 3))}" if point.startswith(("inbox", "case")) else point


def one_life(lives: Lives, run: Run, point: str, dice: random.Random) -> None:
    """Start, let the world in, and end it."""
    run.kills += 1
    name = point.partition(":")[0]
    if not lives.begin(point):
        run.at.add(name)
        return
    patience = 6.0 if name in SELDOM else PATIENCE.get(name.partition(".")[0], 2.5)
    wait = patience if point else dice.uniform(0, 0.8)
    if point and lives.died(wait):
        run.at.add(name)
    elif not point:
        time.sleep(wait)
        lives.kill()
    else:
        lives.kill()


def finish(lives: Lives, world: World, doomed: Doomed, messages: int) -> None:
    """A last life, in peace, brings everything to its end."""
    assert lives.begin()
    end = time.monotonic() + 300 + messages / 8
    while world.accepted() < messages:
        assert time.monotonic() < end, f"{world.accepted()} of {messages} accepted; {lives.log()}"
        time.sleep(0.1)
    world.stop()  # nobody presses a link any more, which would make another mail
    store = lives.store()
    lives.wait_idle(store, 60 + messages / 8)
    while not doomed.is_done(store):
        assert time.monotonic() < end, f"an erasure does not come to its end: {lives.log()}"
        time.sleep(0.3)
    store.close()
    assert lives.term() == "0", lives.log()


class Mailbox:
    """A Dovecot mailbox that fills while the product dies. LMTP adds lines above the bytes: both are read from it."""

    def __init__(self, dovecot: Any) -> None:
        self._dovecot, self._user = dovecot, dovecot.new_user()
        self.settings = {
            "INTAKE_IMAP_URL": dovecot.url(self._user),
            "INTAKE_IMAP_PASSWORD_FILE": str(dovecot.password_file),
            "INTAKE_OLD_MAIL": "process",
        }

    def deliver(self, n: int) -> None:
        """One more mail."""
        self._dovecot.deliver(self._user, mail(10_000_000 + n))

    def mails(self, which: str) -> set[bytes]:
        """The bytes of ``ALL`` or ``SEEN`` mails; flagged means: the product has said that it keeps them."""
        with self._dovecot.connect(self._user) as client:
            client.select_folder("INBOX", readonly=True)
            uids = client.search(which)
            return {row[b"BODY[]"] for row in client.fetch(uids, ["BODY.PEEK[]"]).values()} if uids else set()


def test_killed_everywhere_nothing_is_lost_and_nothing_is_said_twice(
    tmp_path: Path, smtp_sink: SmtpSink, dovecot: Any, crm: Crm
) -> None:
    mailbox = Mailbox(dovecot)
    with product(tmp_path, smtp_sink, **mailbox.settings, **crm.settings) as lives:
        run = kill_again_and_again(lives, smtp_sink, SIZE.kills, SIZE.messages, mailbox)
        store = lives.store()
        crm.check(store)
        store.close()
        assert lives.slowest_start < RESTART_SECONDS
        show(run, lives)


def test_killed_on_postgresql(tmp_path: Path, smtp_sink: SmtpSink, postgres_url: str, dovecot: Any, crm: Crm) -> None:
    mailbox = Mailbox(dovecot)
    with product(tmp_path, smtp_sink, postgres_url, **mailbox.settings, **crm.settings) as lives:
        show(kill_again_and_again(lives, smtp_sink, SIZE.postgresql_kills, SIZE.postgresql_messages, mailbox), lives)


@pytest.fixture
def crm() -> Iterator[Crm]:
    listening = Crm()
    yield listening
    listening.stop()


def show(run: Run, lives: Lives) -> None:
    """Figures for the README; and what would make a run worth nothing."""
    f = run.figures
    print(
        f"\n{run.kills} kills at {len(run.at)} failpoints and at random; {f.messages} messages, ends {dict(f.ends)}; "
        f"{f.once} receipts left once, {f.again} links ({f.repeated} again), {f.mails.get('unknown', 0)} unknown, "
        f"{f.withdrawals} withdrawn by their link, {f.erasures} erased; slowest start {lives.slowest_start:.1f} s"
    )
    assert set(POINTS) <= run.at
    assert set(POINTS) <= lives.reached()
    assert f.once > run.kills / 4, "too few receipts left for this to show anything"
    assert f.mails.get("unknown", 0) <= run.kills
    assert f.withdrawals
    assert f.erasures >= len(ERASING)


@pytest.mark.parametrize(
    ("broken", "point", "said"), [("early", "inbox.before_commit", "lost"), ("twins", "inbox.committed", "twice")]
)
def test_the_harness_sees_a_broken_build(
    broken: str, point: str, said: str, tmp_path: Path, smtp_sink: SmtpSink
) -> None:
    """250 before the commit loses; without recognising the same bytes, what comes again is there twice."""
    told = Told()
    with product(tmp_path, smtp_sink) as lives:
        for n in range(4):
            lives.begin(f"{point}:9", broken)
            sending = threading.Thread(target=_send_some, args=(lives.smtp, told, n), daemon=True)
            sending.start()
            if not lives.died(3):
                lives.kill()
            sending.join(10)
        assert lives.begin("", broken)
        _send_some(lives.smtp, told, 4)
        store = lives.store()
        lives.wait_idle(store, 120)
        assert lives.term() == "0"
        with pytest.raises(AssertionError, match=said):
            audit_world(store, told)
        store.close()


def _send_some(port: int, told: Told, round_: int) -> None:
    """Twenty mails, those without an answer again in the next round."""
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=5) as client:
            for n in range(20 * (round_ + 1)):
                raw = mail(n)
                if raw not in told.accepted:
                    client.sendmail("seeker1@example.jp", [DESK], raw, mail_options=["body=8bitmime"])
                    told.accepted.add(raw)
    except (OSError, smtplib.SMTPException):
        return
