# SPDX-License-Identifier: GPL-2.0-or-later
"""The lab bench: real VFIO, real KVM, all cases compared in one guest."""

import os
import re
import subprocess

from . import BENCH, BUILD, TOP, BenchError
from .samples import Samples
from .table import Row

PART = "lab: one vCPU"
PART_COUNT = "lab: instructions of L1's CPU for an access, QEMU, Linux, guest"
PART_SIMPLE = "lab: one vCPU, QEMU with its simple trace backend"
PART_DRIVER = "lab: e1000e's driver bound, up, down, unbound"
PART_CPUS = "lab: several vCPUs (on the one CPU of L1)"

GUEST_FLAGS = ("-O2 -Wall -Wextra -Werror -D_GNU_SOURCE -static "
               "-pthread").split()

# A device that L2's QEMU emulates, untraced: the lower bound.
FLOOR_SLOT = "1e"
FLOOR = ["-device", "edu,addr=%s.0" % FLOOR_SLOT]
SCRATCH = "@4"                      # edu's register that only keeps a value

PLAIN, TRAPPED, TRACED = ("vfio-pci", "vfio-pci,x-no-mmap=on",
                          "vfio-pci-trace,trace-log=log0")
FULL = "vfio-pci-trace,trace-log=full"
OUTSIDE = TRACED + ",windows=0:0x10000:0x1000"
STOPPED = TRACED + ",start=off"

WORDS = {
    "a": "a: vfio-pci, mmaps", "b": "b: vfio-pci,x-no-mmap=on",
    "e": "e: vfio-pci-trace, all on", "f": "f: e with pc, cpu, ns",
    "g": "g: e, outside the windows", "h": "h: edu of the guest's QEMU",
    "s": "s: e, stopped",
    "r": "r: e, VMOVDQU of 32 bytes, rescued",
    "x": "x: e, FXSAVE, stepped",
    "qemu-log": "c1: b, QEMU's vfio_region_*, log",
    "qemu-simple": "c2: b, QEMU's vfio_region_*, simple",
    "mmiotrace": "d: a, the guest kernel's mmiotrace",
}

SHORT = {"qemu-log": "c1", "qemu-simple": "c2"}


class Lab:
    """Boots the lab and returns the output of the guest's script."""

    def __init__(self, say, directory):
        self.say = say
        self.directory = directory
        self.extra = []
        for name in ("guest-loop", "guest-driver"):
            self.extra.append(_compile(name, directory))
        self.extra.append(os.path.join(BENCH, "guest-hook"))

    def run(self, name, devices, script, *options):
        """devices: [(what L1 has, how L2's QEMU gets it)].

        Return: (the script's lines, the run's directory)
        """
        out = os.path.join(self.directory, name)
        path = os.path.join(self.directory, name + ".sh")
        with open(path, "w", encoding="utf-8") as f:
            f.write("set -eu\n# shellcheck disable=SC2086\nset -- $BDFS\n" +
                    script)
        command = [os.path.join(TOP, "lab", "lab"), "--driver=none",
                   "--out", out, "--script", path, *options]
        for file in self.extra:
            command += ["--extra", file]
        for device, attach in devices:
            command += ["--device", device, "--attach", attach]
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT) as lab:
            for line in lab.stdout:
                self.say("lab: " + line.rstrip())
            if lab.wait():
                raise BenchError("the lab has failed; see %s" % out)
        with open(os.path.join(out, "guest", "script.log"),
                  encoding="utf-8") as f:
            return f.read().splitlines(), out


def _compile(name, directory):
    program = os.path.join(directory, name)
    try:
        subprocess.run(["gcc", *GUEST_FLAGS, "-o", program,
                        os.path.join(BENCH, name + ".c")], check=True)
    except (OSError, subprocess.SubprocessError) as e:
        raise BenchError("%s can't be built: %s" % (name, e))
    return program


def _options(args):
    return ["--guest-arg=" + a for a in args]


def _slices(lines):
    """Parse the output of guest-loop.

    Return: (median batches, means), Samples by (case, "r" or "w", threads)
    """
    medians, means = Samples("ns"), Samples("ns")
    for line in lines:
        words = line.split()
        if words[:1] == ["slice"]:
            case, way, round_, threads, n, ns, ps = words[1:]
            key = (case, way, int(threads))
            medians.add(key, int(ps) / 1e3, int(round_))
            means.add(key, int(ns) / int(n), int(round_))
    return medians, means


