#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 1200
# usual: 150
# memory: 4 GiB
# needs: qemu-tsan
"""ThreadSanitizer has no report of the tracer's code: vCPUs put load on two
devices of a log while QMP changes what is traced."""

import os
import random
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import loadguest, tap, tsan            # noqa: E402
from common.loadguest import BAR_SIZE, LoadMachine               # noqa: E402
from common.qemu import QMPError                                 # noqa: E402
from common.tap import equal, test                               # noqa: E402

CPUS = 4
PACE = 2000
PAGE = 4096
EDU_SLOT = loadguest.SLOT + 1
TAPS = {"trace": "dut", "trace-edu": "edu"}

# A race on memory of ours
REPORT = """==================
WARNING: ThreadSanitizer: data race (pid=1)
  Write of size 4 at 0x7b0400000000 by thread T3:
    #0 {writer} {path}:1 (qemu+0x1)

  Previous read of size 4 at 0x7b0400000000 by main thread:
    #0 aio_poll ../qemu-10.0-src/util/aio-posix.c:1 (qemu+0x2)
    #{below} flatview_write_continue_step ../qemu-10.0-src/system/physmem.c:1 (qemu+0x5)

  Location is heap block of size 8 at 0x7b0400000000 allocated by main thread:
    #0 malloc <null> (libtsan.so.2+0x3)
    #1 log_open ../qemu-10.0-src/hw/vfio-trace/log/open.c:1 (qemu+0x4)

  Thread T3 (tid=2, running) created by main thread at:
    #0 log_open ../qemu-10.0-src/hw/vfio-trace/log/open.c:2 (qemu+0x5)

SUMMARY: ThreadSanitizer: data race {path}:1 in {writer}
==================
"""


class Tsan(LoadMachine):
    """The load guest with an edu on the same log, in a QEMU with TSan."""

    def __init__(self, scratch, accel, log="", trace="", edu_trace=""):
        self.reports = f"{scratch}/tsan"
        super().__init__(
            scratch, loadguest.build(scratch, edu=True),
            f"file={scratch}/log{log}",
            "-object", f"pci-trace,id=trace-edu,device=edu,log=log{edu_trace}",
            "-device", f"edu,id=edu,addr={EDU_SLOT:x}",
            smp=CPUS, pace=PACE, trace=trace, accel=accel)
        self.args[:1] = tsan.command(self.reports)
        self.refused = 0

    def tell(self, command, **arguments):
        """A command that a full ring may refuse"""
        try:
            self.qmp.execute(command, **arguments)
            return True
        except QMPError as e:
            if "room" not in str(e) and "is full" not in str(e):
                raise
            self.refused += 1
            return False


# --- what the host does -------------------------------------------------------

def start_and_stop(m, chance):
    device = chance.choice(({}, {"device": "dut"}, {"device": "edu"}))
    m.tell("vfio-trace-stop", **device)
    time.sleep(chance.choice((0, 0.002)))
    while not m.tell("vfio-trace-start", **device):
        pass


def change_windows(m, chance):
    at = PAGE * chance.randrange(BAR_SIZE // PAGE)
    length = min(chance.choice((64, PAGE, 16 * PAGE)), BAR_SIZE - at)
    window = {"device": "dut", "region": "bar2", "offset": at, "length": length}
    if m.tell("vfio-trace-window-remove", **window):
        while not m.tell("vfio-trace-window-add", **window):
            pass


def query(m, chance):
    m.qmp.execute("query-vfio-trace")
    m.qmp.execute("query-vfio-trace-windows")
    m.qmp.hmp(chance.choice(("info vfio-trace", "info mtree -f")))


def mark(m, chance):
    for n in range(chance.randrange(1, 20)):
        m.tell("vfio-trace-mark", text=f"mark {n}")


def rotate(m, _):
    try:
        m.qmp.execute("vfio-trace-rotate")
    except QMPError as e:
        # the last one is still under way
        if "rotat" not in str(e) and "part" not in str(e):
            raise


def flush(m, _):
    m.qmp.execute("vfio-trace-flush")


def pause(m, _):
    m.qmp.execute("stop")
    m.qmp.execute("cont")


def reset(m, _):
    m.qmp.execute("stop")
    m.qmp.execute("system_reset")
    m.qmp.wait_event("RESET")
    # a value has only 4 bits for the number of the boot: that of an earlier
    # boot might look like progress
    m.memory.clear_slots()
    m.qmp.execute("cont")


def replace_devices(m, chance):
    """The devices leave and come back; other taps wait for them, or come under
    load."""
    # TCG's vCPUs free no device while the guest looks for one
    m.wait_progress(100)
    m.unplug()
    m.qmp.execute("device_del", id="edu")
    m.qmp.hmp(f"o/w 0xae08 {1 << EDU_SLOT:#x}")
    m.qmp.wait_event("DEVICE_DELETED")
    for tap_id in TAPS:
        m.qmp.execute("object-del", id=tap_id)
    wait = chance.choice((True, False))
    if wait:
        add_taps(m, wait=True)
    m.qmp.execute("device_add", driver="edu", id="edu", addr=f"{EDU_SLOT:x}")
    m.plug_again()
    reset(m, None)
    if not wait:
        m.wait_progress(100)
        add_taps(m)


def add_taps(m, **options):
    for tap_id, device in TAPS.items():
        m.qmp.execute("object-add", qom_type="pci-trace", id=tap_id,
                      device=device, log="log", **options)


ACTIONS = (start_and_stop, change_windows, query, mark, rotate, flush,
           pause, reset, replace_devices)


# --- the test points ----------------------------------------------------------

def load(scratch, accel, seconds, **options):
    seed = int(os.environ.get("VFIO_TRACE_SEED", random.randrange(1 << 32)))
    print(f"# VFIO_TRACE_SEED={seed}", flush=True)
    chance = random.Random(seed)
    with Tsan(scratch, accel, **options) as m:
        m.wait_progress(100)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for action in chance.sample(ACTIONS, len(ACTIONS)):
                action(m, chance)
                m.alive()
            m.wait_progress(100)
        m.stop_load()
        m.quit()
    print(f"# {m.refused} commands found a full ring", flush=True)
    tsan.judge(f"{scratch}/log", m.reports, m.memory, CPUS)


@test
def reports_are_told_apart(scratch):
    """A report is ours if our code takes part in the race."""
    tracer = "../qemu-10.0-src/hw/vfio-trace/a.c"
    for writer, path, below, ours in (
            ("writer_main", tracer, 9, 1),
            ("mmt_ring_put", "/src/qemu-10.0-src/libmmiotrace/ring.c", 9, 1),
            ("blk_co_flush", "../qemu-10.0-src/block/block-backend.c", 9, 0),
            ("monitor_flush", tracer, 9, 0),
            # the guest's memory; not so where QEMU has called the tracer
            ("stl_le_p", tracer, 3, 0), ("stl_le_p", tracer, 4, 1)):
        with open(f"{scratch}/r.1", "w", encoding="utf-8") as f:
            f.write(REPORT.format(writer=writer, path=path, below=below) * 2)
        found, others = tsan.reports(f"{scratch}/r")
        equal((len(found), others), (2 * ours, 2 - 2 * ours), writer)


@test
def tcg(scratch):
    """Changes under load, vCPUs in threads of TCG"""
    tap.first_series()
    load(scratch, "tcg,thread=multi", tap.rounds(40, 300))


@test
def kvm(scratch):
    """Changes under load, vCPUs of KVM"""
    tap.first_series()
    tap.need_kvm()
    load(scratch, "kvm", tap.rounds(40, 300))


if __name__ == "__main__":
    tap.main()
