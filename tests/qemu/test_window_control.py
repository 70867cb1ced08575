#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Changes of tracing while the guest runs: start, stop, windows."""

import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import mmt                                           # noqa: E402
from common.qemu import (COMMAND_MEMORY, MMIO, Machine,          # noqa: E402
                         QMPError)
from common import tap                                           # noqa: E402
from common.tap import equal, matches, test                      # noqa: E402

SLOT = 5
PAGE = os.sysconf("SC_PAGESIZE")
MIB = 1 << 20


def traced(scratch, device="edu", **options):
    """Options of a machine with a traced device, and its log."""
    return ["-object", f"vfio-trace-log,id=log,file={scratch}/log",
            "-object", "pci-trace,id=trace,device=dut" +
            "".join(f",{k.replace('_', '-')}={v}" for k, v in options.items()),
            "-device", f"{device},id=dut,addr={SLOT}"]


def ivshmem(scratch, size=MIB):
    """Options of an ivshmem device, whose BAR 2 is scratch/memory."""
    with open(f"{scratch}/memory", "wb") as f:
        f.truncate(size)
    return ["-object", f"memory-backend-file,id=mem,size={size},"
            f"mem-path={scratch}/memory,share=on"]


def windows(m, region="bar0"):
    """The entry of query-vfio-trace-windows for a region of the only device."""
    device, = m.qmp.execute("query-vfio-trace-windows")
    found, = [r for r in device["regions"] if r["name"] == region]
    return found


def ranges(found, what):
    return [(r["offset"], r["length"]) for r in found[what]]


def flat(m, at, size):
    """[(offset, length, kind)] of the guest's view of that range."""
    text = m.qmp.hmp("info mtree -f")
    memory = text[text.index(' AS "memory"'):].split("\n\n", 1)[0]
    return [(int(a, 16) - at, int(b, 16) + 1 - int(a, 16), kind)
            for a, b, kind in
            re.findall(r"([0-9a-f]{16})-([0-9a-f]{16}) \(prio \d+, (\S+)\): ",
                       memory) if at <= int(a, 16) < at + size]


def offsets(log, mask=0xfffff):
    return [(a.op, a.addr & mask, a.value) for a in log.accesses()]


def lines(log):
    """Accesses and the marks of changes of tracing, in order."""
    found = []
    for e in log.events:
        if isinstance(e, mmt.Access):
            found.append((e.op, e.addr & 0xfffff, e.value))
        elif isinstance(e, mmt.Mark) and e.text.startswith(
                ("vfio-trace: start", "vfio-trace: stop")):
            found.append(e.text.split(": ", 1)[1])
    return found


@test
def start_and_stop(scratch):
    """Between stop and start nothing is logged, and nothing is trapped."""
    with Machine(scratch, *ivshmem(scratch),
                 *traced(scratch, "ivshmem-plain,memdev=mem")) as m:
        m.set_bar(SLOT, 2, MMIO)
        m.command(SLOT, COMMAND_MEMORY)
        m.write(MMIO, 4, 1)
        m.qmp.execute("vfio-trace-stop", device="dut")
        equal(flat(m, MMIO, MIB), [(0, MIB, "ram")], "the BAR while stopped")
        m.write(MMIO, 4, 2)
        m.qmp.execute("vfio-trace-stop")
        m.write(MMIO + 4, 4, 3)
        m.qmp.execute("vfio-trace-start")
        equal(flat(m, MMIO, MIB), [(0, MIB, "i/o")], "the BAR when started")
        equal(m.read(MMIO + 4, 4), 3, "the value written meanwhile")
        m.qmp.execute("vfio-trace-start", device="/machine/peripheral/dut")
        m.write(MMIO, 4, 4)
        m.qmp.hmp("vfio_trace_stop dut")
        m.write(MMIO, 4, 5)
        m.qmp.hmp("vfio_trace_start")
        m.write(MMIO, 4, 6)
        m.qmp.execute("qom-set", path="/machine/peripheral/dut/vfio-trace-tap",
                      property="started", value=False)
        m.write(MMIO, 4, 7)
        equal(m.qmp.execute("query-vfio-trace")[0]["devices"][0]["started"],
              False, "state")
        m.quit()
    log = mmt.Log(f"{scratch}/log")
    equal(lines(log), [("W", 0, 1), "stop device=dut", "start device=dut",
                       ("R", 4, 3), ("W", 0, 4), "stop device=dut",
                       "start device=dut", ("W", 0, 6), "stop device=dut"],
          "log")
    equal(len(log.of(mmt.Map)), 1, "MAP: the BAR has not moved")
    equal(len(log.of(mmt.Unmap)), 0, "UNMAP")


