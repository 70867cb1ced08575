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


if __name__ == "__main__":
    tap.main()
