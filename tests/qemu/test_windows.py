#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""windows=: named ranges are logged, all others only reach the device."""

import os
import re
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import mmt                                           # noqa: E402
from common.qemu import (COMMAND_IO, COMMAND_MEMORY, MMIO,       # noqa: E402
                         PORTS, Machine, QMPError, fails)
from common import tap                                           # noqa: E402
from common.tap import equal, matches, test                      # noqa: E402

SLOT = 5
PAGE = os.sysconf("SC_PAGESIZE")
MIB = 1 << 20
# ivshmem's memory is its BAR2, in a file, so that the test sees the device's side
IVSHMEM_BAR, IVSHMEM_SIZE = 2, MIB


def log_object(scratch):
    return ["-object", f"vfio-trace-log,id=log,file={scratch}/log"]


def traced(scratch, device, windows):
    return [*log_object(scratch),
            "-object", f"pci-trace,id=trace,device=dut,windows={windows}",
            "-device", f"{device},id=dut,addr={SLOT}"]


def ivshmem(scratch):
    """Options of an ivshmem device; its memory is scratch/memory."""
    with open(f"{scratch}/memory", "wb") as f:
        f.truncate(IVSHMEM_SIZE)
    return ["-object", f"memory-backend-file,id=mem,size={IVSHMEM_SIZE},"
            f"mem-path={scratch}/memory,share=on"]


def coverage(log, bar):
    """[(offset, length, state)] of a BAR, from the marks."""
    start = log.of(mmt.Pcidev)[0].start[bar]
    base = start & ~(3 if start & 1 else 0xf)
    pattern = (rf"vfio-trace: coverage device=dut bar={bar}( map=\d+)? "
               r"addr=0x([0-9a-f]+) len=0x([0-9a-f]+) state=(.*)")
    found = [re.fullmatch(pattern, m) for m in log.marks()]
    return [(int(m[2], 16) - base, int(m[3], 16), m[4]) for m in found if m]


def accesses(log, bar):
    """[(op, width, offset, value)] of a BAR."""
    base = log.of(mmt.Pcidev)[0].start[bar] & ~0xf
    return [(a.op, a.width, a.addr - base, a.value) for a in log.accesses()]


OUTSIDE = "direct why=outside-windows"
BESIDE = "forwarded why=outside-windows"


