#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# usual: 100
# timeout: 900
"""Accesses without QEMU's lock: which ones, and in which order."""

import json
import os
import re
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


def regions_of(answer):
    """{device: {region: information}} of an answer to query-vfio-trace."""
    return {d["id"]: {r["name"]: r for r in d["regions"]}
            for log in answer for d in log["devices"]}


def all_regions(text):
    """The same for each such answer in what `qmp` has printed."""
    answers = [json.loads(line).get("return") for line in text.splitlines()]
    return [regions_of(answer) for answer in answers if answer]


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
    found = all_regions(run.text("host/query"))[0]
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


# VFIO's quirk for NVIDIA GPUs: BAR 0 has config space once more. BAR 2 of QEMU's
# VGA, to which the guest's QEMU gives NVIDIA's number, has a constant register.
MIRROR, CONSTANT = 0x88000, 0x600
RACE_SCRIPT = """
set -e
/extra/race $BDF 2 %#x %d %#x
signal all
await untraced
/extra/race $BDF 2 %#x %d %#x
signal done
await asked
"""
RACE_HOST_SCRIPT = r"""
set -eu
ask() { qmp '{"execute": "query-vfio-trace"}' >> $OUT/query; }
await all
ask
qmp '{"execute": "vfio-trace-window-remove", "arguments": {
     "device": "dut0", "region": "bar0"}}'
ask
signal untraced
await done
ask
signal asked
"""
RACE = r"race: (\d+) x 0x8, (\d+) ones, (\d+) zero, 0 other"


@test
def quirk(scratch):
    """One vCPU reads a BAR, another switches it off in a quirk's mirror of config
    space; if the mirror is not trapped, all accesses take the lock."""
    rounds = tap.rounds(200, 2000)
    race = (CONSTANT, rounds, MIRROR)
    run = lab.Run(scratch, device="VGA", driver="none", smp=2,
                  timeout=tap.rounds(300, 900),
                  trace_opts="x-pci-vendor-id=0x10de",
                  script=RACE_SCRIPT % (race * 2),
                  host_script=RACE_HOST_SCRIPT,
                  extra=lab.compile_guest(scratch, "race"))
    lab.tool("check", run.path("trace.mmt"))
    log = run.log()
    raced = [[int(n) for n in found]
             for found in re.findall(RACE, run.text("guest/script.log"))]
    equal(len(raced), 2, "races")
    base = log.of(mmt.Pcidev)[0].start[2] & ~15
    values = [a.value for a in log.accesses() if a.addr == base + CONSTANT]
    for at, what in ((0, "answered"), (1, "ones")):
        equal(values.count((8, 0xffffffff)[at]), sum(n[at] for n in raced),
              f"reads in the log: {what}")
        equal(all(n[at] > 10 for n in raced), True, f"{raced} {what}: a race")
    bars = [answer["dut0"]["bar2"]
            for answer in all_regions(run.text("host/query"))]
    direct = [bar["direct"] for bar in bars]
    print(f"# without the lock {direct}, of {[accesses(b) for b in bars]}")
    equal(direct[0] > raced[0][0] // 2, True, "most did not take the lock")
    equal(direct[2] - direct[1], 0, "without the lock, mirror not trapped")
    equal(accesses(bars[2]) - accesses(bars[1]), sum(raced[1][:2]),
          "accesses meanwhile")


if __name__ == "__main__":
    tap.main()
