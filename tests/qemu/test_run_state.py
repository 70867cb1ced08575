#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Marks for the machine's run states: each is what query-status says."""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import lab, mmt, tap                                 # noqa: E402
from common.qemu import COMMAND_MEMORY, MMIO, Machine            # noqa: E402
from common.tap import equal, matches, test, wait_until          # noqa: E402

SLOT = 5
# ACPI of the "pc" machine, and sleep types in its PM1a_CNT
PM, PM_BASE, PM_IO, PM_IO_ENABLE = 1 << 3 | 3, 0x600, 0x40, 0x80
SLEEP_ENABLE = 1 << 13
S5, S3 = 0 << 10, 1 << 10
PVPANIC, PANICKED = 0x505, 1
IB700_START = 0x443


def machine(scratch, *args, device="e1000e"):
    return Machine(scratch, "-object",
                   f"vfio-trace-log,id=log,file={scratch}/log",
                   "-object", "pci-trace,id=trace,device=dut,log=log",
                   "-device", f"{device},id=dut,addr={SLOT}", *args)


def pm_write(m, offset, width, value):
    """Config space of the chipset's power management, which is function 3."""
    m.outp(0xcf8, 4, 0x80000000 | PM << 8 | offset)
    m.outp(0xcfc, width, value)


def sleep(m, kind):
    """Do as a guest's ACPI code does for S3 or S5."""
    pm_write(m, PM_IO, 4, PM_BASE | 1)
    pm_write(m, PM_IO_ENABLE, 1, 1)
    m.outp(PM_BASE + 4, 2, kind | SLEEP_ENABLE)


def status(m):
    return m.qmp.execute("query-status")["status"]


def becomes(m, state):
    wait_until(lambda: status(m) == state, f"the state {state}")


def states(scratch):
    """What the log says: the run states, in their order; durations are N"""
    lab.tool("check", "--complete", f"{scratch}/log")
    return [re.sub(r"-ns=[1-9]\d*", "-ns=N", t.split(" ", 2)[2])
            for t in mmt.Log(f"{scratch}/log").marks("vfio-trace: vm ")]


@test
def sleeps(scratch):
    """S3 and wake-up are marks; the devices are reset between them."""
    with machine(scratch) as m:
        m.set_bar(SLOT, 0, MMIO)
        m.command(SLOT, COMMAND_MEMORY)
        m.read(MMIO + 8, 4)
        sleep(m, S3)
        m.qmp.wait_event("SUSPEND")
        m.qmp.execute("vfio-trace-mark", text="asleep")
        m.qmp.execute("system_wakeup")
        m.qmp.wait_event("WAKEUP")
        m.qmp.execute("vfio-trace-mark", text="awake")
        m.set_bar(SLOT, 0, MMIO)
        m.command(SLOT, COMMAND_MEMORY)
        m.read(MMIO + 8, 4)
        m.quit()
    equal(states(scratch), ["state=running", "state=suspended",
                            "state=running wakeup=other",
                            "state=paused reason=shutdown"], "run states")
    with open(f"{scratch}/log", encoding="utf-8") as f:
        text = re.sub(r"(?m)^(\w+ )(\d+ )?\d+\.\d{6} ", r"\1", f.read())
    matches(text, r"\nR 1 [^\n]*\n"
            r"MARK vfio-trace: vm state=suspended\n"
            r"MARK vfio-trace: traps [^\n]* accesses=1 [^\n]*\nMARK asleep\n"
            r"(MARK vfio-trace: reset device=dut kind=bus\n|UNMAP [^\n]*\n)+"
            r"MARK vfio-trace: vm state=running wakeup=other\nMARK awake\n"
            r"MAP 1 [^\n]*\nMARK vfio-trace: command [^\n]*\nR 1 ",
            "the log of a sleep")


@test
def pause_in_sleep(scratch):
    """A machine that is paused while the guest sleeps goes on sleeping."""
    with machine(scratch) as m:
        sleep(m, S3)
        m.qmp.wait_event("SUSPEND")
        m.qmp.execute("stop")
        m.qmp.execute("cont")
        equal(status(m), "suspended", "the state after cont")
        m.qmp.execute("system_wakeup")
        m.qmp.wait_event("WAKEUP")
        m.quit()
    equal(states(scratch), ["state=running", "state=suspended",
                            "state=paused reason=paused",
                            "state=suspended paused-ns=N",
                            "state=running wakeup=other",
                            "state=paused reason=shutdown"], "run states")


def told(scratch):
    """The state that the log's last mark tells, by QEMU's name for it"""
    try:
        mark = mmt.Log(f"{scratch}/log").marks("vfio-trace: vm ")[-1]
    except IndexError:
        return None
    words = dict(w.split("=") for w in mark.split()[2:])
    return words.get("reason", words["state"])


def agree(m, scratch, state):
    """QEMU is in this state, and so is the log."""
    becomes(m, state)
    m.qmp.execute("vfio-trace-flush")
    wait_until(lambda: told(scratch) == state,
               f"the log to tell {state}; it tells {told(scratch)}")


@test
def every_state(scratch):
    """The log tells the state that QEMU is in: stopped for many reasons."""
    with machine(scratch, "-S", "-no-shutdown", "-action", "panic=pause",
                 "-action", "watchdog=pause", "-device", "pvpanic",
                 "-device", "ib700") as m:
        equal([status(m), told(scratch)], ["prelaunch", None], "the beginning")
        m.qmp.execute("cont")
        agree(m, scratch, "running")
        m.outp(IB700_START, 1, 0xf)
        m.qtest.send("clock_step 40000000000")
        agree(m, scratch, "watchdog")
        m.qtest.receive()
        m.qmp.execute("cont")
        agree(m, scratch, "running")
        m.outp(PVPANIC, 1, PANICKED)
        agree(m, scratch, "guest-panicked")
        m.qmp.execute("system_reset")
        agree(m, scratch, "prelaunch")
        m.qmp.execute("cont")
        agree(m, scratch, "running")
        sleep(m, S3)
        agree(m, scratch, "suspended")
        m.qmp.execute("system_reset")
        agree(m, scratch, "prelaunch")
        m.qmp.execute("cont")
        agree(m, scratch, "running")
        sleep(m, S5)
        agree(m, scratch, "shutdown")
        m.quit()
    equal(states(scratch)[-2:], ["state=running paused-ns=N",
                                 "state=paused reason=shutdown"], "the end")


@test
def begins_while_paused(scratch):
    """A log that begins while the machine stands still says so."""
    with machine(scratch) as m:
        m.qmp.execute("stop")
        m.qmp.execute("object-add", qom_type="vfio-trace-log", id="late",
                      file=f"{scratch}/late")
        m.qmp.execute("cont")
        sleep(m, S3)
        m.qmp.wait_event("SUSPEND")
        m.qmp.execute("object-add", qom_type="vfio-trace-log", id="later",
                      file=f"{scratch}/later")
        for name in ("late", "later"):
            m.qmp.execute("vfio-trace-mark", text="here", log=name)
            m.qmp.execute("vfio-trace-flush")
        late = mmt.Log(f"{scratch}/late").marks("vfio-trace: vm ")
        later = mmt.Log(f"{scratch}/later").marks("vfio-trace: vm ")
        m.quit()
    equal([t.split(" paused-ns")[0].split("vm ")[1] for t in late],
          ["state=paused reason=paused", "state=running", "state=suspended"],
          "a log from a pause on")
    equal([t.split("vm ")[1] for t in later], ["state=suspended"],
          "a log from a sleep on")


if __name__ == "__main__":
    tap.main()
