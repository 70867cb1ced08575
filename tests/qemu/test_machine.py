#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A full ring, and events of the machine under load: docs/faults.md."""

import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import loadguest, loadlossy, tap                     # noqa: E402
from common.faults import (  # noqa: E402
    PACE, SMP, Cat, ends_whole, ends_whole_fifo, fifo, run_state, status_of,
    wait_paused, wait_running)
from common.loadguest import LoadMachine                         # noqa: E402
from common.qemu import QMPError                                 # noqa: E402
from common.tap import equal, matches, test, wait_until          # noqa: E402


@test
def ring_full_pause(scratch):
    """The smallest ring, the fastest guest: paused again and again, complete."""
    image = loadguest.build(scratch)
    log = f"{scratch}/log"
    with LoadMachine(scratch, image, f"file={log},ring-size=64K", smp=SMP) as m:
        time.sleep(1)
        m.stop_load()
        m.qmp.execute("query-status")
        stops = sum(e["event"] == "STOP" for e in m.qmp.events)
        equal(stops > 10, True, f"paused {stops} times: often")
        ends_whole(m, log)


@test
def ring_full_drop(scratch):
    """on-full=drop: the guest goes on; all losses are reported."""
    image = loadguest.build(scratch)
    path = fifo(scratch)
    with Cat(path, f"{scratch}/log") as cat, \
            LoadMachine(scratch, image, f"file={path},ring-size=64K,"
                        "on-full=drop,extra=cpu", smp=SMP, pace=PACE) as m:
        for _ in range(4):
            m.wait_progress()
            cat.stop()
            lost = status_of(m)["lost"]
            wait_until(lambda: status_of(m)["lost"] > lost, "some are lost")
            m.wait_progress(5000)
            equal(run_state(m), "running", "the guest")
            cat.go_on()
            wait_until(lambda: not status_of(m)["ring-used"] > 100,
                       "the ring empties")
        m.stop_load()
        lost = status_of(m)["lost"]
        m.quit()
        cat.wait()
    judged = loadlossy.verify([f"{scratch}/log"], m.memory.bytes(), SMP)
    equal(sum(judged.notices), lost, "lost by the log and by QMP")
    equal(len(judged.notices) >= 4, True, "notices")
    print(f"# {judged.accesses} accesses, lost {judged.notices}")


@test
def unplug(scratch):
    """The device is unplugged under load, plugged in again, the guest reset."""
    image = loadguest.build(scratch)
    log = f"{scratch}/log"
    with LoadMachine(scratch, image, f"file={log}", smp=SMP, pace=PACE) as m:
        for _ in range(3):
            m.wait_progress()
            m.unplug()
            equal(status_of(m)["devices"], [], "traced devices")
            gone = m.progress()
            time.sleep(0.1)
            equal(m.progress(), gone, "progress of an unplugged device")
            m.plug_again()
            m.qmp.execute("system_reset")
        m.wait_progress()
        replay = ends_whole(m, log)
    equal(replay.marks.count("vfio-trace: detached id=dut"), 3, "detached")
    equal(replay.boots, 4, "boots")


@test
def guest_reset(scratch):
    """The guest is reset under load, ten times."""
    image = loadguest.build(scratch)
    log = f"{scratch}/log"
    with LoadMachine(scratch, image, f"file={log}", smp=SMP, pace=PACE) as m:
        for _ in range(10):
            m.wait_progress()
            m.qmp.execute("system_reset")
            m.qmp.wait_event("RESET")
        m.wait_progress()
        replay = ends_whole(m, log)
    equal(replay.boots, 11, "boots")


@test
def guest_reset_while_paused(scratch):
    """A reset while the guest waits for its reader."""
    image = loadguest.build(scratch)
    path = fifo(scratch)
    with Cat(path, f"{scratch}/log") as cat, \
            LoadMachine(scratch, image, f"file={path},ring-size=256K",
                        smp=SMP, pace=PACE) as m:
        m.wait_progress()
        cat.stop()
        wait_paused(m)
        m.qmp.execute("system_reset")
        m.qmp.wait_event("RESET")
        cat.go_on()
        wait_running(m)
        m.wait_progress()
        ends_whole_fifo(m, cat, f"{scratch}/log")


@test
def migration(scratch):
    """Migration is refused with a reason; the guest goes on."""
    image = loadguest.build(scratch)
    log = f"{scratch}/log"
    with LoadMachine(scratch, image, f"file={log}", smp=SMP, pace=PACE) as m:
        m.wait_progress()
        try:
            m.qmp.execute("migrate", uri=f"file:{scratch}/state")
        except QMPError as e:
            matches(str(e), "trace log 'log'.*can't be migrated")
        else:
            raise AssertionError("migration was started")
        m.wait_progress()
        ends_whole(m, log)


if __name__ == "__main__":
    tap.main()
