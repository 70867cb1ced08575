# SPDX-License-Identifier: GPL-2.0-or-later
"""The whole exit path natively: this machine's KVM, a guest that only runs a
loop (bench/bare), emulated devices with and without a tap."""

import collections
import os
import struct
import subprocess
import tempfile

from . import BENCH, BenchError, Skip
from .samples import Samples
from .table import Row

PART = "native: exits of a bare KVM guest on this machine"

# bench/bare/layout.h and struct Job of bare.h
JOB_ADDRESS = 0x6000
JOB_FIELDS = ("rounds", "accesses", "cpus", "spread", "samples", "load")
JOB_DEVICES = 16

SOURCES = ("start.S", "bare.c", "tail.c", "load.c")

IMAGE_FLAGS = ("-m32 -O2 -ffreestanding -fno-pic -fno-stack-protector "
               "-fcf-protection=none -mno-sse -fno-asynchronous-unwind-tables "
               "-nostdlib -static -no-pie -Wall -Wextra -Werror "
               "-Wl,--build-id=none -Wl,-z,noexecstack").split()

# isa-debug-exit's status for the guest's last write
DONE = 0x10 << 1 | 1
TIME_LIMIT = 120

FIRST_SLOT = 4

# model: what QEMU's -device has before the ID; bar: the one that is accessed
Device = collections.namedtuple("Device", "name model bar",
                                defaults=("edu", 0))

TRACE = "memory_region_ops_*"

# Case, and the object that traces its device {d}.
CASES = (
    ("h", None),
    ("e", "pci-trace,id=tap-{d},device={d},log=plain"),
    ("f", "pci-trace,id=tap-{d},device={d},log=full"),
    ("g", "pci-trace,id=tap-{d},device={d},log=plain,windows=0:0x10000:0x1000"),
)


def build(directory):
    """The guest's image. Return: its path"""
    source = os.path.join(BENCH, "bare")
    elf = os.path.join(directory, "bare.elf")
    image = os.path.join(directory, "bare.bin")
    try:
        subprocess.run(["gcc", *IMAGE_FLAGS,
                        "-Wl,-T," + os.path.join(source, "bare.ld"), "-o", elf,
                        *(os.path.join(source, name) for name in SOURCES)],
                       check=True)
        subprocess.run(["objcopy", "-O", "binary", elf, image], check=True)
    except (OSError, subprocess.SubprocessError) as e:
        raise BenchError("the bare guest can't be built: %s" % e)
    return image


class Guest:
    """A QEMU that runs the bare guest until the guest ends.

    Devices are names of edu devices, or Devices.
    """

    def __init__(self, qemu, image, directory, accel="kvm"):
        self.qemu = qemu
        self.accel = accel
        self.image = image
        self.directory = directory

    def _path(self, name):
        return os.path.join(self.directory, name)

    def command(self, devices, job, extra):
        args = [self.qemu, "-machine", "pc", "-accel", self.accel, "-nodefaults",
                "-no-user-config", "-display", "none", "-m", "16",
                "-smp", str(job["cpus"]), "-bios", self.image,
                "-device", "loader,addr=%#x,force-raw=on,file=%s"
                % (JOB_ADDRESS, self._path("job")),
                "-chardev", "file,id=out,path=" + self._path("out"),
                "-device", "isa-debugcon,iobase=0xe9,chardev=out",
                "-device", "isa-debug-exit,iobase=0xf4,iosize=4"]
        for i, device in enumerate(_devices(devices)):
            args += ["-device", "%s,id=%s,addr=%#x"
                     % (device.model, device.name, FIRST_SLOT + i)]
        return args + list(extra)

    def prepare(self, devices, **job):
        """Write down what the guest has to do."""
        slots = [FIRST_SLOT + i for i in range(len(devices))]
        bars = [device.bar for device in _devices(devices)]
        with open(self._path("job"), "wb") as f:
            f.write(struct.pack("<%dI" % len(JOB_FIELDS),
                                *(job.get(name, 0) for name in JOB_FIELDS)))
            f.write(struct.pack("<I", len(devices)))
            for words in slots, bars:
                f.write(struct.pack("<%dI" % JOB_DEVICES, *words,
                                    *[0] * (JOB_DEVICES - len(words))))

    def run(self, devices, extra=(), **job):
        """One boot.

        Return: [(device, "r" or "w", round, accesses, ticks)]
        """
        self.prepare(devices, **job)
        try:
            end = subprocess.run(self.command(devices, job, extra), text=True,
                                 stdin=subprocess.DEVNULL,
                                 stdout=subprocess.DEVNULL,
                                 stderr=subprocess.PIPE, timeout=TIME_LIMIT,
                                 check=False)
        except subprocess.TimeoutExpired:
            raise BenchError("the bare guest hangs")
        check_end(end.returncode, end.stderr)
        with open(self._path("out"), encoding="ascii") as f:
            return list(_parse(f, [d.name for d in _devices(devices)]))


def check_end(status, said):
    """Did QEMU end as the guest wanted? said: its messages"""
    if status != DONE:
        lines = said.strip().splitlines()
        raise BenchError("QEMU ended with %d: %s" % (
            status, lines[-1] if lines else "and said nothing"))


