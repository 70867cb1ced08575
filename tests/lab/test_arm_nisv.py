#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# needs: other-targets cross-qemu
# usual: 200
# timeout: 1800
"""Instructions that Arm does not describe to KVM: docs/instructions.md, Arm.

A program of a guest on an emulated Arm host executes each instruction of the
document's table on a BAR that is memory in a file of this test, aligned,
unaligned and across a page border.
"""

import json
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import lab, mmt, tap                                  # noqa: E402
from common.tap import Skip, equal, matches, test                 # noqa: E402

DOCUMENT = os.path.join(lab.TOP, "docs", "instructions.md")
COMPILER = "aarch64-linux-gnu-gcc"
ARCH = "aarch64"
BAR, SIZE = 2, 1 << 20
# the same as in guest/arm-nisv.c
PAGE, FIRST = 4096, 8192
PLACES = ("aligned", "unaligned", "border")
AT = {"aligned": FIRST + PAGE // 2, "unaligned": FIRST + PAGE // 2 + 1,
      "border": FIRST + PAGE - 1}
# a block of DC ZVA of QEMU's processors
BLOCK = 64
REFUSED = "refused"
LEAST = 50                      # minimum number of instructions


def document():
    """{instruction: (accesses, accesses across a page border)}"""
    rows, here = [], False
    with open(DOCUMENT, encoding="utf-8") as f:
        for line in f:
            if line.startswith("## "):
                here = line == "## Arm\n"
            if not here or not re.match(r"\| [`|]", line):
                continue
            cells = [cell.strip() for cell in line.strip()[1:-1].split("|")]
            if cells[0]:
                rows.append(cells)
            elif rows:
                rows[-1] = [" ".join(filter(None, both)) for both
                            in zip(rows[-1], cells, strict=True)]
    return {text.strip("`"): tuple(cells) for text, *cells in rows}


def expected(table, text, place):
    return table[text][place == "border"]


def describe(accesses, at):
    """`R8 R8+8` and so on, with +OFFSET if not at the operand's address."""
    words = []
    for a in accesses:
        offset = a.addr - at
        words.append(f"{a.op}{a.width}" + (f"{offset:+}" if offset else ""))
    return " ".join(words)


def operand(text, place):
    """Where the table counts from"""
    return AT[place] // BLOCK * BLOCK if text.startswith("dc ") else AT[place]


def compile_program(scratch, table):
    lab.need_cross_built(ARCH)
    if not shutil.which(COMPILER):
        raise Skip(f"{COMPILER} is not installed: gcc-aarch64-linux-gnu")
    rows = os.path.join(scratch, "table.h")
    with open(rows, "w", encoding="utf-8") as f:
        f.writelines(f'X("{text}")\n' for text in table)
    program = os.path.join(scratch, "arm-nisv")
    subprocess.run([COMPILER, "-O2", "-Wall", "-Wextra", "-Werror", "-static",
                    f'-DTABLE="{rows}"', "-o", program,
                    lab.guest_file("arm-nisv.c")], check=True)
    return program


class Device:
    """The tested device: its BAR 2 is memory, in a file."""

    def __init__(self, scratch, table):
        self.path = os.path.join(scratch, "device")
        with open(self.path, "wb") as f:
            f.truncate(SIZE)
        # QEMU's TCG lets a single processor access device memory unaligned;
        # with two, L1's QEMU gets the alignment fault that it would on Arm.
        self.options = {
            "arch": ARCH, "driver": "none", "host_smp": 2,
            "device": "ivshmem-plain,memdev=device,id=dut",
            "outer_arg": ["-object", "memory-backend-file,id=device,share=on,"
                          f"size={SIZE},mem-path={self.path}"],
            "extra": [compile_program(scratch, table)]}

    def judge_memory(self, accesses, base):
        """What the log says of the BAR is what is in the device."""
        memory = mmt.replay(accesses, base, SIZE)
        with open(self.path, "rb") as f:
            equal(memory == f.read(), True,
                  "the device's memory agrees with the log")


def parse(said):
    """The program's lines: [(number, place, result, instruction)]"""
    lines = [line.split(" ", 3) for line in said.splitlines()]
    return [(int(number), place, result, text)
            for number, place, result, text in lines]


def segments(accesses, base):
    """{number: accesses of that case}, by the program's markers"""
    found, current = {}, None
    for a in accesses:
        if a.addr == base and a.op == "W" and a.width == 4:
            current = (a.value - 1) // 2 if a.value % 2 else None
            if current is not None:
                found[current] = []
        elif current is not None:
            found[current].append(a)
    return found


