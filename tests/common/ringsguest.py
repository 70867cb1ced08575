# SPDX-License-Identifier: GPL-2.0-or-later
"""A device with a rings file, driven by qtest."""

import random

from . import guestmem, lab, mmt
from .qemu import COMMAND_MEMORY, MMIO, Machine
from .tap import equal

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


def set_up(m, count, base=RAM):
    m.write(MMIO + BASE, 8, base)
    m.write(MMIO + COUNT, 4, count)


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


WATCH = REGISTERS + """limit trigger {trigger}
limit second 1024M
watch W {{
    at      BASE
    len     COUNT
    on      write GO
    on      marker "look"
}}
"""
