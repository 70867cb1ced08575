#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# needs: other-targets
"""Values in the log are the device's, whatever the processor's byte order."""

import os
import re
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import bareguest, lab, mmt, tap                      # noqa: E402
from common.qemu import Machine                                  # noqa: E402
from common.tap import equal, test                               # noqa: E402

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SIZE = 1 << 20                  # of the device's memory
WIDTHS = (1, 2, 4, 8)


class Target:
    """A processor, in one byte order, and a machine for it."""

    def __init__(self, order, qemu, compiler, flags, machine, *more,
                 odd=8, place=",addr=5", block=False):
        self.order = order              # "little" or "big"
        self.qemu = qemu
        self.compiler = compiler
        self.flags = flags.split()
        self.machine = machine
        self.more = more
        self.odd = odd                  # widest access that need not be aligned
        self.place = place
        self.block = block              # it has an instruction for blocks


A64 = "-mstrict-align -mgeneral-regs-only -Wl,--defsym=BASE=0x40100000"
PPC = ("-mabi=elfv2 -mno-vsx -mno-altivec -msoft-float "
       "-Wl,--defsym=BASE=0x10000000")
PSERIES = "pseries,x-vof=on,kernel-addr=0x10000000"
TARGETS = {
    "x86_64": Target(
        "little", "x86_64", "x86_64-linux-gnu-gcc",
        "-m64 -mgeneral-regs-only -mno-red-zone -fcf-protection=none "
        "-Wl,--defsym=BASE=0x400000", "pc", "-cpu", "max"),
    "aarch64": Target(
        "little", "aarch64", "aarch64-linux-gnu-gcc", A64, "virt,highmem=off",
        "-cpu", "cortex-a57", odd=0),
    "aarch64_be": Target(
        "big", "aarch64", "aarch64-linux-gnu-gcc", f"-mbig-endian {A64}",
        "virt,highmem=off", "-cpu", "cortex-a57", odd=0),
    "ppc64le": Target(
        "little", "ppc64", "powerpc64le-linux-gnu-gcc", f"-mlittle {PPC}",
        PSERIES, "-m", "512"),
    "ppc64": Target(
        "big", "ppc64", "powerpc64le-linux-gnu-gcc", f"-mbig {PPC}",
        PSERIES, "-m", "512"),
    "s390x": Target(
        "big", "s390x", "s390x-linux-gnu-gcc",
        "-Wl,--defsym=BASE=0x20000", "s390-ccw-virtio", place="",
        odd=4, block=True),
}


def constants():
    """The numbers in guest/byte-order.h"""
    with open(os.path.join(bareguest.SOURCES, "byte-order.h"),
              encoding="utf-8") as f:
        return {name: int(value, 0) for name, value in
                re.findall(r"^#define (\w+) (\d\w*)$", f.read(), re.M)}


C = constants()


def document():
    """The table of docs/byte-order.md: {width: cells, bytes and numbers}"""
    with open(os.path.join(TOP, "docs", "byte-order.md"), encoding="utf-8") as f:
        rows = re.findall(r"^\| (\d) \| `([0-9 ]+)` \|(.*)\|$", f.read(), re.M)
    return {int(width): [bytes.fromhex(there),
                         *(int(cell, 0) for cell in cells.split("|"))]
            for width, there, cells in rows}


