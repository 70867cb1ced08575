#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Logs that are read while they are written: docs/faults.md."""

import os
import re
import stat
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import loadguest, loadlog, tap                       # noqa: E402
from common.faults import (  # noqa: E402
    PACE, SMP, Caller, Cat, ends_whole_fifo, fifo, goes_on, wait_paused,
    wait_running, wait_stands)
from common.loadguest import LoadMachine                         # noqa: E402
from common.tap import equal, matches, test                      # noqa: E402


@test
def fifo_reader_stops(scratch):
    """A FIFO's reader is stopped by SIGSTOP: the guest waits for it."""
    image = loadguest.build(scratch)
    path = fifo(scratch)
    with Cat(path, f"{scratch}/log") as cat, \
            LoadMachine(scratch, image, f"file={path},ring-size=256K",
                        smp=SMP, pace=PACE) as m:
        for _ in range(3):
            m.wait_progress()
            cat.stop()
            wait_paused(m)
            cat.go_on()
            wait_running(m)
        ends_whole_fifo(m, cat, f"{scratch}/log")


@test
def fifo_reader_late(scratch):
    """A FIFO without a reader: the guest waits for one, then goes on."""
    image = loadguest.build(scratch)
    path = fifo(scratch)
    with LoadMachine(scratch, image, f"file={path},ring-size=256K", smp=SMP,
                     pace=PACE) as m:
        # the event may have come before QMP was connected
        wait_stands(m)
        with Cat(path, f"{scratch}/log") as cat:
            wait_running(m)
            m.wait_progress()
            ends_whole_fifo(m, cat, f"{scratch}/log")


@test
def fifo_readers_change(scratch):
    """A FIFO's reader is replaced: both readers together have everything."""
    image = loadguest.build(scratch)
    path = fifo(scratch)
    with LoadMachine(scratch, image, f"file={path},ring-size=256K", smp=SMP,
                     pace=PACE) as m:
        for n in range(3):
            with Cat(path, f"{scratch}/{n}", blocks=500 + n) as cat:
                cat.wait()
            wait_paused(m)
        with Cat(path, f"{scratch}/3") as cat:
            wait_running(m)
            m.wait_progress()
            m.stop_load()
            m.quit()
            cat.wait()
    with open(f"{scratch}/log", "wb") as log:
        for n in range(4):
            with open(f"{scratch}/{n}", "rb") as f:
                log.write(f.read())
    loadlog.verify(f"{scratch}/log", m.memory.bytes(), SMP, whole=True)


@test
def fifo_killed(scratch):
    """QEMU is killed, the log is a FIFO: reader and recover --output have it all."""
    image = loadguest.build(scratch)
    path = fifo(scratch)
    with Cat(path, f"{scratch}/log") as cat:
        with LoadMachine(scratch, image, f"file={path}", smp=SMP,
                         pace=PACE) as m:
            m.wait_progress()
            m.kill()
        cat.wait()
    tool = [tap.tool_binary(), "recover", path]
    result = subprocess.run(tool, check=False, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    equal(result.returncode, 1, "exit status without --output")
    matches(result.stdout, "is a pipe or a socket.*name one with --output")
    said = subprocess.run([*tool, "--output", f"{scratch}/rest"], text=True,
                          check=True, stdout=subprocess.PIPE).stdout
    seam = re.search(r"belongs after the first (\d+) bytes", said)
    equal(seam is not None, True, f"{said!r} gives the offset of the rest")
    with open(f"{scratch}/log", "r+b") as log, \
            open(f"{scratch}/rest", "rb") as rest:
        log.truncate(int(seam[1]))
        log.seek(0, os.SEEK_END)
        log.write(rest.read())
    loadlog.verify(f"{scratch}/log", m.memory.bytes(), SMP)


@test
def socket_reader_stops(scratch):
    """A reader at the socket stops reading: the guest waits for it."""
    image = loadguest.build(scratch)
    path = f"{scratch}/sock"
    with LoadMachine(scratch, image, f"file=unix:{path},ring-size=256K",
                     smp=SMP, pace=PACE) as m:
        equal(stat.S_IMODE(os.stat(path).st_mode) & 0o077, 0,
              "permissions of others")
        caller = Caller(path, f"{scratch}/log")
        for _ in range(3):
            m.wait_progress()
            caller.may_read.clear()
            wait_paused(m)
            caller.may_read.set()
            wait_running(m)
        m.stop_load()
        m.quit()
        caller.wait()
    loadlog.verify(f"{scratch}/log", m.memory.bytes(), SMP, whole=True)


@test
def socket_readers_change(scratch):
    """A reader at the socket is replaced: a mark tells the next one."""
    image = loadguest.build(scratch)
    path = f"{scratch}/sock"
    with LoadMachine(scratch, image, f"file=unix:{path},ring-size=256K",
                     smp=SMP, pace=PACE) as m:
        Caller(path, f"{scratch}/0", 1 << 20).wait()
        wait_paused(m)
        caller = Caller(path, f"{scratch}/1")
        wait_running(m)
        m.wait_progress()
        m.stop_load()
        m.quit()
        caller.wait()
    with open(f"{scratch}/0", "rb") as f, open(f"{scratch}/1", "rb") as g:
        first, second = f.read(), g.read()
    matches(second[:80].decode(), "^MARK 0.000000 vfio-trace: reader changed: ")
    had = goes_on(first[:first.rfind(b"\n") + 1])
    equal(goes_on(second, had), m.progress(), "last values")


if __name__ == "__main__":
    tap.main()
