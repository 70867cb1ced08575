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
from common import guestmem, lab, mmt, tap                       # noqa: E402
from common.qemu import (COMMAND_MEMORY, MMIO, Machine,          # noqa: E402
                         QMPError, fails)
from common.tap import equal, matches, test                      # noqa: E402

SLOT, OTHER = 5, 6
OTHER_MMIO = MMIO + 0x1000000
RAM = 0x100000
MIB = 1 << 20
END = 64 * MIB                  # of the machine's memory
EDU_RAISE, EDU_ACK = 0x60, 0x64

# edu ignores what it does not know.  A read of SEE gives ~ of what was written
# there.
BASE, COUNT, TAIL, GO, SEE = 0x1000, 0x1008, 0x100c, 0x1010, 0x4
REGISTERS = f"""rings 1
register BASE bar0:{BASE:#x}:8 w
register COUNT bar0:{COUNT:#x}:4 w
register TAIL bar0:{TAIL:#x}:4 w
register GO bar0:{GO:#x}:4 w
register SEE bar0:{SEE:#x}:4 r
"""
TAIL_RING = """
ring R {
    base    BASE
    count   COUNT
    entry   16
    on      write TAIL
    tail    value
    reset   write GO when value == 0
}
"""


def traced(scratch, text, *more, device="edu", options="", log="", **how):
    with open(f"{scratch}/t.rings", "w", encoding="utf-8") as f:
        f.write(text)
    return Machine(scratch, "-object",
                   f"vfio-trace-log,id=log,file={scratch}/log{log}",
                   "-object", f"pci-trace,id=trace,device=dut,"
                   f"rings={scratch}/t.rings{options}",
                   "-device", f"{device},id=dut,addr={SLOT}", *more, **how)


def start(m, slot=SLOT, at=MMIO):
    m.set_bar(slot, 0, at)
    m.command(slot, COMMAND_MEMORY)


def see(m, value):
    """A read of SEE that gives that value."""
    m.write(MMIO + SEE, 4, value ^ 0xffffffff)
    equal(m.read(MMIO + SEE, 4), value, "value read")


def put(m, addr, data):
    for i in range(0, len(data), 8):
        m.write(addr + i, 8, int.from_bytes(data[i:i + 8], "little"))


def pattern(length, seed):
    return random.Random(seed).randbytes(length)


class Story:
    """A log, and the guest's memory in it."""

    def __init__(self, scratch):
        lab.tool("check", "--complete", f"{scratch}/log")
        self.log = mmt.Log(f"{scratch}/log")
        self.items = guestmem.items(self.log)
        self.accesses = self.log.accesses()

    def of(self, *kinds):
        return [i for i in self.items if i.kind in kinds]

    def before(self, item):
        """What stands in the log before an item and others like it"""
        places = {i.place for i in self.items}
        at = item.place
        while at in places or guestmem.MORE.match(
                getattr(self.log.events[at], "text", "")):
            at -= 1
        last = self.log.events[at]
        return f"{last.op} {last.addr & 0xffff:#x}" \
            if isinstance(last, mmt.Access) else last.text

    def entries(self, ring="R"):
        return [(e.index, e.at, e.data) for e in self.of("entry")
                if e.ring == ring]

    def files(self):
        return [tuple(w.split("=")[1] for w in m.split()[2:])
                for m in self.log.marks("vfio-trace: rings ")]


def counters(m, name, device="dut"):
    logs = m.qmp.execute("query-vfio-trace")
    found, = [s for log in logs for d in log["devices"] if d["id"] == device
              for f in d["rings"] for s in f["statements"] if s["name"] == name]
    return found


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

def set_up(m, count, base=RAM):
    m.write(MMIO + BASE, 8, base)
    m.write(MMIO + COUNT, 4, count)


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


WHILE_RING = """
ring C {
    base    BASE
    count   4
    entry   16
    on      read SEE
    on      irq
    while   bits(u32[12], 0, 0) == phase
}
"""


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


