#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""ROM, config space, and events such as resets and power states."""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import lab, mmt, tap                                 # noqa: E402
from common.qemu import (COMMAND_MEMORY, MMIO, PCI_BAR0,         # noqa: E402
                         PCI_COMMAND, PCI_ROM, Machine)
from common.tap import equal, matches, test                      # noqa: E402

SLOT = 5
ROM_ENABLE = 1
PM_CTRL = 4
CAP_PM = 1


def traced(scratch, device, trace="", log="", **more):
    return Machine(scratch, "-object",
                   f"vfio-trace-log,id=log,file={scratch}/log{log}",
                   "-object", f"pci-trace,id=trace,device=dut{trace}",
                   "-device", f"{device},id=dut,addr={SLOT}", **more)


def image(scratch):
    """A ROM of 4 KiB whose words are all different, for romfile=."""
    path = os.path.join(scratch, "rom.bin")
    data = bytearray(b"\x55\xaa\x08" + bytes(21) + b"\x1c\x00\x00\x00")
    data += b"PCIR\x86\x80\x0e\x10\x00\x00\x18\x00" + bytes(12)
    while len(data) < 4096:
        data += len(data).to_bytes(4, "little")
    with open(path, "wb") as f:
        f.write(data[:4096])
    return path, bytes(data[:4096])


def marks(log, word):
    return log.marks(f"vfio-trace: {word} ")


@test
def rom(scratch):
    """The expansion ROM: its own map id, reads with the values in it."""
    path, data = image(scratch)
    with traced(scratch, f"e1000,romfile={path}") as m:
        m.config_write(SLOT, PCI_ROM, 4, MMIO | ROM_ENABLE)
        m.command(SLOT, COMMAND_MEMORY)
        got = [m.read(MMIO + offset, 4) for offset in (0x100, 0, 0xffc)]
        m.write(MMIO + 0x200, 4, 0x1234)
        got.append(m.read(MMIO + 0x200, 1))
        m.config_write(SLOT, PCI_ROM, 4, 0)
        m.quit()
    log = mmt.Log(f"{scratch}/log")
    want = [int.from_bytes(data[o:o + n], "little")
            for o, n in ((0x100, 4), (0, 4), (0xffc, 4), (0x200, 1))]
    equal(got, want, "values read by the guest")
    found = re.search(r"coverage device=dut rom map=(\d+) addr=0x(\w+) "
                      r"len=0x1000 state=trapped", "\n".join(log.marks()))
    number, base = int(found[1]), int(found[2], 16)
    equal(log.of(mmt.Pcidev)[0].start[6], base, "ROM in PCIDEV")
    equal([(a.op, a.width, a.addr - base, a.value) for a in log.accesses()],
          [("R", 4, 0x100, want[0]), ("R", 4, 0, want[1]),
           ("R", 4, 0xffc, want[2]), ("W", 4, 0x200, 0x1234),
           ("R", 1, 0x200, want[3])], "accesses")
    equal({a.map for a in log.accesses()}, {number}, "map id")
    equal([(e.map, e.virt, e.len) for e in log.of(mmt.Map)
           if e.map == number], [(number, MMIO, 0x1000)], "MAP")
    equal(number in {e.map for e in log.of(mmt.Unmap)}, True, "UNMAP")
    lab.tool("check", "--complete", f"{scratch}/log")


@test
def rom_window(scratch):
    """windows=rom traces the ROM and not the BARs, and vice versa."""
    path, _ = image(scratch)
    for windows, count in (("rom", 1), ("0", 1), ("0+rom", 2)):
        out = os.path.join(scratch, windows)
        os.mkdir(out)
        with traced(out, f"e1000,romfile={path}",
                    trace=f",windows={windows}") as m:
            m.config_write(SLOT, PCI_ROM, 4, MMIO | ROM_ENABLE)
            m.set_bar(SLOT, 0, MMIO + (1 << 20))
            m.command(SLOT, COMMAND_MEMORY)
            m.read(MMIO, 4)
            m.read(MMIO + (1 << 20), 4)
            m.quit()
        log = mmt.Log(f"{out}/log")
        equal(len(log.accesses()), count, f"accesses with windows={windows}")
        equal(len(re.findall("why=outside-windows", "\n".join(log.marks()))),
              4 - 1 - count, f"regions outside with windows={windows}")


CONFIG = re.compile(r"vfio-trace: config ([RW]) width=(\d) map=(\d+) "
                    r"offset=0x([0-9a-f]+) value=0x([0-9a-f]+)$")


@test
def config(scratch):
    """config=on: each access to config space, with the guest's value."""
    with traced(scratch, "e1000,romfile=", trace=",config=on") as m:
        want = []
        for offset, width in ((0, 4), (0, 2), (2, 2), (8, 1), (0xfc, 4)):
            want.append(("R", width, offset,
                         m.config_read(SLOT, offset, width)))
        m.config_write(SLOT, PCI_BAR0, 4, 0xffffffff)
        want += [("W", 4, PCI_BAR0, 0xffffffff),
                 ("R", 4, PCI_BAR0, m.config_read(SLOT, PCI_BAR0, 4))]
        m.config_write(SLOT, PCI_COMMAND + 1, 1, 4)
        want += [("W", 1, PCI_COMMAND + 1, 4)]
        info = m.qmp.execute("query-vfio-trace")[0]["devices"][0]["regions"]
        m.quit()
    log = mmt.Log(f"{scratch}/log")
    found = [CONFIG.match(t) for t in marks(log, "config")]
    equal([(f[1], int(f[2]), int(f[4], 16), int(f[5], 16)) for f in found],
          want, "config accesses")
    number = {int(f[3]) for f in found}
    matches("\n".join(log.marks()),
            rf"coverage device=dut config map={number.pop()} addr=0x0 "
            r"len=0x100 state=trapped")
    equal([(r["name"], r["read"], r["write"]) for r in info
           if r["type"] == "config"],
          [("config", {"accesses": 6, "bytes": 17},
            {"accesses": 2, "bytes": 5})], "counts")
    equal(log.accesses(), [], "R and W lines")
    lab.tool("check", "--complete", f"{scratch}/log")


