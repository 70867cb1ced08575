#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""pci-trace: the guest's accesses are in the log, and have the same effect."""

import itertools
import os
import random
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import mmt, tap                                      # noqa: E402
from common.qemu import (COMMAND_IO, COMMAND_MEMORY, MMIO,       # noqa: E402
                         PORTS, Machine)
from common.tap import equal, matches, test                      # noqa: E402

SLOT = 5


def traced(scratch, *devices, extra=()):
    """QEMU arguments that trace devices, one -device option each."""
    args = ["-object", f"vfio-trace-log,id=log,file={scratch}/log"]
    for n, device in enumerate(devices):
        args += ["-object", f"pci-trace,id=trace{n},device=dev{n},log=log",
                 "-device", f"{device},id=dev{n},addr={SLOT + n}"]
    return args + list(extra)


def plain(*devices):
    return list(itertools.chain.from_iterable(
        ["-device", f"{device},addr={SLOT + n}"]
        for n, device in enumerate(devices)))


@test
def read_write_edu(scratch):
    """edu: reads and writes of every width are in the log, in order."""
    with Machine(scratch, *traced(scratch, "edu")) as m:
        m.set_bar(SLOT, 0, MMIO)
        m.command(SLOT, COMMAND_MEMORY)
        want = []
        for n in range(50):
            m.write(MMIO + 4, 4, n * 0x01010101)
            want.append(("W", 4, 4, n * 0x01010101))
            value = m.read(MMIO + 4, 4)
            equal(value, ~(n * 0x01010101) & 0xffffffff, "liveness register")
            want.append(("R", 4, 4, value))
        m.write(MMIO + 0x80, 8, 0x1122334455667788)
        want.append(("W", 8, 0x80, 0x1122334455667788))
        value = m.read(MMIO + 0x80, 8)
        equal(value, 0x1122334455667788, "DMA source register")
        want.append(("R", 8, 0x80, value))
        m.quit()
    log = mmt.Log(f"{scratch}/log")
    base = log.of(mmt.Map)[0].phys
    got = [(a.op, a.width, a.addr - base, a.value) for a in log.accesses()]
    equal(got, want, "log")
    equal(log.events[0], "20070824", "version")
    equal(log.marks("vfio-trace: failed"), [], "failed accesses")


@test
def every_width_in_ram(scratch):
    """A RAM BAR: 1, 2, 4, 8 bytes, aligned or not, up to the last byte."""
    with Machine(scratch, *traced(scratch, "secondary-vga,vgamem_mb=16")) as m:
        m.set_bar(SLOT, 0, MMIO)
        m.command(SLOT, COMMAND_MEMORY)
        want = []
        size = 16 << 20
        rng = random.Random(1)
        for width, skew in itertools.product((1, 2, 4, 8), range(8)):
            for base in (0, 4096 - 4, size - 16):
                offset = base + skew
                if offset + width > size:
                    continue
                value = rng.getrandbits(8 * width)
                m.write(MMIO + offset, width, value)
                equal(m.read(MMIO + offset, width), value, "RAM")
                want += [("W", width, offset, value),
                         ("R", width, offset, value)]
        m.quit()
    log = mmt.Log(f"{scratch}/log")
    base = log.of(mmt.Map)[0].phys
    got = [(a.op, a.width, a.addr - base, a.value) for a in log.accesses()]
    equal(got, want, "log")


def drive(m):
    """The same pseudo-random accesses each time; returns what was read."""
    rng = random.Random(2)
    results = []
    m.set_bar(SLOT, 0, MMIO)
    m.set_bar(SLOT, 1, MMIO + 0x100000)
    m.set_bar(SLOT, 2, PORTS | 1)
    m.set_bar(SLOT, 3, MMIO + 0x200000)
    m.command(SLOT, COMMAND_MEMORY | COMMAND_IO)
    for _ in range(3000):
        bar, size = rng.choice(((0, 0x20000), (0x100000, 0x20000),
                                (0x200000, 0x1000)))
        width = rng.choice((1, 2, 4, 8))
        addr = MMIO + bar + rng.randrange(size - width)
        if rng.random() < 0.7:
            results.append(m.read(addr, width))
        else:
            m.write(addr, width, rng.getrandbits(8 * width))
    for _ in range(300):
        width = rng.choice((1, 2, 4))
        port = PORTS + rng.randrange(0x20 - width)
        if rng.random() < 0.7:
            results.append(m.inp(port, width))
        else:
            m.outp(port, width, rng.getrandbits(8 * width))
    return results