@test
def start_off(scratch):
    """start=off: nothing is logged until vfio-trace-start."""
    with Machine(scratch, *traced(scratch, start="off", config="on",
                                  irq="on")) as m:
        m.set_bar(SLOT, 0, MMIO)
        m.command(SLOT, COMMAND_MEMORY)
        m.read(MMIO, 4)
        m.write(MMIO + 0x60, 4, 1)         # edu raises an interrupt
        m.write(MMIO + 0x64, 4, 1)
        m.qmp.execute("vfio-trace-start")
        m.read(MMIO, 4)
        m.write(MMIO + 0x60, 4, 1)
        m.command(SLOT, COMMAND_MEMORY)
        m.quit()
    log = mmt.Log(f"{scratch}/log")
    equal([(a.op, a.addr & 0xfff) for a in log.accesses()],
          [("R", 0), ("W", 0x60)], "log")
    equal(len(log.marks("vfio-trace: irq ")), 1, "interrupts")
    equal(len(log.marks("vfio-trace: config ")) > 0, True, "config space")
    first = log.marks("vfio-trace: start")[0]
    equal(first, "vfio-trace: start device=dut", "start")
    marks = log.marks("vfio-trace: ")
    equal(marks.index("vfio-trace: stop device=dut") < marks.index(first),
          True, "a log that begins untraced says so")
    equal([m for m in marks[:marks.index(first)] if ": config " in m], [],
          "config space before")
    equal(log.of(mmt.Map)[0].virt, MMIO, "MAP although nothing was trapped")


@test
def add_and_remove(scratch):
    """Windows are sets of bytes: added, removed, by direction."""
    with Machine(scratch, *ivshmem(scratch),
                 *traced(scratch, "ivshmem-plain,memdev=mem",
                         windows="2:0:4")) as m:
        m.set_bar(SLOT, 2, MMIO)
        m.command(SLOT, COMMAND_MEMORY)

        def change(verb, **what):
            m.qmp.execute(f"vfio-trace-window-{verb}", device="dut",
                          region="bar2", **what)

        def use(value):
            for at in (0, 8, 5 * PAGE, 9 * PAGE + 16):
                m.write(MMIO + at, 4, value)
                equal(m.read(MMIO + at, 4), value, "memory")

        use(1)
        change("add", offset=8, length=4, direction="write")
        use(2)
        change("add", offset=5 * PAGE, length=PAGE)
        use(3)
        change("remove", offset=5 * PAGE, length=PAGE, direction="read")
        change("remove", offset=0, length=8)
        use(4)
        equal([(w["offset"], w["length"], w["direction"])
               for w in windows(m, "bar2")["windows"]],
              [(8, 4, "write"), (5 * PAGE, PAGE, "write")], "windows")
        equal(ranges(windows(m, "bar2"), "trapped"),
              [(0, PAGE), (5 * PAGE, PAGE)], "trapped")
        equal(flat(m, MMIO, MIB),
              [(0, PAGE, "i/o"), (PAGE, 4 * PAGE, "ram"),
               (5 * PAGE, PAGE, "i/o"), (6 * PAGE, MIB - 6 * PAGE, "ram")],
              "the guest's view")
        equal(m.qmp.execute("qom-get", property="windows",
                            path="/machine/peripheral/dut/vfio-trace-tap"),
              f"2:0x8:0x4:w+2:{5 * PAGE:#x}:{PAGE:#x}:w", "QOM property")
        change("add")
        use(5)
        change("remove")
        use(6)
        equal(flat(m, MMIO, MIB), [(0, MIB, "ram")], "without windows")
        # removing missing windows, and adding existing ones
        change("remove", offset=3 * PAGE, length=1)
        change("add", offset=9 * PAGE + 19, length=1, direction="both")
        change("add", offset=9 * PAGE + 19, length=1, direction="read")
        use(7)
        m.quit()
    log = mmt.Log(f"{scratch}/log")
    want = []
    for value, both, writes in ((1, [0], []), (2, [0], [8]),
                                (3, [0, 5 * PAGE], [8]), (4, [], [8, 5 * PAGE]),
                                (5, [0, 8, 5 * PAGE, 9 * PAGE + 16], []),
                                (7, [9 * PAGE + 16], [])):
        for at in (0, 8, 5 * PAGE, 9 * PAGE + 16):
            if at in both + writes:
                want.append(("W", at, value))
            if at in both:
                want.append(("R", at, value))
    equal(offsets(log), want, "log")
    first = log.marks("vfio-trace: window ")[0]
    base = log.of(mmt.Pcidev)[0].start[2] & ~0xf
    equal(first, f"vfio-trace: window device=dut bar=2 map=1 addr={base + 8:#x} "
          "len=0x4 access=w change=added", "mark")
    equal([c for c in log.marks("vfio-trace: coverage device=dut bar=2")
           if "access=w" in c][0],
          f"vfio-trace: coverage device=dut bar=2 map=1 addr={base + 8:#x} "
          "len=0x4 state=trapped access=w", "coverage")
    equal(len(log.of(mmt.Map)), 1, "MAP: the BAR has not moved")


