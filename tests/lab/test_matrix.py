#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 2700
"""Many devices with the stock kernel's drivers, several in one log.

Each log is compared with the guest kernel's own mmiotrace, and device by
device with the accesses that arrived at the emulated hardware, ports included.
make check-full runs all groups, make check the first one.
"""

import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import devside, lab, tap                             # noqa: E402
from common.tap import equal, test                               # noqa: E402

# How a device handles accesses: see devside.agrees().
SAME, WIDER = False, True
# Devices whose trace can't be compared: two BARs lead to one region, or the device
# itself reads its memory through its BAR.
UNKNOWN = None

# Driver, and the minimum number of bytes accessed.
NETWORK = {
    # INTx only; the ROM is option_rom()
    "e1000,romfile=ROM": ("e1000", 4000, SAME),
    "igb": ("igb", 4000, SAME),
    "virtio-net-pci,ioeventfd=off": ("virtio_net", 100, SAME),
    # BARs smaller than a page, one of them ports
    "rtl8139": ("8139cp", 0, UNKNOWN),
}
NICS = {
    "vmxnet3": ("vmxnet3", 100, SAME),
    "tulip": ("tulip", 10000, SAME),
    "i82559er": ("e100", 2000, SAME),
    "pcnet": ("pcnet32", 200, SAME),
    "e1000-82545em": ("e1000", 4000, SAME),
}
STORAGE = {
    "megasas": ("megaraid_sas", 100, WIDER),
    "mptsas1068": ("mptsas", 100, SAME),
    # it fetches its programs from its own BAR by DMA
    "lsi53c895a": ("sym53c8xx", 0, UNKNOWN),
    "am53c974": ("am53c974", 50, SAME),
    "ich9-ahci": ("ahci", 500, SAME),
    "virtio-blk-pci,ioeventfd=off": ("virtio_blk", 50, SAME),
    "sdhci-pci": ("sdhci-pci", 50, WIDER),
}
USB = {
    "usb-ehci": ("ehci-pci", 500, SAME),
    "piix3-usb-uhci": ("uhci-hcd", 200, WIDER),
    "pci-ohci": ("ohci-pci", 500, SAME),
    "nec-usb-xhci": ("xhci-pci", 500, WIDER),
}
SOUND = {
    "ich9-intel-hda": ("snd-hda-intel", 300, SAME),
    "AC97": ("snd-intel8x0", 500, SAME),
    "ES1370": ("snd-ens1370", 100, WIDER),
    "i6300esb": ("i6300esb", 10, SAME),
    "virtio-rng-pci,ioeventfd=off": ("virtio-rng", 50, SAME),
}

# Uses each kind of device a little.
SCRIPT = r"""
set -eu
n=0
for bdf in $BDFS; do
    dev=/sys/bus/pci/devices/$bdf
    cat $dev/config > $LAB_OUT/config.$n
    if [ -e $dev/rom ]; then
        echo 1 > $dev/rom
        cat $dev/rom > $LAB_OUT/rom.$n
        echo 0 > $dev/rom
    fi
    for net in $(ls $dev/net 2>/dev/null); do
        ip link set $net up
    done
    n=$((n + 1))
done
sleep 2
for net in /sys/class/net/*; do
    ip link set ${net##*/} down
done
for disk in $(ls /sys/block); do
    dd if=/dev/$disk of=/dev/null bs=64k count=32 iflag=direct
done
if grep -qs virtio /sys/class/misc/hw_random/rng_current; then
    dd if=/dev/hwrng of=/dev/null bs=64 count=4
fi
if [ -c /dev/watchdog ]; then
    echo . > /dev/watchdog
    printf V > /dev/watchdog
fi
"""


def option_rom():
    """A minimal valid ROM that returns to the firmware at once."""
    size = 4096
    # far return at byte 3; offset of the PCI data structure at 0x18
    head = struct.pack("<HBB20xH2x", 0xaa55, size // 512, 0xcb, 0x1c)
    data = struct.pack("<4sHHHHB3sHHBBH", b"PCIR", 0x8086, 0x100e, 0, 0x18, 0,
                       b"\0\0\2", size // 512, 0, 0, 0x80, 0)
    rom = bytearray(head + data)
    rom += bytes(i * 7 % 251 for i in range(size - len(rom)))
    rom[-1] = 0
    rom[-1] = -sum(rom) & 0xff
    return bytes(rom)


def try_group(scratch, group, least):
    """All devices of a group in one guest; return the run."""
    rom = os.path.join(scratch, "rom")
    with open(rom, "wb") as f:
        f.write(option_rom())
    drivers = sorted({driver for driver, *_ in group.values()})
    run = lab.Run(scratch, device=[d.replace("ROM", rom) for d in group],
                  driver=",".join(drivers), oracle=True, device_trace=True,
                  script=SCRIPT, timeout=300)
    lab.contains_oracle(run, least)
    for number, (device, (_, bytes_least, how)) in enumerate(group.items()):
        print(f"# {device}", flush=True)
        if how is not UNKNOWN:
            devside.agrees(run, bytes_least, number, f"guest/config.{number}",
                           widens=how)
    return run


def full(func):
    """A test that only make check-full runs."""
    return test(func) if tap.rounds(False, True) else func


@test
def network(scratch):
    """e1000 (INTx, ROM), igb, virtio-net, rtl8139 (small BARs, ports)."""
    run = try_group(scratch, NETWORK, 15000)
    with open(run.path("guest/rom.0"), "rb") as f:
        equal(f.read() == option_rom(), True, "the ROM as the guest reads it")


@full
def nics(scratch):
    """vmxnet3, tulip, i82559er, pcnet, e1000-82545em."""
    try_group(scratch, NICS, 10000)


@full
def storage(scratch):
    """megasas, mptsas1068, lsi53c895a, am53c974, AHCI, virtio-blk, sdhci."""
    try_group(scratch, STORAGE, 1000)


@full
def usb(scratch):
    """EHCI, UHCI, OHCI, another xHCI."""
    try_group(scratch, USB, 500)


@full
def sound(scratch):
    """HDA, AC97, ES1370; a watchdog; virtio-rng."""
    try_group(scratch, SOUND, 300)


if __name__ == "__main__":
    tap.main()
