"""A real relay for tests: Debian's Postfix in a folder of its own, on a free port, delivering into one Maildir."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from tests import rigs

_MAIN = """\
compatibility_level = 3.6
queue_directory = {d}/queue
data_directory = {d}/data
maillog_file_prefixes = {d}
maillog_file = {d}/mail.log
myhostname = relay.test
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
virtual_mailbox_domains = static:all
virtual_mailbox_base = {d}/mail
virtual_mailbox_maps = {maps}
virtual_minimum_uid = 1
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
smtpd_recipient_restrictions = permit_mynetworks, reject
smtpd_peername_lookup = no
local_recipient_maps =
alias_maps =
alias_database =
"""
_MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
virtual unix - n n - - virtual
proxymap unix - - n - - proxymap
error unix - - n - - error
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """The server. ``nobody@example.jp`` is refused, everybody else's mail lands in the Maildir."""

    def __init__(self) -> None:
        program = shutil.which("postfix", path=os.environ.get("PATH", "") + ":/usr/sbin")
        if program is None or os.getuid() != 0:
            rigs.missing("Postfix (as root)", "postfix")
        self.program, self.port = program, rigs.free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="postfix-"))
        self.folder.chmod(0o755)
        for name in ("conf", "queue", "data", "mail"):
            (self.folder / name).mkdir(mode=0o755)
        receiver = pwd.getpwnam("nobody")
        shutil.chown(self.folder / "data", "postfix")
        shutil.chown(self.folder / "mail", "nobody")
        people = self.folder / "conf" / "people"
        people.write_text("/^nobody@/ x\n!/^nobody@/ caught/\n")
        (self.folder / "conf" / "gone").write_text("/^nobody@/ 550 5.1.1 nobody of that name\n")
        values = {"d": self.folder, "maps": f"regexp:{people}", "uid": receiver.pw_uid, "gid": receiver.pw_gid}
        refuse = f"check_recipient_access regexp:{self.folder}/conf/gone, permit_mynetworks"
        main = _MAIN.format(**values).replace("permit_mynetworks, reject", f"{refuse}, reject")
        (self.folder / "conf" / "main.cf").write_text(main)
        (self.folder / "conf" / "master.cf").write_text(_MASTER.format(port=self.port))
        self._run("start")
        self._wait_until_it_listens()

    @property
    def url(self) -> str:
        """For INTAKE_RELAY_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    def delivered(self, count: int, seconds: float = 20) -> list[bytes]:
        """The mails of the Maildir, as soon as there are so many."""
        new = self.folder / "mail" / "caught" / "new"
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            found = sorted(new.glob("*")) if new.is_dir() else []
            if len(found) >= count:
                break
            time.sleep(0.05)
        return [path.read_bytes() for path in found]

    def stop(self) -> None:
        """End it and remove its folder."""
        self._run("stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, what: str) -> None:
        command = [self.program, "-c", str(self.folder / "conf"), what]
        quiet = subprocess.DEVNULL  # a pipe would stay open in the daemons
        subprocess.run(command, check=True, stdin=quiet, stdout=quiet, stderr=quiet, timeout=60)

    def _wait_until_it_listens(self) -> None:
        import socket

        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise TimeoutError((self.folder / "mail.log").read_text())