@test
def new_region(scratch):
    """A BAR without a window is not touched until it gets one."""
    with Machine(scratch, *ivshmem(scratch),
                 *traced(scratch, "ivshmem-plain,memdev=mem",
                         windows="0")) as m:
        m.set_bar(SLOT, 0, MMIO)
        m.set_bar(SLOT, 2, MMIO + MIB)
        m.command(SLOT, COMMAND_MEMORY)
        m.write(MMIO + MIB, 4, 1)
        equal("vfio-trace bar=2" in m.qmp.hmp("info mtree"), False,
              "containers around BAR2")
        equal(windows(m, "bar2")["map-id"], 0, "map id")
        m.qmp.execute("vfio-trace-window-add", device="dut", region="bar2",
                      offset=0, length=8)
        equal(windows(m, "bar2")["map-id"], 2, "map id")
        equal(m.read(MMIO + MIB, 4), 1, "the value from before")
        m.write(MMIO + MIB + 4, 4, 2)
        m.write(MMIO + MIB + 8, 4, 3)
        # moved while there are no windows
        m.qmp.execute("vfio-trace-window-remove", device="dut", region="bar2")
        m.set_bar(SLOT, 2, MMIO + 4 * MIB)
        m.write(MMIO + 4 * MIB, 4, 4)
        m.command(SLOT, 0)
        m.command(SLOT, COMMAND_MEMORY)
        m.qmp.execute("vfio-trace-window-add", device="dut", region="bar2")
        m.write(MMIO + 4 * MIB, 4, 5)
        m.qmp.execute("vfio-trace-window-add", device="dut", region="config")
        m.command(SLOT, COMMAND_MEMORY)
        m.qmp.execute("vfio-trace-window-remove", device="dut",
                      region="config")
        m.command(SLOT, COMMAND_MEMORY)
        m.quit()
    log = mmt.Log(f"{scratch}/log")
    equal([(a.map, a.op, a.addr & 0xfff, a.value) for a in log.accesses()],
          [(2, "R", 0, 1), (2, "W", 4, 2), (2, "W", 0, 5)], "log")
    equal([(e.map, e.virt) for e in log.of(mmt.Map)],
          [(1, MMIO), (2, MMIO + MIB), (2, MMIO + 4 * MIB), (1, MMIO),
           (2, MMIO + 4 * MIB)], "MAP")
    writes = [c for c in log.marks("vfio-trace: config W")]
    equal(len(writes) > 0, True, "config space while it was traced")
    last = max(i for i, t in enumerate(log.marks()) if "config W" in t)
    equal(last < log.marks().index([t for t in log.marks() if "config" in t and
                                    "change=removed" in t][0]), True,
          "config space afterwards")