def _devices(devices):
    return [Device(d) if isinstance(d, str) else d for d in devices]


def _parse(lines, devices):
    seen = {}
    for line in lines:
        words = line.split()
        if words == ["end"]:
            return
        device, way = devices[int(words[0], 16)], words[1]
        round_ = seen.setdefault((device, way), 0)
        seen[device, way] += 1
        yield device, way, round_, int(words[2], 16), int(words[3], 16)
    raise BenchError("the bare guest's output has no end")


def probe(guest):
    """Skip unless KVM runs the bare guest on this machine."""
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        raise Skip("/dev/kvm is missing or not accessible")
    try:
        guest.run(["probe"], rounds=1, accesses=16, cpus=1, spread=0)
    except BenchError as e:
        raise Skip("KVM does not run the bare guest: %s" % e)


def _logs(directory):
    for name, options in (("plain", ""), ("full", ",pc=on,extra=cpu+ns")):
        yield "vfio-trace-log,id=%s,overwrite=on,file=%s%s" % (
            name, os.path.join(directory, name + ".mmt"), options)


def _traced(directory):
    args = []
    for log in _logs(directory):
        args += ["-object", log]
    for name, tap in CASES:
        if tap:
            args += ["-object", tap.format(d=name)]
    return args


def _measure(guest, boots, job, directory, ticks_per_ns):
    """Case by case, one boot after the other; cases within one interleave."""
    found = Samples("ns")
    for boot in range(boots):
        for kind, devices, extra in (
                ("", [c for c, _ in CASES], _traced(directory)),
                ("c1", ["c1"], ["-trace", TRACE, "-D",
                                os.path.join(directory, "qemu.log")])):
            rounds = job["rounds"] if not kind else max(job["rounds"] // 4, 2)
            for device, way, round_, n, ticks in guest.run(
                    devices, extra, **dict(job, rounds=rounds)):
                found.add((device, way), ticks / n / ticks_per_ns,
                          boot * 1000 + round_)
    return found


RATIOS = (("e", "h", 1.15), ("f", "e", 1.05), ("g", "h", 1.05),
          ("c1", "h", None), ("e", "c1", None))
WORDS = {"h": "h: edu, untraced", "e": "e: pci-trace, all on",
         "f": "f: e with pc, cpu, ns", "g": "g: outside the windows",
         "c1": "c1: QEMU's memory_region_ops_*, log"}


def _rows(found):
    rows = []
    for way, word in (("r", "reads"), ("w", "writes")):
        for case, base, most in (("h", None, None),) + RATIOS:
            rows.append(Row(
                PART, "%s: %s" % (WORDS[case], word),
                found.summary((case, way)), "ns", base,
                found.ratio((case, way), (base, way)) if base else None,
                most=most))
    return rows


def _rows_of_cpus(guest, directory, rounds, ticks_per_ns):
    """All CPUs at once, first all on one device, then each on its own."""
    cpus = min(os.cpu_count(), 4)
    if cpus < 2:
        return []
    log = "vfio-trace-log,id=plain,overwrite=on,file=%s" % os.path.join(
        directory, "plain.mmt")
    rows = []
    for spread, words in ((0, "one device"), (1, "a device each")):
        found = Samples("ns")
        for boot in range(rounds):
            for case, extra in (("h", []), ("e", None)):
                devices = ["d%d" % i for i in range(cpus)]
                if extra is None:
                    extra = ["-object", log]
                    for d in devices:
                        extra += ["-object",
                                  "pci-trace,id=tap-%s,device=%s" % (d, d)]
                for device, way, round_, n, ticks in guest.run(
                        devices, extra, rounds=3, accesses=2000, cpus=cpus,
                        spread=spread):
                    if device == "d0":
                        found.add((case, way), ticks / (n * cpus)
                                  / ticks_per_ns, boot * 10 + round_)
        for way, word in (("r", "reads"), ("w", "writes")):
            rows.append(Row(PART, "h: %d CPUs, %s: %s" % (cpus, words, word),
                            found.summary(("h", way)), "ns"))
            rows.append(Row(PART, "e: %d CPUs, %s: %s" % (cpus, words, word),
                            found.summary(("e", way)), "ns", "h",
                            found.ratio(("e", way), ("h", way)), most=1.15))
    return rows


def measure(say, options, qemu, ticks_per_ns):
    """Return: rows"""
    boots = 2 if options.quick else 6
    job = {"rounds": 8, "accesses": 1000 if options.quick else 2500,
           "cpus": 1, "spread": 0}
    with tempfile.TemporaryDirectory(prefix="vt-bare.") as directory:
        guest = Guest(qemu, build(directory), directory)
        say("does KVM run a bare guest here?")
        probe(guest)
        say("the bare guest: one CPU, %d boots" % boots)
        rows = _rows(_measure(guest, boots, job, directory, ticks_per_ns))
        say("the bare guest: several CPUs")
        return rows + _rows_of_cpus(guest, directory, boots, ticks_per_ns)
