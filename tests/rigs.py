"""Real servers for the tests: PostgreSQL, Dovecot, Chromium and postfix's smtp-source.

Each starts when the first test asks for it, listens on loopback only, keeps everything in a folder of its own and is
ended by its process id. Where one is missing the test is skipped with the Debian package to install; with
``INTAKE_TEST_REQUIRE=all`` it fails instead. The fixtures are in ``conftest.py``.
"""

from __future__ import annotations

import ctypes
import datetime as dt
import grp
import ipaddress
import itertools
import os
import pwd
import re
import shutil
import signal
import smtplib
import socket
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NoReturn

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from imapclient import IMAPClient

MANY_FILES = 4 << 30  # bytes that the databases of one worker may want
BROWSER_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip
Prepare = Callable[[str], object]


def missing(what: str, package: str) -> NoReturn:
    """Skip the test for lack of ``what``, or fail it where everything is required."""
    reason = f"{what} is missing; Debian package: {package}"
    if os.environ.get("INTAKE_TEST_REQUIRE") == "all":
        pytest.fail(f"{reason} (INTAKE_TEST_REQUIRE=all)", pytrace=False)
    pytest.skip(reason)


def free_port() -> int:
    """A port on 127.0.0.1 that nobody listened on a moment ago."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def drop() -> tuple[list[str], str, str]:
    """How to start a server that refuses root: command prefix, user, group. It also ends with the test run."""
    root = os.getuid() == 0
    user = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.getuid())
    prefix = ["setpriv", "--pdeathsig", "TERM"]
    if root:
        prefix += [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    return [*prefix, "--"], user.pw_name, grp.getgrgid(user.pw_gid).gr_name


def wait_until(ready: Callable[[], bool], what: str, process: subprocess.Popen[bytes], seconds: float = 30) -> None:
    """Return when ``ready()``; fail when the process ended or the time is over."""
    end = time.monotonic() + seconds
    while not ready():
        if process.poll() is not None:
            raise AssertionError(f"{what} ended with {process.returncode} at its start")
        if time.monotonic() > end:
            raise AssertionError(f"{what} was not ready in {seconds:.0f} s")
        time.sleep(0.05)


def end_process(process: subprocess.Popen[bytes], how: signal.Signals) -> None:
    """Ask the process to end, insist after ten seconds; harmless when it is gone."""
    if process.poll() is None:
        process.send_signal(how)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _folder(name: str, place: str = "/tmp") -> Path:
    """A short folder (socket paths end at 107 bytes) that the servers' user owns."""
    folder = Path(tempfile.mkdtemp(prefix=f"intake-{name}-", dir=place))
    if os.getuid() == 0:
        _, user, group = drop()
        shutil.chown(folder, user, group)
    return folder