@test
def behind_a_bridge(scratch):
    """MAP and UNMAP are correct without windows, behind bridges too."""
    def config(m, bus, slot, offset, width, value):
        m.outp(0xcf8, 4, 0x80000000 | bus << 16 | slot << 11 | offset & ~3)
        m.outp(0xcfc + (offset & 3), width, value)

    with Machine(scratch, "-object", f"vfio-trace-log,id=log,file={scratch}/log",
                 "-object", "pci-trace,id=trace,device=dut,start=off",
                 "-device", "pci-bridge,id=bridge,chassis_nr=1,addr=5",
                 "-device", "edu,id=dut,bus=bridge,addr=3") as m:
        def say(text):
            m.qmp.execute("vfio-trace-mark", text=text)

        config(m, 0, 5, 0x18, 4, 0x010100)     # secondary bus 1
        config(m, 1, 3, 0x10, 4, MMIO)         # the device decodes,
        config(m, 1, 3, 4, 2, COMMAND_MEMORY)
        m.qmp.execute("vfio-trace-start")      # the bridge does not
        m.qmp.execute("vfio-trace-stop")
        config(m, 0, 5, 0x20, 4, (MMIO + MIB) & 0xfff00000 | MMIO >> 16)
        say("opened")
        config(m, 0, 5, 4, 2, COMMAND_MEMORY)
        m.qmp.execute("vfio-trace-start")
        m.read(MMIO, 4)
        m.qmp.execute("vfio-trace-stop")
        say("closed")
        config(m, 0, 5, 4, 2, 0)
        say("end")
        m.quit()
    log = mmt.Log(f"{scratch}/log")
    seen = []
    for e in log.events:
        if isinstance(e, mmt.Map):
            seen.append(("MAP", e.virt))
        elif isinstance(e, mmt.Unmap):
            seen.append("UNMAP")
        elif isinstance(e, mmt.Mark) and "vfio-trace: " not in e.text:
            seen.append(e.text)
    equal(seen, ["opened", ("MAP", MMIO), "closed", "UNMAP", "end"], "log")


@test
def presets(scratch):
    """windows=registers does not trap large prefetchable BARs; exclude=."""
    cases = (
        ("secondary-vga", {"windows": "registers"}, {"bar0": 0, "bar2": 4096}),
        ("secondary-vga", {}, {"bar0": 16 * MIB, "bar2": 4096}),
        ("secondary-vga", {"windows": "registers+0:0:64K"},
         {"bar0": 65536, "bar2": 4096}),
        ("secondary-vga", {"exclude": "0"}, {"bar0": 0, "bar2": 4096}),
        ("secondary-vga", {"exclude": f"0:{PAGE}:{16 * MIB - PAGE}+2:r"},
         {"bar0": PAGE, "bar2": 4096}),
        # not prefetchable, or small
        ("e1000e,romfile=", {"windows": "registers"},
         {"bar0": 0x20000, "bar1": 0x20000, "bar2": 32, "bar3": 0x4000}),
        ("virtio-rng-pci", {"windows": "registers"},
         {"bar0": 32, "bar1": PAGE, "bar4": 0x4000}),
    )
    for n, (device, options, want) in enumerate(cases):
        path = f"{scratch}/{n}"
        os.mkdir(path)
        with Machine(path, *traced(path, device, **options)) as m:
            for region, size in want.items():
                found = windows(m, region)["windows"]
                equal(sum(w["length"] for w in found), size,
                      f"{device} {options} {region}")
            m.quit()


