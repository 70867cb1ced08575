#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 600
"""Which accesses an instruction comes to in the log: docs/instructions.md.

A guest's program carries out one instruction of each kind on a BAR that is
memory in a file of ours, aligned, unaligned and across a page border. The
document's table is the expectation.
"""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import devside, lab, mmt, tap                        # noqa: E402
from common.tap import equal, test                               # noqa: E402

TABLE = os.path.join(lab.TOP, "docs", "instructions.md")
PLACES = ("aligned", "unaligned", "border")
BAR, SIZE = 2, 1 << 20
# as guest/widths.c has them
PAGE, FIRST, REACH = 4096, 8192, 64
AT = {"aligned": FIRST + PAGE // 2, "unaligned": FIRST + PAGE // 2 + 1,
      "border": FIRST + PAGE - 1}
REFUSED = "-"                   # the CPU does so on RAM as well


def expected():
    """The document's table: {(instruction, place): what is in the log}."""
    want = {}
    with open(TABLE, encoding="utf-8") as f:
        for line in f:
            row = re.match(r"\| `([^`]+)` \| (.*) \|$", line)
            if row:
                cells = row[2].split(" | ")
                for place, cell in zip(PLACES, cells):
                    want[row[1], place] = cell
    return want


def describe(accesses, at):
    """`R4 W4` and so on; what is not at the operand's address has +OFFSET."""
    words = []
    for a in accesses:
        offset = a.addr - at
        words.append(f"{a.op}{a.width}" + (f"{offset:+}" if offset else ""))
    return " ".join(words) or "nothing"


def segments(accesses, base):
    """{number: accesses of that instruction}, by the program's markers."""
    found, current = {}, None
    for a in accesses:
        if a.addr == base and a.op == "W" and a.width == 4:
            current = (a.value - 1) // 2 if a.value % 2 else None
            if current is not None:
                found[current] = []
        elif current is not None:
            found[current].append(a)
    return found


def replay(accesses, base):
    """The BAR's memory if the log is true; a read that is not, raises."""
    memory = bytearray(SIZE)
    for a in accesses:
        at = slice(a.addr - base, a.addr - base + a.width)
        value = a.value.to_bytes(a.width, "little")
        if a.op == "W":
            memory[at] = value
        else:
            equal(value, bytes(memory[at]), f"what {a} read")
    return memory


def judge_rest(accesses, found, said):
    """The program's other accesses are all there, too: around each instruction
    it writes what is to be found, reads what has come of it, and marks."""
    results = [line.split(" ")[2] for line in said.splitlines()]
    ran = [r for r in results if r != "none"]
    survived = [r for r in ran if r in ("same", "differs")]
    total = {op: sum(a.width for a in accesses if a.op == op) -
             sum(a.width for s in found.values() for a in s if a.op == op)
             for op in "RW"}
    equal(total, {"R": 2 * REACH * len(survived),
                  "W": (2 * REACH + 4 + 4) * len(ran)}, "bytes around them")


def measured(run, said):
    """What the program did: {(instruction, place): what is in the log}."""
    log = run.log()
    pcidev = log.of(mmt.Pcidev)[0]
    base = pcidev.start[BAR] & ~15
    accesses = [a for a in log.accesses()
                if base <= a.addr < base + pcidev.size[BAR]]
    with open(os.path.join(os.path.dirname(run.out), "device"), "rb") as f:
        equal(replay(accesses, base) == f.read(), True,
              "the memory at the device is what the log makes of it")
    found = segments(accesses, base)
    judge_rest(accesses, found, said)
    got = {}
    for line in said.splitlines():
        number, place, result, text = line.split(" ", 3)
        if result == "none":
            got[text, place] = REFUSED
            continue
        seen = describe(found[int(number)], base + AT[place])
        if result == "same":
            got[text, place] = seen
        else:
            got[text, place] = "SIG" + result if seen == "nothing" \
                else f"{seen} SIG{result}"
    return got


