#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The sinks of a log, and QEMU's sandbox: docs/faults.md."""

import contextlib
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import loadguest, loadlog, tap                       # noqa: E402
from common.faults import PACE, SMP, Caller, Cat, fifo           # noqa: E402
from common.loadguest import LoadMachine                         # noqa: E402
from common.tap import Skip, equal, test                         # noqa: E402


@contextlib.contextmanager
def log_file(scratch):
    """A plain file."""
    yield f"file={scratch}/log", (), lambda: loadlog.parts(f"{scratch}/log")


@contextlib.contextmanager
def log_sync(scratch):
    """A plain file on stable storage."""
    yield (f"file={scratch}/log,durability=sync", (),
           lambda: loadlog.parts(f"{scratch}/log"))


@contextlib.contextmanager
def log_zst(scratch):
    """A compressed log in parts."""
    path = f"{scratch}/log.zst"
    yield f"file={path},max-size=64K", (), lambda: loadlog.parts(path)


@contextlib.contextmanager
def log_fifo(scratch):
    """A FIFO."""
    path = fifo(scratch)
    with Cat(path, f"{scratch}/log") as cat:
        def end():
            cat.wait()
            return [f"{scratch}/log"]
        yield f"file={path}", (), end


@contextlib.contextmanager
def log_socket(scratch):
    """A UNIX socket."""
    path = f"{scratch}/sock"
    caller = Caller(path, f"{scratch}/log")

    def end():
        caller.wait()
        return [f"{scratch}/log"]
    yield f"file=unix:{path}", (), end


@contextlib.contextmanager
def log_fdset(scratch):
    """A file opened by another process."""
    with open(f"{scratch}/log", "w+b") as f:
        yield ("file=/dev/fdset/7", ("-add-fd", f"fd={f.fileno()},set=7"),
               lambda: [f"{scratch}/log"], (f.fileno(),))


SINKS = [log_file, log_sync, log_zst, log_fifo, log_socket, log_fdset]


def every_sink(scratch, *args):
    image = loadguest.build(scratch)
    for sink in SINKS:
        own = os.path.join(scratch, sink.__name__)
        os.mkdir(own)
        with sink(own) as (log, more, end, *fds):
            with LoadMachine(own, image, log, *more, *args, smp=SMP, pace=PACE,
                             pass_fds=fds[0] if fds else ()) as m:
                m.wait_progress(200)
                m.stop_load()
                m.quit()
                said = m.stderr()
            equal(said, "", f"{sink.__doc__} QEMU's messages")
            try:
                loadlog.verify(end(), m.memory.bytes(), SMP, whole=True)
            except loadlog.Wrong as e:
                raise AssertionError(f"{sink.__doc__} {e}") from e
        print(f"# {sink.__doc__} {m.progress()}", flush=True)


@test
def sinks(scratch):
    """Files, parts, FIFO, socket, descriptor: each gets the complete log."""
    every_sink(scratch)


@test
def sandbox(scratch):
    """The same in QEMU's sandbox, with everything denied that it can deny."""
    said = subprocess.run([tap.qemu_binary(), "-sandbox", "on", "-machine",
                           "none", "-version"], text=True, check=False,
                          stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
    if said.returncode:
        raise Skip("this QEMU was built without seccomp")
    every_sink(scratch, "-sandbox", "on,obsolete=deny,elevateprivileges=deny,"
               "spawn=deny,resourcecontrol=deny")


if __name__ == "__main__":
    tap.main()