@test
def one_page_of_registers(scratch):
    """edu: the registers are in the log, the rest of the BAR is not."""
    with Machine(scratch, *traced(scratch, "edu", f"0:4:{PAGE // 2}")) as m:
        m.set_bar(SLOT, 0, MMIO)
        m.command(SLOT, COMMAND_MEMORY)
        # far from the window edu has no registers: reads there give all ones
        equal(m.read(MMIO + PAGE, 4), 0xffffffff, "value outside")
        m.write(MMIO + 4, 4, 0x12345678)
        equal(m.read(MMIO + 4, 4), 0xedcba987, "liveness register")
        # in the page, but not in the window: the identification
        equal(m.read(MMIO, 4), 0x010000ed, "identification")
        m.write(MMIO + PAGE // 2 + 4, 4, 1)
        m.write(MMIO + PAGE + 4, 4, 1)
        m.write(MMIO + MIB - 4, 4, 1)
        # an access that touches a byte of the window counts
        m.read(MMIO + PAGE // 2, 8)
        equal(m.read(MMIO + 4, 4), 0xedcba987, "liveness register afterwards")
        bar = m.qmp.execute("query-vfio-trace")[0]["devices"][0]["regions"][0]
        equal(bar["unlogged"], 2, "accesses outside the window")
        m.quit()
    log = mmt.Log(f"{scratch}/log")
    equal([a[:3] for a in accesses(log, 0)],
          [("W", 4, 4), ("R", 4, 4), ("R", 8, PAGE // 2), ("R", 4, 4)], "log")
    equal(coverage(log, 0), [(0, 4, BESIDE), (4, PAGE // 2, "trapped"),
                             (4 + PAGE // 2, PAGE // 2 - 4, BESIDE),
                             (PAGE, MIB - PAGE, OUTSIDE)], "coverage")
    equal([(e.map, e.virt, e.len) for e in log.of(mmt.Map)],
          [(1, MMIO, MIB)], "MAP of the whole BAR")


@test
def several_windows(scratch):
    """ivshmem: three windows; all writes arrive, those inside are logged."""
    windows = (f"2:{11 * PAGE}:16+2:{3 * PAGE:#x}:1+2:{10 * PAGE}:{PAGE}+"
               f"2:{IVSHMEM_SIZE - 1:#x}:1+2:{3 * PAGE}:8")
    last = IVSHMEM_SIZE - PAGE
    inside = {3, 10, 11, last // PAGE}
    logged = [(3 * PAGE, 8), (10 * PAGE, PAGE + 16), (IVSHMEM_SIZE - 1, 1)]
    probed = sorted({0, 1, 255} | inside | {p + 1 for p in inside} |
                    {p - 1 for p in inside})
    probed = [p for p in probed if p < IVSHMEM_SIZE // PAGE]
    with Machine(scratch, *ivshmem(scratch),
                 *traced(scratch, "ivshmem-plain,memdev=mem", windows)) as m:
        m.set_bar(SLOT, IVSHMEM_BAR, MMIO)
        m.command(SLOT, COMMAND_MEMORY)
        want = []
        for page in probed:
            for offset, width in ((0, 4), (PAGE // 2, 1), (PAGE - 8, 8)):
                value = (page + 1) * 0x01010101 & (1 << 8 * width) - 1
                m.write(MMIO + page * PAGE + offset, width, value)
                equal(m.read(MMIO + page * PAGE + offset, width), value,
                      "memory")
                at = page * PAGE + offset
                if any(at < first + length and first < at + width
                       for first, length in logged):
                    want += [(op, width, at, value) for op in "WR"]
        m.quit()
    log = mmt.Log(f"{scratch}/log")
    equal(accesses(log, IVSHMEM_BAR), want, "log")
    equal(coverage(log, IVSHMEM_BAR),
          [(0, 3 * PAGE, OUTSIDE), (3 * PAGE, 8, "trapped"),
           (3 * PAGE + 8, PAGE - 8, BESIDE), (4 * PAGE, 6 * PAGE, OUTSIDE),
           (10 * PAGE, PAGE + 16, "trapped"),
           (11 * PAGE + 16, PAGE - 16, BESIDE),
           (12 * PAGE, last - 12 * PAGE, OUTSIDE), (last, PAGE - 1, BESIDE),
           (IVSHMEM_SIZE - 1, 1, "trapped")], "coverage")
    with open(f"{scratch}/memory", "rb") as f:
        memory = f.read()
    for page in probed:
        equal(memory[page * PAGE], page + 1 & 0xff, f"page {page}")


@test
def straddling(scratch):
    """An access across a window's edge arrives once, in either direction."""
    with Machine(scratch, *ivshmem(scratch),
                 *traced(scratch, "ivshmem-plain,memdev=mem",
                         f"2:{PAGE}:{PAGE}")) as m:
        m.set_bar(SLOT, IVSHMEM_BAR, MMIO)
        m.command(SLOT, COMMAND_MEMORY)
        for edge in (PAGE, 2 * PAGE):
            m.write(MMIO + edge - 4, 8, 0x8877665544332211)
            equal(m.read(MMIO + edge - 4, 8), 0x8877665544332211, "memory")
            m.write(MMIO + edge - 1, 2, 0xbbaa)
            equal(m.read(MMIO + edge - 4, 8), 0x887766bbaa332211, "memory")
        m.quit()
    log = mmt.Log(f"{scratch}/log")
    equal(accesses(log, IVSHMEM_BAR),
          [("W", 4, PAGE, 0x88776655), ("R", 4, PAGE, 0x88776655),
           ("W", 1, PAGE, 0xbb), ("R", 4, PAGE, 0x887766bb),
           ("W", 8, 2 * PAGE - 4, 0x8877665544332211),
           ("R", 8, 2 * PAGE - 4, 0x8877665544332211),
           ("W", 2, 2 * PAGE - 1, 0xbbaa),
           ("R", 8, 2 * PAGE - 4, 0x887766bbaa332211)], "log")


@test
def bars_without_a_window(scratch):
    """BARs without a window have no containers at all."""
    with Machine(scratch, *ivshmem(scratch),
                 *traced(scratch, "ivshmem-plain,memdev=mem", "0")) as m:
        m.set_bar(SLOT, 0, MMIO)
        m.set_bar(SLOT, IVSHMEM_BAR, MMIO + MIB)
        m.command(SLOT, COMMAND_MEMORY)
        tree = m.qmp.hmp("info mtree")
        equal("vfio-trace bar=0" in tree, True, "container of BAR0")
        equal("vfio-trace bar=2" in tree, False, "containers around BAR2")
        m.write(MMIO + MIB, 4, 5)
        equal(m.read(MMIO + MIB, 4), 5, "BAR2")
        m.write(MMIO, 4, 7)
        m.read(MMIO, 4)
        regions = m.qmp.execute("query-vfio-trace")[0]["devices"][0]["regions"]
        equal([r["name"] for r in regions], ["bar0"], "BARs that are traced")
        m.quit()
    log = mmt.Log(f"{scratch}/log")
    equal([(a.op, a.map) for a in log.accesses()], [("W", 1), ("R", 1)], "log")
    equal(coverage(log, 0), [(0, 256, "trapped")], "coverage of BAR0")
    equal(coverage(log, IVSHMEM_BAR), [(0, IVSHMEM_SIZE, OUTSIDE)],
          "coverage of BAR2")
    equal([e.len for e in log.of(mmt.Map)], [256], "MAP")
    equal(log.of(mmt.Pcidev)[0].size[IVSHMEM_BAR], IVSHMEM_SIZE,
          "PCIDEV lists BAR2 all the same")


@test
def direct_is_direct(scratch):
    """Outside the window the guest has the device's own RAM, not a trap."""
    with Machine(scratch, *ivshmem(scratch),
                 *traced(scratch, "ivshmem-plain,memdev=mem",
                         f"2:{PAGE}:{PAGE}")) as m:
        m.set_bar(SLOT, IVSHMEM_BAR, MMIO)
        m.command(SLOT, COMMAND_MEMORY)
        flat = m.qmp.hmp("info mtree -f")
        m.quit()
    memory = flat[flat.index(' AS "memory"'):].split("\n\n", 1)[0]
    found = [(int(a, 16) - MMIO, int(b, 16) + 1 - MMIO, what) for a, b, what in
             re.findall(r"([0-9a-f]{16})-([0-9a-f]{16}) \(prio \d+, (\S+)\): ",
                        memory)
             if MMIO <= int(a, 16) < MMIO + IVSHMEM_SIZE]
    equal(found, [(0, PAGE, "ram"), (PAGE, 2 * PAGE, "i/o"),
                  (2 * PAGE, IVSHMEM_SIZE, "ram")], "the guest's view of the BAR")


@test
def small_bars(scratch):
    """BARs smaller than a page: only named ranges are logged."""
    with Machine(scratch, *traced(scratch, "rtl8139,romfile=",
                                  "0:0x40:1+1:4:2")) as m:
        m.set_bar(SLOT, 0, PORTS | 1)
        m.set_bar(SLOT, 1, MMIO)
        m.command(SLOT, COMMAND_MEMORY | COMMAND_IO)
        equal([m.inp(PORTS + n, 1) for n in range(6)],
              [m.read(MMIO + n, 1) for n in range(6)], "MAC address")
        m.quit()
    log = mmt.Log(f"{scratch}/log")
    equal([(a.op, a.width, a.addr & 0xff) for a in log.accesses()],
          [("R", 1, 4), ("R", 1, 5)], "accesses")
    # QEMU always distinguishes ports; memory BARs share a page
    equal(coverage(log, 0), [(0, 0x40, BESIDE), (0x40, 1, "trapped"),
                             (0x41, 191, BESIDE)], "coverage of 0")
    equal(coverage(log, 1), [(0, 4, BESIDE), (4, 2, "trapped"),
                             (6, 250, BESIDE)], "coverage of 1")


@test
def everything(scratch):
    """windows=all, and equivalent windows, trace as without windows=."""
    for n, windows in enumerate((
            "all", "0", f"0:0:{MIB}", "0:0:1M", "0:0x0:0x80000+0:512K:0.5M",
            "0:0:512K+0+0:5:6", f"0:0:{MIB - PAGE}+0:{MIB - PAGE}:{PAGE}",
            "0:r+0:w", "bar0", "bar0:0:1M:r+0:w", "all:rw", "registers")):
        path = f"{scratch}/{n}"
        os.mkdir(path)
        with Machine(path, *traced(path, "edu", windows)) as m:
            m.set_bar(SLOT, 0, MMIO)
            m.command(SLOT, COMMAND_MEMORY)
            m.write(MMIO + 4, 4, n)
            equal(m.read(MMIO + 4, 4), ~n & 0xffffffff, "liveness register")
            m.read(MMIO + MIB - 4, 4)
            m.quit()
        log = mmt.Log(f"{path}/log")
        equal(len(log.accesses()), 3, f"accesses with {windows}")
        equal(coverage(log, 0), [(0, MIB, "trapped")], f"coverage: {windows}")


REFUSED = (
    ("", "windows is empty"),
    ("nonsense", "windows: 'nonsense': BAR is 'nonsense'; 0 to 5, rom, vga, "
     "vga-memory, vga-3b0, vga-3c0, config, all or registers expected"),
    ("all:0:4", "windows: 'all:0:4': all can't have a range"),
    ("vga:0:4", "windows: 'vga:0:4': vga can't have a range"),
    ("0:rww", "windows: '0:rww' is not REGION[:OFFSET:LEN][:r|w|rw]"),
    ("0:0:4:", "windows: '0:0:4:' is not REGION[:OFFSET:LEN][:r|w|rw]"),
    ("0:r:w", "windows: '0:r:w' is not REGION[:OFFSET:LEN][:r|w|rw]"),
    ("r", "windows: 'r': BAR is 'r'; 0 to 5, rom, vga, "),
    ("rom", "windows: 'rom': device 'dut' has no ROM"),
    ("vga", "windows: 'vga': device 'dut' has no legacy VGA"),
    ("config:255:2", "windows: 'config:255:2': config space of device 'dut' "
     "ends at 0x100"),
    ("ALL", "windows: 'ALL': BAR is 'ALL'; 0 to 5, rom, vga"),
    ("6", "windows: '6': BAR is '6'; 0 to 5, rom, vga"),
    ("-1", "windows: '-1': BAR is '-1'; 0 to 5, rom, vga"),
    ("00", "windows: '00': BAR is '00'; 0 to 5, rom, vga"),
    ("0x0", "windows: '0x0': BAR is '0x0'; 0 to 5, rom, vga"),
    ("0+", "windows: '' is not REGION[:OFFSET:LEN]"),
    ("+0", "windows: '' is not REGION[:OFFSET:LEN]"),
    ("0++0", "windows: '' is not REGION[:OFFSET:LEN]"),
    ("0:4", "windows: '0:4' is not REGION[:OFFSET:LEN]"),
    ("0:0:4:4", "windows: '0:0:4:4' is not REGION[:OFFSET:LEN]"),
    ("0 ", "windows: '0 ': BAR is '0 '; 0 to 5, rom, vga"),
    ("0::4", "windows: '0::4': OFFSET is ''; a number like"),
    ("0:0:", "windows: '0:0:': LEN is ''; a number like"),
    ("0:x:4", "windows: '0:x:4': OFFSET is 'x'; a number like"),
    ("0:0:-4", "windows: '0:0:-4': LEN is '-4'; a number like"),
    ("0: 0:4", "windows: '0: 0:4': OFFSET is ' 0'; a number like"),
    ("0:0:4Q", "windows: '0:0:4Q': LEN is '4Q'; a number like"),
    ("0:0:0x10K", "windows: '0:0:0x10K': LEN is '0x10K'; a number like"),
    ("0:0:99999999999999999999", "LEN is '99999999999999999999'; a number"),
    ("0:0:0", "windows: '0:0:0': LEN is 0"),
    ("0:0:0x0K", "LEN is '0x0K'"),
    ("0:1M:1", "windows: '0:1M:1': BAR 0 of device 'dut' ends at 0x100000"),
    ("0:0xfffff:2", "BAR 0 of device 'dut' ends at 0x100000"),
    ("0:0:0x100001", "BAR 0 of device 'dut' ends at 0x100000"),
    ("0:0xffffffffffffffff:1", "BAR 0 of device 'dut' ends at 0x100000"),
    ("0:1:0xffffffffffffffff", "BAR 0 of device 'dut' ends at 0x100000"),
    ("1", "windows: '1': device 'dut' has no BAR 1"),
    ("0+5:0:4", "windows: '5:0:4': device 'dut' has no BAR 5"),
)


@test
def bad_windows(scratch):
    """Windows that can't be traced are refused: one line that names the part."""
    for windows, message in REFUSED:
        said = fails(scratch, *traced(scratch, "edu", windows))
        matches(said, re.escape(message), f"error for {windows!r}")
        errors = [line for line in said.splitlines()
                  if line.startswith("qemu-system")]
        equal(len(errors), 1, f"error lines in {said!r}")
        equal(os.path.exists(f"{scratch}/log"), False, "a log left behind")
    # vfio-pci-trace parses the property before it looks for the device
    said = fails(scratch, "-device", "vfio-pci-trace,host=ffff:ff:1f.7,"
                 f"trace-file={scratch}/log,windows=0:4")
    matches(said, re.escape("windows: '0:4' is not REGION[:OFFSET:LEN]"))


@test
def bad_windows_at_run_time(scratch):
    """object-add with windows that the device lacks leaves it untraced."""
    with Machine(scratch, *log_object(scratch),
                 "-device", f"edu,id=dut,addr={SLOT}") as m:
        m.set_bar(SLOT, 0, MMIO)
        m.command(SLOT, COMMAND_MEMORY)
        for windows, message in (("0:2M:1", "BAR 0 of device 'dut' ends at"),
                                 ("0:4", "windows: '0:4' is not REGION")):
            try:
                m.qmp.execute("object-add", qom_type="pci-trace", id="trace",
                              device="dut", windows=windows)
            except QMPError as e:
                matches(str(e), message)
            else:
                raise AssertionError(f"windows={windows} was taken")
        m.write(MMIO + 4, 4, 3)
        equal(m.read(MMIO + 4, 4), 0xfffffffc, "liveness register")
        m.qmp.execute("object-del", id="log")
        m.quit()


@test
def attached_at_run_time(scratch):
    """A device in use by the guest: it goes on working, whole or windowed."""
    for windows, logged in (("all", 4), ("0", 4), (f"0:0:{PAGE}", 2)):
        path = f"{scratch}/{windows.replace(':', '-')}"
        os.mkdir(path)
        with Machine(path, "-device", f"edu,id=dut,addr={SLOT}") as m:
            m.set_bar(SLOT, 0, MMIO)
            m.command(SLOT, COMMAND_MEMORY)
            m.write(MMIO + 4, 4, 1)
            m.qmp.execute("object-add", qom_type="vfio-trace-log", id="log",
                          file=f"{path}/log")
            m.qmp.execute("object-add", qom_type="pci-trace", id="trace",
                          device="dut", windows=windows)
            equal(m.read(MMIO + 4, 4), 0xfffffffe, "the value written before")
            m.write(MMIO + 4, 4, 2)
            m.write(MMIO + PAGE, 4, 3)
            m.read(MMIO + PAGE, 4)
            m.quit()
        log = mmt.Log(f"{path}/log")
        equal(len(log.accesses()), logged, f"accesses with {windows}")
        equal(accesses(log, 0)[:2],
              [("R", 4, 4, 0xfffffffe), ("W", 4, 4, 2)], "log")
        equal(log.marks("vfio-trace: failed"), [], "failed accesses")


@test
def moved_bar(scratch):
    """The windows move with the BAR, and are unmapped with it."""
    with Machine(scratch, *ivshmem(scratch),
                 *traced(scratch, "ivshmem-plain,memdev=mem",
                         f"2:{PAGE}:{PAGE}")) as m:
        m.command(SLOT, COMMAND_MEMORY)
        for n in range(4):
            at = MMIO + n * 0x1000000
            m.set_bar(SLOT, IVSHMEM_BAR, at)
            m.write(at, 4, n)
            m.write(at + PAGE, 4, n)
            m.write(at + 2 * PAGE, 4, n)
        m.command(SLOT, 0)
        m.write(at + PAGE, 4, 99)
        m.quit()
    log = mmt.Log(f"{scratch}/log")
    equal(accesses(log, IVSHMEM_BAR), [("W", 4, PAGE, n) for n in range(4)],
          "log")
    equal([e.virt for e in log.of(mmt.Map)],
          [MMIO + n * 0x1000000 for n in range(4)], "MAP")
    equal(len(log.of(mmt.Unmap)), 4, "UNMAP")


@test
def unplug_and_replug(scratch):
    """Hot-unplug of windowed devices: nothing is left, and it is traced when plugged again."""
    with Machine(scratch, *traced(scratch, "e1000e,romfile=",
                                  f"0:0:{PAGE}+1:{2 * PAGE}:1+3:0:0x10")) as m:
        fds = []
        for _ in range(tap.rounds(50, 500)):
            m.set_bar(SLOT, 0, MMIO)
            m.command(SLOT, COMMAND_MEMORY)
            m.read(MMIO + 8, 4)
            m.read(MMIO + 4 * PAGE + 8, 4)
            m.qmp.execute("device_del", id="dut")
            m.eject(SLOT)
            m.qmp.wait_event("DEVICE_DELETED")
            fds.append(len(os.listdir(f"/proc/{m.process.pid}/fd")))
            m.qmp.execute("device_add", driver="e1000e", id="dut", romfile="",
                          addr=f"{SLOT:x}")
        equal(fds[-1] <= fds[9], True, f"open files {fds[9]} -> {fds[-1]}")
        m.qmp.execute("device_del", id="dut")
        m.eject(SLOT)
        m.qmp.wait_event("DEVICE_DELETED")
        # RCU frees the rest within its grace period
        for _ in range(100):
            tree = m.qmp.hmp("info mtree")
            if "vfio-trace" not in tree and "e1000e" not in tree:
                break
            time.sleep(0.1)
        equal("vfio-trace" in tree, False, "our regions left behind")
        equal("e1000e" in tree, False, "the device's regions left behind")
        m.qmp.execute("object-del", id="trace")
        m.qmp.execute("object-del", id="log")
        # a tap left behind keeps its log open
        tap.wait_until(lambda: not m.qmp.execute("query-vfio-trace"),
                       "the log is closed")
        m.quit()
    log = mmt.Log(f"{scratch}/log")
    equal(len(log.accesses()), len(fds), "accesses")
    equal({a.addr & 0xfffff for a in log.accesses()}, {8}, "offsets")


if __name__ == "__main__":
    tap.main()
