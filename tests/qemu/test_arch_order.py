#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# needs: other-targets
"""One total order on a machine with a weak memory model: 4 vCPUs of aarch64,
each with a thread of its own, write to three devices that share a log."""

import os
import re
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import archguest, devside, lab, mmt, tap             # noqa: E402
from common.tap import Skip, equal, test                         # noqa: E402

ARCH = "aarch64"
COMPILER = "aarch64-linux-gnu-gcc"
CPUS = 4
SLOT = 5                        # of the first device

# Registers that store values without side effects: edu's addresses for DMA,
# e1000e's multicast table. Device, the name of its region in QEMU's trace
# events, offset, number of 8-byte registers.
DEVICES = (("edu", "edu-mmio", 0x80, 2), ("e1000e", "e1000e-mmio", 0x5200, 64),
           ("edu", "edu-mmio", 0x80, 2))
ARRIVED = re.compile(r"memory_region_ops_write cpu \S+ mr (\S+) addr \S+ value "
                     r"0x([0-9a-f]+) size 4 name '(edu|e1000e)-mmio'$", re.M)


def arguments(scratch):
    """QEMU's, and those of the program in the guest."""
    args = ["-D", f"{scratch}/events", "-trace", "memory_region_ops_write",
            "-object", f"vfio-trace-log,id=log,file={scratch}/log,extra=cpu"]
    words = []
    for i, (name, _, offset, count) in enumerate(DEVICES):
        args += ["-object", f"pci-trace,id=t{i},device=dut{i},log=log",
                 "-device", f"{name},id=dut{i},addr={SLOT + i}" +
                 (",romfile=" if name == "e1000e" else "")]
        words.append(f"0000:00:{SLOT + i:02x}.0:0:{offset:#x}:{count}")
    return args, " ".join(words)


def split(value):
    """(vCPU, number) of a written value."""
    return divmod(value, 1 << 24)


def arrived(path):
    """[(device's number, vCPU, number)] as the devices saw them."""
    with open(path, encoding="utf-8", errors="replace") as f:
        found = ARRIVED.findall(f.read())
    # each device's region is an object of its own, at its address
    regions = list(dict.fromkeys((region, name) for region, _, name in found))
    equal(sorted(name for _, name in regions), ["e1000e", "edu", "edu"],
          "regions with writes")
    return found, regions


def logged(path):
    """[(device's number, vCPU, number)] as the log has them."""
    log = mmt.Log(path)
    bars = {mark_map: n for n, mark_map in enumerate(
        int(re.search(r" bar=0 map=(\d+) ", m)[1])
        for m in log.marks("vfio-trace: coverage ") if " bar=0 map=" in m)}
    writes = [a for a in log.accesses() if a.op == "W" and a.map in bars]
    equal([int(a.extra["cpu"]) for a in writes] ==
          [split(a.value)[0] for a in writes], True, "each one's vCPU")
    return [(bars[a.map], *split(a.value)) for a in writes]


def numbered(found, regions, log):
    """The devices' writes with the numbers that the log has for the devices.

    Which region is which of two equal devices is what the log says of the
    first write to each.
    """
    number = {}
    for (region, _, _), (device, _, _) in zip(found, log):
        number.setdefault(region, device)
    equal(len(set(number.values())), len(regions), "devices")
    return [(number[region], *split(int(value, 16)))
            for region, value, _ in found]


def judge(scratch, count):
    log = logged(f"{scratch}/log")
    found, regions = arrived(f"{scratch}/events")
    devside.same(log, numbered(found, regions, log), "one order of writes")
    for device, (name, *_) in enumerate(DEVICES):
        writes = [(cpu, n) for d, cpu, n in log if d == device]
        for cpu in range(CPUS):
            equal([n for c, n in writes if c == cpu] == list(range(count)),
                  True, f"{name}: vCPU {cpu}'s numbers, in its order")
        changes = sum(a[0] != b[0] for a, b in zip(writes, writes[1:]))
        print(f"# {name}: {changes} changes of the vCPU", flush=True)
        # vCPUs writing one after the other would prove nothing
        equal(changes > CPUS * 2, True, "vCPUs in turn")


@test
def total(scratch):
    """aarch64, 4 vCPUs at once: log and devices have one order."""
    tap.qemu_binary(ARCH)
    if not shutil.which(COMPILER):
        raise Skip(f"there is no {COMPILER}")
    count = tap.rounds(3000, 20000)
    args, words = arguments(scratch)
    kernel = archguest.kernels((ARCH,))[ARCH]
    archguest.Guest(
        scratch, ARCH, kernel, [], f"order {count} {words}", args, smp=CPUS,
        files=[lab.compile_guest(scratch, "order", COMPILER)]).run()
    archguest.check_log(f"{scratch}/log")
    judge(scratch, count)


if __name__ == "__main__":
    tap.main()