FOLLOWED = REGISTERS + """
ring R {
    base    BASE
    count   8
    entry   16
    on      write TAIL
    tail    value
    data    plain when u32[12] == 1 at u64[0] len u32[8] max 512
    list    sg when u32[12] == 2 {
        at      u64[0]
        entry   16
        count   u32[8]
        until   u32[12] == 1
        data    part at u64[0] len u32[8] max 64
    }
}
"""


def entry(address, length, flags):
    return address.to_bytes(8, "little") + length.to_bytes(4, "little") + \
        flags.to_bytes(4, "little")


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

WATCH = REGISTERS + """limit trigger {trigger}
limit second 1024M
watch W {{
    at      BASE
    len     COUNT
    on      write GO
    on      marker "look"
}}
"""


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


# --- limits --------------------------------------------------------------------

@test
def hostile(scratch):
    """Values that a guest may choose to do harm: bounded, and the log is whole."""
    rng = random.Random(9)
    special = [0, 1, 2**32 - 1, 2**64 - 1, 2**63, 2**31, END - 1, RAM, RAM + 8,
               MMIO, 0xfffffffffffffff0, 65536, 65537]

    def value():
        return rng.choice(special) if rng.randrange(3) else rng.getrandbits(64)

    text = FOLLOWED.replace("ring R", "ring F").replace("count   8",
                                                        "count   COUNT")
    text += TAIL_RING + WHILE_RING + """
watch W {
    at BASE
    len COUNT
    on write GO
}
snapshot S {
    at BASE
    len COUNT
    on write GO
    on read SEE
}
"""
    with traced(scratch, text, options=",irq=on") as m:
        start(m)
        for _ in range(400):
            put(m, RAM + rng.randrange(256) * 8, value().to_bytes(8, "little"))
            offset, width = rng.choice(((BASE, 8), (BASE + 4, 4), (COUNT, 4),
                                        (TAIL, 4), (GO, 4), (SEE, 4),
                                        (COUNT, 8), (TAIL - 2, 4)))
            m.write(MMIO + offset, width, value() & (1 << width * 8) - 1)
            m.read(MMIO + SEE, 4)
        equal(m.qmp.execute("query-status")["status"], "running", "state")
        m.quit()
    told = Story(scratch)
    equal(len(told.accesses), 800, "accesses")


@test
def endless_list(scratch):
    """A list whose entries point to themselves ends with its count."""
    text = FOLLOWED.replace("until   u32[12] == 1", "next    u64[0] when 1")
    text = text.replace("data    part at u64[0] len u32[8] max 64",
                        "data    part at u64[0] len 16")
    with traced(scratch, text) as m:
        start(m)
        m.write(MMIO + BASE, 8, RAM)
        put(m, RAM, entry(RAM + 64, 2**32 - 1, 2))
        put(m, RAM + 64, entry(RAM + 64, 0, 0))
        m.write(MMIO + TAIL, 4, 1)
        used = counters(m, "R")
        m.quit()
    equal(used["bytes"] <= 64 * 1024, True, f"bounded: {used}")
    told = Story(scratch)
    equal(len(told.of("data")) <= 2048, True, "data")


@test
def cuts(scratch):
    """What the limits of a trigger and of a second leave out is marked."""
    text = REGISTERS + "limit trigger 4K\nlimit second 16K\n" + \
        TAIL_RING.replace("entry   16", "entry   64")
    with traced(scratch, text) as m:
        start(m)
        set_up(m, 1024)
        for n in range(8):
            m.write(MMIO + TAIL, 4, (n + 1) * 128 % 1024)
        used = counters(m, "R")
        m.quit()
    told = Story(scratch)
    cut = told.of("memory-cut")
    equal({c.why for c in cut}, {"trigger", "second"}, "reasons")
    equal(used["cut"], len(cut), "cuts counted")
    got = told.of("entry")
    equal(len(got) + sum(c.left for c in cut), 1024, "entries and those left out")
    equal(used["bytes"], 64 * len(got), "bytes counted")


