# SPDX-License-Identifier: GPL-2.0-or-later
"""The cost of what rings files make the tracer do: usual triggers, in the lab."""

import os

from . import BUILD, lab, qemu, worst
from .samples import Samples
from .table import Row

PART_COUNT = "rings files: instructions of L1's CPU for an access"
PART_BEFORE = "the same with the QEMU given by --before"

# guest-loop writes numbers that go up by one to the register at 4: each write
# is a doorbell with one new entry.
HEAD = """\
rings 1
limit second 1024M
register OTHER bar0:0x80:8
"""
SCRATCH = "register SCRATCH bar0:0x4:4\n"
RING = """\
ring R {
    base    0x1000000
    count   256
    entry   64
    on      write %s
    tail    value & 0xff
%s}
"""
DATA = "    data    buffer at 0x1100000 len %s max %s\n"
WATCH = """\
watch W {
    at      0x1000000
    len     4K
    on      write SCRATCH
}
"""


def _ring(data=""):
    return HEAD + SCRATCH + RING % ("SCRATCH", data)


FILES = {
    "quiet": HEAD + RING % ("OTHER", ""),
    "learnt": HEAD + SCRATCH + RING % ("OTHER", ""),
    "ring": _ring(),
    "data256": _ring(DATA % (256, 256)),
    "data4k": _ring(DATA % ("4K", "4K")),
    "watch": HEAD + SCRATCH + WATCH,
}
CASES = ("e", "quiet", "learnt", "ring", "data256", "data4k", "watch")
WORDS = {
    "e": "e: vfio-pci-trace, all on",
    "quiet": "e with rings=, another register",
    "learnt": "e with rings=, a register without a trigger",
    "ring": "e with rings=, a new entry of 64 bytes",
    "data256": "e with rings=, an entry and 256 bytes of data",
    "data4k": "e with rings=, an entry and 4 KiB of data",
    "watch": "e with rings=, a watch of 4 KiB, unchanged",
}
# (case, base, most for writes)
RATIOS = (("e", None, None), ("quiet", "e", 1.02), ("learnt", "e", None),
          ("ring", "e", 1.5), ("data256", "e", None), ("data4k", "e", None), ("watch", "e", None))

SCRIPT = "/extra/guest-loop -r {rounds} -t {slice} {cases}\n"


def _script(names):
    return SCRIPT.format(rounds=4, slice=8, cases=" ".join(
        "%s=$%d%s" % (name, i, lab.SCRATCH)
        for i, name in enumerate(names, 1)))


def _counts(lines):
    """Median batches as instructions, by (case, direction)"""
    counts = Samples("instr.")
    for line in lines:
        words = line.split()
        if words[:1] == ["slice"]:
            counts.add((words[1], words[2]),
                       int(words[7]) / 1e3 / lab.NS_PER_INSTRUCTION,
                       int(words[3]))
    return counts


def _rows(part, counts, ratios):
    return [Row(part, "%s: %s" % (WORDS[case], word),
                counts.summary((case, way)), counts.unit, base,
                counts.ratio((case, way), (base, way)) if base else None,
                most=most)
            for way, word in (("r", "reads"), ("w", "writes"))
            for case, base, most in ratios]


def _instructions(the_lab, before):
    """Triggers in the lab, counted. Return: rows

    before: another QEMU, or None
    """
    for name, text in FILES.items():
        path = os.path.join(the_lab.directory, name + ".rings")
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        the_lab.extra.append(path)
    devices = [("edu", lab.TRACED if name == "e" else
                "%s,rings=/extra/%s.rings" % (lab.TRACED, name))
               for name in CASES]
    lines, _ = the_lab.run("memory", devices, _script(CASES), "--timeout=600",
                           *lab.ICOUNT)
    rows = _rows(PART_COUNT, _counts(lines), RATIOS)
    if before:
        devices = [("edu", lab.TRACED)] * len(CASES)
        lines, _ = the_lab.run("memory-before", devices,
                               _script(CASES), "--timeout=600",
                               "--qemu=" + before, *lab.ICOUNT)
        rows += _rows(PART_BEFORE, _counts(lines), RATIOS[:1])
    return rows


def measure(say, options, rows):
    """Adds to @rows as they come."""
    rows += worst.measure(say, options, qemu.ours())
    directory = os.path.join(BUILD, "bench", "lab")
    os.makedirs(directory, exist_ok=True)
    rows += _instructions(lab.Lab(say, directory), options.before)
