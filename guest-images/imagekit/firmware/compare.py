# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares a log with the accesses that arrived at the device, in order: each
address, direction, width and value.

Nothing is taken for equal but this (lab/README.md):

* QEMU's emulation of a device may take an access in parts, or as a wider one at
  the same address, if it has no such width. Then the bytes of the guest's access
  count, and the result has the number of such accesses.
* If two BARs of a device lead to one region, its view has the addresses of one of
  them.

Neither the log nor the device's view is kept in memory.
"""

import collections
import dataclasses
import itertools
import re
import struct

from ..common.errors import ImageError

BARS = 6
PCI_STATUS, STATUS_CAP_LIST, CAP_LIST, CAP_ID_MSIX = 0x06, 0x10, 0x34, 0x11

# "R WIDTH TIME MAP ADDRESS VALUE PC PID"
ACCESS = re.compile(r"([RW]) (\d+) \S+ (\d+) 0x([0-9a-f]+) 0x([0-9a-f]+) ")
COVERAGE = re.compile(r"MARK \S+ vfio-trace: coverage device=\S+ bar=\d+ map=(\d+)")
# QEMU's devices with a BAR that is an alias of another: {BAR: the other}
ALIASES = {"rtl8139": {1: 0}}

AROUND = 4                      # accesses shown before a difference


@dataclasses.dataclass(frozen=True)
class Access:
    """One access.

    op: "R" or "W"
    """

    op: str
    width: int
    addr: int
    value: int

    def __str__(self):
        return f"{self.op} {self.width} {self.addr:#x} {self.value:#x}"


@dataclasses.dataclass(frozen=True)
class Bar:
    """One BAR, by its address on the host."""

    number: int
    start: int
    size: int


@dataclasses.dataclass
class Result:
    """What a comparison found.

    counts: accesses by (BAR's number, direction)
    widths: accesses by width
    parts: accesses that the device's emulation took in parts
    wider: accesses that it took as wider ones
    difference: text, empty if there is none
    """

    counts: collections.Counter = dataclasses.field(
        default_factory=collections.Counter)
    widths: collections.Counter = dataclasses.field(
        default_factory=collections.Counter)
    parts: int = 0
    wider: int = 0
    difference: str = ""

    @property
    def accesses(self):
        """Number of accesses compared."""
        return sum(self.counts.values())


class _Device:
    """What is to be compared of a device: its BARs without the MSI-X table and
    PBA. QEMU answers the guest's accesses to these, and L1's kernel makes those
    that arrive at the device."""

    def __init__(self, pcidev, config, name=""):
        words = pcidev.split()
        starts = [int(w, 16) for w in words[4:4 + BARS]]
        sizes = [int(w, 16) for w in words[11:11 + BARS]]
        self.bars = [Bar(n, s & ~(3 if s & 1 else 15), size)
                     for n, (s, size) in enumerate(zip(starts, sizes)) if size]
        starts = {b.number: b.start for b in self.bars}
        self._moved = {bar: starts[other] - starts[bar]
                       for bar, other in ALIASES.get(name, {}).items()}
        self.without = _msix(config, starts)

    def arrives_at(self, access):
        """An access of the log with the address that the device's view has."""
        moved = self._moved.get(self.bar(access.addr).number)
        return access if not moved else dataclasses.replace(
            access, addr=access.addr + moved)

    def bar(self, addr):
        """The BAR behind an address, or None."""
        for bar in self.bars:
            if bar.start <= addr < bar.start + bar.size:
                return None if any(addr in r for r in self.without) else bar
        return None


def _msix(config, starts):
    if not config:
        return []
    at = config[CAP_LIST] & ~3 if config[PCI_STATUS] & STATUS_CAP_LIST else 0
    while at and config[at] != CAP_ID_MSIX:
        at = config[at + 1] & ~3
    if not at:
        return []
    control, table, pba = struct.unpack_from("<HII", config, at + 2)
    vectors = (control & 0x7ff) + 1
    return [range(starts[where & 7] + (where & ~7),
                  starts[where & 7] + (where & ~7) + size)
            for where, size in ((table, 16 * vectors),
                                (pba, (vectors + 63) // 64 * 8))]


def _parsed(match):
    return Access(match[1], int(match[2]), int(match[4], 16),
                  int(match[5], 16))


def _pcidev(path, number):
    with open(path, encoding="utf-8", errors="replace") as f:
        lines = (line for line in f if line.startswith("PCIDEV "))
        line = next(itertools.islice(lines, number, None), None)
    if not line:
        raise ImageError(f"{path} has no PCIDEV line {number}")
    return line


def _of_log(path, device):
    """The log's accesses to the device's BARs."""
    maps = set()
    with open(path, encoding="utf-8", errors="replace") as f:
        for line in f:
            match = ACCESS.match(line)
            if match:
                # legacy VGA and the ROM have maps of their own
                if match[3] in maps and device.bar(int(match[4], 16)):
                    yield _parsed(match)
                continue
            match = COVERAGE.match(line)
            if match:
                maps.add(match[1])


def _of_device(path, device):
    """The accesses that arrived at the device's BARs."""
    with open(path, encoding="utf-8", errors="replace") as f:
        for line in f:
            match = ACCESS.match(line)
            if match and device.bar(int(match[4], 16)):
                yield _parsed(match)


def extract(path, out, start, end, log):
    """Take one guest's part out of the lab's view of all devices.

    path, out: logs
    start, end: texts of the marks between which the guest ran; the second may be
        missing
    log: the guest's log, which says where the device's BARs are
    """
    device = _Device(_pcidev(log, 0), b"")
    inside = False
    with open(path, encoding="utf-8", errors="replace") as src, \
            open(out, "w", encoding="utf-8") as dst:
        for line in src:
            match = ACCESS.match(line)
            if match:
                if inside and device.bar(int(match[4], 16)):
                    dst.write(line)
                continue
            text = line.rstrip("\n").split(" ", 2)[-1]
            if line.startswith("MARK ") and text == end:
                break
            inside = inside or text == start
            if line.startswith(("VERSION ", "MAP ")) or text == start:
                dst.write(line)
    if not inside:
        raise ImageError(f"{path} has no mark {start!r}")


def _take(access, arrived):
    """Take what belongs to an access of the log from those that arrived.

    Return: (accesses taken, how: "same", "parts", "wider" or "different")
    """
    first = next(arrived, None)
    if first == access:
        return [first], "same"
    taken = [first] if first else []
    if not first or first.op != access.op or first.addr != access.addr:
        return taken, "different"
    if first.width > access.width:
        mask = (1 << 8 * access.width) - 1
        return taken, "wider" if first.value & mask == access.value \
            else "different"
    have = 0
    part = first
    while True:
        mask = (1 << 8 * part.width) - 1
        if part.op != access.op or part.addr != access.addr + have or \
                part.value != access.value >> 8 * have & mask:
            return taken, "different"
        have += part.width
        if have >= access.width:
            break
        part = next(arrived, None)
        if not part:
            return taken, "different"
        taken.append(part)
    # two of the same width are "same" or different in value
    return taken, "parts" if have == access.width and len(taken) > 1 \
        else "different"


def _difference(result, recent, access, taken):
    lines = [f"first difference at access {result.accesses + 1}"]
    lines += [f"    both    {a}" for a in recent]
    lines.append(f"  > log     {access or 'has no more'}")
    lines += [f"  > device  {a}" for a in taken] or \
        ["  > device  has no more"]
    return "\n".join(lines)


def compare(log, device_log, config, name=""):
    """Compare a log with what arrived at the device.

    log, device_log: paths
    config: path of the device's config space
    name: the device's, of QEMU
    Return: a Result
    """
    with open(config, "rb") as f:
        device = _Device(_pcidev(log, 0), f.read(), name)
    result = Result()
    recent = collections.deque(maxlen=AROUND)
    arrived = _of_device(device_log, device)
    for access in _of_log(log, device):
        taken, how = _take(device.arrives_at(access), arrived)
        if how == "different":
            result.difference = _difference(result, recent, access, taken)
            return result
        recent.append(access)
        result.parts += how == "parts"
        result.wider += how == "wider"
        result.counts[device.bar(access.addr).number, access.op] += 1
        result.widths[access.width] += 1
    more = next(arrived, None)
    if more:
        result.difference = _difference(result, recent, None, [more])
    return result
