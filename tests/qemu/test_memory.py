#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 300
"""rings=: rings, watches and snapshots of the guest's memory."""

import base64
import hashlib
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import guestmem, tap  # noqa: E402
from common.qemu import COMMAND_MEMORY, MMIO  # noqa: E402
from common.ringsguest import (BASE, counters, EDU_ACK,  # noqa: E402
                               EDU_RAISE, END, entry, FOLLOWED, GO, MIB,
                               OTHER, OTHER_MMIO, pattern, put, RAM,
                               REGISTERS, SEE, see, set_up, SLOT, start,
                               Story, TAIL, TAIL_RING, traced, WATCH,
                               WHILE_RING)
from common.tap import equal, test  # noqa: E402

# --- triggers ------------------------------------------------------------------

TRIGGERS = REGISTERS + "".join(f"""
snapshot {name} {{
    at 0x100000
    len 16
    on {on}
}}""" for name, on in {
    "WRITE": "write GO when value & 1", "READ": "read SEE when value == 7",
    "IRQ": "irq when value == 0", "MARKER": 'marker "go *"',
    "ANY": "write GO\n    on read SEE when value > 0x10\n    on irq",
}.items()) + "\n"


def shots(told):
    return [(s.name, s.on, told.before(s)) for s in told.of("snapshot")]


@test
def triggers(scratch):
    """A write, a read, an interrupt, a marker, a request; with conditions."""
    with traced(scratch, TRIGGERS, "-device", "isa-vfio-trace-marker,id=m",
                options=",irq=on") as m:
        start(m)
        put(m, RAM, pattern(16, 1))
        m.write(MMIO + GO, 4, 2)
        m.write(MMIO + GO, 4, 3)
        see(m, 6)
        see(m, 7)
        see(m, 0x11)
        m.write(MMIO + EDU_RAISE, 4, 1)
        m.write(MMIO + EDU_ACK, 4, 1)
        m.qmp.execute("vfio-trace-mark", text="go away")
        m.qmp.execute("vfio-trace-mark", text="no go")
        m.qmp.execute("vfio-trace-memory-now", device="dut", name="READ")
        m.quit()
    go, read, irq = f"W {GO:#x}", f"R {SEE:#x}", \
        "vfio-trace: irq device=dut intx=A level=1"
    told = Story(scratch)
    equal(shots(told),
          [("ANY", "write", go), ("WRITE", "write", go), ("ANY", "write", go),
           ("READ", "read", read), ("ANY", "read", read), ("IRQ", "irq", irq),
           ("ANY", "irq", irq), ("MARKER", "marker", "go away"),
           ("READ", "request", "no go")], "snapshots")
    for s in told.of("snapshot"):
        equal((s.at, s.data, s.get("state")), (RAM, pattern(16, 1), None),
              "memory")


@test
def guest_markers(scratch):
    """A marker of the guest is a trigger, too."""
    with traced(scratch, TRIGGERS, "-device",
                "isa-vfio-trace-marker,id=m,iobase=0x510",
                options=",irq=on") as m:
        start(m)
        for byte in b"go on\nnothing\n":
            m.outp(0x510, 1, byte)
        m.quit()
    equal(shots(Story(scratch)), [("MARKER", "marker", "vfio-trace: guest-mark "
                            "origin=isa port=m text=go on")], "snapshots")


@test
def before_the_device(scratch):
    """A write's snapshot shows the memory before the device changes it."""
    dma = """rings 1
register COMMAND bar0:0x98:8 w
register TO bar0:0x88:8 w
snapshot S {
    at TO
    len 16
    on write COMMAND
}
"""
    with traced(scratch, dma) as m:
        start(m)
        m.command(SLOT, COMMAND_MEMORY | 4)
        put(m, RAM, pattern(16, 2))
        m.write(MMIO + 0x80, 8, 0x40000)        # from the device's buffer
        m.write(MMIO + 0x88, 8, RAM)
        m.write(MMIO + 0x90, 8, 16)
        m.write(MMIO + 0x98, 8, 3)
        m._qtest("clock_step 200000000")        # pylint: disable=protected-access
        equal(m.read(RAM, 8), 0, "memory that the device has written")
        m.quit()
    equal([s.data for s in Story(scratch).of("snapshot")],
          [pattern(16, 2)], "snapshot")


