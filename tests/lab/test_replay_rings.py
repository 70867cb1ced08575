#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# usual: 125
# timeout: 3600
"""Linux's drivers of NVMe and xHCI with pci-replay, with what the log has of memory."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import nvmequeues, tap                               # noqa: E402
from common.replays import (LOAD, on_path, record, replay,       # noqa: E402
                            same_course)
from common.tap import equal, matches, test                      # noqa: E402


IDENTITY = r"""
for name in model serial firmware_rev; do
    cat /sys/class/nvme/nvme0/$name
done > $LAB_OUT/identity
for i in $(seq 300); do
    [ ! -b /dev/nvme0n1 ] || break
    usleep 100000
done
cat /sys/class/block/nvme0n1/size >> $LAB_OUT/identity
"""


@test
def nvme(scratch):
    """nvme: the driver probes: the same model, serial number and disk"""
    disk = os.path.join(scratch, "disk")
    with open(disk, "wb") as f:
        f.truncate(nvmequeues.DISK_BYTES)
    recorded = record(scratch, "nvme,dbcs=off,drive=disk", "nvme", IDENTITY,
                      "nvme",
                      outer_arg=["-blockdev",
                                 f"driver=file,node-name=disk,filename={disk}"])
    run = replay(scratch, recorded, ["nvme"],
                 LOAD.format(module="nvme", driver="nvme") + IDENTITY, "nvme")
    identity = recorded.text("guest/identity")
    matches(identity, r"^QEMU NVMe Ctrl *\n\S+ *\n\S+ *\n"
            f"{nvmequeues.DISK_BYTES // 512}\n$", "identity")
    equal(run.text("guest/identity"), identity, "identity")
    on_path(run)
    same_course(recorded, run)


# Root hubs that nothing suspends: when they are depends on the machine's load.
AWAKE = "usbcore autosuspend=-1"
USB = r"""
for i in $(seq 300); do
    usb=$(ls -d /sys/bus/usb/devices/1-1) && [ -e $usb/1-1:1.0 ] && break
    usleep 100000
done
cat $usb/manufacturer $usb/product $usb/idVendor > $LAB_OUT/usb
"""


@test
def xhci(scratch):
    """qemu-xhci: the driver probes, and finds the tablet on its bus"""
    recorded = record(scratch, "qemu-xhci", [AWAKE, "xhci_pci"], USB, "xhci")
    run = replay(scratch, recorded, ["xhci_pci"], f"modprobe {AWAKE}\n" +
                 LOAD.format(module="xhci_pci", driver="xhci_hcd") + USB,
                 "xhci")
    usb = recorded.text("guest/usb")
    matches(usb, "QEMU USB Tablet", "device")
    equal(run.text("guest/usb"), usb, "device")
    on_path(run)


if __name__ == "__main__":
    tap.main()
