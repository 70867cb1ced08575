# SPDX-License-Identifier: GPL-2.0-or-later
"""Directories for the programs of a run, and removal of what they leave.

Each program has a directory for temporary files, one in memory, and a mark in its
environment, by which all its processes are found, those in the background too.
Nothing of them outlives it, however it ends. What a run leaves that is killed
itself, the next run removes.
"""

import contextlib
import itertools
import os
import shutil
import signal
import tempfile
import threading
import time

from common import rings

# Its value is one program's alone: two runs may have the same paths otherwise, if
# their checkouts are mounted at the same place.
MARK = "VFIO_TRACE_TEST_RUN"
END = 5                 # seconds for killed processes to go
PF_KTHREAD = 0x00200000  # Linux: include/linux/sched.h


def _has_no_environment_yet(pid):
    """Is the process in the middle of execve()? Its parent may run by then, while
    the kernel has not said yet where the new environment is: it reads as empty."""
    with open(f"/proc/{pid}/stat", "rb") as file:
        # man 5 proc: from the third field on
        fields = file.read().rsplit(b") ", 1)[1].split()
    state, flags, env_end = fields[0], int(fields[6]), int(fields[48])
    return env_end == 0 and state not in b"ZX" and not flags & PF_KTHREAD


class Place:
    """The directories of one program.

    temp: its directory for temporary files; also the value of MARK
    shm: its directory in memory, or None
    """

    def __init__(self, temp, shm):
        self.temp = temp
        self.shm = shm
        self.pids = set()

    def environment(self):
        env = {"TMPDIR": self.temp, MARK: self.temp}
        if self.shm:
            env[rings.SHM_VARIABLE] = self.shm
        return env

    def owns(self, pid):
        """Is it a process of the program? Waits while it is in execve()."""
        mark = os.fsencode(f"{MARK}={self.temp}")
        deadline = time.monotonic() + END
        empty = 0               # times in a row, although it is there
        with contextlib.suppress(OSError):
            while empty < 2 and time.monotonic() < deadline:
                with open(f"/proc/{pid}/environ", "rb") as file:
                    environment = file.read()
                if environment:
                    return mark in environment.split(b"\0")
                if _has_no_environment_yet(pid):
                    empty = 0
                    time.sleep(0.001)
                else:
                    empty += 1
        return False

    def _processes(self):
        pids = map(int, filter(str.isdecimal, os.listdir("/proc")))
        return set(filter(self.owns, pids))

    def note_processes(self):
        """Remember the processes, since rings name them."""
        self.pids.update(self._processes())

    def _end_processes(self):
        deadline = time.monotonic() + END
        while time.monotonic() < deadline:
            found = self._processes()
            self.pids |= found
            if not found:
                break
            for pid in found:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.01)

    def clean(self):
        """Remove all. Return: rings and directories of rings that were left"""
        self._end_processes()
        left = {path for path in rings.listing()
                if rings.owner(path) in self.pids}
        left.update(rings.of_logs_below(self.temp))
        for path in left:
            rings.remove(path)
        if self.shm:
            left.update(os.path.join(self.shm, name)
                        for name in os.listdir(self.shm))
            shutil.rmtree(self.shm, ignore_errors=True)
        shutil.rmtree(self.temp, ignore_errors=True)
        return sorted(left)


class Places:
    """The directories of a run. Any thread; a context manager."""

    def __init__(self):
        self.lock = threading.Lock()
        self.numbers = itertools.count(1)
        tops = [tempfile.gettempdir()]
        if os.access(rings.SHM, os.W_OK):
            tops.append(rings.SHM)
        self.tops = [os.path.join(top, f"{rings.PREFIX}check-{os.getpid()}")
                     for top in tops]

    def __enter__(self):
        rings.sweep(tempfile.gettempdir())
        for top in self.tops:
            shutil.rmtree(top, ignore_errors=True)
            os.mkdir(top)
            # tests become other users
            os.chmod(top, 0o755)
        return self

    def __exit__(self, *_exc):
        for top in self.tops:
            shutil.rmtree(top, ignore_errors=True)

    def place(self):
        """The directories for one more program"""
        with self.lock:
            number = next(self.numbers)
        paths = [os.path.join(top, str(number)) for top in self.tops]
        for path in paths:
            os.mkdir(path)
            os.chmod(path, 0o755)
        return Place(paths[0], paths[1] if paths[1:] else None)
