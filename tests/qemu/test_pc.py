#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""pc=on and extra=: an access's fields besides its address and value."""

import os
import re
import struct
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import bareguest, lab, mmt, tap                      # noqa: E402
from common.qemu import (COMMAND_MEMORY, MMIO, Machine,          # noqa: E402
                         fails)
from common.tap import equal, matches, test                      # noqa: E402

SLOT = 5
MEM, NIC, PORT = 0xe0000000, 0xe1000000, 0xc000
LOOPS = 500
DONE = 0x4c                     # in MEM
ROM, HIGH = 0xf0000, 0xffffffff80000000

# All accesses of tests/qemu/guest/pc.S to the devices, in order: the name of
# the instruction, and its accesses.  An access without a name is the NIC's.
PROGRAM = [
    ("real_write", "W4"), ("real_read", "R4"),
    ("port_write", "W4"), ("port_read", "R4"),
    ("write", "W4"), ("read", "R4"), ("byte", "W1"), ("word", "R2"),
    ("modify", "R4 W4"), ("locked", "R4 W4"), ("float", "R8 R2"),
    ("stos", "W4 W4 W4"), ("movs", "R1 R1 R1 R1 R1"), ("cross", "R4"),
    ("nic_tctl", "W4"), ("nic_tdbal", "W4"), ("nic_tdlen", "W4"),
    ("nic_tdt", "W4"), (None, "R8 R8"), ("after_dma", "R4"),
    ("long_write", "W8"), ("long_read", "R8"), ("sse", "R8 R8"),
    ("framed", "R4"), ("odd_frame", "R4"), ("wild_frame", "R4"),
    ("device_frame", "R4"), ("loop_frame", "R4"), ("table_frame", "R4"),
    *[("loop_write", "W4"), ("loop_read", "R4")] * LOOPS,
    ("last", "W4"),
]
LONG_MODE = {"long_write", "long_read", "sse", "loop_write", "loop_read",
             "last", "framed", "odd_frame", "wild_frame", "device_frame",
             "loop_frame", "table_frame", "ret_inner", "ret_outer"}


def build(scratch):
    """(image, {name of an instruction: its address in the image})"""
    image = os.path.join(scratch, "pc")
    elf = bareguest.with_symbols("pc.S", image, {"MEM": MEM, "NIC": NIC,
                                                 "PORT": PORT, "LOOPS": LOOPS})
    symbols = subprocess.run(["nm", elf], check=True, text=True,
                             capture_output=True).stdout
    return image, {m[2]: int(m[1], 16) for m in
                   re.finditer(r"([0-9a-f]+) t at_(\w+)", symbols)}


def rip(name, address):
    """RIP at an instruction."""
    if name.startswith(("real", "port")):
        return address - ROM            # the code segment begins there
    return HIGH + address if name in LONG_MODE else address


def run_guest(scratch, image, accel, *more, log="pc=on", trace=""):
    """Run the guest to its end; returns its log."""
    memory = os.path.join(scratch, "memory")
    with open(memory, "wb") as f:
        f.truncate(1 << 20)
    with Machine(scratch, "-bios", image, "-cpu", "max", *more,
                 "-object", f"vfio-trace-log,id=log,file={scratch}/log,{log}",
                 "-object", "pci-trace,id=t0,device=mem" + trace,
                 "-object", "pci-trace,id=t1,device=nic",
                 "-object", "memory-backend-file,id=shm,share=on,"
                 f"size=1M,mem-path={memory}",
                 "-device", f"ivshmem-plain,id=mem,memdev=shm,addr={SLOT}",
                 "-device", f"e1000,romfile=,id=nic,addr={SLOT + 1}",
                 accel=accel) as m:
        def done():
            with open(memory, "rb") as f:
                f.seek(DONE)
                return struct.unpack("<I", f.read(4))[0] == 0x600d
        tap.wait_until(done, "the guest ends", 60)
        m.quit()
    return mmt.Log(f"{scratch}/log")


def expected(symbols):
    """[(name, operation and width, PC)]"""
    want = []
    for name, accesses in PROGRAM:
        for access in accesses.split():
            # TCG does not keep the place of IN and OUT
            known = name and not name.startswith("port")
            want.append((name, access,
                         rip(name, symbols[name]) if known else 0))
    return want


def named(log, want):
    return [(w[0], f"{a.op}{a.width}", a.pc)
            for w, a in zip(want, log.accesses())]


@test
def tcg(scratch):
    """TCG: the PC is the instruction's, in all modes, for reads and writes."""
    image, symbols = build(scratch)
    want = expected(symbols)
    for n, (accel, *more) in enumerate((("tcg,thread=multi",),
                                        ("tcg,thread=single",),
                                        ("tcg", "-icount", "shift=0"))):
        path = os.path.join(scratch, str(n))
        os.mkdir(path)
        log = run_guest(path, image, accel, *more)
        got = named(log, want)
        for g, w in zip(got, want):
            equal(g, w, f"access with {accel}")
        equal(len(log.accesses()), len(want), f"accesses with {accel}")
        matches(log.marks()[0], r" pc=on$", "first mark")
        equal(log.marks("vfio-trace: pc "), [], "mark")
        lab.tool("check", "--complete", f"{path}/log")


@test
def off(scratch):
    """Without pc=on the PC is 0, and the log has no mark about it."""
    image, _ = build(scratch)
    log = run_guest(scratch, image, "tcg", log="pc=off")
    equal({a.pc for a in log.accesses()}, {0}, "PCs")
    equal({tuple(a.extra) for a in log.accesses()}, {()}, "extras")
    matches(log.marks()[0], r"^vfio-trace: log format=1 qemu=\S+$",
            "first mark")