# --- rings ---------------------------------------------------------------------

@test
def tail_ring(scratch):
    """Each entry up to the tail, once, across the wrap; a reset begins anew."""
    size, expected, tail = 8, [], 0
    with traced(scratch, REGISTERS + TAIL_RING) as m:
        start(m)
        set_up(m, size)
        for n in (1, 0, 3, 7, 2, 5, 4):
            for _ in range(n):
                data = pattern(16, len(expected))
                put(m, RAM + tail * 16, data)
                expected.append((tail, RAM + tail * 16, data))
                tail = (tail + 1) % size
            m.write(MMIO + TAIL, 4, tail)
        equal(counters(m, "R")["entries"], len(expected), "entries counted")
        m.write(MMIO + TAIL, 4, size + 1)       # such a tail can't be
        equal(counters(m, "R")["unreadable"], 1, "bad tails counted")
        m.write(MMIO + GO, 4, 0)
        m.write(MMIO + TAIL, 4, 1)
        expected.append((0, RAM, bytes.fromhex(f"{m.read(RAM, 8):016x}")[::-1] +
                         bytes.fromhex(f"{m.read(RAM + 8, 8):016x}")[::-1]))
        m.quit()
    told = Story(scratch)
    equal(told.entries(), expected, "entries")
    rings = told.of("ring")
    equal([(r.base, r.count, r.entry) for r in rings if r.get("base")][0],
          (RAM, size, 16), "geometry")
    equal([r.state for r in rings if r.get("state")], ["reset"], "resets")
    digest = hashlib.sha256((REGISTERS + TAIL_RING).encode()).hexdigest()
    equal(told.files(), [("dut", "t.rings", digest)], "file")


