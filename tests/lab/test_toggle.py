#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# usual: 50
# timeout: 600
"""Tracing started and stopped under load on real VFIO and KVM."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import devside, lab, mmt, tap, toggle                # noqa: E402
from common.tap import equal, test                               # noqa: E402
from common.toggle import Sample                                 # noqa: E402

CPUS = 4

SCRIPT = r"""
set -e -- $BDFS
for device in /sys/bus/pci/devices/*; do
    [ "$(cat $device/device)" != 0x1110 ] || accounts=${device##*/}
done
await stopped
/extra/toggle load $1 $2 $accounts
"""
HOST_SCRIPT = r"""
qmp '{"execute": "vfio-trace-stop", "arguments": {"device": "dut0"}}' || exit 1
signal stopped
/extra/toggle host $QMP /tmp/accounts %d %d %d > $OUT/samples
"""


def samples(text):
    """([(start, stop)], n of each vCPU's last write)"""
    made, last = [], None
    for line in text.splitlines():
        word, *numbers = line.split()
        numbers = [int(n) for n in numbers]
        if word == "last":
            last = numbers
        else:
            made.append(Sample(numbers[:CPUS], numbers[CPUS:]))
    return list(zip(made[::2], made[1::2])), last


@test
def toggled(scratch):
    """On 4 vCPUs, up to 1,000 times: missing writes were made while stopped, by
    the log's own marks and by the vCPUs' accounts."""
    seconds, times = tap.rounds((150, 500), (400, 5000))
    run = lab.Run(scratch, device=["edu", "edu"], driver="none", smp=CPUS,
                  device_trace=True, script=SCRIPT,
                  host_script=HOST_SCRIPT % (CPUS, seconds, times),
                  extra=lab.compile_guest(scratch, "toggle"),
                  guest_arg=["-object", "memory-backend-file,id=shm,share=on,"
                             "size=1M,mem-path=/tmp/accounts",
                             "-device", "ivshmem-plain,id=accounts,memdev=shm"])
    made, last = samples(run.text("host/samples"))
    found = toggle.events(run.text("trace.mmt").splitlines(), "dut0")
    logged, used = toggle.judge_samples(found, CPUS, made)
    print(f"# {len(made)} times started and stopped; {logged} of {sum(last)} "
          f"writes are in the log, in {used} intervals", flush=True)
    toggle.judge_marks(found)
    device = devside.DeviceTrace(run.path("device.mmt"))
    for kind, pcidev in zip((toggle.DUT, toggle.WITNESS),
                            run.log().of(mmt.Pcidev)):
        toggle.judge_device(
            [v for k, v in found if k == kind],
            [a.value for a in devside.in_bars(device.accesses, pcidev)
             if a.op == "W"], last)
    lab.tool("check", "--complete", run.path("trace.mmt"))
    # L1 has a single emulated CPU: a command takes some 45 ms, more
    # if this machine is busy
    equal(len(made) >= times // 4, True, f"{len(made)} intervals")
    equal(used >= len(made) // 3, True, f"{used} intervals have writes")
    equal(sum(last) > logged, True, "writes outside")


if __name__ == "__main__":
    tap.main()