@test
def hot_pages(scratch):
    """hot-page-limit=: a page that is used too often is not trapped."""
    with Machine(scratch, *traced(scratch, "secondary-vga",
                                  hot_page_limit=20)) as m:
        m.set_bar(SLOT, 0, MMIO)
        m.set_bar(SLOT, 2, MMIO + 32 * MIB)
        m.command(SLOT, COMMAND_MEMORY)
        for n in range(20):
            m.write(MMIO + 4 * n, 4, n)
        equal(windows(m)["hot"], [], "hot at the limit")
        # a second later the counters start anew
        time.sleep(1.05)
        for n in range(20):
            m.write(MMIO + 4 * n, 4, n)
        time.sleep(0.05)
        equal(windows(m)["hot"], [], "hot at the limit, twice")
        m.write(MMIO, 4, 20)
        event = m.qmp.wait_event("VFIO_TRACE_HOT_PAGE")["data"]
        equal((event["id"], event["region"], event["offset"], event["length"],
               event["accesses"]), ("dut", "bar0", 0, PAGE, 21), "event")
        equal(ranges(windows(m), "hot"), [(0, PAGE)], "hot")
        for n in range(100):
            m.write(MMIO, 4, 1000 + n)
        # in a prefetchable BAR growing ranges beside the page go with it
        for n in range(21):
            m.write(MMIO + PAGE, 4, n)
        m.qmp.wait_event("VFIO_TRACE_HOT_PAGE")
        for n in range(21):
            m.write(MMIO + 2 * PAGE, 4, n)
        m.qmp.wait_event("VFIO_TRACE_HOT_PAGE")
        equal(ranges(windows(m), "hot"), [(0, 4 * PAGE)], "hot")
        equal(flat(m, MMIO, 16 * MIB),
              [(0, 4 * PAGE, "ram"), (4 * PAGE, 16 * MIB - 4 * PAGE, "i/o")],
              "the guest's view")
        # registers have no mmap
        for n in range(30):
            m.read(MMIO + 32 * MIB + 0x500, 2)

        def told():
            m.qmp.execute("vfio-trace-flush")
            return "no-mmap" in open(f"{scratch}/log", encoding="utf-8").read()

        tap.wait_until(told, "a mark says that the pages stay")
        m.qmp.execute("vfio-trace-window-add", device="dut", region="bar0",
                      offset=PAGE, length=1)
        equal(ranges(windows(m), "hot"), [(0, PAGE), (2 * PAGE, 2 * PAGE)],
              "hot after one was brought back")
        m.write(MMIO + PAGE, 4, 77)
        # within a second, one access per page
        m.qmp.execute("qom-set", property="hot-page-limit", value=0,
                      path="/machine/peripheral/dut/vfio-trace-tap")
        for n in range(100):
            m.write(MMIO + PAGE, 4, n)
        equal(ranges(windows(m), "hot"), [(0, PAGE), (2 * PAGE, 2 * PAGE)],
              "hot without a limit")
        m.quit()
    log = mmt.Log(f"{scratch}/log")
    equal(len(log.accesses()), 20 + 21 * 3 + 30 + 1 + 100, "accesses")
    hot = log.marks("vfio-trace: hot ")
    equal(len(hot), 4, "marks")
    matches(hot[0], r"vfio-trace: hot device=dut bar=0 map=1 addr=0x\w+ "
            r"len=0x1000 accesses=21 in-us=\d+ limit=20 state=direct$")
    matches(hot[3], r"vfio-trace: hot device=dut bar=2 map=2 addr=0x\w+ "
            r"len=0x1000 accesses=\d+ in-us=\d+ limit=20 "
            r"state=trapped why=no-mmap$")


@test
def flush(scratch):
    """vfio-trace-flush: all earlier accesses are in the file."""
    for name in ("log", "log.zst"):
        path = f"{scratch}/{name}"
        with Machine(scratch, "-object", f"vfio-trace-log,id=log,file={path}",
                     "-object", "pci-trace,id=trace,device=dut",
                     "-device", f"edu,id=dut,addr={SLOT}") as m:
            m.set_bar(SLOT, 0, MMIO)
            m.command(SLOT, COMMAND_MEMORY)
            for n in range(20):
                m.write(MMIO + 4, 4, 0x1000 + n)
                m.qmp.execute("vfio-trace-flush",
                              **({"log": "log"} if n % 2 else {}))
                text = subprocess.run([tap.tool_binary(), "cat", path], check=True,
                                      stdout=subprocess.PIPE, text=True).stdout
                equal(f" {0x1000 + n:#x} 0x0 0\n" in text, True,
                      f"write {n} in {name}")
            m.qmp.hmp("vfio_trace_flush log")
            for bad in ("nolog", ""):
                try:
                    m.qmp.execute("vfio-trace-flush", log=bad)
                except QMPError as e:
                    matches(str(e), f"there is no trace log '{bad}'")
                else:
                    raise AssertionError(f"flush of {bad!r}")
            m.quit()