def judge(got, want, what):
    wrong = sorted(key for key in got.keys() | want.keys()
                   if got.get(key) != want.get(key))
    for text, place in wrong:
        print(f"# {text} ({place}): {got.get((text, place))}; the document "
              f"says {want.get((text, place))}")
    equal(len(wrong), 0, f"{what}: differences from the document")


# Write-combined: the processor allows unaligned accesses and DC ZVA.
RUN = f"""
echo 1 > /sys/bus/pci/devices/$BDF/enable
/extra/arm-nisv /sys/bus/pci/devices/$BDF/resource{BAR}_wc > $LAB_OUT/user
"""
SCRIPT = f"""
set -e
{RUN}
host 'qmp "{{\\"execute\\": \\"query-vfio-trace\\"}}"' > $LAB_OUT/query
"""


def counters(said):
    """The device's counters of instructions, from query-vfio-trace"""
    device = json.loads(said)["return"][0]["devices"][0]
    return {key: device[key] for key in ("rescued", "stepped", "refused")}


@test
def table(scratch):
    """Each instruction does what docs/instructions.md states."""
    rows = document()
    equal(len(rows) >= LEAST, True, f"{len(rows)} instructions: all of them")
    device = Device(scratch, rows)
    run = lab.Run(scratch, script=SCRIPT, **device.options)
    lab.tool("check", "--complete", run.path("trace.mmt"))
    log, said = run.log(), parse(run.text("guest/user"))
    base = [m.phys for m in log.of(mmt.Map) if m.len == SIZE][-1]
    accesses = [a for a in log.accesses() if base <= a.addr < base + SIZE]
    device.judge_memory(accesses, base)
    found = segments(accesses, base)
    ran = [(3 * n + PLACES.index(place), place, result, text)
           for n, place, result, text in said if result != "none"]
    judge({(text, place): result for _, place, result, text in ran},
          {(text, place): "BUS" if expected(rows, text, place) == REFUSED
           else "same" for _, place, _, text in ran}, "results")
    judge({(text, place):
           describe(found[n], base + operand(text, place)) or REFUSED
           for n, place, _, text in ran},
          {(text, place): expected(rows, text, place)
           for _, place, _, text in ran}, "accesses")
    refused = [text for _, _, result, text in ran if result == "BUS"]
    equal(counters(run.text("guest/query")),
          {"rescued": len(ran) - len(refused), "stepped": 0,
           "refused": len(refused)}, "counters")
    marks = [m for m in log.of(mmt.Mark) if m.text.startswith(
        "vfio-trace: refused ")]
    equal(len(marks), len(refused), "marks")
    # each kind is reported once
    for name in ("ldxr", "ldadd", "swp", "cas"):
        equal(len(re.findall(rf"on a traced page \({name}\)",
                             run.text("lab.log"))), 1, f"reports of {name}")


# A pair whose second half is behind the BAR: fresh memory, which the kernel maps
# when the processor faults; memory that was made read-only; and so on.
EDGES = """untouched done
touched done
read-only-store SEGV 0
read-only-load done
no-access SEGV 0
unmapped SEGV 0
"""


@test
def edges(scratch):
    """A page behind the BAR: exceptions are those that the processor raises."""
    device = Device(scratch, {"ldp x1, x2, [x0]": None})
    run = lab.Run(scratch, script=f"""
set -e
echo 1 > /sys/bus/pci/devices/$BDF/enable
/extra/arm-nisv /sys/bus/pci/devices/$BDF/resource{BAR}_wc edges > $LAB_OUT/user
""", **device.options)
    lab.tool("check", "--complete", run.path("trace.mmt"))
    equal(run.text("guest/user"), EDGES, "results")
    log = run.log()
    base = [m.phys for m in log.of(mmt.Map) if m.len == SIZE][-1]
    accesses = [a for a in log.accesses() if base <= a.addr < base + SIZE]
    device.judge_memory(accesses, base)
    # 8 bytes, and 3 before the page
    stored, loaded = ["W8", "W2+8", "W1+10"], ["R8", "R2+8", "R1+10"]
    equal(describe(accesses, base + PAGE - 11).split(),
          (stored + loaded) * 2 + loaded, "accesses")


@test
def without_us(scratch):
    """Plain vfio-pci: every such instruction ends the program."""
    rows = document()
    device = Device(scratch, rows)
    run = lab.Run(scratch, plain=True, attach="vfio-pci,x-no-mmap=on",
                  script="set -e\n" + RUN, **device.options)
    results = [result for _, _, result, _ in parse(run.text("guest/user"))
               if result != "none"]
    equal(set(results), {"BUS"}, "results")
    matches(str(len(results)), r"^1[0-9][0-9]$")


if __name__ == "__main__":
    tap.main()
