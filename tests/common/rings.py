# SPDX-License-Identifier: GPL-2.0-or-later
"""Rings in memory, and their owners: see lib/libmmiotrace/ring-file.h.

A ring that a killed QEMU has left may be all that is left of a user's log. So
only those are removed here whose log was a test's, by its name.
"""

import contextlib
import os
import re
import shutil
import stat
import struct
import tempfile

SHM = "/dev/shm"
PREFIX = "vfio-trace-"
# Set by tests/run: this program's own directory in SHM, which is removed after it
SHM_VARIABLE = "VFIO_TRACE_TEST_SHM"
# pid after magic, version, flags and extra; then the log's name
HEADER = struct.Struct("<8x12xI40x4096s")
# Directories of tests, with the process that they belong to
OWNED = re.compile(PREFIX + r"(?:test|unit|check)-(\d+)(?:-|\Z)")
# The same in the path of a test's log
TEST_LOG = re.compile("/" + PREFIX + r"(?:test|unit|check)-(\d+)[-/]")


def listing():
    """Paths of rings, and of tests' directories for them"""
    try:
        return {os.path.join(SHM, name) for name in os.listdir(SHM)
                if name.startswith(PREFIX)}
    except OSError:
        return set()


def directory(mode=0o700):
    """A directory of rings of this test alone; a context manager"""
    where = tempfile.TemporaryDirectory(
        prefix=f"{PREFIX}test-{os.getpid()}-",
        dir=os.environ.get(SHM_VARIABLE, SHM))
    os.chmod(where.name, mode)
    return where


def _ring(path):
    """(process, log) of a ring's header"""
    with open(path, "rb") as f:
        pid, log = HEADER.unpack(f.read(HEADER.size))
    return pid, os.fsdecode(log.split(b"\0", 1)[0])


def owner(path):
    """The process that made a ring, or a test's directory for rings; None if
    unknown, or if it is another user's"""
    try:
        info = os.lstat(path)
        if info.st_uid != os.geteuid():
            return None
        if stat.S_ISDIR(info.st_mode):
            name = OWNED.match(os.path.basename(path))
            return name and int(name[1])
        return _ring(path)[0] if stat.S_ISREG(info.st_mode) else None
    except (OSError, struct.error):
        return None             # it is being removed or created


def _log(path):
    """The log of a ring of ours; "" if that is unknown"""
    try:
        info = os.lstat(path)
        if info.st_uid != os.geteuid() or not stat.S_ISREG(info.st_mode):
            return ""
        return _ring(path)[1].removeprefix("unix:")
    except (OSError, struct.error):
        return ""


def alive(pid):
    """Does the process exist, and has it not ended? (A container's first process
    may leave those that have ended.)"""
    try:
        with open(f"/proc/{pid}/stat", "rb") as f:
            return f.read().rsplit(b") ", 1)[1][:1] not in b"ZX"
    except (OSError, IndexError):
        return False


def left_since(before):
    """Rings made since listing() by processes that have ended"""
    made = {path: owner(path) for path in listing() - before}
    return sorted(path for path, pid in made.items() if pid and not alive(pid))


def remove(path):
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)


def _test_has_ended(path):
    """Was the ring's log a test's, and has that ended?"""
    tests = TEST_LOG.findall(_log(path))
    return tests and not any(map(alive, tests))


def of_logs_below(top):
    """Rings of logs in this directory of a test"""
    return sorted(path for path in listing()
                  if _log(path).startswith(top + os.sep))


def sweep(*places):
    """Remove what tests have left that were killed by SIGKILL, by hand or with
    tests/run: rings, and directories in SHM and in the given places."""
    for path in listing():
        pid = owner(path)
        if pid and not alive(pid) and _test_has_ended(path):
            remove(path)
    for top in (SHM, *places):
        with contextlib.suppress(OSError):
            for name in os.listdir(top):
                path = os.path.join(top, name)
                pid = owner(path) if OWNED.match(name) else None
                if pid and not alive(pid):
                    shutil.rmtree(path, ignore_errors=True)