@test
def snapshots_and_windows(scratch):
    """A register whose write was not seen does not locate a snapshot."""
    with Machine(scratch, *ivshmem(scratch),
                 *traced(scratch, "ivshmem-plain,memdev=mem",
                         snapshot="2:0:16@0x8")) as m:
        m.set_bar(SLOT, 2, MMIO)
        m.command(SLOT, COMMAND_MEMORY)
        m.write(MMIO + 8, 8, 0x1000)
        m.write(MMIO, 4, 1)
        m.qmp.execute("vfio-trace-stop")
        m.write(MMIO + 8, 8, 0x2000)
        m.write(MMIO, 4, 1)
        m.qmp.execute("vfio-trace-start")
        m.write(MMIO, 4, 1)
        m.write(MMIO + 8, 8, 0x2000)
        # windows elsewhere change nothing
        m.qmp.execute("vfio-trace-window-remove", device="dut", region="bar2",
                      offset=PAGE, length=PAGE)
        m.write(MMIO, 4, 1)
        m.qmp.execute("vfio-trace-window-remove", device="dut", region="bar2",
                      offset=15, length=1, direction="write")
        m.write(MMIO, 4, 1)
        m.quit()
    log = mmt.Log(f"{scratch}/log")
    taken = log.marks("vfio-trace: snapshot device=dut")
    equal([("address-unknown" in t, "at=0x2000" in t) for t in taken],
          [(False, False), (True, False), (False, True), (True, False)],
          "snapshots")


@test
def too_many(scratch):
    """More windows than QEMU has sections for are refused, not tried."""
    most = 256
    with Machine(scratch, *ivshmem(scratch, 16 * MIB),
                 *traced(scratch, "ivshmem-plain,memdev=mem",
                         windows="2:0:4K")) as m:
        m.set_bar(SLOT, 2, MMIO)
        m.command(SLOT, COMMAND_MEMORY)

        def taken(page, length):
            try:
                m.qmp.execute("vfio-trace-window-add", device="dut",
                              region="bar2", offset=page * PAGE, length=length)
            except QMPError as e:
                # a change has hundreds of marks: on a busy machine the writer
                # falls behind after so many of them at once
                if "has no room for" in str(e):
                    return False
                raise
            return True

        def add(page, length=1):
            tap.wait_until(lambda: taken(page, length),
                           "the ring has room for the marks")

        for n in range(1, most):
            add(2 * n)
        before = windows(m, "bar2")
        equal(len(before["trapped"]), most, "windows")
        for what in (lambda: add(2 * most), lambda: add(2 * most, PAGE)):
            try:
                what()
            except QMPError as e:
                matches(str(e), "too many windows for device 'dut'")
            else:
                raise AssertionError("one more was accepted")
        equal(windows(m, "bar2"), before, "windows afterwards")
        # a window that joins two others reduces their number
        add(1, PAGE)
        equal(len(windows(m, "bar2")["trapped"]), most - 1, "windows")
        m.qmp.execute("vfio-trace-stop")
        m.qmp.execute("vfio-trace-start")
        m.write(MMIO + 2 * (most - 1) * PAGE, 4, 1)
        m.quit()
    equal(offsets(mmt.Log(f"{scratch}/log"), 0xffffff)[-1],
          ("W", 2 * (most - 1) * PAGE, 1), "last access")


@test
def no_room_for_the_mark(scratch):
    """A change whose mark does not fit in the log is not made."""
    for on_full in ("drop", "pause"):
        path = f"{scratch}/{on_full}"
        os.mkdir(path)
        os.mkfifo(f"{path}/log")
        with Machine(path, "-object", f"vfio-trace-log,id=log,file={path}/log,"
                     f"ring-size=64K,on-full={on_full}",
                     "-object", "pci-trace,id=trace,device=dut",
                     "-device", f"edu,id=dut,addr={SLOT}") as m:
            m.set_bar(SLOT, 0, MMIO)
            m.command(SLOT, COMMAND_MEMORY)
            # without a reader the pipe gets full, and then the ring
            for n in range(3500):
                m.write(MMIO + 4, 4, n)
            lost = m.qmp.execute("query-vfio-trace")[0]["lost"]
            for command, arguments in (
                    ("vfio-trace-stop", {}),
                    ("vfio-trace-window-add", {"device": "dut",
                                               "region": "config"}),
                    ("vfio-trace-window-remove", {"device": "dut",
                                                  "region": "bar0"})):
                try:
                    m.qmp.execute(command, **arguments)
                except QMPError as e:
                    matches(str(e), "the ring of trace log 'log' has no room "
                            r"for \d+ marks: nothing was changed")
                else:
                    raise AssertionError(f"{command} without a mark")
            log, = m.qmp.execute("query-vfio-trace")
            equal((log["lost"], log["devices"][0]["started"]), (lost, True),
                  "lost events, and the state")
            with subprocess.Popen(["cat", f"{path}/log"],
                                  stdout=subprocess.DEVNULL) as reader:
                tap.wait_until(lambda: m.qmp.execute("query-vfio-trace")[0]
                               ["ring-used"] < 100, "the ring is read")
                m.qmp.execute("vfio-trace-stop")
                equal(m.qmp.execute("query-vfio-trace-windows")[0]["started"],
                      False, "state")
                m.quit()
                reader.wait(10)