@test
def full_ring(scratch):
    """A log that is too slow: what does not fit is marked, no record is lost."""
    text = REGISTERS + """limit second 1024M
snapshot S {
    at BASE
    len 64K
    on write GO
}
"""
    with traced(scratch, text, log=",ring-size=2M") as m:
        start(m)
        set_up(m, 8)
        for n in range(60):
            m.write(MMIO + GO, 4, n)
        m.quit()
    told = Story(scratch)
    equal({s.get("state") for s in told.of("snapshot")} <=
          {None, "ring-full"}, True, "states")
    equal(len(told.of("snapshot")), 60, "snapshots")
    equal(told.log.marks("Lost"), [], "losses")


@test
def full_ring_of_lines(scratch):
    """Lines that do not lie behind each other take more of the log's ring."""
    with traced(scratch, WATCH.format(trigger="64K"),
                log=",ring-size=64K,on-full=drop") as m:
        start(m)
        set_up(m, 64 * 1024)
        for n in range(2, 40):
            m.write(MMIO + GO, 4, n)
            if n % 6 == 0:                      # all lines are in the log
                for line in range(0, 1024, 2):
                    m.write(RAM + line * 64, 8, n)
            m.qmp.execute("vfio-trace-flush", log="log")
        m.quit()
    told = Story(scratch)
    equal({w.state for w in told.of("watch")} >= {"first", "cut"}, True,
          "states")
    equal(len(told.accesses), 38 + 3, "accesses")


# --- commands ------------------------------------------------------------------

def refused(m, error, command, **arguments):
    try:
        m.qmp.execute(command, **arguments)
    except QMPError as e:
        matches(str(e), error, f"error of {command}")
    else:
        raise AssertionError(f"{command} {arguments} was accepted")


@test
def memory_read(scratch):
    """vfio-trace-memory-read: RAM only, up to 64 KiB."""
    with traced(scratch, REGISTERS + TAIL_RING) as m:
        start(m)
        put(m, RAM, pattern(4096, 1))

        def read(address, length, **more):
            got = m.qmp.execute("vfio-trace-memory-read", device="dut",
                                address=address, length=length, **more)
            data = base64.b64decode(got["data"])
            equal(len(data), got["length"], "length")
            return data

        equal(read(RAM + 3, 1000), pattern(4096, 1)[3:1003], "memory")
        equal(read(RAM, 65536)[:4096], pattern(4096, 1), "64 KiB")
        equal(len(read(RAM, 65536)), 65536, "64 KiB")
        equal(read(END - 5, 100), bytes(5), "up to the end")
        equal(read(END - 5, 100, physical=True), bytes(5), "up to the end")
        for address in (MMIO, END, 2**64 - 1):
            equal(read(address, 16), b"", f"at {address:#x}")
        for length in (0, 65537, 2**32 - 1):
            refused(m, f"length is {length}; 1 to 65536 expected",
                    "vfio-trace-memory-read", device="dut", address=RAM,
                    length=length)
        refused(m, "there is no traced device 'nobody'",
                "vfio-trace-memory-read", device="nobody", address=RAM,
                length=1)
        m.quit()
    equal(Story(scratch).accesses, [], "accesses of the device")