def _rows(part, found, ratios):
    """ratios: (case, base or None, most)"""
    rows = []
    for way, word in (("r", "reads"), ("w", "writes")):
        for case, base, most in ratios:
            key = (case, way, 1)
            rows.append(Row(
                part, "%s: %s" % (WORDS[case], word), found.summary(key),
                found.unit,
                SHORT.get(base, base),
                found.ratio(key, (base, way, 1)) if base else None, most=most))
    return rows


def _rows_of_means(part, found):
    """Wall-clock means: these include the writer, which runs on the same CPU."""
    rows = []
    for way, word in (("r", "reads"), ("w", "writes")):
        rows.append(Row(part, "e with its writer's CPU time: %s" % word,
                        found.summary(("e", way, 1)), "ns", "b",
                        found.ratio(("e", way, 1), ("b", way, 1))))
    return rows


# --- one vCPU, and a driver --------------------------------------------------

ONE_SCRIPT = """
/extra/guest-loop -r {rounds} -t {slice} -H /extra/guest-hook \
    a=$1{at} b=$2{at} qemu-log=$2{at}! e=$3{at} f=$4{at} g=$5{at} s=$6{at} \
    h=0000:00:{floor}.0{at}
"""

DRIVER_SCRIPT = """
echo 0 > /sys/bus/pci/drivers_autoprobe
mount -t tracefs tracefs /sys/kernel/tracing
echo 65536 > /sys/kernel/tracing/buffer_size_kb
modprobe e1000e
/extra/guest-driver -r {rounds} -H /extra/guest-hook e1000e \
    a=$7 mmiotrace=$7! b=$8 e=$9
"""

ONE_DEVICES = [("edu", PLAIN), ("edu", TRAPPED), ("edu", TRACED),
               ("edu", FULL), ("edu", OUTSIDE), ("edu", STOPPED),
               ("e1000e", PLAIN),
               ("e1000e", TRAPPED), ("e1000e", TRACED)]

FULL_LOG = ["-object",
            "vfio-trace-log,id=full,file=/out/full.mmt,pc=on,extra=cpu+ns"]

# LOG_TRACE is on from the start; guest-hook selects the events.
LOG_BACKEND = ["-D", "/run/trace.log", "-d", "trace:vfio_region_exit"]

ONE_RATIOS = (("a", "b", None), ("b", None, None), ("qemu-log", "b", None),
              ("e", "b", 0.85), ("e", "qemu-log", 0.5), ("e", "h", 0.97),
              ("f", "e", 1.05), ("g", "a", 1.05), ("s", "a", 1.05),
              ("h", "b", None))


def one_cpu(lab, options):
    """Cases a to s side by side, then the driver. Return: rows"""
    rounds, slice_ = (5, 30) if options.quick else (21, 60)
    lines, _ = lab.run(
        "one", ONE_DEVICES,
        (ONE_SCRIPT + DRIVER_SCRIPT).format(rounds=rounds, slice=slice_,
                                            at=SCRATCH, floor=FLOOR_SLOT),
        "--guest-module=e1000e", "--guest-memory=512", "--timeout=900",
        *_options(FLOOR + FULL_LOG + LOG_BACKEND))
    medians, means = _slices(lines)
    return _rows(PART, medians, ONE_RATIOS) + _rows_of_means(PART, means) + \
        _rows_of_driver(lines)


def _rows_of_driver(lines):
    drivers = Samples("ms")
    rows = []
    for line in lines:
        words = line.split()
        if words[:1] == ["driver"]:
            drivers.add(words[1], int(words[3]) / 1e6, int(words[2]))
    for case, base in (("a", None), ("mmiotrace", "a"), ("b", "a"),
                       ("e", "a"), ("e", "b"), ("e", "mmiotrace")):
        rows.append(Row(PART_DRIVER, WORDS[case], drivers.summary(case), "ms",
                        base, drivers.ratio(case, base) if base else None))
    return rows


