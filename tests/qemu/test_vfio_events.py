#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Errors of the device (AER), which the host's kernel reports to VFIO. Here a
vfio-user server reports them."""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import lab, mmt, tap                                 # noqa: E402
from common.qemu import COMMAND_MEMORY, MMIO, Machine            # noqa: E402
from common.tap import Skip, equal, test                         # noqa: E402
from common.vfiouser import ERROR, Region, Server       # noqa: E402

SLOT = 5


def machine(scratch):
    device = {"driver": "vfio-user-pci", "id": "dut", "addr": f"{SLOT:02x}.0",
              "socket": {"type": "unix", "path": f"{scratch}/device.sock"}}
    return Machine(scratch, "-object",
                   f"vfio-trace-log,id=log,file={scratch}/log", "-object",
                   "pci-trace,id=trace,device=dut", "-device",
                   json.dumps(device))


def server(scratch):
    if tuple(map(int, tap.series().split("."))) < (10, 1):
        raise Skip(f"QEMU {tap.series()} has no vfio-user-pci: it came with "
                   "10.1")
    return Server(f"{scratch}/device.sock", {0: Region(0x1000)})


@test
def error(scratch):
    """An unrecoverable error: a mark, and the guest is stopped."""
    with server(scratch) as s, machine(scratch) as m:
        m.set_bar(SLOT, 0, MMIO)
        m.command(SLOT, COMMAND_MEMORY)
        m.read(MMIO, 4)
        s.trigger(ERROR)
        m.qmp.wait_event("STOP")
        equal(m.qmp.execute("query-status")["status"], "internal-error",
              "the guest")
        m.quit()
    log = mmt.Log(f"{scratch}/log")
    lab.tool("check", "--complete", f"{scratch}/log")
    marks = log.marks("vfio-trace: error ")
    equal(marks, ["vfio-trace: error device=dut"], "marks")
    equal("vfio-trace: vm state=paused reason=internal-error" in log.marks(),
          True, "pause")


if __name__ == "__main__":
    tap.main()
