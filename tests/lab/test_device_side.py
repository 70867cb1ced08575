#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 900
"""The device's side: the log has the accesses that arrived at the hardware.

The hardware is emulated by the lab's outer QEMU, whose own trace events record
the accesses there (--device-trace). tests/common/devside.py explains which are
compared, and how.
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import devside, lab, tap                             # noqa: E402
from common.tap import test                                      # noqa: E402

# Drivers for the first two; the third has none, and a program uses it through its
# file in sysfs. The fourth has only ports, which the kernel's mmiotrace does not
# trace.
DEVICES = ("e1000e", "nvme", "edu", "AC97")
LEAST = (4000, 400, 40, 100)
DRIVERS = ("e1000e", "nvme", "snd-intel8x0")

SCRIPT = r"""
set -eu
n=0
for bdf in $BDFS; do
    cat /sys/bus/pci/devices/$bdf/config > $LAB_OUT/config.$n
    n=$((n + 1))
done
for driver in DRIVERS; do
    modprobe $driver
done
until [ -e $DEV/net ] && [ -b /dev/nvme0n1 ]; do
    sleep 0.1
done
dev=$(ls $DEV/net)
ip link set $dev up
sleep 1
ip link set $dev down
dd if=/dev/nvme0n1 of=/dev/null bs=64k count=64 iflag=direct
set -- $BDFS
mmio -n 5 $3 0 r32 0 w32 4=0x12345678 r32 4 w64 0x80=0x123456789abcdef0 \
    r64 0x80 r64 0x88 w32 0x20=0 r32 0x24 r32 8
for driver in DRIVERS; do
    modprobe -r $driver
done
""".replace("DRIVERS", " ".join(DRIVERS))


@test
def four(scratch):
    """Two drivers, a user's program, ports: device and log are the same."""
    run = lab.Run(scratch, device=list(DEVICES), driver="none",
                  guest_module=",".join(DRIVERS), device_trace=True,
                  script=SCRIPT)
    lab.tool("check", "--complete", run.path("trace.mmt"))
    for number, (name, least) in enumerate(zip(DEVICES, LEAST)):
        print(f"# {name}")
        devside.agrees(run, least, number, f"guest/config.{number}")


if __name__ == "__main__":
    tap.main()
