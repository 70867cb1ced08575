#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""vfio-trace extract: a firmware that Linux's driver uploads is the file."""

import json
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import lab, tap                                      # noqa: E402
from common.tap import equal, test                               # noqa: E402

# The driver of this card takes any file of eight times n bytes for microcode,
# and writes it, as big-endian words, to two data registers in turn. It then
# finds that the command processor does not work, which does not matter here.
DEVICE = "ati-vga,model=rv100"
FIRMWARE, FIRMWARE_BYTES = "R100_cp.bin", 2048
BAR, DATA_HIGH = "bar2", "0x7dc"

SCRIPT = f"""
set -eu
mkdir -p /lib/firmware/radeon
cp /extra/{FIRMWARE} /lib/firmware/radeon
modprobe drm_kms_helper fbdev_emulation=0
mark "test: load"
modprobe radeon modeset=1
mark "test: loaded"
dmesg | grep -i -E 'radeon|drm'
"""


def extracted(run, scratch, name, *options):
    """Items of the list that is made, and the directory with the files"""
    where = os.path.join(scratch, name)
    said = lab.tool("extract", "-o", where, *options, run.path("trace.mmt"))
    with open(os.path.join(where, "trace-extract.json"),
              encoding="utf-8") as f:
        found = json.load(f)
    equal((found["format"], found["version"]), ("vfio-trace-extract", 1),
          "the list's format")
    for item in found["items"]:
        equal(str(item["bytes"]) in said, True, "the table has the item")
    return found["items"], where


def firmware(items, where):
    """The item that is the microcode, and its bytes"""
    found = [i for i in items
             if (i["region"], i["offset"]) == (BAR, DATA_HIGH)]
    equal(len(found), 1, "uploads to the microcode's registers")
    with open(os.path.join(where, found[0]["file"]), "rb") as f:
        return found[0], f.read()


@test
def radeon(scratch):
    """radeon's microcode: the file that the guest had, byte for byte"""
    path = os.path.join(scratch, FIRMWARE)
    want = random.Random(21).randbytes(FIRMWARE_BYTES)
    with open(path, "wb") as f:
        f.write(want)
    run = lab.Run(scratch, device=DEVICE, driver="none", guest_module="radeon",
                  script=SCRIPT, extra=path, trace_opts="windows=registers")
    lab.tool("check", "--complete", run.path("trace.mmt"))
    item, got = firmware(*extracted(run, scratch, "as-it-is"))
    swapped = b"".join(want[i:i + 4][::-1] for i in range(0, len(want), 4))
    equal(got, swapped, "words as the registers had them")
    equal((item["way"], item["registers"], item["width"], item["accesses"]),
          ("port", 2, 4, FIRMWARE_BYTES // 4), "how it was made")
    equal(item["phase-name"], "test: load", "its phase")
    item, got = firmware(*extracted(run, scratch, "turned", "--swap", "4"))
    equal(got, want, "the file")


if __name__ == "__main__":
    tap.main()
