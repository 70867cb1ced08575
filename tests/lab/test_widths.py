#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# usual: 60
# timeout: 600
"""The accesses of each instruction in the log: docs/instructions.md.

A guest's program executes one instruction of each kind on a BAR that is memory in
a file of this test, aligned, unaligned and across a page border, and then has its
kernel do the same. The document's tables have the expected results.
"""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import devside, lab, mmt, tap                        # noqa: E402
from common.tap import equal, matches, test                      # noqa: E402

TABLE = os.path.join(lab.TOP, "docs", "instructions.md")
PLACES = ("aligned", "unaligned", "border")
BAR, SIZE = 2, 1 << 20
# the same as in guest/widths.c
PAGE, FIRST, REACH = 4096, 8192, 64
AT = {"aligned": FIRST + PAGE // 2, "unaligned": FIRST + PAGE // 2 + 1,
      "border": FIRST + PAGE - 1}
REFUSED = "-"                   # it fails on RAM as well
MODULE = lab.guest_file("probe-module.c")
# The document's column "KVM": the result for a program without tracing
ALONE = {"yes": "same", "no": "ILL", "wrong": "differs"}
LEAST = 1200                    # minimum number of cases


def table_rows(path):
    """The rows of the tables in a document: [[cell]].

    A row that has no first cell continues the one above it.
    """
    rows = []
    with open(path, encoding="utf-8") as f:
        for line in f:
            if not line.startswith("|"):
                continue
            cells = [cell.strip() for cell in line.strip()[1:-1].split("|")]
            if cells[0]:
                rows.append(cells)
            else:
                rows[-1] = [" ".join(filter(None, both)) for both
                            in zip(rows[-1], cells, strict=True)]
    return rows


class Document:
    """The tables of docs/instructions.md.

    log: {(instruction, place): its accesses in the log}
    kvm: {instruction: KVM's own result}
    tcg: {instruction: accesses under TCG, where they differ}
    """

    def __init__(self):
        self.log, self.kvm, self.tcg = {}, {}, {}
        for first, *cells in table_rows(TABLE):
            found = re.fullmatch("`([^`]+)`", first)
            if found and len(cells) == 1:
                self.tcg[found[1]] = cells[0]
            elif found and cells[0] in ALONE:
                self.kvm[found[1]] = cells[0]
                self.log.update(((found[1], place), cell) for place, cell
                                in zip(PLACES, cells[1:]))

    def results(self, without=False):
        """{(instruction, place): the result that the program must print}."""
        return {(text, place): "none" if cell == REFUSED else
                "same" if self.kvm[text] == "no" and not without else
                ALONE[self.kvm[text]]
                for (text, place), cell in self.log.items()}


def describe(accesses, at):
    """`R4 W4` and so on, with +OFFSET if not at the operand's address."""
    words = []
    for a in accesses:
        offset = a.addr - at
        words.append(f"{a.op}{a.width}" + (f"{offset:+}" if offset else ""))
    return " ".join(words) or "nothing"


def by_bytes(description):
    """describe()'s accesses as accesses of one byte each."""
    found = []
    for op, width, offset in re.findall(r"([RW])(\d)([+-]\d+)?", description):
        found += [f"{op}{int(offset or 0) + i:+}" for i in range(int(width))]
    return found


def segments(accesses, base):
    """[{number: accesses of that instruction}], by the program's markers.

    One for each run of the program.
    """
    runs, current = [], None
    for a in accesses:
        if a.addr == base and a.op == "W" and a.width == 4:
            current = (a.value - 1) // 2 if a.value % 2 else None
            if current == 0:
                runs.append({})
            if current is not None:
                runs[-1][current] = []
        elif current is not None:
            runs[-1][current].append(a)
    return runs


def judge_rest(accesses, runs, said):
    """The log has the program's other accesses, too: around each instruction it
    writes the initial values, reads the results, and writes markers."""
    results = [line.split(" ")[2] for line in said.splitlines()]
    ran = [r for r in results if r != "none"]
    survived = [r for r in ran if r in ("same", "differs")]
    total = {op: sum(a.width for a in accesses if a.op == op) -
             sum(a.width for found in runs for s in found.values()
                 for a in s if a.op == op) for op in "RW"}
    equal(total, {"R": 2 * REACH * len(survived),
                  "W": (2 * REACH + 4 + 4) * len(ran)}, "bytes around them")


def parse(said):
    """The program's lines: [(number, place, result, instruction)]."""
    lines = [line.split(" ", 3) for line in said.splitlines()]
    return [(int(number), place, result, text)
            for number, place, result, text in lines]


def results(said):
    return {(text, place): result for _, place, result, text in parse(said)}


def cells(said, found, base):
    """{(instruction, place): its accesses in the log}."""
    return {(text, place): REFUSED if result == "none" else
            describe(found[number], base + AT[place])
            for number, place, result, text in parse(said)}


def judge(got, want, what):
    wrong = sorted(key for key in got.keys() | want.keys()
                   if got.get(key) != want.get(key))
    for text, place in wrong:
        print(f"# {text} ({place}): {got.get((text, place))}; the document "
              f"says {want.get((text, place))}")
    equal(len(wrong), 0, f"{what}: differences from the document")
    equal(len(got) > LEAST, True, f"{what}: {len(got)} cases: all of them")