@test
def by_qmp(scratch):
    """Rings files added and removed while the machine runs."""
    text = REGISTERS + TAIL_RING.replace("ring R", "ring ADDED")
    with traced(scratch, REGISTERS + TAIL_RING) as m:
        start(m)

        def files():
            device, = m.qmp.execute("query-vfio-trace")[0]["devices"]
            return [f["name"] for f in device["rings"]]

        def go(tail):
            m.write(MMIO + TAIL, 4, tail)

        set_up(m, 8)
        go(1)
        m.qmp.execute("vfio-trace-rings-add", device="dut", name="more.rings",
                      text=text)
        equal(files(), ["t.rings", "more.rings"], "files")
        set_up(m, 8)                    # the new one has not seen it before
        go(2)
        m.qmp.execute("vfio-trace-rings-remove", device="dut", name="t.rings")
        equal(files(), ["more.rings"], "files")
        go(3)
        m.qmp.execute("vfio-trace-memory-now", device="dut", name="ADDED")
        matches(m.qmp.hmp("info vfio-trace"),
                r"rings more\.rings:\s+ring ADDED: \d+ triggers", "HMP")
        for error, name, source in (
                ("more.rings'", "more.rings", text),
                (r"bad.rings:1:1: ", "bad.rings", "register"),
                (r"bad.rings:\d+:\d+: ", "bad.rings", text + "ring {"),
                ("no register", "far.rings",
                 text.replace("bar0:0x1000", "bar0:0x1000000")),
                ("no register", "bar.rings", text.replace("bar0", "bar5")),
                ("the name", "", text), ("the name", "a/b", text),
                ("the name", "a b", text), ("the name", "x" * 64, text)):
            refused(m, error, "vfio-trace-rings-add", device="dut", name=name,
                    text=source)
        refused(m, "there is no traced device 'nobody'",
                "vfio-trace-rings-add", device="nobody", name="a", text=text)
        refused(m, "no rings file 't.rings'", "vfio-trace-rings-remove",
                device="dut", name="t.rings")
        refused(m, "no ring, watch or snapshot 'R'", "vfio-trace-memory-now",
                device="dut", name="R")
        equal(files(), ["more.rings"], "files afterwards")
        m.qmp.execute("vfio-trace-stop")
        refused(m, "not traced at the moment", "vfio-trace-memory-now",
                device="dut", name="ADDED")
        m.quit()
    told = Story(scratch)
    equal([(e.ring, e.index) for e in told.of("entry")][:3],
          [("R", 0), ("R", 1), ("ADDED", 0)], "entries")
    equal([f[1] for f in told.files()], ["t.rings", "more.rings"], "files in the log")


REFUSED = (
    ("", "", "rings is empty"),
    (",rings=nope", None, "nope"),
    (",rings=.", None, "not a regular file"),
    (",rings=pipe", None, "not a regular file"),
    ("", "rings 2\n", r"t\.rings:1:7: "),
    ("", REGISTERS + "ring R {\n    bass BASE\n}\n", r"t\.rings:8:5: "),
    ("", REGISTERS + "watch W {\n at 0\n len 64\n on irq\n}\n",
     r"line \d+: 'W' needs the interrupts of device 'dut': set irq=on"),
    (",windows=0:0x1000:4", None,
     r"writes of register BASE of device 'dut' are not traced: add the window "
     r"0:0x1000:0x8:w"),
    (",windows=0:0x1000:4K", None,
     r"reads of register SEE of device 'dut' are not traced"),
    (",exclude=0:0x1008:1:w", None, "writes of register COUNT"),
    ("", (REGISTERS + TAIL_RING).replace("bar0:0x1010", "bar3:0x1010"),
     "has no register GO: BAR 3"),
    ("", "rings 1\narea A capability 9 bar u8[4] offset u32[8]\n"
     "register X A:0:4\nsnapshot S {\n at 0\n len 8\n on write X\n}\n",
     "device 'dut'.* A"),
)