# --- instructions ------------------------------------------------------------

# L1's time follows the instructions of its CPU, 2 ns each: other load on this
# machine has no effect.
ICOUNT = ["--outer-arg=-icount", "--outer-arg=shift=1"]
NS_PER_INSTRUCTION = 2


# e's device: registers that keep values, and a place where nothing is
RESCUED, STEPPED = "@0x80~", "@0x400^"

COUNT_SCRIPT = """
/extra/guest-loop -r {rounds} -t {slice} -H /extra/guest-hook \
    a=$1{at} b=$2{at} qemu-log=$2{at}! e=$3{at} f=$4{at} g=$5{at} s=$6{at} \
    h=0000:00:{floor}.0{at} r=$3{rescued} x=$3{stepped}
"""
COUNT_RATIOS = ONE_RATIOS + (("r", "e", None), ("x", "e", None))
BEFORE = ("a", "b", "e", "f", "h", "r", "x")


def _count(lab, name, devices, script, *options):
    """Return: Samples by (case, "r" or "w", threads)"""
    lines, _ = lab.run(name, devices, script.format(
        rounds=4, slice=8, at=SCRATCH, floor=FLOOR_SLOT, rescued=RESCUED,
        stepped=STEPPED), "--timeout=240", *ICOUNT, *options)
    counts = Samples("instr.")
    for key, rounds in _slices(lines)[0].of.items():
        for round_, ns in rounds.items():
            counts.add(key, ns / NS_PER_INSTRUCTION, round_)
    return counts


def _rows_of_before(counts, before):
    """The same cases with an earlier QEMU. Return: rows"""
    both = Samples("instr.")
    for found, suffix in ((counts, ""), (before, " before")):
        for (case, way, _), rounds in found.of.items():
            for round_, value in rounds.items():
                both.add((case + suffix, way), value, round_)
    return [Row(PART_COUNT, "%s: %s" % (WORDS[case], word),
                both.summary((case, way)), both.unit, "before",
                both.ratio((case, way), (case + " before", way)))
            for way, word in (("r", "reads"), ("w", "writes"))
            for case in BEFORE]


def instructions(lab, before=None):
    """Cases a to s, r and x, counted. Return: rows

    before: an earlier QEMU to compare with
    """
    options = _options(FLOOR + FULL_LOG + LOG_BACKEND)
    counts = _count(lab, "count", ONE_DEVICES[:6], COUNT_SCRIPT, *options)
    rows = _rows(PART_COUNT, counts, COUNT_RATIOS)
    if before:
        rows += _rows_of_before(counts, _count(
            lab, "count-before", ONE_DEVICES[:6], COUNT_SCRIPT,
            "--qemu=" + before, *options))
    return rows


def instructions_simple(lab, qemu):
    """b and e compared with QEMU's simple backend, counted. Return: rows"""
    counts = _count(lab, "count-simple", [("edu", TRAPPED), ("edu", TRACED)],
                    SIMPLE_SCRIPT, "--qemu=" + qemu,
                    *_options(FLOOR + SIMPLE_BACKEND))
    return _rows(PART_COUNT, counts, SIMPLE_RATIOS)


# --- QEMU's simple trace backend ---------------------------------------------

SIMPLE_SCRIPT = """
/extra/guest-loop -r {rounds} -t {slice} -H /extra/guest-hook \
    b=$1{at} qemu-simple=$1{at}! e=$2{at} h=0000:00:{floor}.0{at}
"""

SIMPLE_BACKEND = ["-trace", "enable=vfio_region_exit,file=/run/trace.bin"]

SIMPLE_RATIOS = (("b", None, None), ("qemu-simple", "b", None),
                 ("e", "qemu-simple", 0.5), ("e", "b", 1.0), ("h", "b", None))


def simple(lab, options, qemu):
    """b and e compared with QEMU's simple backend. Return: rows"""
    rounds, slice_ = (5, 30) if options.quick else (21, 60)
    lines, _ = lab.run(
        "simple", [("edu", TRAPPED), ("edu", TRACED)],
        SIMPLE_SCRIPT.format(rounds=rounds, slice=slice_, at=SCRATCH,
                             floor=FLOOR_SLOT),
        "--qemu=" + qemu, *_options(FLOOR + SIMPLE_BACKEND))
    return _rows(PART_SIMPLE, _slices(lines)[0], SIMPLE_RATIOS)


