#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 600
"""One total order: 8 vCPUs write to three devices that share a log."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import devside, lab, mmt, tap                        # noqa: E402
from common.order import changes, written                        # noqa: E402
from common.tap import equal, test                               # noqa: E402

CPUS = 8
# Registers that store values without side effects: edu's addresses for DMA,
# e1000e's multicast table. BAR, offset, number of 8-byte registers.
DEVICES = (("edu", "0:0x80:2"), ("e1000e", "0:0x5200:64"), ("edu", "0:0x80:2"))

SCRIPT = """
set -- $BDFS
exec /extra/order %d """


def judge(log, device, count):
    """The devices have the log's writes, in the same order."""
    pcidevs = log.of(mmt.Pcidev)
    equal(len(pcidevs), len(DEVICES), "devices in the log")
    values = sorted((cpu, n) for cpu in range(CPUS) for n in range(count))
    for i, pcidev in enumerate(pcidevs):
        ours = written(log.accesses(), pcidev)
        name = f"device {i}"
        devside.same(ours, written(device.accesses, pcidev), name)
        equal(sorted(ours) == values, True, f"{name}: each value once")
        print(f"# {name}: {changes(ours)} changes of the vCPU", flush=True)
        # vCPUs writing one after the other would prove nothing
        equal(changes(ours) > CPUS * 2, True, "vCPUs in turn")
    # all devices belong to one machine, which records one order
    everything = [a for a in device.accesses if a.op == "W" and
                  any(devside.in_bars([a], p) for p in pcidevs)]
    equal([(a.addr, a.value) for a in log.accesses() if a.op == "W"] ==
          [(a.addr, a.value) for a in everything], True,
          "one order over all devices")


@test
def total(scratch):
    """Unique values from all vCPUs at once: log and devices have one order."""
    count = tap.rounds(500, 5000)
    arguments = " ".join(f"${i}:{where}"
                         for i, (_, where) in enumerate(DEVICES, 1))
    run = lab.Run(scratch, device=[name for name, _ in DEVICES], driver="none",
                  smp=CPUS, device_trace=True, script=SCRIPT % count + arguments,
                  extra=lab.compile_guest(scratch, "order"))
    lab.tool("check", "--complete", run.path("trace.mmt"))
    judge(run.log(), devside.DeviceTrace(run.path("device.mmt")), count)


if __name__ == "__main__":
    tap.main()