def filling():
    """What the memory has beforehand.

    No two bytes of an access are alike; the aligned ones read the document's.
    """
    memory = bytearray((7 * n + 1) & 0xff for n in range(256)) * (SIZE // 256)
    for width, (there, *_) in document().items():
        for way in range(2):
            n = WIDTHS.index(width) * 2 + way
            at = C["READS"] + n * C["STEP"]
            memory[at:at + width] = there
    return bytes(memory)


def program(scratch, name):
    target = TARGETS[name]
    if not shutil.which(target.compiler):
        raise tap.Skip(f"there is no {target.compiler}")
    kind = "x86_64" if name == "x86_64" else target.qemu
    return bareguest.compile_c(
        target.compiler, "byte-order.ld",
        ["byte-order.c", f"byte-order-{kind}.c"],
        os.path.join(scratch, "guest"), *target.flags)


def run_guest(scratch, name, trace):
    """Run the guest to its end; returns (log, the device's memory)."""
    target = TARGETS[name]
    tap.qemu_binary(target.qemu)
    memory = os.path.join(scratch, "memory")
    with open(memory, "wb") as f:
        f.write(filling())

    def word():
        with open(memory, "rb") as f:
            f.seek(C["DONE"])
            return f.read(4)

    with Machine(scratch, "-kernel", program(scratch, name), *target.more,
                 "-object", f"vfio-trace-log,id=log,file={scratch}/log",
                 "-object", f"pci-trace,id=trace,device=dut,log=log,{trace}",
                 "-object", "memory-backend-file,id=shm,share=on,"
                 f"size={SIZE},mem-path={memory}",
                 "-device", "nvme,id=dut,serial=1,pmrdev=shm" + target.place,
                 machine=target.machine, accel="tcg", target=target.qemu) as m:
        tap.wait_until(lambda: word() == C["END"].to_bytes(4, "little"),
                       f"the guest on {name} ends", 60)
        m.quit()
    lab.tool("check", "--complete", f"{scratch}/log")
    with open(memory, "rb") as f:
        return mmt.Log(f"{scratch}/log"), f.read()


def value_of(width, order, bytes_order="little"):
    """VALUE, cut to a width, as the device reads what the processor wrote."""
    low = C["VALUE"] & ((1 << 8 * width) - 1)
    return int.from_bytes(low.to_bytes(width, order), bytes_order)


def ways(target):
    """[byte order of the access] as the program makes them"""
    other = {"little": "big", "big": "little"}[target.order]
    return [target.order, other]


def cases(target, widest):
    """(number, width, byte order of the access) of each pair of accesses"""
    return [(w * 2 + n, width, order) for w, width in enumerate(WIDTHS)
            for n, order in enumerate(ways(target)) if width <= widest]


def offsets(log, bar="MEMORY"):
    """[(operation, width, offset, value)] of a BAR"""
    device = log.of(mmt.Pcidev)[0]
    base, size = device.start[C[bar]] & ~0xf, device.size[C[bar]]
    return [(a.op, a.width, a.addr - base, a.value) for a in log.accesses()
            if base <= a.addr < base + size]


def judge_result(memory, n, got, what):
    at = C["RESULTS"] + n * C["STEP"]
    equal(memory[at:at + 8], got.to_bytes(8, "little"),
          f"what the processor got, {what}")
    return ("W", 8, at, got)


def judge_pairs(name, memory, widest, places, results, skew):
    """The device's bytes, and what the processor got, for each width and way.

    Return: the lines that the log should have if nothing is split
    """
    target, before, want = TARGETS[name], filling(), []
    for n, width, order in cases(target, widest):
        what = f"{name}, {width} bytes, {order}-endian, skew {skew}"
        write, read = (C[place] + n * C["STEP"] + skew for place in places)
        there = before[read:read + width]
        low = C["VALUE"] & ((1 << 8 * width) - 1)
        equal(memory[write:write + width], low.to_bytes(width, order),
              f"the device's bytes, {what}")
        want += [("W", width, write, value_of(width, order)),
                 ("R", width, read, int.from_bytes(there, "little")),
                 judge_result(memory, results + n,
                              int.from_bytes(there, order), what)]
    return want


def judge_document(name, lines, memory):
    """Loads, and the stores of the same number, as docs/byte-order.md says"""
    target = TARGETS[name]
    columns = {("little", "little"): 1, ("big", "big"): 2, ("big", "little"): 3}
    for n, width, order in cases(target, 8):
        there, log, *registers = document()[width]
        column = columns.get((target.order, order))
        read, write, result = (C[place] + n * C["STEP"]
                               for place in ("READS", "WRITES", "RESULTS"))
        equal([line[3] for line in lines if line[:3] == ("R", width, read)],
              [log], f"{name}: a load of {width} bytes in the log")
        if column:
            equal(int.from_bytes(memory[result:result + 8], "little"),
                  registers[column - 1], f"{name}: a load of {width} bytes")
        if column == 3 or target.order == order == "little":
            # what writel() does
            equal(memory[write:write + width], there,
                  f"{name}: a store of {width} bytes")
            equal([line[3] for line in lines
                   if line[:3] == ("W", width, write)],
                  [log], f"{name}: a store of {width} bytes in the log")


def judge_all(lines, memory):
    """The lines alone tell what the memory has, as little-endian values."""
    now = bytearray(filling())
    for op, width, at, value in lines:
        if op == "W":
            now[at:at + width] = value.to_bytes(width, "little")
        else:
            equal(value, int.from_bytes(now[at:at + width], "little"),
                  f"value read at {at:#x}")
    equal(bytes(now) == memory, True, "the log makes the device's memory")


def judge_block(lines, memory):
    """Bytes that one instruction stores in their order, with no value at all"""
    at, words = C["BLOCK"], (C["VALUE"], 0x1112131415161718)
    for n, word in enumerate(words):
        stored = word.to_bytes(8, "big")
        equal(memory[at + 8 * n:at + 8 * n + 8].hex(), stored.hex(),
              f"bytes {n} of the block")
        equal(("W", 8, at + 8 * n, int.from_bytes(stored, "little")) in lines,
              True, f"line of bytes {n} of the block in {lines}: found")


def judge_config(name, log, memory):
    """Values of config space, which is little-endian, too."""
    identity = 0x00101b36
    judge_result(memory, C["IDENTITY"], identity, f"{name}, config space")
    marks = log.marks("vfio-trace: config ")
    for direction, width, offset, value in (("W", 2, 4, 2),
                                            ("R", 4, 0, identity)):
        wanted = re.compile(rf"config {direction} width={width} map=\d+ "
                            rf"offset={offset:#x} value={value:#x}$")
        equal(any(wanted.search(mark) for mark in marks), True,
              f"{wanted.pattern} in {marks}: found")


def judge_register(name, log, memory):
    """A register that is a function of the device, and no memory"""
    version = 0x00010400
    judge_result(memory, C["VERSION"], version, f"{name}, a register")
    equal(("R", 4, 8, version) in offsets(log, "REGISTERS"), True,
          "line of the register: found")


def test_of(name):
    """Register the test of a processor."""
    def aligned(scratch):
        target = TARGETS[name]
        log, memory = run_guest(scratch, name, trace="windows=0+4,config=on")
        lines = offsets(log)
        want = judge_pairs(name, memory, 8, ("WRITES", "READS"), 0, 0)
        for n, (line, expected) in enumerate(zip(lines, want)):
            equal(line, expected, f"line {n} on {name}")
        judge_pairs(name, memory, target.odd, ("ODD_WRITES", "ODD_READS"),
                    C["ODD_RESULTS"], C["SKEW"])
        if target.block:
            judge_block(lines, memory)
        judge_document(name, lines, memory)
        judge_all(lines, memory)
        judge_config(name, log, memory)
        judge_register(name, log, memory)
        equal([m for m in log.marks() if " failed " in m], [], "failures")
    aligned.__name__ = name
    aligned.__doc__ = f"{name}: all widths, in both byte orders"
    test(aligned)


for each in TARGETS:
    test_of(each)


@test
def windows(scratch):
    """s390x: the rest of a BAR that has a window works as without tracing"""
    # the guest writes to a register in the first page, in a region of the BAR's
    log, memory = run_guest(scratch, "s390x", trace="windows=0:0x1000:4K+4")
    want = judge_pairs("s390x", memory, 8, ("WRITES", "READS"), 0, 0)
    equal(offsets(log)[:len(want)], want, "lines")
    equal({p.size[0] for p in log.of(mmt.Pcidev)}, {0x4000}, "size of BAR0")
    equal(len(log.accesses()), len(offsets(log)), "accesses")


if __name__ == "__main__":
    tap.main()
