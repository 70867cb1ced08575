#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 900
"""vfio-trace symbolize with a real driver: the names belong to the instructions
that accessed the device."""

import bisect
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import lab, mmt, tap                                 # noqa: E402
from common.tap import equal, test                               # noqa: E402

DRIVER = "e1000e"
SCRIPT = rf"""
set -eu
cat /proc/kallsyms > $LAB_OUT/kallsyms
cat /proc/modules > $LAB_OUT/modules
mkdir $LAB_OUT/ko
cp $(find / -xdev -name '{DRIVER}.ko*') $LAB_OUT/ko/
dev=$(ls $DEV/net)
ip link set "$dev" up
# Without a link, e1000e_update_stats() reads nothing.
for second in $(seq 30); do
    if [ "$(cat "/sys/class/net/$dev/carrier")" = 1 ]; then break; fi
    sleep 1
done
cat "/sys/class/net/$dev/carrier" > $LAB_OUT/carrier
ip link set "$dev" down
"""

SYM = re.compile(r"^([^+]+)\+0x([0-9a-f]+)(?:/0x([0-9a-f]+))?(?:\[(.+)\])?$")
# Functions that e1000e runs when it is loaded and unloaded.
FUNCTIONS = {"__ew32", "e1000_init_hw_82571", "e1000_reset_hw_82571",
             "e1000e_update_stats"}
# A load and a store of 32 bits, as readl() and writel() are compiled.
LOAD = re.compile(r"\bmov +[^,]*\(%\w+\),%e?\w+$")
STORE = re.compile(r"\bmov +[%$]\w+,[^,]*\(%\w+\)$")


class Kallsyms:
    """Names by address, looked up independently of the tool."""

    def __init__(self, text):
        rows = [line.split() for line in text.splitlines()]
        self.names = {}
        for address, _, name, *module in rows:
            at = int(address, 16)
            module = module[0].strip("[]") if module else None
            self.names.setdefault(at, set()).add((name, module))
        self.addresses = sorted(self.names)

    def at(self, pc):
        start = self.addresses[bisect.bisect_right(self.addresses, pc) - 1]
        return self.names[start], pc - start


def parse(sym):
    """(name, offset, module) of a sym= field."""
    name, offset, _, module = SYM.match(sym).groups()
    return name, int(offset, 16), module


def instructions(ko):
    """The driver's code: {function: {offset: (instruction, next offset)}}."""
    if ko.endswith((".xz", ".zst", ".gz")):
        tool = {".xz": "xz", "zst": "zstd", ".gz": "gzip"}[ko[-3:]]
        subprocess.run([tool, "-dkq", ko], check=True)
        ko = ko[:ko.rindex(".")]
    text = subprocess.run(["objdump", "-d", "-w", "--no-show-raw-insn", ko],
                          check=True, capture_output=True, text=True).stdout
    code, rows, start = {}, [], 0
    for line in text.splitlines():
        label = re.match(r"([0-9a-f]+) <(\S+)>:$", line)
        insn = re.match(r" +([0-9a-f]+):\t(.*)$", line)
        if label:
            start, rows = int(label[1], 16), []
            code.setdefault(label[2], rows)
        elif insn:
            rows.append((int(insn[1], 16) - start, insn[2].strip()))
    return {name: {at: (insn, after[0] if after else None)
                   for (at, insn), after in zip(rows, rows[1:] + [None])}
            for name, rows in code.items()}


def symbolize(run, name, *options):
    """Symbolize the run's log into a file NAME; its path."""
    path = run.path(name)
    lab.tool("symbolize", run.path("trace.mmt"), "-o", path, *options)
    return path


def same_without_names(run, path):
    """Only fields at the ends of lines were added to the log."""
    with open(path, encoding="utf-8") as f:
        text = re.sub(r" sym=\S+$", "", f.read(), flags=re.M)
    equal(text == run.text("trace.mmt"), True, "the log without the names")


def names_are_kallsyms(accesses, kallsyms):
    for access in accesses:
        if not access.pc:
            continue
        name, offset, module = parse(access.extra["sym"])
        names, want = kallsyms.at(access.pc)
        equal((offset, (name, module) in names), (want, True),
              f"{access.extra['sym']} for 0x{access.pc:x}")


def are_the_accesses(accesses, code):
    """The names point at the load and store instructions."""
    seen = {"R": 0, "W": 0}
    for access in accesses:
        name, offset, module = parse(access.extra["sym"])
        if module != DRIVER or access.width != 4:
            continue
        function = code[name]
        if access.op == "R":
            insn = function[offset][0] if offset in function else "none"
            pattern = LOAD
        else:
            # The program counter is the next instruction's.
            insn = [i for i, after in function.values() if after == offset]
            insn = insn[0] if insn else "none"
            pattern = STORE
        equal(bool(pattern.search(insn)), True,
              f"{access.op} at {access.extra['sym']} is '{insn}': likely")
        seen[access.op] += 1
    equal(min(seen.values()) > 500, True, f"{seen} of the driver's: enough")


def by_module_file(run, accesses):
    """The module's own file gives the same names as the running kernel."""
    path = symbolize(run, "by-file.mmt", "--modules",
                     run.path("guest/modules"), "--module-dir",
                     run.path("guest/ko"))
    drivers = 0
    for a, b in zip(accesses, mmt.Log(path).accesses()):
        if parse(a.extra["sym"])[2] == DRIVER:
            equal(parse(b.extra["sym"]), parse(a.extra["sym"]),
                  "name from the module's file")
            drivers += 1
        else:
            equal("sym" in b.extra, False, "a name outside of modules")
    equal(drivers > 4000, True, f"{drivers} accesses of the driver: enough")


@test
def names(scratch):
    """e1000e's functions by kallsyms, by its file, and by disassembly."""
    run = lab.Run(scratch, device="e1000e", driver=DRIVER, oracle=True,
                  trace_opts="trace-pc=on,trace-extra=cpu", script=SCRIPT)
    path = symbolize(run, "named.mmt", "--kallsyms",
                     run.path("guest/kallsyms"))
    same_without_names(run, path)
    lab.tool("check", "--complete", path)
    lab.tool("compare", run.path("oracle.mmt"), path)

    equal(run.text("guest/carrier").strip(), "1", "the link")
    log = mmt.Log(path)
    accesses = log.accesses()
    equal(all(a.pc for a in accesses), True, "every access has a PC")
    names_are_kallsyms(accesses, Kallsyms(run.text("guest/kallsyms")))
    functions = {parse(a.extra["sym"])[0] for a in accesses}
    equal(FUNCTIONS - functions, set(), "functions that the driver runs")
    msix = [m.map for m in log.of(mmt.Map) if m.len == 0x4000]
    equal({parse(a.extra["sym"])[2] for a in accesses if a.map in msix},
          {None}, "names of accesses to the MSI-X table: the kernel's")
    by_module_file(run, accesses)
    if shutil.which("objdump"):
        ko = os.listdir(run.path("guest/ko"))[0]
        are_the_accesses(accesses, instructions(run.path(f"guest/ko/{ko}")))
    said = lab.tool("symbolize", "--summary", "--kallsyms",
                    run.path("guest/kallsyms"), run.path("trace.mmt"))
    rows = [line.split() for line in said.splitlines()[1:]]
    equal(sum(int(r[0]) + int(r[1]) for r in rows), len(accesses),
          "accesses in the summary")


if __name__ == "__main__":
    tap.main()