@test
def table(scratch):
    """Each instruction class does what docs/instructions.md says of it."""
    device = os.path.join(scratch, "device")
    with open(device, "wb") as f:
        f.truncate(SIZE)
    run = lab.Run(
        scratch, device="ivshmem-plain,memdev=device", driver="none",
        outer_arg=["-object", "memory-backend-file,id=device,share=on,"
                   f"size={SIZE},mem-path={device}"],
        extra=[lab.compile_guest(scratch, "widths")],
        script=f"/extra/widths $BDF {BAR} > $LAB_OUT/widths")
    lab.tool("check", "--complete", run.path("trace.mmt"))
    got, want = measured(run, run.text("guest/widths")), expected()
    wrong = sorted(key for key in got.keys() | want.keys()
                   if got.get(key) != want.get(key))
    for text, place in wrong:
        print(f"# {text} ({place}): {got.get((text, place))}; the document "
              f"says {want.get((text, place))}")
    equal(len(wrong), 0, "differences from the document")
    equal(len(got) > 300, True, f"{len(got)} cases: all of them")


# The data port of a ne2k_pci, and by which its driver moves packets with
# "rep ins" and "rep outs"; another card on the same cable sends and gets them.
DATA = 0x10
PORTS = r"""
set -eu
cat $DEV/config > $LAB_OUT/config
mmio $BDF 0 r8 0 r8 1 r16 0x10 r32 0x10 w8 0x0d=0x04
modprobe ne2k-pci
modprobe e1000e
set -- $BDFS
for bdf in $BDFS; do
    until [ -e /sys/bus/pci/devices/$bdf/net ]; do sleep 0.1; done
    # this card's emulation takes what is for all only if it takes all
    ip link set $(ls /sys/bus/pci/devices/$bdf/net) up promisc on
done
ip addr add 10.0.0.1/24 dev $(ls /sys/bus/pci/devices/$1/net)
ip addr add 10.1.0.1/24 dev $(ls /sys/bus/pci/devices/$2/net)
until [ "$(cat /sys/bus/pci/devices/$2/net/*/carrier)" = 1 ]; do
    sleep 0.1
done
# nobody answers, but who is asked for is asked of all
ping -c 2 -W 1 10.0.0.2 || true
ping -c 2 -W 1 10.1.0.2 || true
"""


def runs(accesses, op):
    """Lengths of the runs of 4-byte accesses to the data port."""
    found, length = [], 0
    for a in accesses:
        if (a.op, a.width, a.addr & 0x1f) == (op, 4, DATA):
            length += 1
        elif length:
            found.append(length)
            length = 0
    return found + [length]


@test
def ports(scratch):
    """in, out, rep ins, rep outs: each element by its width, as it arrived."""
    run = lab.Run(
        scratch, device=["ne2k_pci,netdev=cable0", "e1000e,netdev=cable1"],
        outer_arg=["-netdev", "hubport,hubid=9,id=cable0",
                   "-netdev", "hubport,hubid=9,id=cable1"],
        driver="none", guest_module="ne2k-pci,e1000e", device_trace=True,
        script=PORTS)
    lab.tool("check", "--complete", run.path("trace.mmt"))
    _, ours, theirs = devside.both_sides(run)
    devside.same([(a.op, a.width, a.addr, a.value) for a in ours],
                 [(a.op, a.width, a.addr, a.value) for a in theirs],
                 "accesses to ports")
    first = [f"{a.op}{a.width}" for a in ours]
    equal(first[:5], ["R1", "R1", "R2", "R4", "W1"], "in and out")
    for op in "RW":
        # a packet has 42 bytes at least
        equal(max(runs(ours, op)) >= 42 // 4, True,
              f"runs of {op}4 at the data port: {runs(ours, op)}; long enough")


if __name__ == "__main__":
    tap.main()