@test
def while_ring(scratch):
    """Entries as long as their phase is right; after the last, it toggles."""
    expected = []

    def post(m, n):
        for _ in range(n):
            number = len(expected)
            at = RAM + number % 4 * 16
            data = pattern(12, number) + bytes([~(number // 4) & 1, 0, 0, 0])
            put(m, at, data)
            expected.append((number, at, data))

    with traced(scratch, REGISTERS + WHILE_RING, options=",irq=on") as m:
        start(m)
        put(m, RAM, bytes(64))
        m.write(MMIO + BASE, 8, RAM)
        for n in (3, 0, 2, 4, 4, 1):
            post(m, n)
            if n & 1:
                m.read(MMIO + SEE, 4)
            else:
                m.write(MMIO + EDU_RAISE, 4, 1)
                m.write(MMIO + EDU_ACK, 4, 1)
        m.quit()
    equal(Story(scratch).entries("C"), expected, "entries")


@test
def followed(scratch):
    """What an entry points to, and a list of such; up to their limits."""
    buf, sg = RAM + 0x10000, RAM + 0x20000
    memory = pattern(4096, 5)
    with traced(scratch, FOLLOWED) as m:
        start(m)
        m.write(MMIO + BASE, 8, RAM)
        put(m, buf, memory)
        put(m, RAM, entry(buf, 1000, 1) + entry(sg, 8, 2) + entry(buf, 8, 3) +
            entry(END - 16, 32, 1) + entry(MMIO, 32, 1))
        for i in range(4):
            put(m, sg + i * 16, entry(buf + 100 * i, 40 + 20 * i, i == 2))
        m.write(MMIO + TAIL, 4, 5)
        m.quit()
    told = Story(scratch)
    found = told.of("data")
    plain = [d for d in found if d.name == "plain"]
    equal([(d.index, d.at, d.len, d.of, d.get("state")) for d in plain],
          [(0, buf, 512, 1000, None), (3, END - 16, 16, 32, "not-memory"),
           (4, MMIO, 0, 32, "not-memory")], "data")
    equal(plain[0].data, memory[:512], "bytes")
    parts = [(d.name, d.at, d.data) for d in found if "part" in d.name]
    equal(parts, [(f"sg[{i}].part", buf + 100 * i,
                   memory[100 * i:100 * i + min(40 + 20 * i, 64)])
                  for i in range(3)], "parts")
    equal({a.op for a in told.accesses}, {"W"},
          "accesses of the device")


# --- watches -------------------------------------------------------------------

def change(m, memory, lines, rng):
    """Change random lines; some of them to what they are."""
    for _ in range(lines):
        at = rng.randrange(len(memory) // 64) * 64 + rng.randrange(8) * 8
        data = memory[at:at + 8] if not rng.randrange(4) else rng.randbytes(8)
        memory[at:at + 8] = data
        put(m, RAM + at, data)


def fill(m, length, rng):
    """Memory that is not all zeros, quickly"""
    memory = bytearray(length)
    for at in range(0, length, 4096):
        memory[at:at + 8] = rng.randbytes(8)
        put(m, RAM + at, memory[at:at + 8])
    return memory


@test
def delta(scratch):
    """A watched megabyte, replayed: at each trigger it is what it was."""
    rng = random.Random(7)
    then = []
    with traced(scratch, WATCH.format(trigger="4M"),
                log=",ring-size=128M") as m:
        start(m)
        memory = fill(m, MIB, rng)
        set_up(m, MIB)
        for n in range(24):
            if n % 4 == 3:
                m.qmp.execute("vfio-trace-mark", text="look")
            else:
                m.write(MMIO + GO, 4, n)
            then.append(bytes(memory))
            change(m, memory, rng.randrange(60), rng)
        m.quit()
    replay = guestmem.Replay()
    watches = Story(scratch).of("watch")
    equal(len(watches), len(then), "watches")
    for watch, memory in zip(watches, then):
        replay.take(watch)
        equal(replay.memory == memory, True, f"replay of {watch.lines}")
    first, *rest = [(w.state, w.words["lines"]) for w in watches]
    equal(first, ("first", MIB // 64), "the first one")
    equal({state for state, _ in rest} <= {"changed", "same"}, True, "states")
    equal(all(lines <= 60 for _, lines in rest), True, "lines changed")


@test
def delta_in_pieces(scratch):
    """If a trigger's limit is too small, the rest comes with the next ones."""
    rng = random.Random(8)
    with traced(scratch, WATCH.format(trigger="32K")) as m:
        start(m)
        memory = fill(m, MIB // 4, rng)
        set_up(m, MIB // 4)
        for n in range(40):
            m.write(MMIO + GO, 4, n)
            if n == 3:
                change(m, memory, 40, rng)
        equal(counters(m, "W")["cut"] > 0, True, "cuts counted")
        m.quit()
    replay = guestmem.Replay()
    watches = Story(scratch).of("watch")
    cut = [w for w in watches if w.get("left")]
    equal(len(cut) >= 4, True, f"{len(cut)} cut")
    for watch in watches:
        replay.take(watch)
    equal(replay.memory == memory, True, "replay at the end")
    equal(watches[-1].words["lines"], 0, "lines at the end")


# --- where memory is -----------------------------------------------------------

# Registers of the VT-d unit
VTD = 0xfed90000
GCMD, GSTS, RTADDR = 0x18, 0x1c, 0x20
SRTP, TE = 1 << 30, 1 << 31


def vtd(m, iova, pages):
    """Let the device at SLOT see pages of memory from iova on."""
    root, context, l3, l2, l1 = (0x200000 + 4096 * i for i in range(5))

    m.write(root, 8, context | 1)
    m.write(context + (SLOT << 3) * 16, 8, l3 | 1)
    m.write(context + (SLOT << 3) * 16 + 8, 8, 1 << 8 | 1)      # 39 bits
    m.write(l3 + (iova >> 30) * 8, 8, l2 | 3)
    m.write(l2 + (iova >> 21 & 511) * 8, 8, l1 | 3)
    for i, page in enumerate(pages):
        m.write(l1 + ((iova >> 12 & 511) + i) * 8, 8, page | 3)
    m.write(VTD + RTADDR, 8, root)
    m.write(VTD + GCMD, 4, SRTP)
    m.write(VTD + GCMD, 4, TE)
    equal(m.read(VTD + GSTS, 4) & TE, TE, "translation")


@test
def behind_an_iommu(scratch):
    """Addresses are the device's: pages in another order, and an end."""
    iova, first, second = 0x40000000, RAM + 0x5000, RAM + 0x2000
    with traced(scratch, REGISTERS + TAIL_RING, "-device", "intel-iommu",
                machine="q35") as m:
        start(m)
        vtd(m, iova, (first, second))
        put(m, first + 4096 - 16, pattern(16, 1))
        put(m, second, pattern(16, 2))
        put(m, second + 4096 - 16, pattern(16, 3))
        set_up(m, 8, base=iova + 4096 - 16)
        m.write(MMIO + TAIL, 4, 2)
        m.write(MMIO + GO, 4, 0)
        set_up(m, 8, base=iova + 8192 - 16)
        m.write(MMIO + TAIL, 4, 2)
        got = m.qmp.execute("vfio-trace-memory-read", device="dut",
                            address=iova + 8192 - 16, length=64)
        equal((base64.b64decode(got["data"]), got["length"]),
              (pattern(16, 3), 16), "vfio-trace-memory-read")
        got = m.qmp.execute("vfio-trace-memory-read", device="dut",
                            address=second, length=16, physical=True)
        equal(base64.b64decode(got["data"]), pattern(16, 2), "physical")
        m.quit()
    told = Story(scratch)
    equal([(e.at, e.data, e.get("state")) for e in told.of("entry")],
          [(iova + 4096 - 16, pattern(16, 1), None),
           (iova + 4096, pattern(16, 2), None),
           (iova + 8192 - 16, pattern(16, 3), None),
           (iova + 8192, b"", "not-memory")], "entries")


@test
def above_4g(scratch):
    """A ring in memory above 4 GiB."""
    at = (5 << 30) + 0x1000
    with traced(scratch, REGISTERS + TAIL_RING, "-m", "6G") as m:
        start(m)
        put(m, at, pattern(32, 1))
        set_up(m, 8, base=at)
        m.write(MMIO + TAIL, 4, 2)
        m.quit()
    equal([e.data for e in Story(scratch).of("entry")],
          [pattern(32, 1)[:16], pattern(32, 1)[16:]], "entries")


@test
def hot_plugged(scratch):
    """A ring in memory that is plugged in later; before, it is not memory."""
    with traced(scratch, REGISTERS + TAIL_RING, "-m",
                "64M,slots=2,maxmem=1G") as m:
        start(m)
        set_up(m, 8, base=1 << 32)
        m.write(MMIO + TAIL, 4, 1)
        m.qmp.execute("object-add", qom_type="memory-backend-ram", id="more",
                      size=128 * MIB)
        m.qmp.execute("device_add", driver="pc-dimm", id="dimm", memdev="more")
        dimm, = m.qmp.execute("query-memory-devices")
        at = dimm["data"]["addr"]
        put(m, at, pattern(32, 1))
        m.write(MMIO + GO, 4, 0)
        set_up(m, 8, base=at)
        m.write(MMIO + TAIL, 4, 2)
        m.quit()
    found = Story(scratch).of("entry")
    equal(found[0].get("state"), "not-memory", "state before")
    equal([e.data for e in found[1:]],
          [pattern(32, 1)[:16], pattern(32, 1)[16:]], "entries")


@test
def not_memory(scratch):
    """A ring in another device: that sees no read. Wrapping addresses."""
    with traced(scratch, REGISTERS + TAIL_RING,
                "-object", "pci-trace,id=trace2,device=other",
                "-device", f"edu,id=other,addr={OTHER}") as m:
        start(m)
        start(m, OTHER, OTHER_MMIO)
        for base in (OTHER_MMIO, 1 << 52, 2**64 - 8, 2**64 - 16, END - 8):
            m.write(MMIO + GO, 4, 0)
            set_up(m, 8, base=base)
            m.write(MMIO + TAIL, 4, 3)
        m.quit()
    told = Story(scratch)
    found = told.of("entry")
    equal({e.get("state") for e in found}, {"not-memory"}, "states")
    equal({e.len for e in found if e.at != END - 8}, {0}, "lengths")
    equal([a for a in told.accesses if a.op == "R"], [],
          "reads of devices")


if __name__ == "__main__":
    tap.main()