@test
def refused_options(scratch):
    """Invalid files, or such as the device can't have: one error line."""
    os.mkfifo(f"{scratch}/pipe")
    for options, text, error in REFUSED:
        with open(f"{scratch}/t.rings", "w", encoding="utf-8") as f:
            f.write(REGISTERS + TAIL_RING if text is None else text)
        rings = "" if "rings" in options else \
            ",rings=" if text == "" else ",rings=t.rings"
        said = fails(scratch, "-object",
                     f"vfio-trace-log,id=log,file={scratch}/log", "-object",
                     f"pci-trace,id=trace,device=dut{rings}{options}",
                     "-device", "edu,id=dut")
        matches(said, error, f"error for {options} {text!r}")
        equal(len(said.splitlines()), 1, f"lines of {said!r}")
        equal(os.path.exists(f"{scratch}/log"), False, "a log left behind")
    with open(f"{scratch}/t.rings", "w", encoding="utf-8") as f:
        f.write(REGISTERS + TAIL_RING.replace("entry   16", "entry   4K"))
    said = fails(scratch, "-object", f"vfio-trace-log,id=log,"
                 f"file={scratch}/log,ring-size=64K", "-object",
                 "pci-trace,id=trace,device=dut,rings=t.rings",
                 "-device", "edu,id=dut")
    matches(said, r"ring .* too small .* use ring-size=\d+", "error")


@test
def several_files(scratch):
    """Two files in rings=, and snapshot= beside them."""
    with open(f"{scratch}/two.rings", "w", encoding="utf-8") as f:
        f.write(REGISTERS + TAIL_RING.replace("ring R", "ring TWO"))
    with traced(scratch, REGISTERS + TAIL_RING,
                options=f":{scratch}/two.rings,snapshot=0:{BASE:#x}:16") as m:
        start(m)
        put(m, RAM, pattern(16, 1))
        set_up(m, 8)
        m.write(MMIO + TAIL, 4, 1)
        m.quit()
    told = Story(scratch)
    equal([f[1] for f in told.files()], ["t.rings", "two.rings"], "files")
    equal([e.ring for e in told.of("entry")], ["R", "TWO"],
          "entries")
    shot, = told.of("snapshot")
    equal((shot.get("name"), shot.get("on"), shot.data),
          (None, None, pattern(16, 1)), "snapshot")


# --- life ----------------------------------------------------------------------

@test
def stop_and_start(scratch):
    """While tracing is stopped, nothing is read; what was missed is unknown."""
    with traced(scratch, REGISTERS + TAIL_RING + WATCH[len(REGISTERS):].format(
            trigger="64K")) as m:
        start(m)
        put(m, RAM, pattern(128, 1))
        set_up(m, 8)
        m.write(MMIO + TAIL, 4, 1)
        m.qmp.execute("vfio-trace-stop")
        m.qmp.execute("vfio-trace-mark", text="look")
        set_up(m, 8, base=RAM + 64)
        m.write(MMIO + TAIL, 4, 2)
        m.qmp.execute("vfio-trace-start")
        m.write(MMIO + TAIL, 4, 3)              # base and count are unknown
        set_up(m, 4, base=RAM + 64)
        m.write(MMIO + GO, 4, 0)
        m.write(MMIO + TAIL, 4, 1)
        m.quit()
    told = Story(scratch)
    equal([(e.at, e.len) for e in told.of("entry") if e.len],
          [(RAM, 16), (RAM + 64, 16)], "entries")
    stopped, started = (
        [getattr(e, "text", "") for e in told.log.events].index(text)
        for text in ("vfio-trace: stop device=dut",
                     "vfio-trace: start device=dut"))
    equal([i for i in told.items if stopped < i.place < started], [],
          "between")


@test
def window_removed(scratch):
    """A register whose window is removed is unknown from then on."""
    with traced(scratch, REGISTERS + TAIL_RING) as m:
        start(m)
        put(m, RAM, pattern(128, 1))
        set_up(m, 8)
        m.write(MMIO + TAIL, 4, 1)
        window = {"device": "dut", "region": "bar0", "offset": BASE,
                  "length": 8, "direction": "write"}
        m.qmp.execute("vfio-trace-window-remove", **window)
        m.write(MMIO + TAIL, 4, 2)
        refused(m, "writes of register BASE", "vfio-trace-rings-add",
                device="dut", name="again", text=REGISTERS + TAIL_RING)
        m.qmp.execute("vfio-trace-window-add", **window)
        set_up(m, 8)
        m.write(MMIO + TAIL, 4, 3)
        m.quit()
    equal([(e.index, e.len, e.get("state")) for e in Story(scratch).of("entry")],
          [(0, 16, None), (0, 0, "address-unknown"), (1, 16, None),
           (2, 16, None)], "entries")


