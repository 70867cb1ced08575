#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 600
"""Edge cases of instructions that KVM can't emulate (see docs/instructions.md).

Instructions that store whole areas, which a vCPU must execute itself, code in a
BAR, exceptions, single steps, and another vCPU at the same time.
"""

import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import lab, tap                                      # noqa: E402
from common.tap import equal, matches, test                      # noqa: E402

BAR, SIZE = 2, 1 << 20
# the same as in guest/rescue.c
COUNTED, ROUNDS = 0x10000, 10
CASES = ("xsave", "fxsave", "x87-state", "code", "page-fault", "read-only",
         "unaligned", "sse-exception", "x87-exception", "single-step",
         "other-thread")
# UNKNOWN of each: xsave64 and xrstor64, fxsave64 and fxrstor64, fnsave and
# frstor, two instructions in the BAR, and xsave64 and xrstor64 again
STEPPED = 2 + 2 + 2 + 2 + 2 * ROUNDS
# sqrtss, fdivs, and three of the program that steps itself
RESCUED = 5

# A root port's BAR is not RAM either, and it is not traced.
SCRIPT = f"""
set -e
/extra/rescue $BDF {BAR} /sys/bus/pci/devices/0000:00:10.0/resource0 \\
    > $LAB_OUT/rescue
host 'qmp "{{\\"execute\\": \\"query-vfio-trace\\"}}"' > $LAB_OUT/query
"""


def results(said):
    """{case: (on RAM, on the BAR)}; the last ones have a single result."""
    found = {}
    for line in said.splitlines():
        name, _, result = line.partition(":")
        found[name] = tuple(r.strip() for r in result.split("|"))
    return found


def judge_log(lines, base, reads):
    """The log has each step, and the other vCPU's accesses meanwhile."""
    unknown = [line for line in lines if line.startswith("UNKNOWN ")]
    equal(len(unknown), STEPPED, "UNKNOWN")
    addresses, opcodes = ([line.split()[n] for line in unknown]
                          for n in (3, 4))
    # the second instruction in the BAR is 5 bytes after the first
    equal([int(a, 16) - base for a in addresses],
          [0] * 7 + [5] + [0] * 2 * ROUNDS, "their addresses")
    # with a REX prefix, and whatever register has the address
    equal([bool(re.match("4[89],0f,ae$", o)) for o in opcodes],
          [True] * 4 + [False] * 4 + [True] * 2 * ROUNDS,
          "XSAVE, XRSTOR and the like")
    equal([o.split(",")[0] for o in opcodes[4:6]], ["dd", "dd"],
          "fnsave and frstor")
    equal([opcodes[6], opcodes[7].split(",")[0]], ["b8,2a,00", "c3"],
          "code in the BAR")
    equal(sum(line.split()[4] == f"0x{base + COUNTED:x}" for line in lines
              if line.startswith("R 4 ")), reads, "the other vCPU's reads")


@test
def edges(scratch):
    """The same results as on RAM; log and trace events have each step."""
    device = os.path.join(scratch, "device")
    with open(device, "wb") as f:
        f.truncate(SIZE)
    run = lab.Run(
        scratch, device="ivshmem-plain,memdev=device", driver="none", smp=2,
        outer_arg=["-object", "memory-backend-file,id=device,share=on,"
                   f"size={SIZE},mem-path={device}"],
        extra=[lab.compile_guest(scratch, "rescue")], script=SCRIPT,
        guest_arg=["-trace", "vfio_trace_rescued", "-trace",
                   "vfio_trace_step_*", "-D", "/out/events"])
    lab.tool("check", run.path("trace.mmt"))
    found = results(run.text("guest/rescue"))
    for case in CASES:
        ram, bar = found[case]
        equal(bar, ram, case)
    matches(found["page-fault"][0], r"SIGSEGV.* at 0xf000.*SIGSEGV.* at 0xf000")
    equal(len(found["single-step"][0].split()) >= 5, True, "single steps")
    equal(found["code"][0], "42", "code")
    equal(found["elsewhere"], ("SIGILL",), "on an untraced page")
    said = json.loads(run.text("guest/query"))["return"][0]["devices"][0]
    equal([said[k] for k in ("rescued", "stepped", "refused")],
          [RESCUED, STEPPED, 0], "rescued, stepped, refused")
    events = [line.split()[0] for line in
              run.text("host/events").splitlines()]
    equal([events.count(f"vfio_trace_{e}") for e in
           ("rescued", "step_begin", "step_end")],
          [RESCUED, STEPPED, STEPPED], "events: rescued, begun, ended")
    base = next(r["address"] for r in said["regions"] if r["size"] == SIZE)
    reads = int(found["reads"][0])
    equal(reads > 0, True, "the other vCPU has read")
    judge_log(run.text("trace.mmt").splitlines(), base, reads)


if __name__ == "__main__":
    tap.main()
