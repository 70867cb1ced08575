#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 900
"""pc=on, extra=cpu and backtrace= under KVM: the instruction, the vCPU and the
callers of an access."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import lab, tap                                      # noqa: E402
from common.tap import equal, matches, test                      # noqa: E402

CPUS = 2
SCRIPT = "set -e\n" + "".join(
    f"/extra/pc $BDF {cpu} > $LAB_OUT/pc.{cpu}\n" for cpu in range(CPUS)) + r"""
/extra/pc frames $BDF > $LAB_OUT/frames
# The kernel accesses the ports, at an address known only from the log.
mmio $BDF 2 w32 0=8 r32 4
sleep 1
for pc in $(host "grep '^[RW] ' /out/trace.mmt | tail -n 2 | cut -d ' ' -f 7"); do
    /extra/pc $pc
done > $LAB_OUT/ports
"""

# The accesses of each of the program's instructions, and whether their PC is
# the instruction's or the next one's; docs/log-format.md documents the same.
AT, NEXT = 0, 1
SEEN = {
    "read": [("R4", AT)],
    "write": [("W4", NEXT)],
    "modify": [("R4", AT), ("W4", NEXT)],
    "load16": [("R8", AT)] * 2,
    "store16": [("W8", NEXT)] * 2,
    "stos": [("W1", AT)] * 4,
    "movs_from": [("R1", AT)] * 4,
    "movs_to": [("W1", AT)] * 4,
}
IN, OUT = "ed", "ef"


@test
def instructions(scratch):
    """Known instructions on two vCPUs, including each one's first access."""
    run = lab.Run(scratch, device="e1000e", driver="none", smp=CPUS,
                  trace_opts="trace-pc=on,trace-extra=cpu+ns,"
                  "backtrace=4",
                  script=SCRIPT, extra=lab.compile_guest(scratch, "pc"))
    lab.tool("check", "--complete", run.path("trace.mmt"))
    log = run.log()
    matches(log.marks()[0], r" extra=cpu\+ns pc=on$", "first mark")
    want = []
    for cpu in range(CPUS):
        said = [line.split() for line in run.text(f"guest/pc.{cpu}").splitlines()]
        equal([name for name, *_ in said], list(SEEN), "the program's instructions")
        want += [(name, access, int(where[at], 16), str(cpu))
                 for name, *where in said for access, at in SEEN[name]]
    got = [(w[0], f"{a.op}{a.width}", a.pc, a.extra["cpu"])
           for w, a in zip(want, log.accesses())]
    for g, w in zip(got, want):
        equal(g, w, "instruction, access, PC, vCPU")
    framed = log.accesses()[len(want)]
    equal(f"{framed.op}{framed.width}", "R4", "access in a called function")
    behind = log.events[log.events.index(framed) + 1]
    matches(behind.text, rf"^vfio-trace: backtrace map=1 pc={framed.pc:#x} " +
            run.text("guest/frames").strip() + r"( |$)", "backtrace")
    ports = log.accesses()[len(want) + 1:]
    equal([f"{a.op}{a.width}" for a in ports], ["W4", "R4"], "other accesses")
    text = [line.split() for line in run.text("guest/ports").splitlines()]
    equal([at for _, at in text], [OUT, IN], "bytes at the PCs of the ports")


if __name__ == "__main__":
    tap.main()
