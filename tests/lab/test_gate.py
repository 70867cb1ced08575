#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# usual: 60
# timeout: 900
"""Accesses without QEMU's lock: which ones, and in which order; with make
check-full on two processors of L1."""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import devside, lab, mmt, tap                        # noqa: E402
from common.order import changes, written                        # noqa: E402
from common.tap import equal, test                               # noqa: E402

CPUS = 4
# edu's registers for DMA addresses keep what is written; rtl8139's first BAR
# consists of ports, which have no mmap
DEVICES = (("edu", "0:0x80:2"), ("edu", "0:0x80:2"))
LOCKED = "rtl8139"
LOCKED_READS = 50

SCRIPT = """
set -e -- $BDFS
/extra/order %d %s
i=0
while [ $i -lt %d ]; do
    mmio $3 0 r32 0x44 > /dev/null
    i=$((i + 1))
done
signal done
await asked
"""
HOST_SCRIPT = r"""
await done
qmp '{"execute": "query-vfio-trace"}' > $OUT/query
signal asked
"""

KEEP_BUSY = r"""
(while ! [ -e $OUT/query ]; do
    qmp '{"execute": "query-vfio-trace"}'
done) > /dev/null 2>&1 &
"""


def regions(text):
    """{device: {region: information}} of query-vfio-trace."""
    for line in text.splitlines():
        answer = json.loads(line)
        if answer.get("return"):
            return {d["id"]: {r["name"]: r for r in d["regions"]}
                    for log in answer["return"] for d in log["devices"]}
    raise AssertionError("no answer: " + text)


def accesses(region):
    return region["read"]["accesses"] + region["write"]["accesses"]


@test
def direct(scratch):
    """What VFIO has mmapped does not take the lock; the order is the devices'."""
    count = tap.rounds(1000, 10000)
    arguments = " ".join(f"${i}:{where}"
                         for i, (_, where) in enumerate(DEVICES, 1))
    run = lab.Run(scratch, device=[name for name, _ in DEVICES] + [LOCKED],
                  driver="none", smp=CPUS, device_trace=True,
                  # two threads of QEMU's TCG: not each time, they may stall
                  host_smp=tap.rounds(1, 2),
                  timeout=tap.rounds(400, 800),
                  script=SCRIPT % (count, arguments, LOCKED_READS),
                  host_script=KEEP_BUSY + HOST_SCRIPT,
                  extra=lab.compile_guest(scratch, "order"))
    lab.tool("check", "--complete", run.path("trace.mmt"))
    log = run.log()
    device = devside.DeviceTrace(run.path("device.mmt"))
    pcidevs = log.of(mmt.Pcidev)
    values = sorted((cpu, n) for cpu in range(CPUS) for n in range(count))
    for i in range(len(DEVICES)):
        ours = written(log.accesses(), pcidevs[i])
        devside.same(ours, written(device.accesses, pcidevs[i]), f"device {i}")
        equal(sorted(ours) == values, True, f"device {i}: each value once")
        print(f"# device {i}: {changes(ours)} changes of the vCPU", flush=True)
        equal(changes(ours) > CPUS * 2, True, "vCPUs in turn")
    found = regions(run.text("host/query"))
    for i in range(len(DEVICES)):
        bar = found[f"dut{i}"]["bar0"]
        # those that found the gate closed, and the first one
        locked = accesses(bar) - bar["direct"]
        print(f"# dut{i}: {accesses(bar)} accesses, {locked} took the lock",
              flush=True)
        equal(accesses(bar) >= CPUS * count, True, "accesses")
        equal(locked <= 10, True, f"{locked} took the lock")
    bar = found[f"dut{len(DEVICES)}"]["bar0"]
    equal((accesses(bar) >= LOCKED_READS, bar["direct"]), (True, 0),
          "accesses to ports, and those without the lock")


if __name__ == "__main__":
    tap.main()