@test
def guest_makes_holes(scratch):
    """Scattered hot pages of a guest are limited, too."""
    with Machine(scratch, *ivshmem(scratch, 16 * MIB),
                 *traced(scratch, "ivshmem-plain,memdev=mem",
                         hot_page_limit=1, exclude="0")) as m:
        m.set_bar(SLOT, 2, MMIO)
        m.command(SLOT, COMMAND_MEMORY)
        for page in range(0, 1800, 3):
            m.write(MMIO + page * PAGE, 4, 1)
            m.write(MMIO + page * PAGE, 4, 2)
        found = windows(m, "bar2")
        equal(len(found["trapped"]), 64, "windows")
        m.quit()
    log = mmt.Log(f"{scratch}/log")
    hot = log.marks("vfio-trace: hot ")
    equal(len([t for t in hot if t.endswith("state=trapped why=too-many")]) > 0,
          True, "a mark says that a page stays")


REFUSED = (
    ("vfio-trace-start", {"device": "no"}, "there is no traced device 'no'"),
    ("vfio-trace-stop", {"device": ""}, "there is no traced device ''"),
    ("vfio-trace-window-add", {"device": "dut"}, "Parameter 'region' is missing"),
    ("vfio-trace-window-add", {"device": "dut", "region": "bar9"},
     "Parameter 'region' does not accept value 'bar9'"),
    ("vfio-trace-window-add", {"device": "dut", "region": "bar1"},
     "device 'dut' has no BAR 1"),
    ("vfio-trace-window-add", {"device": "dut", "region": "vga-3c0"},
     "device 'dut' has no legacy VGA"),
    ("vfio-trace-window-remove", {"device": "dut", "region": "rom"},
     "device 'dut' has no ROM"),
    ("vfio-trace-window-add", {"device": "dut", "region": "bar0", "offset": 1},
     "offset and length must be given together"),
    ("vfio-trace-window-add", {"device": "dut", "region": "bar0", "offset": 1,
                               "length": 0}, "length is 0"),
    ("vfio-trace-window-add", {"device": "dut", "region": "bar0",
                               "offset": MIB, "length": 1},
     "BAR 0 of device 'dut' ends at 0x100000"),
    ("vfio-trace-window-add", {"device": "dut", "region": "bar0",
                               "offset": 1, "length": (1 << 64) - 1},
     "BAR 0 of device 'dut' ends at 0x100000"),
    ("vfio-trace-window-add", {"device": "dut", "region": "bar0",
                               "direction": "up"},
     "Parameter 'direction' does not accept value 'up'"),
)


@test
def refused(scratch):
    """Invalid commands change nothing."""
    with Machine(scratch, *traced(scratch)) as m:
        before = m.qmp.execute("query-vfio-trace-windows")
        for command, arguments, message in REFUSED:
            try:
                m.qmp.execute(command, **arguments)
            except QMPError as e:
                equal(message in str(e), True, f"error of {command} "
                      f"{arguments}: {e}")
            else:
                raise AssertionError(f"{command} {arguments} was taken")
        equal(m.qmp.execute("query-vfio-trace-windows"), before, "windows")
        matches(m.qmp.hmp("vfio_trace_window_add dut bar7"), "bar7")
        matches(m.qmp.hmp("info vfio-trace-windows"),
                r"dut: started\r?\n  bar0: 0x100000 bytes\r?\n"
                r"    window 0x0\+0x100000 both\r?\n"
                r"    trapped 0x0\+0x100000")
        m.qmp.hmp("vfio_trace_window_remove -d read dut bar0 0x10 4")
        matches(m.qmp.hmp("info vfio-trace-windows"), r"window 0x10\+0x4 write")
        m.quit()
    with Machine(scratch) as m:
        for command in ("vfio-trace-start", "vfio-trace-flush"):
            try:
                m.qmp.execute(command)
            except QMPError as e:
                matches(str(e), "there is no trace")
            else:
                raise AssertionError(f"{command} without a trace")
        m.quit()


if __name__ == "__main__":
    tap.main()