@test
def beyond_the_end(scratch):
    """A guest that reads and writes across the end of config space."""
    with traced(scratch, "e1000,romfile=", trace=",config=on") as m:
        for low in (1, 2, 3):
            m.outp(0xcf8, 4, 0x80000000 | SLOT << 11 | 0xfc | low)
            m.outp(0xcfc, 4, 0x12345678)
            m.inp(0xcfc, 4)
        m.quit()
    log = mmt.Log(f"{scratch}/log")
    found = [CONFIG.match(t) for t in marks(log, "config")]
    equal([(f[1], int(f[2]), int(f[4], 16)) for f in found],
          [(op, 4 - low, 0xfc + low) for low in (1, 2, 3) for op in "WR"],
          "config accesses")
    equal([int(f[5], 16) for f in found if f[1] == "W"],
          [0x345678, 0x5678, 0x78], "values")
    lab.tool("check", "--complete", f"{scratch}/log")


@test
def happenings(scratch):
    """Decoding, bus mastering, power, moves and resets, in order."""
    with traced(scratch, "e1000e,romfile=") as m:
        m.set_bar(SLOT, 0, MMIO)
        m.command(SLOT, COMMAND_MEMORY)
        m.command(SLOT, COMMAND_MEMORY | 4)
        m.command(SLOT, COMMAND_MEMORY | 4)             # no change
        m.set_bar(SLOT, 0, MMIO + (1 << 20))
        pm = m.capability(SLOT, CAP_PM)
        m.config_write(SLOT, pm + PM_CTRL, 2, 3)
        m.config_write(SLOT, pm + PM_CTRL, 2, 0)
        m.qmp.execute("system_reset")
        m.qmp.wait_event("RESET")
        m.command(SLOT, COMMAND_MEMORY)
        m.quit()
    log = mmt.Log(f"{scratch}/log")
    words = ("command", "power", "moved", "reset")
    told = [t[len("vfio-trace: "):] for t in log.marks("vfio-trace: ")
            if t.split()[1] in words]
    equal(told, [
        "reset device=dut kind=bus",            # the machine's first
        "command device=dut memory=on io=off master=off",
        "command device=dut memory=on io=off master=on",
        f"moved device=dut bar=0 map=1 from={MMIO:#x} "
        f"to={MMIO + (1 << 20):#x}",
        "power device=dut state=D3hot",
        "power device=dut state=D0",
        "reset device=dut kind=bus",
        "command device=dut memory=on io=off master=off",
    ], "what happened")
    lab.tool("check", "--complete", f"{scratch}/log")


@test
def flr(scratch):
    """A function level reset is logged before the device sees it."""
    with Machine(scratch, "-object",
                 f"vfio-trace-log,id=log,file={scratch}/log",
                 "-object", "pci-trace,id=trace,device=dut,config=on",
                 "-device", f"nvme,serial=x,id=dut,addr={SLOT}",
                 machine="q35") as m:
        express = m.capability(SLOT, 0x10)
        m.config_write(SLOT, express + 8, 2, 1 << 15)
        m.quit()
    log = mmt.Log(f"{scratch}/log")
    told = [t.split()[1:] for t in log.marks("vfio-trace: ")
            if t.split()[1] in ("reset", "config")]
    at = told.index(["reset", "device=dut", "kind=flr"])
    equal(told[at - 1][:3], ["config", "W", "width=2"], "the write before the reset")


@test
def stops(scratch):
    """The guest's pauses are marks with their duration."""
    with traced(scratch, "edu") as m:
        m.set_bar(SLOT, 0, MMIO)
        m.command(SLOT, COMMAND_MEMORY)
        m.read(MMIO, 4)
        m.qmp.execute("stop")
        m.qmp.execute("vfio-trace-mark", text="while it stands")
        m.qmp.execute("cont")
        m.read(MMIO, 4)
        m.quit()
    log = mmt.Log(f"{scratch}/log")
    told = [t for t in log.marks() if t.startswith("vfio-trace: vm ") or
            not t.startswith("vfio-trace: ")]
    equal(told[:3], ["vfio-trace: vm state=running",
                     "vfio-trace: vm state=paused reason=paused",
                     "while it stands"], "marks")
    matches(told[3], r"^vfio-trace: vm state=running paused-ns=[1-9]\d*$")
    equal(told[4:], ["vfio-trace: vm state=paused reason=shutdown"], "the end")
    lab.tool("check", "--complete", f"{scratch}/log")


@test
def hw_of_emulated(scratch):
    """extra=hw: an emulated device has no hardware behind it."""
    with traced(scratch, "edu", log=",extra=hw", trace=",config=on") as m:
        m.set_bar(SLOT, 0, MMIO)
        m.command(SLOT, COMMAND_MEMORY)
        m.read(MMIO, 4)
        m.quit()
    log = mmt.Log(f"{scratch}/log")
    equal([a.extra for a in log.accesses()], [{"hw": "-"}], "extras")
    equal({t.split()[-1] for t in marks(log, "config")}, {"hw=-"},
          "of config space")


if __name__ == "__main__":
    tap.main()
