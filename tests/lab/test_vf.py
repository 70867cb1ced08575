#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# usual: 60
# timeout: 600
"""A virtual function (SR-IOV), with its config space."""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import lab, mmt, tap                                 # noqa: E402
from common.tap import equal, test                               # noqa: E402

TOKEN = "7bd1c5f0-0000-4000-8000-000000000001"

GUEST = r"""
set -eu
dev=$(ls $DEV/net)
ip link set "$dev" up
sleep 1
ip link set "$dev" down
"""


def run_vf(scratch, token="", opts=""):
    path = os.path.join(scratch, "launch")
    with open(lab.guest_file("vf-launch.sh"), encoding="utf-8") as f:
        text = f"TOKEN='{token}' OPTS='{opts}'\n{f.read()}"
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    run = lab.Run(scratch, device="igb", driver="igbvf", script=GUEST,
                  launch=path, host_module="igb", timeout=240)
    lab.tool("check", "--complete", run.path("trace.mmt"))
    return run.log()


def config_accesses(log):
    """(R or W, offset, width, value, hw, is unverified) of config space"""
    found = []
    for text in log.marks("vfio-trace: "):
        m = re.match(r"vfio-trace: config ([RW]) width=(\d) map=\d+ "
                     r"offset=0x(\w+) value=0x(\w+) hw=(\S+)", text)
        if m:
            found.append([m[1], int(m[3], 16), int(m[2]), int(m[4], 16), m[5],
                          False])
        elif re.match("vfio-trace: unverified R .*offset=", text):
            found[-1][-1] = True
    return found


def check_answers(log):
    """What the log says of a read's origin fits to what QEMU answers."""
    reads = [a for a in config_accesses(log) if a[0] == "R"]
    # BARs and ROM: all bits are QEMU's
    bars = [a for a in reads if 0x10 <= a[1] < 0x28 or 0x30 <= a[1] < 0x34]
    ones = [a for a in bars if a[3] == 256 ** a[2] - 1]
    print(f"# {len(reads)} reads, {len(bars)} of BARs, {len(ones)} of all ones")
    equal(len(ones) > 0, True, "a BAR's upper half, as a guest sizes it")
    equal({a[4] for a in bars}, {"-"}, "hardware's side of BARs")
    equal([a for a in reads if a[-1]], [], "unverified reads of config space")
    # hardware, as the host's kernel sees it; QEMU 10.0 does not show it
    status = {a[4][:2] for a in reads if a[1] == 0 and a[2] == 4}
    equal(status, {"?"} if tap.series() == "10.0" else {"0x"}, "IDs")
    equal([t for t in log.marks("vfio-trace: unverified ")], [],
          "unverified reads")


@test
def virtual_function(scratch):
    """A VF of igb: config space, BARs and driver; who answers."""
    log = run_vf(scratch)
    check_answers(log)
    equal(log.of(mmt.Pcidev)[0].vendor, 0x8086, "vendor")
    equal(len(log.accesses()) > 50, True, "accesses")


@test
def token(scratch):
    """The same if the PF is on vfio-pci, with a VF token."""
    log = run_vf(scratch, token=TOKEN)
    check_answers(log)
    equal(len(log.accesses()) > 50, True, "accesses")


if __name__ == "__main__":
    tap.main()
