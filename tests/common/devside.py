# SPDX-License-Identifier: GPL-2.0-or-later
"""The lab's device trace: the accesses that arrived at the emulated hardware,
to be compared with the accesses that our log has.

Both are compared as sequences of bytes, each (operation, host address or
port, value): a device's emulation may split an access into smaller parts. A
device whose emulation widens accesses must be named by the test; then only the
first bytes count, as many as the guest accessed.

Left out on both sides are the MSI-X table and PBA, since QEMU does not pass
the guest's accesses to them on: QEMU answers the guest, and the accesses that
arrive there are those of L1's kernel.
"""

import re
import struct

from . import mmt, tap

START = "lab: post 1"           # l1-init's: from here on, all accesses are L2's
PCI_STATUS, STATUS_CAP_LIST, CAP_LIST = 0x06, 0x10, 0x34
CAP_ID_MSIX = 0x11
BARS = 6


def msix_ranges(config, bars):
    """The host addresses of a device's MSI-X table and PBA.

    config: its config space, as bytes
    bars: host addresses of its BARs
    """
    at = config[CAP_LIST] & ~3 if config[PCI_STATUS] & STATUS_CAP_LIST else 0
    while at and config[at] != CAP_ID_MSIX:
        at = config[at + 1] & ~3
    if not at:
        return []
    control, table, pba = struct.unpack_from("<HII", config, at + 2)
    vectors = (control & 0x7ff) + 1
    return [range(bars[where & 7] + (where & ~7),
                  bars[where & 7] + (where & ~7) + size)
            for where, size in ((table, 16 * vectors),
                                (pba, (vectors + 63) // 64 * 8))]


def bar_addresses(pcidev):
    """Host addresses of BAR0 to 5 of a PCIDEV line, flags removed."""
    return [start & ~(3 if start & 1 else 15) for start in pcidev.start[:BARS]]


def bar_accesses(log):
    """A log's accesses to BARs, without those to other regions."""
    maps = {int(m) for mark in log.marks("vfio-trace: coverage ")
            for m in re.findall(r" bar=\d+ map=(\d+)", mark)}
    return [a for a in log.accesses() if a.map in maps]


def in_bars(accesses, pcidev):
    """The accesses that lie in a BAR of the device."""
    bars = [range(a, a + s) for a, s in zip(bar_addresses(pcidev), pcidev.size)]
    return [a for a in accesses if any(a.addr in bar for bar in bars)]


def as_bytes(accesses):
    """Accesses as single bytes: (op, address, value)."""
    return [(a.op, a.addr + i, a.value >> 8 * i & 0xff)
            for a in accesses for i in range(a.width)]


def narrowed(device, log):
    """A device's accesses without the bytes that its emulation added."""
    parts = iter(device)
    narrow = []
    for access in log:
        left = access.width
        while left > 0:
            part = next(parts, None)
            if part is None:
                return narrow
            narrow.append(part._replace(width=min(part.width, left)))
            left -= part.width
    return narrow + list(parts)


def _say(sequence, around):
    for i in range(max(0, around - 4), min(len(sequence), around + 5)):
        item = " ".join(f"{x:#x}" if isinstance(x, int) else str(x)
                        for x in sequence[i])
        print(f"#   {'>' if i == around else ' '} {i} {item}", flush=True)


def same(got, want, what, who=("log", "device")):
    """Compare two sequences of tuples; show the first difference."""
    if got == want:
        print(f"# {what}: {len(got)}, the same", flush=True)
        return
    at = next((i for i, (g, w) in enumerate(zip(got, want)) if g != w),
              min(len(got), len(want)))
    for name, sequence in zip(who, (got, want)):
        print(f"# {name}:")
        _say(sequence, at)
    raise AssertionError(f"{what}: {len(got)} in the {who[0]}, {len(want)} in "
                         f"the {who[1]}, first difference at {at}")


class DeviceTrace:
    """A run's device.mmt after a given mark.

    start: text of the mark
    """

    def __init__(self, path, start=START):
        events = mmt.Log(path).events
        at = [i for i, e in enumerate(events)
              if isinstance(e, mmt.Mark) and e.text == start]
        tap.equal(len(at), 1, f"marks {start!r} in {path}")
        self.accesses = [e for e in events[at[0]:]
                         if isinstance(e, mmt.Access)]


def both_sides(run, number=0, config="guest/config", start=START):
    """A device's accesses in the log, and those that arrived at the device.

    Return: (PCIDEV, the log's, the device's)
    """
    log = run.log()
    pcidev = log.of(mmt.Pcidev)[number]
    with open(run.path(config), "rb") as f:
        without = msix_ranges(f.read(), bar_addresses(pcidev))
    ours, theirs = (
        [a for a in in_bars(accesses, pcidev)
         if not any(a.addr in r for r in without)] for accesses in
        (bar_accesses(log), DeviceTrace(run.path("device.mmt"), start).accesses))
    return pcidev, ours, theirs


def agrees(run, least, number=0, config="guest/config", widens=False,
           start=START):
    """The log has the accesses that arrived at a device, byte by byte.

    run: a lab.Run with device_trace=True, whose script has saved the
        device's config space
    least: minimum number of bytes compared
    number: the device's, in the order of the log
    widens: the device's emulation widens accesses
    start: text of the mark in device.mmt where the guest begins
    """
    pcidev, ours, theirs = both_sides(run, number, config, start)
    if widens:
        theirs = narrowed(theirs, ours)
    ours, theirs = as_bytes(ours), as_bytes(theirs)
    same(ours, theirs, f"bytes of {pcidev.vendor:04x}:{pcidev.device:04x}")
    tap.equal(len(ours) >= least, True, f"{len(ours)} bytes compared: enough")