def device_view(stderr):
    """The accesses to e1000e's own regions, by QEMU's trace events."""
    return re.findall(r"memory_region_ops_(read|write) cpu \S+ mr \S+ addr "
                      r"\S+ value (\S+) size (\d) name '(e1000e-[^']*|msix-[^']*)'",
                      stderr)


@test
def same_as_untraced(scratch):
    """e1000e: guest and device see the same with and without the tap."""
    views = []
    for args in (plain("e1000e,romfile="),
                 traced(scratch, "e1000e,romfile=")):
        with Machine(scratch, *args, "-trace", "memory_region_ops_*") as m:
            results = drive(m)
            m.quit()
            views.append((results, device_view(m.stderr())))
    equal(len(views[0][1]) > 2000, True,
          f"{len(views[0][1])} accesses traced at the device: plausible")
    equal(views[1][0], views[0][0], "values read")
    equal(views[1][1], views[0][1], "accesses at the device")
    log = mmt.Log(f"{scratch}/log")
    equal(len(log.accesses()), 3300, "accesses in the log")
    equal([a.value for a in log.accesses() if a.op == "R"], views[1][0],
          "values in the log")
    equal({a.map for a in log.accesses()}, {1, 2, 3, 4}, "map ids")


@test
def msix_table(scratch):
    """e1000e: the MSI-X table, which QEMU answers itself, is in the log."""
    with Machine(scratch, *traced(scratch, "e1000e,romfile=")) as m:
        m.set_bar(SLOT, 3, MMIO)
        m.command(SLOT, COMMAND_MEMORY)
        m.write(MMIO, 4, 0xfee00000)
        m.write(MMIO + 8, 4, 0x4041)
        equal(m.read(MMIO + 8, 4), 0x4041, "MSI-X message data")
        m.read(MMIO + 0x2000, 8)
        m.quit()
    log = mmt.Log(f"{scratch}/log")
    base = log.of(mmt.Map)[0].phys
    equal([(a.op, a.addr - base, a.value) for a in log.accesses()],
          [("W", 0, 0xfee00000), ("W", 8, 0x4041), ("R", 8, 0x4041),
           ("R", 0x2000, 0)], "log")


@test
def small_bars(scratch):
    """rtl8139: BARs smaller than a page, memory and I/O ports."""
    with Machine(scratch, *traced(scratch, "rtl8139,romfile=")) as m:
        m.set_bar(SLOT, 0, PORTS | 1)
        m.set_bar(SLOT, 1, MMIO)
        m.command(SLOT, COMMAND_MEMORY | COMMAND_IO)
        mac_io = [m.inp(PORTS + n, 1) for n in range(6)]
        mac_mem = [m.read(MMIO + n, 1) for n in range(6)]
        equal(mac_io, mac_mem, "MAC address")
        m.outp(PORTS + 0x40, 4, 0x00000600)
        m.quit()
    log = mmt.Log(f"{scratch}/log")
    pcidev = log.of(mmt.Pcidev)[0]
    equal(pcidev.size[:2], [256, 256], "BAR sizes")
    equal(pcidev.start[0] & 3, 1, "type of BAR0")
    maps = {m.map: m for m in log.of(mmt.Map)}
    equal(maps[1].virt, PORTS, "guest's port")
    equal(maps[2].virt, MMIO, "guest's address")
    equal([a.value for a in log.accesses()[:12]], mac_io + mac_mem, "log")
    equal(log.accesses()[12][:2], ("W", 4), "last access")


@test
def map_and_unmap(scratch):
    """MAP and UNMAP follow the BAR: moved, switched off, powered down."""
    with Machine(scratch, *traced(scratch, "edu")) as m:
        m.set_bar(SLOT, 0, MMIO)
        m.command(SLOT, COMMAND_MEMORY)
        m.read(MMIO, 4)
        m.set_bar(SLOT, 0, MMIO + 0x1000000)
        m.read(MMIO + 0x1000000, 4)
        m.command(SLOT, 0)
        m.command(SLOT, COMMAND_MEMORY)
        m.quit()
    log = mmt.Log(f"{scratch}/log")
    pcidev = log.of(mmt.Pcidev)[0]
    got = [(type(e).__name__, getattr(e, "virt", None)) for e in log.events
           if isinstance(e, (mmt.Map, mmt.Unmap, mmt.Access))]
    equal(got, [("Map", MMIO), ("Access", None), ("Unmap", None),
                ("Map", MMIO + 0x1000000), ("Access", None), ("Unmap", None),
                ("Map", MMIO + 0x1000000)], "events")
    for e in log.of(mmt.Map):
        equal((e.map, e.phys, e.len), (1, pcidev.start[0] & ~0xf, 1 << 20),
              "MAP")


