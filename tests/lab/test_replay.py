#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 1800
"""Linux's driver with pci-replay: a capture, and no such device in the machine."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import lab, mmt, tap                                 # noqa: E402
from common.tap import equal, test                               # noqa: E402

RECORD = """
set -eu
ip link set "$(ls $DEV/net)" up
sleep 3
"""
REPLAY = """
set -eu
mark "test: load"
modprobe e1000e
dev=$(basename $(ls -d /sys/bus/pci/drivers/e1000e/0000:*))
net=$(ls /sys/bus/pci/drivers/e1000e/$dev/net)
cat "/sys/class/net/$net/address" > $LAB_OUT/address
mark "test: up"
ip link set "$net" up
sleep 3
cat "/sys/class/net/$net/carrier" > $LAB_OUT/carrier
"""


def departures(log):
    """The phase and the text of each departed mark."""
    phase = None
    for text in log.marks():
        if text.startswith("test: "):
            phase = text
        if text.startswith("vfio-trace: departed "):
            yield phase, text


@test
def e1000e(scratch):
    """e1000e: the driver probes, without departures, and has a link"""
    first, second = (os.path.join(scratch, n) for n in "12")
    os.mkdir(first)
    os.mkdir(second)
    record = lab.Run(first, device="e1000e,mac=52:54:00:aa:bb:cc",
                     driver="e1000e", trace_opts="config=on,irq=on",
                     script=RECORD)
    run = lab.Run(second, device="edu", driver="none", guest_module="e1000e",
                  extra=[record.path("trace.mmt")], script=REPLAY,
                  guest_arg=["-object",
                             "vfio-trace-log,id=rlog,file=/out/replay.mmt",
                             "-object", "pci-trace,id=rtrace,device=replayed,"
                             "log=rlog,config=on,irq=on",
                             "-device",
                             "pcie-root-port,id=rpr,chassis=60,addr=1c.0",
                             "-device", "pci-replay,file=/extra/trace.mmt,"
                             "id=replayed,bus=rpr"])
    equal(run.text("guest/address").strip(), "52:54:00:aa:bb:cc",
          "MAC address")
    equal(run.text("guest/carrier").strip(), "1", "link")
    log = mmt.Log(run.path("host/replay.mmt"))
    # later, the driver's timers may run at other moments than the log's
    equal([text for phase, text in departures(log) if phase != "test: up"],
          [], "departures up to the end of probe")
    lab.tool("check", "--complete", run.path("host/replay.mmt"))


if __name__ == "__main__":
    tap.main()
