#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 900
"""windows= on a VFIO device: a trapped page among VFIO's own mmaps."""

import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import lab, mmt, tap                                 # noqa: E402
from common.tap import equal, matches, test                      # noqa: E402

# The page of e1000e's BAR0 with the statistics, and BAR3's MSI-X table.
STATISTICS, PAGE, BAR0_SIZE = 0x4000, 0x1000, 0x20000
WINDOWS = f"0:{STATISTICS:#x}:4K+3:0:4K"

HOST = "set -eu\nawait used 60\n" + lab.UNPLUG + r"""
# After the unplug: QEMU's "info mtree -f" itself leaks references to devices.
qmp '{"execute": "device_add", "arguments": {"driver": "vfio-pci-trace",
    "id": "dut0", "bus": "rp0", "host": "'$TARGETS'", WINDOWS,
    "trace-file": "'$OUT'/again.mmt"}}'
for i in $(seq 300); do
    grep -q "^[RW] .*0x0 0$" $OUT/again.mmt && break
    usleep 200000
done
qmp '{"execute": "human-monitor-command",
      "arguments": {"command-line": "info mtree -f"}}' > $OUT/mtree
""".replace("WINDOWS", f'"windows": "{WINDOWS}"')

USE = r"""
set -e
dev=$(ls $DEV/net)
ip link set $dev up
sleep 2
signal used
while [ -e "$DEV" ]; do sleep 0.1; done
"""


@test
def one_page(scratch):
    """One page of e1000e is traced, the rest is VFIO's mmap; unplug."""
    run = lab.Run(scratch, device="e1000e", driver="e1000e",
                  trace_opts="windows=" + WINDOWS, script=USE,
                  host_script=HOST)
    said = run.text("host/host-script.log")
    matches(said, r"before: [1-9]", "files of VFIO's")
    matches(said, r"after: 0\n", "VFIO files after the unplug")
    lab.tool("check", "--complete", run.path("trace.mmt"))
    log = run.log()
    bars = log.of(mmt.Pcidev)[0].start
    equal({(a.addr - bars[0] & ~(PAGE - 1), a.map) for a in log.accesses()
           if a.map == 1}, {(STATISTICS, 1)}, "pages of BAR0 in the log")
    equal({a.map for a in log.accesses()}, {1, 2}, "BARs in the log")
    coverage = "\n".join(log.marks("vfio-trace: coverage device=dut0 bar="))
    matches(coverage, rf"bar=0 map=1 addr={bars[0]:#x} len={STATISTICS:#x} "
            "state=direct why=outside-windows\n")
    matches(coverage, rf"bar=0 map=1 addr={bars[0] + STATISTICS:#x} "
            f"len={PAGE:#x} state=trapped\n")
    matches(coverage, r"bar=1 addr=\S+ len=0x20000 state=direct "
            "why=outside-windows\n")

    # the guest's view of BAR0, while its driver uses the device again
    tree = json.loads(run.text("host/mtree"))["return"].replace("\r", "")
    again = run.text("host/again.mmt")
    at = int(re.findall(r"MAP \S+ 1 \S+ 0x(\w+)", again)[-1], 16)
    memory = tree[tree.index(' AS "memory"'):]
    found = re.findall(r"([0-9a-f]{16})-([0-9a-f]{16}) \(prio \d+, (\S+)\): "
                       r"([^\n]*)", memory[:memory.index("\n\n")])
    parts = [(int(a, 16) - at, int(b, 16) + 1 - at, kind, name)
             for a, b, kind, name in found
             if at <= int(a, 16) < at + BAR0_SIZE]
    for part in parts:
        print("#", part)
    equal([p[:3] for p in parts],
          [(0, STATISTICS, "ramd"),
           (STATISTICS, STATISTICS + PAGE, "i/o"),
           (STATISTICS + PAGE, BAR0_SIZE, "ramd")], "the guest's view of BAR0")
    matches(parts[0][3], r"BAR 0 mmaps\[0\]", "VFIO's mmap")


if __name__ == "__main__":
    tap.main()
