#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The main use: e1000e's driver, traced from outside and by its own kernel."""

import json
import os
import struct
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import lab, mmt, tap                                 # noqa: E402
from common.tap import equal, test                               # noqa: E402

SCRIPT = """
set -eu
dev=$(ls $DEV/net)
mark "test: up"
ip link set "$dev" up
sleep 2
mark "test: down"
ip link set "$dev" down
"""


def judge_diff(kernels, ours):
    """diff: one run in two formats differs only by what mmiotrace has missed."""
    done = subprocess.run([tap.tool_binary(), "diff", "--values=all", "--full",
                           kernels, ours], text=True, check=False,
                          stdout=subprocess.PIPE)
    equal(done.returncode in (0, 1), True, f"exit status {done.returncode}")
    equal([line for line in done.stdout.splitlines()[2:]
           if line[0] in "-!"], [], "differences")


def judge_eeprom(run, scratch):
    """extract: what the driver reads word by word is the device's EEPROM."""
    where = os.path.join(scratch, "extracted")
    lab.tool("extract", "--reads", "-o", where, run.path("trace.mmt"))
    with open(os.path.join(where, "trace-extract.json"),
              encoding="utf-8") as f:
        found = [i for i in json.load(f)["items"] if i["way"] == "fields"]
    equal([(i["region"], i["offset"], i["data-bit"], i["data-bits"], i["blocks"])
           for i in found], [("bar0", "0x14", 16, 16, 64)], "registers")
    with open(os.path.join(where, found[0]["file"]), "rb") as f:
        rom = f.read()
    equal(rom[:6].hex(":"), "52:54:00:12:34:56", "the first three words")
    # Intel's: all 64 words make this sum
    equal(sum(struct.unpack("<64H", rom)) & 0xffff, 0xbaba, "checksum")


@test
def oracle(scratch):
    """e1000e: the log has all that the kernel's mmiotrace saw, and the markers."""
    run = lab.Run(scratch, device="e1000e", driver="e1000e", oracle=True,
                  script=SCRIPT)
    lab.contains_oracle(run, 4000)
    judge_diff(run.path("oracle.mmt"), run.path("trace.mmt"))
    judge_eeprom(run, scratch)
    log = run.log()
    pcidev = log.of(mmt.Pcidev)[0]
    equal((pcidev.bus, pcidev.devfn, pcidev.vendor, pcidev.device),
          (0, 5 << 3, 0x8086, 0x10d3), "PCIDEV")
    msix = [m for m in log.of(mmt.Map) if m.len == 0x4000][0].map
    equal(any(a.map == msix and a.op == "W" for a in log.accesses()), True,
          "writes to the MSI-X table")
    at = [i for i, e in enumerate(log.events) if isinstance(e, mmt.Mark)
          and e.text in ("test: up", "test: down")]
    equal(len(at), 2, "markers")
    between = sum(isinstance(e, mmt.Access) for e in log.events[slice(*at)])
    equal(between > 100, True, f"{between} accesses between them: plausible")
    equal(log.marks()[-1], "vfio-trace: end", "last mark")


if __name__ == "__main__":
    tap.main()