class Postgres:
    """A throw-away PostgreSQL server. ``fresh()`` gives the URL of a new database in some 50 ms."""

    def __init__(self) -> None:
        programs = _postgres_programs()
        prefix, _, _ = drop()
        self.port, self.folder = free_port(), _folder("pg", _place_of_many_files())
        data = self.folder / "data"
        init = [*prefix, str(programs / "initdb"), "-D", str(data), "-U", "intake", "-A", "trust", "-E", "UTF8"]
        subprocess.run([*init, "--locale=C.UTF-8", "--no-sync"], cwd="/", check=True, capture_output=True)
        command = [str(programs / "postgres"), "-D", str(data), "-k", str(self.folder), "-p", str(self.port)]
        for setting in (
            "listen_addresses=127.0.0.1", "max_connections=200", "timezone=UTC",
            "fsync=off", "synchronous_commit=off", "full_page_writes=off",
        ):  # fmt: skip
            command += ["-c", setting]
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen([*prefix, *command], cwd="/", stdout=log, stderr=log)
        probe = [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        wait_until(lambda: subprocess.run(probe, check=False).returncode == 0, "PostgreSQL", self.process)
        self._numbers = itertools.count(1)
        self._templates: dict[str, str] = {}

    def url(self, database: str) -> str:
        """``postgresql://…`` of one database."""
        return f"postgresql://intake@127.0.0.1:{self.port}/{database}"

    def fresh(self, prepare: Prepare | None = None) -> str:
        """A new database: empty, or a copy of one that ``prepare(url)`` has filled once in this run."""
        name = f"t{next(self._numbers)}"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{self._template(prepare)}"')
        return self.url(name)

    def discard(self, url: str) -> None:
        """Drop the database behind ``url``, open connections or not."""
        name = url.rsplit("/", 1)[1]
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def stop(self) -> None:
        """End the server and remove its folder."""
        end_process(self.process, signal.SIGINT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _template(self, prepare: Prepare | None) -> str:
        if prepare is None:
            return "template1"
        key = f"{prepare.__module__}.{prepare.__qualname__}"
        if key not in self._templates:
            name = f"prepared{len(self._templates)}"
            self._run(f'CREATE DATABASE "{name}"')
            prepare(self.url(name))
            self._disconnect(name)  # a pool left open would forbid the copies
            self._templates[key] = name
        return self._templates[key]

    def _disconnect(self, name: str) -> None:
        self._run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")

    def _run(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())


def _place_of_many_files() -> str:
    """Memory where there is plenty: a database is 300 files, and ext4 looks long for the place of a file where as many
    were removed within five seconds (a quarter of the processor time of such tests)."""
    memory = "/dev/shm"
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > MANY_FILES:
        return memory
    return "/tmp"


def _postgres_programs() -> Path:
    """The folder of the newest PostgreSQL's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    program = found[-1] if found else shutil.which("initdb")
    if program is None:
        missing("PostgreSQL", "postgresql")
    return Path(program).parent


class Sqlite:
    """The same as ``Postgres`` for tests that run on both: each ``fresh()`` is a file of its own."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="intake-sqlite-"))
        self._numbers = itertools.count(1)
        self._templates: dict[str, Path] = {}

    def fresh(self, prepare: Prepare | None = None) -> str:
        """The URL of a new file: absent, or a copy of one that ``prepare(url)`` has filled once in this run."""
        path = self.folder / str(next(self._numbers)) / "intake.db"
        path.parent.mkdir()
        if prepare is not None:
            shutil.copy(self._template(prepare), path)
        return f"sqlite:///{path}"

    def discard(self, url: str) -> None:
        """Remove the file and what lies beside it."""
        shutil.rmtree(Path(url.removeprefix("sqlite:///")).parent, ignore_errors=True)

    def stop(self) -> None:
        """Remove all files."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _template(self, prepare: Prepare) -> Path:
        key = f"{prepare.__module__}.{prepare.__qualname__}"
        if key not in self._templates:
            path = self.folder / f"prepared{len(self._templates)}" / "intake.db"
            path.parent.mkdir()
            prepare(f"sqlite:///{path}")
            with closing(sqlite3.connect(path)) as connection:  # all of it in the one file that is copied
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._templates[key] = path
        return self._templates[key]


DOVECOT = """base_dir = {d}/run
state_dir = {d}/state
log_path = {d}/log
protocols = imap lmtp
listen = 127.0.0.1
ssl = yes
ssl_cert = <{d}/cert.pem
ssl_key = <{d}/key.pem
disable_plaintext_auth = no
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
mail_location = maildir:{d}/mail/%u
mailbox_idle_check_interval = 1 secs
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={d}/home/%u allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
""" + "".join(f"service {name} {{{{\n  chroot =\n}}}}\n" for name in ("anvil", "stats", "imap-login"))


class Dovecot:
    """A throw-away Dovecot: IMAP (plain and TLS) and LMTP on loopback; every user name exists, with one password."""

    host = "127.0.0.1"
    password = "open-sesame"

    def __init__(self) -> None:
        self._program = _dovecot_program()
        self.imap, self.imaps, self.lmtp = free_port(), free_port(), free_port()
        self.folder = _folder("dc")
        prefix, user, group = drop()
        self._command = [*prefix, self._program, "-F", "-c", str(self.folder / "conf")]
        ports = {"imap": self.imap, "imaps": self.imaps, "lmtp": self.lmtp}
        conf = DOVECOT.format(d=self.folder, user=user, group=group, password=self.password, **ports)
        (self.folder / "conf").write_text(conf)
        self.ca_file = write_certificate(self.folder)
        for name in ("run", "state", "mail", "home"):
            (self.folder / name).mkdir()
        for path in self.folder.iterdir():
            shutil.chown(path, user, group)
        self.password_file = self.folder / "password"
        self.password_file.write_text(self.password + "\n")
        self._users = itertools.count(1)
        self.start()

    def start(self) -> None:
        """Start it, again after ``stop()``: same ports, same mailboxes."""
        self.process = subprocess.Popen(self._command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(lambda: all(map(_listens, (self.imap, self.lmtp))), f"Dovecot ({self.folder}/log)", self.process)

    def stop(self) -> None:
        """End it; the mailboxes stay until ``remove()``."""
        end_process(self.process, signal.SIGTERM)
        wait_until_closed(self.imap)

    def remove(self) -> None:
        """End it and remove its folder."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def new_user(self) -> str:
        """A user name whose mailbox is empty."""
        return f"user{next(self._users)}"

    def url(self, user: str, folder: str = "INBOX") -> str:
        """``imap://…`` for INTAKE_IMAP_URL; the password is in ``password_file``."""
        return f"imap://{user}@{self.host}:{self.imap}/{folder}"

    def tls_url(self, user: str, folder: str = "INBOX") -> str:
        """``imaps://…``; its certificate (127.0.0.1, localhost) is in ``ca_file``."""
        return f"imaps://{user}@{self.host}:{self.imaps}/{folder}"

    def deliver(self, user: str, raw: bytes, sender: str = "seeker@example.jp") -> None:
        """Put one mail into the INBOX by LMTP, as an MTA does."""
        with smtplib.LMTP(self.host, self.lmtp, timeout=10) as lmtp:
            lmtp.sendmail(sender, [user], raw)

    def connect(self, user: str) -> IMAPClient:
        """A logged-in IMAP client to look into the mailbox with; the caller logs out."""
        client = IMAPClient(self.host, self.imap, ssl=False, timeout=10)
        client.login(user, self.password)
        return client


def _dovecot_program() -> str:
    """The path of a Dovecot 2.3 that speaks IMAP and LMTP."""
    program = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    parts = all(Path("/usr/lib/dovecot", part).exists() for part in ("imap", "lmtp"))
    if program is None or not parts:
        missing("Dovecot", "dovecot-imapd dovecot-lmtpd")
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    if not version.startswith("2.3."):  # 2.4 changed the configuration's language
        missing(f"Dovecot 2.3 (this is {version.split()[0]})", "dovecot-imapd dovecot-lmtpd of Debian 12")
    return program


def _listens(port: int) -> bool:
    """Whether the server greets on this port."""
    try:
        with closing(socket.create_connection(("127.0.0.1", port), timeout=2)) as connection:
            return bool(re.match(rb"\* OK|220 ", connection.recv(200)))
    except OSError:
        return False


def wait_until_closed(port: int, seconds: float = 10) -> None:
    """Return when nobody answers on the port any more."""
    end = time.monotonic() + seconds
    while _listens(port):
        assert time.monotonic() < end, f"port {port} is still open"
        time.sleep(0.05)


def write_certificate(folder: Path, *others: str) -> Path:
    """Make ``cert.pem`` and ``key.pem`` for 127.0.0.1 and localhost; gives the certificate, its own authority.

    ``others``: for these names instead.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    here = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    names: list[x509.GeneralName] = [x509.DNSName(other) for other in others] or here
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=30))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    certificate = builder.add_extension(x509.SubjectAlternativeName(names), critical=False).sign(key, hashes.SHA256())
    plain = serialization.NoEncryption()
    pkcs8 = serialization.PrivateFormat.PKCS8
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, pkcs8, plain))
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return folder / "cert.pem"


def find_chromium() -> str:
    """The path of Debian's own Chromium, where playwright's driver can run too."""
    program = shutil.which("chromium")
    if program is None:
        missing("Chromium", "chromium fonts-noto-cjk")
    try:
        ctypes.CDLL("libatomic.so.1")
    except OSError:
        missing("libatomic, which playwright's driver needs,", "libatomic1")
    return program


def find_smtp_source() -> str:
    """The path of postfix's load generator."""
    program = shutil.which("smtp-source", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        missing("smtp-source", "postfix")
    return program
