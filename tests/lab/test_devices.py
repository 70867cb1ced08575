#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# usual: 190
# timeout: 2700
"""Other devices: the kernel's mmiotrace is contained in our log."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import lab, tap                                      # noqa: E402
from common.tap import equal, test                                   # noqa: E402


@test
def nvme(scratch):
    """nvme: doorbells, admin and I/O queues, a read of the disk."""
    run = lab.Run(scratch, device="nvme", driver="nvme", oracle=True,
                  script="set -e; dd if=/dev/nvme0n1 of=/dev/null bs=64k "
                         "count=64 iflag=direct")
    lab.contains_oracle(run, 100)


@test
def xhci(scratch):
    """qemu-xhci with a device on its bus."""
    run = lab.Run(scratch, device="qemu-xhci", driver="xhci_pci", oracle=True,
                  script="sleep 2; ls /sys/bus/usb/devices")
    lab.contains_oracle(run, 200)


@test
def bochs(scratch):
    """secondary-vga with bochs: a frame buffer, a million accesses."""
    # A line of 4096 bytes: the kernel's mmiotrace panics at a "rep movs" that
    # crosses a page when KVM emulates it.
    run = lab.Run(scratch, device="secondary-vga,xres=1024,yres=768",
                  driver="bochs", oracle=True, timeout=1800)
    # of a whole "rep movs" the kernel's mmiotrace sees the first access; Debian
    # 13's kernel copies nearly all that way, byte by byte: four million accesses
    lab.contains_oracle(run, 1000)
    equal(len(run.log().accesses()) > 500000, True, "accesses: many")


if __name__ == "__main__":
    tap.main()