@test
def two_devices_one_log(scratch):
    """Two devices on one log: one order, separate regions and addresses."""
    with Machine(scratch, *traced(scratch, "edu", "edu")) as m:
        for n in range(2):
            m.set_bar(SLOT + n, 0, MMIO + n * 0x100000)
            m.command(SLOT + n, COMMAND_MEMORY)
        rng = random.Random(3)
        want = []
        for n in range(500):
            dev = rng.randrange(2)
            m.write(MMIO + dev * 0x100000 + 4, 4, n)
            want.append((dev + 1, n))
        m.quit()
    log = mmt.Log(f"{scratch}/log")
    equal([(a.map, a.value) for a in log.accesses()], want, "order")
    equal(len(log.of(mmt.Pcidev)), 2, "PCIDEV lines")
    a, b = (p.start[0] & ~0xf for p in log.of(mmt.Pcidev))
    equal(abs(a - b) >= 1 << 20, True, "addresses are separate")
    times = [e.time for e in log.events if hasattr(e, "time")]
    equal(times, sorted(times), "times")


@test
def dma_between_devices(scratch):
    """One device's DMA to another is in the log, too."""
    with Machine(scratch, *traced(scratch, "edu,dma_mask=0xffffffff",
                                  "secondary-vga,vgamem_mb=16")) as m:
        m.set_bar(SLOT, 0, MMIO)
        m.command(SLOT, COMMAND_MEMORY | 4)
        m.set_bar(SLOT + 1, 0, MMIO + 0x1000000)
        m.command(SLOT + 1, COMMAND_MEMORY)
        m.write(MMIO + 0x80, 8, 0x40000)               # source: edu's buffer
        m.write(MMIO + 0x88, 8, MMIO + 0x1000000)      # target: VRAM
        m.write(MMIO + 0x90, 8, 16)
        m.write(MMIO + 0x98, 8, 3)
        # edu works by a timer of the virtual clock
        m._qtest("clock_step 1000000000")
        m.read(MMIO + 0x1000000, 8)
        m.quit()
    log = mmt.Log(f"{scratch}/log")
    writes = [a for a in log.accesses() if a.op == "W" and a.map != 1]
    equal(sum(a.width for a in writes), 16, "bytes of DMA in the log")


@test
def host_facts(scratch):
    """PCIDEV and the coverage marks show what is traced and what is not."""
    with open(f"{scratch}/rom", "wb") as f:
        f.write(b"\x55\xaa" + bytes(4094))
    with Machine(scratch, *traced(scratch,
                                  f"e1000e,romfile={scratch}/rom")) as m:
        m.quit()
    log = mmt.Log(f"{scratch}/log")
    pcidev = log.of(mmt.Pcidev)[0]
    equal((pcidev.vendor, pcidev.device), (0x8086, 0x10d3), "PCI ID")
    equal(pcidev.size, [0x20000, 0x20000, 0x20, 0x4000, 0, 0, 0x1000],
          "sizes")
    equal(pcidev.driver, "e1000e", "driver")
    marks = "\n".join(log.marks("vfio-trace: "))
    matches(marks, r"device id=dev0 host=none type=e1000e "
                   r"addresses=synthetic")
    for bar in range(4):
        matches(marks, rf"coverage device=dev0 bar={bar} map={bar + 1} "
                       r"addr=0x[0-9a-f]+ len=0x[0-9a-f]+ state=trapped")
    matches(marks, r"coverage device=dev0 rom map=5 addr=0x[0-9a-f]+ "
                   r"len=0x1000 state=trapped")
    matches(marks, r"coverage device=dev0 config addr=0x0 len=0x1000 "
                   r"state=direct why=not-asked")
    matches(marks, r"coverage device=dev0 upper-memory addr=0xc0000 "
                   r"len=0x40000 state=direct why=guest-ram")
    matches(marks, r"clock monotonic=\d+\.\d{9} realtime=\d+\.\d{9}")
    equal(log.marks()[-1], "vfio-trace: end", "last mark")


if __name__ == "__main__":
    tap.main()
