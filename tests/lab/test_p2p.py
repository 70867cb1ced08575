#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# usual: 20
# timeout: 900
"""Trapped BARs in the IOMMU: a guest that moves BARs can't end QEMU."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import lab, mmt, tap                                 # noqa: E402
from common.tap import equal, matches, test                      # noqa: E402

# The guest's BARs backed by RAM: LARGE and SMALL in guest/ram-over-bar.sh
RAM = [word for n, size in enumerate(("64K", "4K")) for word in
       ("-object", f"memory-backend-ram,id=ram{n},size={size},share=on",
        "-device", f"ivshmem-plain,memdev=ram{n},addr=0x{0x1c + n:x}")]


@test
def ram_over_a_bar(scratch):
    """RAM replaces a BAR: by PAM, by another BAR, over a part."""
    with open(lab.guest_file("ram-over-bar.sh"), encoding="utf-8") as f:
        script = f.read()
    run = lab.Run(scratch, device="intel-hda", driver="none", script=script,
                  guest_arg=RAM)
    log = run.log()
    equal(len(log.marks("RAM was everywhere")), 1, "the script's last mark")
    lab.tool("check", run.path("trace.mmt"))
    places = {m.virt for m in log.of(mmt.Map)}
    equal({0xc8000, 0xe0000000} <= places, True, f"places in {places}")
    equal(log.marks("vfio-trace: p2p"), [], "marks of failed mappings")
    matches(run.text("guest/script.log"), "RAM from beside: 0000:00:1d.0")


# A 64-bit BAR where the IOMMU, of 48 bits, has no address, behind a bridge that
# passes all high addresses on; it is sized there again and again, and moves.
TOO_HIGH = r"""
set -eu
PORT=0000:00:10.0
mmio $BDF config w16 0x4=0x0
mmio $PORT config w16 0x24=0x1 w16 0x26=0xfff1 w32 0x28=0x40000 w32 0x2c=0xffffffff w16 0x4=0x7
mmio $BDF config w32 0x10=0x0 w32 0x14=0x40000 w16 0x4=0x2
for _ in 1 2 3; do
    mmio $BDF config w32 0x14=0xffffffff w32 0x14=0x40000 w32 0x14=0x50000
done
mmio $BDF config w16 0x4=0x0
mmio $PORT config w16 0x20=0xe000 w16 0x22=0xe000
mmio $BDF config w32 0x14=0x0 w32 0x10=0xe0000000 w16 0x4=0x2
"""


@test
def too_high(scratch):
    """A BAR beyond the IOMMU's addresses: one mark, whatever the guest does."""
    run = lab.Run(scratch, device="qemu-xhci", driver="none", script=TOO_HIGH)
    log = run.log()
    lab.tool("check", "--complete", run.path("trace.mmt"))
    places = {m.virt >> 32 for m in log.of(mmt.Map)}
    equal({0x40000, 0x50000, 0xffffffff} <= places, True, f"places in {places}")
    equal([t.split(" map=1 ")[1] for t in log.marks("vfio-trace: p2p")],
          ["state=none errno=22", "state=mapped"], "marks of the mapping")


if __name__ == "__main__":
    tap.main()
