# SPDX-License-Identifier: GPL-2.0-or-later
"""Tracing that is started and stopped under load: checks of the log.

Two devices share a log.  Each vCPU writes (its number << 24 | n), n = 1, 2,
3 ..., to a register of the "witness", which is traced all the time, and then
to one of the "dut", which is started and stopped.  So the log itself tells
when a missing write was made: between the witness's n and n + 1.

By the log alone (judge_marks):

    a write to the dut that is missing had a stop or a start between its
    witness and the next one, or was made while tracing was stopped; a logged
    one has a start before it and no stop since

Each vCPU also keeps an account in memory shared with the host: it stores n in
ISSUED before the write to the dut, and in DONE after it.  The host samples the
accounts before and after each command.  Then (judge_samples):

    started:  n <= DONE before the command was sent were before the interval
              n >  ISSUED after it had returned belong to the interval
    stopped:  n <= DONE before the command was sent belong to the interval
              n >  ISSUED after it had returned came after the interval

and the logged writes of an interval are one run of numbers for each vCPU.
"""

import mmap
import re
import struct
from collections import namedtuple

ACCOUNT_BYTES = 64              # of a vCPU: ISSUED, DONE, STOPPED
ISSUED, DONE, STOPPED = 0, 4, 8
CONTROL = 0x1000                # after the accounts: 0, or STOP
STOP = 1 << 31

# The accounts around a command: DONE of each vCPU before, ISSUED after
Sample = namedtuple("Sample", "before after")

ACCESS = re.compile(r"([RW]) (\d) \S+ (\d+) 0x[0-9a-f]+ 0x([0-9a-f]+) ").match
MARK = re.compile(r"MARK \S+ vfio-trace: (start|stop) device=(\S+)$").match
MAP = re.compile(r"MARK \S+ vfio-trace: coverage device=(\S+) bar=0 "
                 r"map=(\d+) ").match
START, QUIT, DUT, WITNESS = "start", "stop", "dut", "witness"


class Wrong(AssertionError):
    """The log is wrong."""


class Accounts:
    """The accounts, in a file that is the guest's memory."""

    def __init__(self, path, cpus, offset=0):
        self.cpus, self.offset = cpus, offset
        with open(path, "r+b") as f:
            self.map = mmap.mmap(f.fileno(), 0)

    def get(self, cpu, what):
        return struct.unpack_from("<I", self.map, self.offset +
                                  cpu * ACCOUNT_BYTES + what)[0]

    def all(self, what):
        return [self.get(cpu, what) for cpu in range(self.cpus)]

    def control(self, word):
        struct.pack_into("<I", self.map, self.offset + CONTROL, word)

    def around(self, command):
        """Run a command; return the sample around it."""
        before = self.all(DONE)
        command()
        return Sample(before, self.all(ISSUED))

    def close(self):
        self.map.close()


def events(lines, dut):
    """A log as [(START or QUIT, 0) or (DUT or WITNESS, value of a write)].

    dut: the device's ID.  A first stop, of a device that was attached with
    start=off, is left out.  Raises if there is any other access
    than a write of four bytes."""
    found, ours = [], set()
    for number, line in enumerate(lines, 1):
        m = ACCESS(line)
        if m:
            if (m[1], m[2]) != ("W", "4"):
                raise Wrong(f"line {number} was not written: {line!r}")
            found.append((DUT if m[3] in ours else WITNESS, int(m[4], 16)))
            continue
        m = MAP(line)
        if m and m[1] == dut:
            ours.add(m[2])
        m = MARK(line)
        if m and m[2] == dut and (found or m[1] == START):
            found.append((m[1], 0))
    return found


class _Cpu:
    """judge_marks: the state of a vCPU."""

    def __init__(self):
        self.n = 0                  # its newest witness
        self.logged = True          # its write to the dut is logged
        self.epoch = 0              # when the witness was written