# --- several vCPUs -----------------------------------------------------------

CPUS = (1, 2, 4, 8)
CPUS_DEVICES = [("edu", TRAPPED)] * 4 + [("edu", TRACED)] * 4
CPUS_SCRIPT = """
/extra/guest-loop -r {rounds} -t {slice} -j {cpus} \
    b=$1{at} e=$5{at} b4=$1,$2,$3,$4{at} e4=$5,$6,$7,$8{at}
echo devices $BDFS
"""


def _check_order(lines, out):
    """Each vCPU's writes must all be in the log, once and in its order."""
    devices = next(x.split()[1:] for x in lines if x.startswith("devices "))
    wrote = {}
    for line in lines:
        words = line.split()
        if words[:1] == ["wrote"]:
            name = "dut%d" % devices.index(words[1])
            wrote[name, int(words[2])] = int(words[3])
    maps, seen, bad = {}, {}, []
    coverage = re.compile(r"MARK \S+ vfio-trace: coverage device=(dut\d) bar=0 "
                          r"map=(\d+) .*state=trapped")
    with open(os.path.join(out, "trace.mmt"), encoding="utf-8") as f:
        for line in f:
            match = coverage.match(line)
            if match:
                maps[match[2]] = match[1]
            elif line.startswith("W 4 "):
                words = line.split()
                value = int(words[5], 16)
                key = maps.get(words[3]), value >> 24
                if value & 0xffffff != seen.get(key, 0) + 1:
                    bad.append(line.strip())
                seen[key] = value & 0xffffff
    traced = {k: v for k, v in wrote.items() if int(k[0][3:]) >= 4}
    if bad or traced != seen:
        raise BenchError(
            "the log of several vCPUs is wrong: %s; see %s"
            % ("out of order: " + bad[0] if bad else
               "it lacks written values", out))
    return sum(seen.values())


def cpus(lab, options):
    """1 to 8 vCPUs, on one device and on four. Return: rows"""
    rounds, slice_ = (3, 60) if options.quick else (9, 120)
    lines, out = lab.run(
        "cpus", CPUS_DEVICES,
        CPUS_SCRIPT.format(rounds=rounds, slice=slice_, at=SCRATCH,
                           cpus=",".join(map(str, CPUS))),
        "--smp=%d" % CPUS[-1], "--timeout=1200", "--guest-memory=512")
    writes = _check_order(lines, out)
    lab.say("%d unique writes by up to %d vCPUs: all in the log, each vCPU's "
            "in order" % (writes, CPUS[-1]))
    _, found = _slices(lines)
    rows = []
    for traced, trapped, on in (("e", "b", "one device"),
                                ("e4", "b4", "four devices")):
        for n in CPUS:
            for way, word in (("r", "reads"), ("w", "writes")):
                key, base = (traced, way, n), (trapped, way, n)
                words = "%d vCPUs, %s: %s" % (n, on, word)
                for case, one in ((base, trapped), (key, traced)):
                    if n > 1:
                        rows.append(Row(PART_CPUS, case[0][0] + ": " + words,
                                        found.summary(case), "ns", "1 vCPU",
                                        found.ratio(case, (one, way, 1))))
                rows.append(Row(PART_CPUS, "e: " + words, found.summary(key),
                                "ns", "b", found.ratio(key, base), most=1.0))
    return rows


# --- all of it ---------------------------------------------------------------

def measure(say, options, simple_qemu, rows):
    """Adds to @rows as they come, so that a failure at the end does not lose
    an hour's results.

    simple_qemu: returns a QEMU with the simple backend
    """
    directory = os.path.join(BUILD, "bench", "lab")
    os.makedirs(directory, exist_ok=True)
    say("the lab's files are in %s" % directory)
    lab = Lab(say, directory)
    rows += instructions(lab, options.before)
    rows += one_cpu(lab, options)
    rows += cpus(lab, options)
    if not options.quick:
        qemu = simple_qemu()
        rows += instructions_simple(lab, qemu)
        rows += simple(lab, options, qemu)
