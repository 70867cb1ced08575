#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""-trace 'vfio_trace_*': a running QEMU tells what the tracer does."""

import os
import re
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import mmt                                           # noqa: E402
from common.qemu import COMMAND_MEMORY, MMIO, Machine            # noqa: E402
from common import tap                                           # noqa: E402
from common.tap import equal, matches, test, wait_until          # noqa: E402

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
SLOT = 5
PAGE = os.sysconf("SC_PAGESIZE")
RING = 65536
SLOTS = RING // 64


def options(scratch, pattern):
    return ["-object", f"vfio-trace-log,id=log,file={scratch}/log,"
            f"ring-size={RING}",
            "-object", "pci-trace,id=trace,device=dut",
            "-device", f"edu,id=dut,addr={SLOT}",
            "-trace", pattern, "-D", f"{scratch}/trace"]


def events(scratch):
    """[(name, rest)] of the trace."""
    with open(f"{scratch}/trace", encoding="utf-8") as f:
        return [tuple(line.rstrip("\n").split(" ", 1)) for line in f
                if line.startswith("vfio_trace_")]


def check_order(found, want):
    """Events that match the patterns, (name, rest), come in that order."""
    rest = iter(found)
    for name, pattern in want:
        if not any(n == name and re.fullmatch(pattern, text)
                   for n, text in rest):
            raise AssertionError(f"no {name} {pattern!r} in its place in "
                                 f"{found}")


def run(m):
    m.set_bar(SLOT, 0, MMIO)
    m.command(SLOT, COMMAND_MEMORY)
    m.write(MMIO + 4, 4, 1)
    for change in ("remove", "add"):
        m.qmp.execute(f"vfio-trace-window-{change}", device="dut",
                      region="bar0", offset=PAGE, length=2 * PAGE)
    m.qmp.execute("vfio-trace-stop", device="dut")
    m.qmp.execute("vfio-trace-start", device="dut")
    m.qmp.execute("stop")
    m.qmp.execute("cont")
    m.qmp.execute("vfio-trace-flush")
    m.qmp.execute("vfio-trace-rotate")
    m.qmp.wait_event("VFIO_TRACE_PART")
    m.write(MMIO + 4, 4, 2)
    m.qmp.execute("device_del", id="dut")
    m.eject(SLOT)
    m.qmp.wait_event("DEVICE_DELETED")
    m.quit()


@test
def events_of_a_run(scratch):
    """A log, a device and the guest: each step is an event, in its order"""
    with Machine(scratch, *options(scratch, "vfio_trace_*")) as m:
        run(m)
    some = f"offset={PAGE:#x} len={2 * PAGE:#x} access=rw"
    check_order(events(scratch), [
        ("vfio_trace_log_begin",
         f"log=log file='{scratch}/log' slots={SLOTS}"),
        ("vfio_trace_windows", "device=dut bar=0 windows=1"),
        ("vfio_trace_attach", "device=dut log=log"),
        ("vfio_trace_window", f"device=dut bar=0 {some} change=removed"),
        ("vfio_trace_windows", "device=dut bar=0 windows=2"),
        ("vfio_trace_window", f"device=dut bar=0 {some} change=added"),
        ("vfio_trace_windows", "device=dut bar=0 windows=1"),
        ("vfio_trace_started", "device=dut started=0"),
        ("vfio_trace_windows", "device=dut bar=0 windows=0"),
        ("vfio_trace_started", "device=dut started=1"),
        ("vfio_trace_windows", "device=dut bar=0 windows=1"),
        ("vfio_trace_vm_state", "log=log state=paused"),
        ("vfio_trace_vm_state", "log=log state=running"),
        ("vfio_trace_log_commit",
         rf"file='{scratch}/log' records=[1-9]\d* bytes=[1-9]\d* "
         r"offset=[1-9]\d*"),
        ("vfio_trace_log_part", rf"file='{scratch}/log\.1' part=2"),
        ("vfio_trace_detach", "device=dut log=log"),
        ("vfio_trace_windows", "device=dut bar=0 windows=0"),
        ("vfio_trace_log_end", "log=log"),
        ("vfio_trace_log_ended", "log=log whole=1"),
    ])


@test
def commits_add_up(scratch):
    """The commits' bytes are the log"""
    with Machine(scratch, *options(scratch, "vfio_trace_log_commit")) as m:
        m.set_bar(SLOT, 0, MMIO)
        m.command(SLOT, COMMAND_MEMORY)
        for i in range(100):
            m.write(MMIO + 4, 4, i)
        m.quit()
    found = events(scratch)
    equal({name for name, _ in found}, {"vfio_trace_log_commit"}, "events")
    equal(sum(int(matches(text, r"bytes=(\d+)")[1]) for _, text in found),
          os.path.getsize(f"{scratch}/log"), "bytes")
    equal(len(mmt.Log(f"{scratch}/log").accesses()), 100, "accesses")


@test
def back_pressure(scratch):
    """A pause that a full ring asks for, and its end"""
    os.mkfifo(f"{scratch}/log", 0o600)
    with Machine(scratch, *options(scratch, "vfio_trace_pause_*")) as m:
        m.set_bar(SLOT, 0, MMIO)
        m.command(SLOT, COMMAND_MEMORY)
        # a pipe holds 64 KiB of text, some 1500 accesses
        for i in range(SLOTS * 5 // 2):
            m.write(MMIO + 4, 4, i)
        wait_until(lambda: m.qmp.execute("query-vfio-trace")[0]["stopped"],
                   "the guest waits")
        with open(f"{scratch}/log", "rb") as reader:
            thread = threading.Thread(target=reader.read)
            thread.start()
            wait_until(
                lambda: not m.qmp.execute("query-vfio-trace")[0]["stopped"],
                "the guest goes on")
            m.quit()
            thread.join()
    check_order(events(scratch), [
        ("vfio_trace_pause_asked", "log=log"),
        ("vfio_trace_pause_over", r"log=log ns=[1-9]\d*"),
    ])


@test
def all_are_known(scratch):
    """QEMU has each event of hw/vfio-trace/trace-events"""
    with open(f"{TOP}/hw/vfio-trace/trace-events",
              encoding="utf-8") as f:
        names = {line.split("(")[0] for line in f
                 if line.startswith("vfio_trace_")}
    with Machine(scratch) as m:
        known = m.qmp.execute("trace-event-get-state", name="vfio_trace_*")
    equal({e["name"] for e in known}, names, "events")


@test
def off_by_default(scratch):
    """Without -trace nothing is told"""
    with Machine(scratch, *options(scratch, "vfio_intx_*")) as m:
        run(m)
    equal(os.path.exists(f"{scratch}/trace") and events(scratch) or [], [],
          "events")


if __name__ == "__main__":
    tap.main()
