#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""vfio-trace profile on e1000e and nvme, against their specifications."""

import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import lab, mmt, regtruth, tap                       # noqa: E402
from common.tap import equal, test                               # noqa: E402

SCRIPT = """
set -eu
dev=$(ls $DEV/net)
mark "test: network"
ip link set "$dev" up
ip addr add 10.0.2.15/24 dev "$dev"
sleep 2
for i in 1 2 3; do
    # nobody answers: the frames are counted when they are sent
    ping -c 3 -W 1 10.0.2.2 || true
    cat "/sys/class/net/$dev/statistics/tx_packets"
    sleep 2
done
mark "test: disk"
dd if=/dev/nvme0n1 of=/dev/null bs=64k count=64 iflag=direct
mark "test: down"
ip link set "$dev" down
"""


def accesses(log):
    """{(device, bar, offset): [(op, value, place)]}, devices by their order."""
    found = {}
    devices = log.of(mmt.Pcidev)
    count = [0] * len(devices)
    for a in log.accesses():
        for n, d in enumerate(devices):
            for bar in range(6):
                start = d.start[bar] & ~0xf
                if d.size[bar] and start <= a.addr < start + d.size[bar]:
                    count[n] += 1
                    found.setdefault(
                        (f"dut{n}", bar, a.addr - start),
                        []).append((a.op, a.value, count[n]))
    return found


def profile(path, *options):
    """Objects that the tool prints."""
    out = subprocess.run([tap.tool_binary(), "profile", "--json", *options, path],
                         check=True, stdout=subprocess.PIPE, text=True).stdout
    return [json.loads(line) for line in out.splitlines()]


@test
def truth(scratch):
    """e1000e, nvme: precision is at least 0.9, recall at least 0.7"""
    run = lab.Run(scratch, device=["e1000e", "nvme"], driver="e1000e,nvme",
                  script=SCRIPT)
    path = run.path("trace.mmt")
    objects = profile(path)
    result = regtruth.score(objects, accesses(run.log()))
    for line in result.lines():
        print(f"# {line}")
    classes = result.classes()
    precision = result.ratio(result.wrong, classes)
    recall = result.ratio(result.missed, classes)
    print(f"# all: precision {precision:.3f} recall {recall:.3f}")
    equal(precision >= 0.9, True, f"precision {precision:.3f}")
    equal(recall >= 0.7, True, f"recall {recall:.3f}")
    for c in ("read-only", "constant", "read-back", "clear-on-read", "counter",
              "ring-pointer", "doorbell", "dma-address", "dma-address-high",
              "bulk-window"):
        equal(bool(result.right.get(c)), True, f"a right {c}")
    # The rings of the network are first used when it is up.
    new = {(o["device"], o["offset"]) for o in
           profile(path, "--new-since", "test: n*") if o["type"] == "register"}
    equal(("dut0", "0x3800") in new, True, "TDBAL is new since the mark")
    equal(("dut0", "0x8") in new, False, "STATUS is new since the mark")


if __name__ == "__main__":
    tap.main()
