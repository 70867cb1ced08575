#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Times in the log are the host's monotonic clock's, and never go back."""

import contextlib
import os
import re
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import lab, mmt, tap                                 # noqa: E402
from common.qemu import COMMAND_MEMORY, MMIO, Machine            # noqa: E402
from common.tap import equal, test                               # noqa: E402

SLOT = 5
REGISTER = MMIO + 0x80
# What a computed time may be off by, and what the log's decimals cut off
ROOM_NS = 20_000
ROUNDS = 300
# Whose counter may tell the time (hw/vfio-trace/log/time.c)
SOURCE = "/sys/devices/system/clocksource/clocksource0/current_clocksource"
COUNTERS = ("tsc", "hyperv_clocksource_tsc_page", "arch_sys_counter")


def observed(m):
    """[(before, after)] of accesses, for longer than several comparisons."""
    made = []
    for i in range(ROUNDS):
        before = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        m.write(REGISTER, 4, i)
        made.append((before, time.clock_gettime_ns(time.CLOCK_MONOTONIC)))
        time.sleep(0.01)
    return made


def open_files(pid):
    where = f"/proc/{pid}/fd"
    files = []
    for name in os.listdir(where):
        with contextlib.suppress(FileNotFoundError):
            files.append(os.readlink(os.path.join(where, name)))
    return files


@test
def monotonic(scratch):
    """Each access lies between the clock's times before and after it."""
    with Machine(scratch, "-object",
                 f"vfio-trace-log,id=log,file={scratch}/log,extra=ns",
                 "-object", "pci-trace,id=trace,device=dut,log=log",
                 "-device", f"edu,id=dut,addr={SLOT}",
                 "-trace", "vfio_trace_time", "-D", f"{scratch}/time") as m:
        m.set_bar(SLOT, 0, MMIO)
        m.command(SLOT, COMMAND_MEMORY)
        made = observed(m)
        # not opened again: what confines QEMU may not allow it
        equal(sum(f == SOURCE for f in open_files(m.process.pid)), 1,
              "descriptors of the clock source")
        m.quit()
    lab.tool("check", "--complete", f"{scratch}/log")
    log = mmt.Log(f"{scratch}/log")
    times = [int(round(a.time * 1e9)) for a in log.accesses()
             if a.op == "W" and a.addr & 0xfff == 0x80]
    equal(len(times), ROUNDS, "writes")
    equal(times == sorted(times), True, "times in order")
    with open(SOURCE, encoding="ascii") as f:
        source = f.read().strip()
    with open(f"{scratch}/time", encoding="utf-8") as f:
        late = [int(n) for n in re.findall(r"vfio_trace_time .* late=(-?\d+)",
                                           f.read())]
    print(f"# {source}: {len(late)} comparisons, off by {min(late, default=0)} "
          f"to {max(late, default=0)} ns")
    # more if somebody adjusts the host's clock meanwhile
    room = ROOM_NS + 2 * max(map(abs, late), default=0)
    wrong = [(t - before, after - t)
             for t, (before, after) in zip(times, made)
             if not before - room <= t <= after + room]
    equal(wrong, [], "times outside of what the clock said")
    if source in COUNTERS:
        equal(len(late) >= 5, True, f"{len(late)} comparisons")


if __name__ == "__main__":
    tap.main()
