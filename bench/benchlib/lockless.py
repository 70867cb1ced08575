# SPDX-License-Identifier: GPL-2.0-or-later
"""Accesses that QEMU forwards without its lock, natively: this machine's KVM, a
guest with up to two vCPUs on processors of their own (bench/bare), a traced BAR
that is memory, beside a register that QEMU emulates and an earlier QEMU."""

import collections
import fcntl
import os
import tempfile

from . import BenchError, bare, load, tail
from .samples import Samples
from .table import Row

PART = "native: accesses without QEMU's lock, one and two vCPUs"
PART_TAIL = "native: single reads while QEMU's main loop is busy"
PART_WAITS = "native: how often such a read sleeps until another thread wakes it"

# linux/kvm.h
KVM_CREATE_VM = 0xae01
KVM_CREATE_VCPU = 0xae41
KVM_GET_TSC_KHZ = 0xaea3

# ivshmem: the BAR is plain memory, as a VFIO device's is.
MEMORY_BAR = 2
TRACED = "ivshmem-plain,memdev=%s-memory"

BEFORE = "-before"
ROUNDS = 4                          # within a boot

# vCPUs, each on its own device, words
CPUS = ((1, 0, "1 vCPU"), (2, 0, "2 vCPUs, one device"),
        (2, 1, "2 vCPUs, a device each"))

WORDS = {"h": "h: edu, untraced", "e": "e: pci-trace, memory BAR",
         "e" + BEFORE: "e before: the same, QEMU of --before",
         tail.LOOP: "no access, as long as one"}
# Case and base
PAIRS = (("h", None), ("e", "h"), ("e", "e" + BEFORE),
         ("e" + BEFORE, "h" + BEFORE))
BASES = {"h": "h", "e" + BEFORE: "e before", "h" + BEFORE: "h before",
         tail.LOOP: "no access"}

# Boots and accesses for the time of an access, boots and samples for the tail
Size = collections.namedtuple("Size", "boots accesses tails samples")
NATIVE, QUICK = Size(12, 2500, 5, 100000), Size(3, 2500, 3, 50000)

MOST_TAIL = 2
MOST_LOOP = 1.25                    # p99.9 of the loop that accesses nothing
MOST_WAITS = 1                      # of 1000: else p99.9 has them
# e with another case: that case, quantile, most
COMPARED = (("e" + BEFORE, "p50", None), ("e" + BEFORE, "p99.9", None),
            ("h", "p50", None), ("h", "p99.9", None),
            (tail.LOOP, "p99.9", MOST_LOOP))


def ticks_per_ns():
    """The rate of a guest's time stamp counter, as KVM knows it."""
    files = [os.open("/dev/kvm", os.O_RDWR | os.O_CLOEXEC)]
    try:
        for create in KVM_CREATE_VM, KVM_CREATE_VCPU:
            files.append(fcntl.ioctl(files[-1], create, 0))
        return fcntl.ioctl(files[-1], KVM_GET_TSC_KHZ, 0) / 1e6
    finally:
        for file in reversed(files):
            os.close(file)


class Sides:
    """Our QEMU, and perhaps an earlier one, with the same guest and devices.

    sides: [(what a case's name ends with, its guest)]
    """

    def __init__(self, qemu, before, image, directory, accel):
        self.log = os.path.join(directory, "log.mmt")
        self.sides = [("", bare.Guest(qemu, image, directory, accel))]
        if before:
            self.sides.append((BEFORE, bare.Guest(before, image, directory,
                                                  accel)))

    def turn(self, round_):
        """The sides, another one first in each round."""
        return self.sides[::-1] if round_ % 2 else self.sides

    def devices(self, count):
        """Return: (devices, QEMU's arguments): so many of each case, the first
        ones are h and e"""
        devices, args = [], ["-object", "vfio-trace-log,id=log,overwrite=on,"
                             "file=" + self.log]
        for i in range(count):
            devices.append(bare.Device("h%s" % (i or "")))
        for i in range(count):
            name = "e%s" % (i or "")
            devices.append(bare.Device(name, TRACED % name, MEMORY_BAR))
            args += ["-object", "memory-backend-ram,size=1M,id=%s-memory"
                     % name,
                     "-object", "pci-trace,id=tap-%s,device=%s,log=log,"
                     "windows=%d" % (name, name, MEMORY_BAR)]
        return devices, args


def _ratio_row(part, words, found, key, base, most=None):
    return Row(part, words, found.summary(key), found.unit,
               BASES[base[0]] if base else None,
               found.ratio(key, base) if base else None, most=most)


# --- one vCPU, two vCPUs -----------------------------------------------------

def _cpus(sides, size, rate, cpus, spread):
    """Return: Samples by (case, "r" or "w")"""
    found = Samples("ns")
    devices, args = sides.devices(cpus)
    for n in range(size.boots):
        for suffix, guest in sides.turn(n):
            for device, way, round_, count, ticks in guest.run(
                    devices, args, rounds=ROUNDS, accesses=size.accesses,
                    cpus=cpus, spread=spread):
                if device in ("h", "e"):
                    found.add((device + suffix, way),
                              ticks / (count * cpus) / rate,
                              n * ROUNDS + round_)
    return found


