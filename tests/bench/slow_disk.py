"""A disk of a known speed: every sync of a process takes at least so long, whatever the machine's own disk does.

Figures of durable intake depend on the disk. Where a sync takes 0.03 ms (a virtual disk that answers out of its cache)
a synced file a message costs nearly nothing, and grouping them gains little; performance.md was measured where one
took 0.2 ms (file, fsync, rename, folder's fsync: 0.42 ms). To compare the same things here, a library of a few lines
is built with the machine's C compiler and preloaded into the servers, all of them alike: fsync and fdatasync do what
they do and then sleep until the time is over. Nothing else is changed, and nobody is synced less.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

SYNC_US = 200  # half of "file + fsync + rename + folder fsync" of performance.md
SLOWER_US = 500  # its mails under load: a file a message took 1.1 ms more than throwing it away, 0.24 × of its rate
CODE = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>

static int slow(const char *name, int fd) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int (*real)(int) = (int (*)(int)) dlsym(RTLD_NEXT, name);
    int answer = real(fd), error = errno;
    until.tv_nsec += atol(getenv("SLOW_DISK_US")) * 1000;
    if (until.tv_nsec >= 1000000000) { until.tv_sec++; until.tv_nsec -= 1000000000; }
    prctl(PR_SET_TIMERSLACK, 1000);
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR) {}
    errno = error;
    return answer;
}
int fsync(int fd) { return slow("fsync", fd); }
int fdatasync(int fd) { return slow("fdatasync", fd); }
"""
PROBE = """
import os, statistics, sys, time
took = []
with open(sys.argv[1], "wb", buffering=0) as f:
    for _ in range(50):
        f.write(bytes(2048))
        began = time.perf_counter()
        os.fdatasync(f.fileno())
        took.append(time.perf_counter() - began)
print(statistics.median(took) * 1000)
"""


def environment(folder: Path, microseconds: int) -> dict[str, str] | None:
    """What a process's environment needs so that its syncs are slow; None where there is no C compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    source, library = folder / "slow_disk.c", folder / "slow_disk.so"
    source.write_text(CODE, "ascii")
    subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    return {"LD_PRELOAD": str(library), "SLOW_DISK_US": str(microseconds)}


def sync_ms(folder: Path, slow: dict[str, str]) -> float:
    """How long appending 2 KB and a sync take in a process with this environment."""
    command = [sys.executable, "-c", PROBE, str(folder / "probe")]
    return float(subprocess.run(command, env=os.environ | slow, check=True, capture_output=True, text=True).stdout)
