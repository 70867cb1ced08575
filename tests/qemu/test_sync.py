#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# alone: measures how soon QEMU answers
"""durability=sync: the file's contents at each moment: docs/faults.md."""

import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import loadguest, loadlog, tap                       # noqa: E402
from common.faults import (  # noqa: E402
    PACE, SMP, ends_whole, loop_mounted, run, status_of, wait_event,
    wait_running, wait_stands)
from common.loadguest import LoadMachine                         # noqa: E402
from common.tap import equal, matches, test                      # noqa: E402


class Tail:
    """Tracks each processor's last write in a growing log."""

    BYTES = 128 << 10           # at the log's end, enough to hold all of them

    def __init__(self, path):
        self.file = open(path, "rb")
        self.last = {}

    def look(self):
        size = self.file.seek(0, os.SEEK_END)
        self.file.seek(max(0, size - self.BYTES))
        text = self.file.read()
        for op, addr, value in loadlog.ACCESS_LINES(text, 0,
                                                    text.rfind(b"\n") + 1):
            if op == b"W" and int(addr, 16) & 0xfffff >= loadguest.SLOTS:
                value = int(value, 16)
                self.last[value >> 29] = value


def device_ahead(scratch, image, durability, samples):
    """The number of samples in which the device had a write before the file."""
    own = os.path.join(scratch, durability)
    os.mkdir(own)
    log = f"{own}/log"
    ahead = 0
    with LoadMachine(own, image, f"file={log},durability={durability}",
                     smp=SMP, pace=10 * PACE) as m:
        m.wait_progress(20)
        tail = Tail(log)
        for _ in range(samples):
            device = m.progress()
            tail.look()
            ahead += any(value > tail.last.get(c, 0)
                         for c, value in enumerate(device))
        m.stop_load()
        m.quit()
    replay = loadlog.verify(log, m.memory.bytes(), SMP, whole=True)
    equal([m for m in replay.marks if "unsynced" in m], [], "unsynced writes")
    return ahead


@test
def sync_order(scratch):
    """durability=sync: a write is in the file before the device has it."""
    image = loadguest.build(scratch)
    equal(device_ahead(scratch, image, "sync", 300), 0,
          "samples in which the device was ahead of the log")
    # the same samples do show it without sync
    ahead = device_ahead(scratch, image, "process", 30)
    equal(ahead > 0, True, "with durability=process the device is ahead")


@test
def sync_disk_stalls(scratch):
    """durability=sync on a disk that hangs for long: the log is complete, and
    shows which writes did not wait for it."""
    image = loadguest.build(scratch)
    with loop_mounted(scratch) as where:
        log = f"{where}/log"
        with LoadMachine(scratch, image, f"file={log},durability=sync",
                         smp=SMP) as m:
            m.wait_progress(20)
            run("fsfreeze", "-f", where)
            try:
                # a vCPU waits for the disk for five seconds, and QMP with it
                wait_event(m, "VFIO_TRACE_ERROR", "timed out")
                wait_stands(m)
                start = time.monotonic()
                status_of(m)
                seconds = time.monotonic() - start
                equal(seconds < 2, True, f"an answer in {seconds:.1f} s")
            finally:
                run("fsfreeze", "-u", where)
            m.qmp.wait_event("VFIO_TRACE_WELL")
            wait_running(m)
            m.wait_progress(20)
            replay = ends_whole(m, log)
            matches(m.stderr(), "the disk of '.*/log' does not answer")
    unsynced = [mark for mark in replay.marks
                if mark.startswith("vfio-trace: unsynced W width=4 map=2 addr=")]
    equal(1 <= len(unsynced) <= 2 * SMP, True,
          f"{len(unsynced)} writes that did not wait: one or two per vCPU")


if __name__ == "__main__":
    tap.main()