@test
def reset(scratch):
    """A reset of the machine: the registers' values are forgotten."""
    with traced(scratch, REGISTERS + TAIL_RING) as m:
        start(m)
        set_up(m, 8)
        m.write(MMIO + TAIL, 4, 2)
        m.qmp.execute("system_reset")
        m.qmp.wait_event("RESET")
        start(m)
        m.write(MMIO + TAIL, 4, 3)
        set_up(m, 8)
        m.write(MMIO + TAIL, 4, 1)
        m.quit()
    equal([e.index for e in Story(scratch).of("entry") if e.len],
          [0, 1, 0], "entries")


@test
def reset_while_stopped(scratch):
    """What a reset ends is not there when tracing goes on."""
    with traced(scratch, REGISTERS + TAIL_RING) as m:
        start(m)
        set_up(m, 8)
        m.write(MMIO + TAIL, 4, 6)
        m.qmp.execute("vfio-trace-stop")
        m.qmp.execute("system_reset")
        m.qmp.wait_event("RESET")
        m.qmp.execute("vfio-trace-start")
        start(m)
        m.write(MMIO + BASE, 8, RAM)
        m.write(MMIO + COUNT, 4, 8)
        m.write(MMIO + TAIL, 4, 1)
        m.quit()
    equal([e.index for e in Story(scratch).of("entry") if e.len],
          [0, 1, 2, 3, 4, 5, 0], "entries")


@test
def unplug(scratch):
    """The device is unplugged; one that is plugged in later has the file, too."""
    with traced(scratch, REGISTERS + TAIL_RING, options=",wait=on") as m:
        for turn in range(3):
            start(m)
            put(m, RAM, pattern(128, turn))
            set_up(m, 8)
            m.write(MMIO + TAIL, 4, 7)
            m.qmp.execute("device_del", id="dut")
            m.write(MMIO + TAIL, 4, 3)
            m.eject(SLOT)
            m.qmp.wait_event("DEVICE_DELETED")
            m.qmp.execute("vfio-trace-mark", text="go on")
            if turn < 2:
                m.qmp.execute("device_add", driver="edu", id="dut",
                              addr=f"{SLOT:#x}")
        m.quit()
    told = Story(scratch)
    equal(len(told.files()), 3, "files")
    # 7 of each turn, and 4 more across the wrap
    equal([e.data for e in told.of("entry")][::11],
          [pattern(128, turn)[:16] for turn in range(3)], "first entries")


@test
def two_devices(scratch):
    """Two devices on one log, each with its own state; markers are for both."""
    text = REGISTERS + TAIL_RING + 'snapshot S {\n at 0x100000\n len 8\n ' \
        'on marker "go"\n}\n'
    with traced(scratch, text,
                "-object", f"pci-trace,id=t2,device=two,rings={scratch}/t.rings",
                "-device", f"edu,id=two,addr={OTHER}") as m:
        start(m)
        start(m, OTHER, OTHER_MMIO)
        put(m, RAM, pattern(256, 1))
        set_up(m, 8)
        m.write(OTHER_MMIO + BASE, 8, RAM + 128)
        m.write(OTHER_MMIO + COUNT, 4, 4)
        m.write(MMIO + TAIL, 4, 1)
        m.write(OTHER_MMIO + TAIL, 4, 2)
        m.write(MMIO + TAIL, 4, 2)
        m.qmp.execute("vfio-trace-mark", text="go")
        m.quit()
    told = Story(scratch)
    equal([(e.device, e.at - RAM) for e in told.of("entry")],
          [("dut", 0), ("two", 128), ("two", 144), ("dut", 16)], "entries")
    equal({s.device for s in told.of("snapshot")}, {"dut", "two"},
          "snapshots")


if __name__ == "__main__":
    tap.main()