@test
def extras(scratch):
    """extra=cpu+ns: the vCPU, and the time, which is that of the line."""
    image, _ = build(scratch)
    for n, (extra, keys) in enumerate((("cpu", ["cpu"]), ("ns", ["ns"]),
                                       ("ns+cpu", ["cpu", "ns"]))):
        path = os.path.join(scratch, str(n))
        os.mkdir(path)
        log = run_guest(path, image, "tcg", log=f"extra={extra}")
        accesses = log.accesses()
        equal({tuple(a.extra) for a in accesses}, {tuple(keys)}, "extras")
        if "cpu" in keys:
            # DMA is done on the thread of the vCPU that asked for it
            equal({a.extra["cpu"] for a in accesses}, {"0"}, "vCPU")
        if "ns" in keys:
            times = [a.extra["ns"] for a in accesses]
            equal(all(re.fullmatch(r"\d+\.\d{9}", t) for t in times), True,
                  "form of the times")
            equal([float(t[:-3]) for t in times], [a.time for a in accesses],
                  "times, cut off")
            equal(times, sorted(times, key=float), "order of the times")
        promised = re.escape("+".join(keys))
        matches(log.marks()[0], rf" extra={promised}$", "first mark")
        lab.tool("check", "--complete", f"{path}/log")


@test
def backtraces(scratch):
    """backtrace=: the callers; invalid frames end it, and are not read."""
    image, symbols = build(scratch)
    log = run_guest(scratch, image, "tcg", log="pc=on",
                    trace=",backtrace=8,backtrace-windows=2:0:4K")
    want = expected(symbols)
    equal(len(log.accesses()), len(want), "accesses: none of ours")
    # {name of an access: the mark after it}
    behind, last = {}, None
    names = iter(w[0] for w in want)
    for event in log.events:
        if isinstance(event, mmt.Access):
            last = next(names)
        elif isinstance(event, mmt.Mark) and " backtrace " in event.text:
            behind.setdefault(last, []).append(event.text)

    def addr(name):
        return f"{rip(name, symbols[name]):#x}"

    equal(behind["framed"],
          [f"vfio-trace: backtrace map=2 pc={addr('framed')} "
           f"{addr('ret_inner')} {addr('ret_outer')}"], "backtrace")
    for name in ("odd_frame", "wild_frame", "device_frame", "table_frame"):
        equal(behind.get(name), None, f"backtrace of {name}")
    equal(behind["loop_frame"],
          [f"vfio-trace: backtrace map=2 pc={addr('loop_frame')} 0x31000"],
          "backtrace of a frame that is its own caller")
    equal(None in behind, False, "a backtrace of the NIC's DMA")
    equal("real_read" in behind, False, "a backtrace of 16-bit code")
    lab.tool("check", "--complete", f"{scratch}/log")


@test
def cr3_and_latency(scratch):
    """extra=cr3+latency: the page table in use; a plausible time."""
    image, symbols = build(scratch)
    log = run_guest(scratch, image, "tcg", log="extra=cr3+latency")
    for (name, _, _), a in zip(expected(symbols), log.accesses()):
        equal(list(a.extra), ["latency", "cr3"], "extras")
        if name:
            equal(int(a.extra["cr3"], 16),
                  0x10000 if name in LONG_MODE else 0, f"CR3 of {name}")
        equal(0 < int(a.extra["latency"]) < 10**10, True, "latency")
    lab.tool("check", "--complete", f"{scratch}/log")


@test
def guest_clock(scratch):
    """A clock mark relates the log to the guest's TSC, as soon as the guest runs."""
    image, _ = build(scratch)
    log = run_guest(scratch, image, "tcg")
    clocks = [i for i, e in enumerate(log.events) if isinstance(e, mmt.Mark)
              and re.match(r"vfio-trace: clock monotonic=\S+ realtime=\S+ "
                           r"tsc=0x[0-9a-f]+ cpu=0$", e.text)]
    equal(len(clocks), 1, "marks with the guest's clock")
    first = next(i for i, e in enumerate(log.events)
                 if isinstance(e, mmt.Access))
    equal(clocks[0] < first, True, "before the first access")


@test
def no_guest(scratch):
    """Accesses that are not a vCPU's: cpu=-, PC 0, and a mark that says why."""
    with Machine(scratch, "-object", f"vfio-trace-log,id=log,"
                 f"file={scratch}/log,pc=on,extra=cpu",
                 "-object", "pci-trace,id=trace,device=dut",
                 "-device", f"edu,id=dut,addr={SLOT}") as m:
        m.set_bar(SLOT, 0, MMIO)
        m.command(SLOT, COMMAND_MEMORY)
        m.read(MMIO, 4)
        m.quit()
        matches(m.stderr(), "warning: .*program counters.*not available for 'dut'")
    log = mmt.Log(f"{scratch}/log")
    equal([(a.pc, a.extra) for a in log.accesses()], [(0, {"cpu": "-"})],
          "access")
    equal(log.marks("vfio-trace: pc"),
          ["vfio-trace: pc device=dut state=none why=accelerator"], "mark")
    lab.tool("check", "--complete", f"{scratch}/log")


@test
def bad_extra(scratch):
    """extra= with the name of no field."""
    for extra in ("bogus", "cpu+", "cpu+bogus", "+", "CPU"):
        said = fails(scratch, "-object", f"vfio-trace-log,id=log,"
                     f"file={scratch}/log,extra={extra}")
        matches(said, rf"extra: '{re.escape(extra)}'.*cpu.*ns", "error")
        equal(os.path.exists(f"{scratch}/log"), False, "a log left behind")


if __name__ == "__main__":
    tap.main()