def judge_marks(found):
    """Check that exactly the writes outside START and STOP are missing."""
    cpus = {}
    started, epoch = False, 0
    for kind, value in found:
        if kind in (START, QUIT):
            if started == (kind == START):
                raise Wrong(f"{kind} twice in a row")
            started = kind == START
            epoch += 1
            continue
        cpu, n = value >> 24, value & 0xffffff
        state = cpus.setdefault(cpu, _Cpu())
        where = f"vCPU {cpu}, {n}"
        if kind == DUT:
            if not started:
                raise Wrong(f"{where} was logged after the stop mark")
            if n != state.n or state.logged:
                raise Wrong(f"{where} is logged twice, or before its witness")
            state.logged = True
        else:
            if n != state.n + 1:
                raise Wrong(f"{where}: the witness has {state.n} before it")
            if not state.logged and started and state.epoch == epoch:
                raise Wrong(f"vCPU {cpu}, {state.n} is missing: tracing was "
                            "started before its witness and not stopped since")
            state.n, state.logged, state.epoch = n, False, epoch


def intervals(found):
    """The log's writes between each start and stop: [[value of a write]]."""
    got = []
    for kind, value in found:
        if kind == START:
            got.append([])
        elif kind == DUT:
            got[-1].append(value)
    return got


def _run_of(numbers, where):
    """(first, last) of numbers that must follow each other; None without numbers."""
    for a, b in zip(numbers, numbers[1:]):
        if b != a + 1:
            raise Wrong(f"{where}: {b} follows {a}")
    return (numbers[0], numbers[-1]) if numbers else None


def judge_interval(values, cpus, start, stop, where):
    """Check one interval of the log against its samples; return the logged
    writes of each vCPU: [(first, last) or None]."""
    logged = []
    for cpu in range(cpus):
        here = f"{where}, vCPU {cpu}"
        run = _run_of([v & 0xffffff for v in values if v >> 24 == cpu], here)
        first, last = start.after[cpu] + 1, stop.before[cpu]
        if run is None:
            if first <= last:
                raise Wrong(f"{here}: {first} to {last} are missing")
        else:
            if run[0] > first and first <= last:
                raise Wrong(f"{here}: {first} to {run[0] - 1} are missing at "
                            "the start")
            if run[1] < last:
                raise Wrong(f"{here}: {run[1] + 1} to {last} are missing at "
                            "the stop")
            if run[0] <= start.before[cpu]:
                raise Wrong(f"{here}: {run[0]} came before the start, when "
                            f"{start.before[cpu]} was done")
            if run[1] > stop.after[cpu]:
                raise Wrong(f"{here}: {run[1]} came after the stop, when "
                            f"{stop.after[cpu]} was the newest")
        logged.append(run)
    return logged


def judge_samples(found, cpus, samples):
    """Check a whole log; samples: [(start, stop)]. Returns (writes logged,
    number of intervals that have any)."""
    got = intervals(found)
    if len(got) != len(samples):
        raise Wrong(f"{len(got)} intervals in the log, {len(samples)} made")
    newest = [0] * cpus
    for i, (values, (start, stop)) in enumerate(zip(got, samples), 1):
        where = f"interval {i}"
        for cpu, run in enumerate(judge_interval(values, cpus, start, stop,
                                                 where)):
            if run and run[0] <= newest[cpu]:
                raise Wrong(f"{where}, vCPU {cpu}: {run[0]} is logged twice")
            newest[cpu] = run[1] if run else newest[cpu]
    return sum(map(len, got)), sum(map(bool, got))


def judge_device(logged, device, last):
    """Check that all writes arrived at a device once, in the log's order.

    logged: values in the log; device: values there; last: n of each vCPU's
    last write
    """
    for cpu, n in enumerate(last):
        got = [v & 0xffffff for v in device if v >> 24 == cpu]
        if got != list(range(1, n + 1)):
            _run_of([0] + got, f"the device, vCPU {cpu}")
            raise Wrong(f"the device has {len(got)} writes of vCPU {cpu}, "
                        f"which made {n}")
    ours = set(logged)
    if [v for v in device if v in ours] != logged:
        raise Wrong("the log's order is not the device's")
