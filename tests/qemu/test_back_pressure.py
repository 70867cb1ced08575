#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Back pressure: the guest waits for a full disk and a full ring."""

import contextlib
import os
import re
import resource
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import mmt, tap                                      # noqa: E402
from common.qemu import COMMAND_MEMORY, MMIO, Machine, QMPError  # noqa: E402
from common.tap import equal, matches, test, wait_until          # noqa: E402

SLOT = 5
LIMIT = 128 << 10             # the ring's file must stay below it
SLOTS = 1024                    # ring-size=64K in slots


def limited():
    """A file size limit: a full disk that applies to root, too."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE,
                       (LIMIT, resource.RLIM_INFINITY))


@contextlib.contextmanager
def machine(scratch):
    """QEMU with a small ring, a small disk and a traced edu, its BAR mapped."""
    with Machine(scratch, "-object",
                 f"vfio-trace-log,id=log,file={scratch}/log,ring-size=64K",
                 "-object", "pci-trace,id=trace,device=dut",
                 "-device", f"edu,id=dut,addr={SLOT}", preexec=limited) as m:
        m.set_bar(SLOT, 0, MMIO)
        m.command(SLOT, COMMAND_MEMORY)
        yield m


def lift(m):
    resource.prlimit(m.process.pid, resource.RLIMIT_FSIZE,
                     (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def goes_on_whole(m, n):
    """Make room on the disk: the guest goes on, and n values are in the log."""
    lift(m)
    m.qmp.wait_event("RESUME")
    m.quit()
    equal([a.value for a in mmt.Log(f"{m.scratch}/log").accesses()],
          list(range(n)), "values")


def status_of(m):
    return m.qmp.execute("query-vfio-trace")[0]


def write_until_stuck(m, first=0):
    """Unique values until the disk is full; returns the next one."""
    n = first
    while "error" not in status_of(m):
        # a starved writer must not be taken for a stuck one
        wait_until(lambda: "error" in status_of(m) or
                   status_of(m)["ring-used"] < SLOTS // 2, "the writer keeps up")
        for _ in range(20):
            m.write(MMIO + 4, 4, n)
            n += 1
        if n > 5000:
            raise AssertionError("the disk does not fill up")
    return n


@test
def disk_full(scratch):
    """A full disk pauses the guest; with room again it goes on, 0 lost."""
    with machine(scratch) as m:
        equal(m.qmp.execute("query-status")["status"], "running", "before")
        n = write_until_stuck(m)
        m.qmp.wait_event("STOP")
        equal(m.qmp.execute("query-status")["status"], "io-error", "full")
        log = status_of(m)
        equal(log["stopped"], True, "stopped")
        matches(log["error"], "File too large")
        # there is still room for the vCPUs' accesses until they are paused
        for _ in range(100):
            m.write(MMIO + 4, 4, n)
            n += 1
        m.qmp.execute("vfio-trace-mark", text="while waiting")
        lift(m)
        m.qmp.wait_event("RESUME")
        equal(m.qmp.execute("query-status")["status"], "running", "after")
        m.write(MMIO + 4, 4, n)
        n += 1
        log = status_of(m)
        equal((log["lost"], log["stopped"], log.get("error")),
              (0, False, None), "afterwards")
        m.quit()
        matches(m.stderr(), "can't write '.*/log': File too large")
        matches(m.stderr(), "can be written again")
    log = mmt.Log(f"{scratch}/log")
    equal([a.value for a in log.accesses()], list(range(n)), "values")
    equal("while waiting" in log.marks(), True, "marker")


@test
def ring_overrun(scratch):
    """Beyond the headroom records are lost: the log says how many and where."""
    with machine(scratch) as m:
        n = write_until_stuck(m)
        # qtest goes on where a vCPU would have stopped
        for _ in range(2 * SLOTS):
            m.write(MMIO + 4, 4, n)
            n += 1
        lost = status_of(m)["lost"]
        equal(SLOTS < lost < 2 * SLOTS, True, f"{lost} lost: plausible")
        lift(m)
        wait_until(lambda: not status_of(m)["ring-used"], "the ring empties")
        for _ in range(10):
            m.write(MMIO + 4, 4, n)
            n += 1
        equal(status_of(m)["lost"], lost, "lost")
        m.quit()
    log = mmt.Log(f"{scratch}/log")
    values = [a.value for a in log.accesses()]
    equal(len(values) + lost, n, "written and lost")
    equal(values, list(range(n - 10 - lost)) + list(range(n - 10, n)),
          "values")
    at = [i for i, line in enumerate(log.lines)
          if line == f"MARK 0.000000 Lost {lost} events."]
    equal(len(at), 1, "marks of the loss")
    before = [e for e in log.events[:at[0]] if isinstance(e, mmt.Access)]
    equal(before[-1].value, n - 11 - lost, "last value before the loss")


@test
def user_stops_meanwhile(scratch):
    """A guest stopped by the user is not resumed."""
    with machine(scratch) as m:
        m.qmp.execute("stop")
        write_until_stuck(m)
        lift(m)
        wait_until(lambda: "error" not in status_of(m), "the disk works again")
        time.sleep(0.5)
        equal(m.qmp.execute("query-status")["status"], "paused", "status")
        m.qmp.execute("cont")
        equal(m.qmp.execute("query-status")["status"], "running", "status")
        equal(status_of(m)["stopped"], False,
              "stopped")
        m.quit()


@test
def reset_meanwhile(scratch):
    """A reset while the guest waits does not leave it paused for ever."""
    with machine(scratch) as m:
        write_until_stuck(m)
        m.qmp.wait_event("STOP")
        m.qmp.execute("system_reset")
        m.qmp.wait_event("RESET")
        lift(m)
        m.qmp.wait_event("RESUME")
        equal(m.qmp.execute("query-status")["status"], "running", "status")
        m.quit()


@test
def log_goes_meanwhile(scratch):
    """The guest goes on when the log it waits for is closed."""
    with machine(scratch) as m:
        write_until_stuck(m)
        m.qmp.wait_event("STOP")
        m.qmp.execute("device_del", id="dut")
        m.eject(SLOT)
        m.qmp.wait_event("DEVICE_DELETED")
        m.qmp.execute("object-del", id="trace")
        m.qmp.execute("object-del", id="log")
        m.qmp.wait_event("RESUME")
        equal(m.qmp.execute("query-status")["status"], "running", "status")
        matches(m.stderr(), "is incomplete: File too large")
        m.quit()


@test
def cont_meanwhile(scratch):
    """"cont" with the disk still full: paused again, and nothing is lost."""
    with machine(scratch) as m:
        n = write_until_stuck(m)
        m.qmp.wait_event("STOP")
        for _ in range(5):
            m.qmp.execute("cont")
            m.qmp.wait_event("STOP")
            m.write(MMIO + 4, 4, n)
            n += 1
        goes_on_whole(m, n)


@test
def markers_leave_headroom(scratch):
    """Markers are refused before they take the room reserved for the vCPUs."""
    with machine(scratch) as m:
        n = write_until_stuck(m)
        for _ in range(100):
            try:
                m.qmp.execute("vfio-trace-mark", text="x" * 900)
            except QMPError as e:
                matches(str(e), "ring of trace log 'log' is full")
                break
        else:
            raise AssertionError("markers have filled the ring")
        for _ in range(200):
            m.write(MMIO + 4, 4, n)
            n += 1
        equal(status_of(m)["lost"], 0, "lost")
        goes_on_whole(m, n)


@test
def marks_pause_too(scratch):
    """Marks without an access, by switching decoding on and off, fill the ring:
    the guest waits before any is lost."""
    fifo = f"{scratch}/fifo"
    os.mkfifo(fifo)
    with Machine(scratch, "-object",
                 f"vfio-trace-log,id=log,file={fifo},ring-size=64K",
                 "-object", "pci-trace,id=trace,device=dut,windows=0",
                 "-device", f"edu,id=dut,addr={SLOT}") as m:
        for n in range(2000):
            m.command(SLOT, 4 * (n % 2))        # bus mastering
            if n % 10 == 0 and status_of(m)["stopped"]:
                break
        else:
            raise AssertionError("the guest is never paused")
        log = status_of(m)
        equal((log["lost"], log["ring-used"] < SLOTS), (0, True), "losses")
        m.qmp.wait_event("STOP")


@test
def quit_with_full_disk(scratch):
    """QEMU ends although the disk is full, and reports what is missing."""
    with machine(scratch) as m:
        write_until_stuck(m)
        m.qmp.execute("quit")
        m.process.wait(30)
        said = m.stderr()
        matches(said, "is incomplete: File too large")
    missing = int(re.search(r"(\d+) slots of the ring", said)[1])
    equal(missing > 0, True, "missing slots")
    equal(os.path.getsize(f"{scratch}/log"), LIMIT, "size of the log")


if __name__ == "__main__":
    tap.main()
