# SPDX-License-Identifier: GPL-2.0-or-later
"""e1000e and nvme, driven by Linux and traced by pci-trace, on any
architecture: the logs, what the devices saw, and differences from x86.

Both devices have logs of their own. A marker divides them into phases.
"""

import json
import os
import re
import subprocess
from collections import namedtuple

from . import archguest, devside, mmt, tap

# module: the driver's
# args: QEMU's arguments
# regions: what belongs to the device of the regions in QEMU's trace events:
#     (name, BAR, size of the BAR, offsets in the BAR). Names are not unique.
Device = namedtuple("Device", "module args regions")
DEVICES = {
    "nic": Device("e1000e", [
        "-netdev", "hubport,hubid=0,id=net",
        "-device", "e1000e,id=nic,netdev=net,romfile="],
        [("e1000e-mmio", 0, 0x20000, range(0x20000)),
         ("e1000e-io", 2, 0x20, range(0x20)),
         ("msix-table", 3, 0x4000, range(0x1000)),
         ("msix-pba", 3, 0x4000, range(0x2000, 0x3000))]),
    "disk": Device("nvme", [
        "-blockdev", "driver=null-co,node-name=zeroes,read-zeroes=on,"
        "size=67108864",
        "-device", "nvme,id=disk,drive=zeroes,serial=vfio-trace,romfile="],
        [("nvme", 0, 0x4000, range(0x2000)),
         ("msix-table", 0, 0x4000, range(0x2000, 0x3000)),
         ("msix-pba", 0, 0x4000, range(0x3000, 0x4000))]),
}
# The marker's own bus, without an MSI-X table: its accesses would look like
# the nic's.
MARKER_BUS = {"s390x": "virtio-serial-ccw,ioeventfd=off"}
PCI_MARKER_BUS = "virtio-serial-pci,ioeventfd=off,vectors=0"
MODULES = ["virtio_pci", "virtio_console", "e1000e", "nvme"]

READS = 16                      # commands of dd

# What is the same on every architecture happens between two marks.
SCRIPT = r"""
modprobe virtio_pci
modprobe virtio_console
mark()
{
    echo "$1" > /dev/vport0p1
}
# the file is there before it can be opened
wait_for test -c /dev/vport0p1
wait_for mark ready 2> /dev/null

grep -E ' (_stext|_etext)$' /proc/kallsyms

mark load
modprobe e1000e
echo "e1000e $(cat /sys/module/e1000e/sections/.text)"
wait_for test -e /sys/class/net/eth0
mark up
ip link set eth0 up
wait_for grep -q 1 /sys/class/net/eth0/carrier
mark down
ip link set eth0 down
mark unload
modprobe -r e1000e

mark load
modprobe nvme
echo "nvme $(cat /sys/module/nvme/sections/.text)"
echo "nvme_core $(cat /sys/module/nvme_core/sections/.text)"
wait_for test -b /dev/nvme0n1
mark read
dd if=/dev/nvme0n1 of=/dev/null bs=64k count=READS iflag=direct
mark unload
modprobe -r nvme
mark end
""".replace("READS", str(READS))
EVENT = re.compile(r"memory_region_ops_(read|write) cpu -?\d+ mr \S+ "
                   r"addr 0x([0-9a-f]+) value 0x([0-9a-f]+) size (\d+) "
                   r"name '(.*)'$")


def traced(path, ident, extra=""):
    """A device with a log of its own."""
    return ["-object", f"vfio-trace-log,id=log-{ident},file={path}{extra}",
            "-object", f"pci-trace,id=trace-{ident},device={ident},"
            f"log=log-{ident}"]


class Run:
    """One architecture's guest, at its end.

    arch: QEMU's name of the target
    said: what the guest has said on its console
    """

    def __init__(self, scratch, arch, kernel, script=SCRIPT, extra=""):
        self.arch = arch
        self.top = os.path.join(scratch, arch)
        os.makedirs(self.top)
        self.events = os.path.join(self.top, "events")
        args = ["-D", self.events, "-trace", "memory_region_ops_read",
                "-trace", "memory_region_ops_write"]
        for ident, device in DEVICES.items():
            args += device.args + traced(self.path(ident), ident, extra)
        args += ["-device", MARKER_BUS.get(arch, PCI_MARKER_BUS),
                 "-device", "vfio-trace-marker,id=marker"]
        self.said = archguest.Guest(scratch, arch, kernel, MODULES, script,
                                    args).run()

    def path(self, ident):
        """A device's log."""
        return os.path.join(self.top, ident + ".mmt")