class Device:
    """The tested device: its BAR 2 is memory, in a file."""

    def __init__(self, scratch):
        self.path = os.path.join(scratch, "device")
        with open(self.path, "wb") as f:
            f.truncate(SIZE)
        self.options = {
            "device": "ivshmem-plain,memdev=device,id=dut",
            "outer_arg": ["-object", "memory-backend-file,id=device,share=on,"
                          f"size={SIZE},mem-path={self.path}"],
            "extra": [lab.compile_guest(scratch, "widths")]}

    def judge(self, log, *said):
        """Check the log against the device and the program's output.

        Return: base of the BAR, and for each run of the program the accesses
        of each instruction
        """
        # it may have moved
        base = [m.phys for m in log.of(mmt.Map) if m.len == SIZE][-1]
        accesses = [a for a in log.accesses()
                    if base <= a.addr < base + SIZE]
        with open(self.path, "rb") as f:
            equal(mmt.replay(accesses, base, SIZE) == f.read(), True,
                  "the device's memory agrees with the log")
        runs = segments(accesses, base)
        equal(len(runs), len(said), "runs of the program in the log")
        judge_rest(accesses, runs, "".join(said))
        return base, runs


SCRIPT = f"""
set -e
/extra/widths $BDF {BAR} > $LAB_OUT/user
insmod /extra/probe-module.ko bdf=$BDF bar={BAR}
/extra/widths $BDF {BAR} kernel > $LAB_OUT/kernel
rmmod probe_module
"""


@test
def table(scratch):
    """Each instruction does what docs/instructions.md states."""
    device, document = Device(scratch), Document()
    run = lab.Run(scratch, driver="none", guest_source=MODULE, script=SCRIPT,
                  **device.options)
    lab.tool("check", "--complete", run.path("trace.mmt"))
    said = [run.text("guest/" + who) for who in ("user", "kernel")]
    base, runs = device.judge(run.log(), *said)
    for who, found, text in zip(("a program", "the kernel"), runs, said):
        judge(results(text), document.results(), f"results, {who}")
        judge(cells(text, found, base), document.log, f"accesses, {who}")


@test
def without_us(scratch):
    """Plain vfio-pci: instructions that KVM can't emulate end the program."""
    device, document = Device(scratch), Document()
    run = lab.Run(scratch, driver="none", plain=True,
                  attach="vfio-pci,x-no-mmap=on",
                  script=f"/extra/widths $BDF {BAR} > $LAB_OUT/user",
                  **device.options)
    judge(results(run.text("guest/user")), document.results(without=True),
          "results")
    equal(list(document.kvm.values()).count("no") > 200, True,
          "many instructions that KVM can't emulate")


STOPPED = r"""
await try
for i in $(seq 300); do
    if qmp '{"execute": "query-status"}' | grep -q internal-error; then
        stage "the guest has stopped"
        sleep 10
    fi
    sleep 0.1
done
exit 1
"""


@test
def kernel_without_us(scratch):
    """Plain vfio-pci: such an instruction in the kernel stops the guest."""
    device = Device(scratch)
    run = lab.Run(scratch, driver="none", plain=True,
                  attach="vfio-pci,x-no-mmap=on", guest_source=MODULE,
                  script="set -e\n"
                         f"insmod /extra/probe-module.ko bdf=$BDF bar={BAR}\n"
                         "signal try\n"
                         f"/extra/widths $BDF {BAR} kernel > $LAB_OUT/kernel\n",
                  host_script=STOPPED, crash_when="the guest has stopped",
                  **device.options)
    # at the first one that KVM can't emulate: popcntw (%rdi), %ax
    matches(run.text("lab.log"), r"KVM internal error.*emulation failure.*"
            r"CPL=0.*Code=[0-9a-f ]*<66> f3 0f b8 07")


@test
def tcg(scratch):
    """The same program under TCG: the same results, the same bytes."""
    device, document = Device(scratch), Document()
    trace = os.path.join(scratch, "trace.mmt")
    device.options["outer_arg"] += [
        "-object", f"vfio-trace-log,id=log,file={trace}",
        "-object", "pci-trace,id=trace,device=dut,log=log"]
    run = lab.Run(scratch, host_only=True,
                  host_script=f"/extra/widths $TARGETS {BAR} > $OUT/user",
                  **device.options)
    lab.tool("check", "--complete", trace)
    said = run.text("host/user")
    base, runs = device.judge(mmt.Log(trace), said)
    judge(results(said),
          {key: "none" if cell == REFUSED else "same"
           for key, cell in document.log.items()}, "results")
    judge({key: by_bytes(cell)
           for key, cell in cells(said, runs[0], base).items()},
          {(text, place): by_bytes(
              cell if cell == REFUSED else document.tcg.get(text, cell))
           for (text, place), cell in document.log.items()}, "bytes")


# The data port of a ne2k_pci, through which its driver moves packets with
# "rep ins" and "rep outs"; another card on the same network sends and receives them.
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
    # this card's emulation receives broadcasts only in promiscuous mode
    ip link set $(ls /sys/bus/pci/devices/$bdf/net) up promisc on
done
ip addr add 10.0.0.1/24 dev $(ls /sys/bus/pci/devices/$1/net)
ip addr add 10.1.0.1/24 dev $(ls /sys/bus/pci/devices/$2/net)
until [ "$(cat /sys/bus/pci/devices/$2/net/*/carrier)" = 1 ]; do
    sleep 0.1
done
# no host answers, but the ARP request is a broadcast
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
    """in, out, rep ins, rep outs: each element with its width, as it arrived."""
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