def _rows_of_cpus(sides, size, rate):
    """Return: rows"""
    rows = []
    for cpus, spread, words in CPUS:
        found = _cpus(sides, size, rate, cpus, spread)
        for way, word in (("r", "reads"), ("w", "writes")):
            for case, base in PAIRS:
                if (case, way) in found and \
                        (not base or (base, way) in found):
                    rows.append(_ratio_row(
                        PART, "%s, %s: %s" % (WORDS[case], words, word), found,
                        (case, way), base and (base, way)))
    return rows


# --- the tail ----------------------------------------------------------------

def _add(found, far, load_, case, ticks, round_, rate):
    """The quantiles of one boot's case."""
    for name, q in tail.QUANTILES:
        found.add((case, load_.name, name), tail.quantile(ticks, q) / rate,
                  round_)
    idle = found.of[case, "idle", "p50"][round_] * rate
    far.add((case, load_.name), tail.beyond(ticks, tail.FAR * idle), round_)


def _tail_samples(say, sides, size, rate):
    """Return: Samples of quantiles, Samples of the parts far off"""
    found, far = Samples("ns"), Samples("ppm")
    devices, args = sides.devices(1)
    with tail.Pinned() as pinned:
        for n in range(size.tails):
            say("single accesses: round %d of %d" % (n + 1, size.tails))
            for load_ in load.LOADS:
                for suffix, guest in sides.turn(n):
                    boot = tail.boot(guest, devices, args, load_, size.samples,
                                     pinned)
                    for case, ticks in boot.ticks.items():
                        _add(found, far, load_, case + suffix, ticks, n, rate)
    return found, far


def _waits(say, sides, size):
    """How often an access sleeps; boots with one device each, since who sleeps
    is a thread. Return: Samples by (case, load)"""
    found = Samples("/1000")
    devices, args = sides.devices(1)
    cases = [(suffix, device, guest) for suffix, guest in sides.sides
             for device in devices if not suffix or device.name == "e"]
    with tail.Pinned() as pinned:
        for n in range(size.tails):
            say("sleeping accesses: round %d of %d" % (n + 1, size.tails))
            for load_ in load.LOADS:
                for suffix, device, guest in cases:
                    boot = tail.boot(
                        guest, [device], args if device.name == "e" else [],
                        load_, size.samples, pinned)
                    if boot.waits is None:
                        raise BenchError("too few samples to count sleeps")
                    found.add((device.name + suffix, load_.name),
                              1000 * boot.waits, n)
    return found


def _rows_of_waits(found):
    """Return: rows"""
    return [Row(PART_WAITS, "%s, %s" % (WORDS[case], load_.words),
                found.summary((case, load_.name)), found.unit,
                most=MOST_WAITS if case == "e" else None)
            for load_ in load.LOADS for case in ("e", "e" + BEFORE, "h")
            if (case, load_.name) in found]


def _rows_of_case(found, far, case, load_):
    """A case as multiples of its median on the idle machine. Return: rows"""
    words = "%s, %s: " % (WORDS[case], load_.words)
    rows = []
    for name, _ in tail.QUANTILES:
        key = case, load_.name, name
        goal = MOST_TAIL if (case, name) == ("e", "p99.9") else None
        rows.append(Row(PART_TAIL, words + name, found.summary(key),
                        found.unit, "idle p50",
                        found.ratio(key, (case, "idle", "p50")), most=goal))
    return rows + [Row(PART_TAIL, words + "above %d x idle p50" % tail.FAR,
                       far.summary((case, load_.name)), far.unit)]


def _rows_of_tail(found, far):
    """Return: rows"""
    rows = []
    cases = [c for c in ("e", "e" + BEFORE, "h", tail.LOOP)
             if (c, "idle", "p50") in found]
    for load_ in load.LOADS:
        for case in cases:
            rows += _rows_of_case(found, far, case, load_)
        for base, name, most in COMPARED:
            if base in cases:
                rows.append(_ratio_row(
                    PART_TAIL, "e, %s: %s" % (load_.words, name), found,
                    ("e", load_.name, name), (base, load_.name, name), most))
    return rows


def rows_of(say, sides, size, rate):
    """All rows, where KVM is known to work."""
    say("accesses without the lock: one and two vCPUs")
    rows = _rows_of_cpus(sides, size, rate)
    rows += _rows_of_tail(*_tail_samples(say, sides, size, rate))
    return rows + _rows_of_waits(_waits(say, sides, size))


def directory():
    """Memory that is a file of a disk would be written now and then."""
    where = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    return tempfile.TemporaryDirectory(prefix="vt-lockless.", dir=where)


def measure(say, options, qemu):
    """Return: rows"""
    with directory() as path:
        sides = Sides(qemu, options.before, bare.build(path), path, "kvm")
        bare.probe(sides.sides[0][1])
        return rows_of(say, sides, QUICK if options.quick else NATIVE,
                       ticks_per_ns())