def _bars(log):
    """{map: (BAR, its address in the log)}"""
    bars = {}
    for mark in log.marks("vfio-trace: coverage "):
        found = re.search(r" bar=(\d+) map=(\d+) addr=(0x[0-9a-f]+) ", mark)
        if found:
            bars[int(found[2])] = int(found[1]), int(found[3], 16)
    return bars


def log_bytes(path):
    """(operation, BAR, offset, value) of each byte in a log's accesses."""
    log = mmt.Log(path)
    bars = _bars(log)
    return [(op, bars[a.map][0], addr - bars[a.map][1], value)
            for a in log.accesses()
            for op, addr, value in devside.as_bytes([a])]


def _part(ident, name, addr):
    """(BAR, offset) of an address in a device's region, or None."""
    for region, bar, size, offsets in DEVICES[ident].regions:
        if name == region and addr % size in offsets:
            return bar, addr % size
    return None


def device_bytes(path, ident):
    """(operation, BAR, offset, value) of each byte that the emulated device
    was asked for, in its own byte order.

    The addresses are those of the guest's bus, which is another one on each
    architecture; BARs are aligned to their size.
    """
    found = []
    with open(path, encoding="utf-8", errors="replace") as f:
        for line in f:
            match = EVENT.match(line)
            part = match and _part(ident, match[5], int(match[2], 16))
            if part:
                value = int(match[3], 16)
                found += [(match[1][0].upper(), part[0], part[1] + i,
                           value >> 8 * i & 0xff)
                          for i in range(int(match[4]))]
    return found


# What may be different between two architectures, and why.
# why: the reason
# types: types of differences, as `vfio-trace diff --json` has them
# registers: a pattern of "REGION+OFFSET NAME"
# phase: a pattern of the phase's name
# moved: whether it must be somewhere in the other log: the same register, read,
#     or written with the same value
# most: of how many accesses it holds
Allowance = namedtuple("Allowance", "why types registers phase moved most",
                       defaults=("", False, 1000))


def _known(path):
    """What a log has: (operation, region, offset, value written)."""
    log = mmt.Log(path)
    bars = _bars(log)
    return {(a.op, f"bar{bars[a.map][0]}", a.addr - bars[a.map][1],
             a.value if a.op == "W" else 0) for a in log.accesses()}


def _fits(allowance, difference, access, known):
    place = (f"{access['region']}+{access['offset']} "
             f"{access.get('name') or ''}")
    if difference["type"] not in allowance.types or \
            not re.match(allowance.registers, place) or \
            not re.match(allowance.phase, difference["phase_a"]):
        return False
    op = access["op"][0].upper()
    return not allowance.moved or (
        op, access["region"], int(access["offset"], 16),
        int(access["value"], 16) if op == "W" else 0) in known


def _accesses(difference):
    for key in ("pairs", "a_accesses", "b_accesses", "a_poll", "b_poll"):
        yield from difference.get(key, [])


def _differences(a, b):
    """What `vfio-trace diff` says of two logs, as objects; without the
    summary."""
    done = subprocess.run([tap.tool_binary(), "diff", "--json", "--full",
                           "--values", "all", a, b], capture_output=True,
                          text=True, check=False)
    tap.equal(done.returncode < 2, True, done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()][:-1]


def compare(a, b, allowances):
    """Two logs are the same but for what is allowed."""
    known = {"only-a": _known(b), "only-b": _known(a)}
    known["order"] = known["only-a"] & known["only-b"]
    count = {}
    left = []
    for difference in _differences(a, b):
        if difference["type"] == "rounds":      # is no difference
            continue
        for access in _accesses(difference):
            why = next((x.why for x in allowances if
                        _fits(x, difference, access,
                              known.get(difference["type"], ()))), None)
            if why:
                count[why] = count.get(why, 0) + 1
            else:
                left.append(f"{difference['type']} in {difference['phase_a']}:"
                            f" {access}")
    most = {x.why: x.most for x in allowances}
    for why, n in sorted(count.items()):
        print(f"# {n} accesses differ: {why}", flush=True)
        tap.equal(n <= most[why], True, f"{n} are at most {most[why]}")
    for line in left[:40]:
        print(f"# {line}", flush=True)
    tap.equal(len(left), 0, "number of differences without an explanation")
