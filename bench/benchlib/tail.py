# SPDX-License-Identifier: GPL-2.0-or-later
"""Single accesses while QEMU's main loop is busy: how long do the slowest take?

The bare guest times them itself (bench/bare/tail.c). Its first vCPU has a
processor for itself; all other threads, of QEMU and of the load, share another.
"""

import array
import collections
import math
import mmap
import os
import subprocess
import time

from . import BenchError, Skip, bare, load

# bench/bare/layout.h
LOAD_COUNT = 0x9080
PROGRESS = 0x9084
SAMPLES = 0x200000
MEMORY = 16 << 20

LOOP = "loop"                       # the row behind the devices'
QUANTILES = (("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999), ("longest", 1))
FAR = 10                            # times the median of the idle machine

GLANCE = 0.01                       # seconds between two looks at a thread

# ticks: {device's name or LOOP: sorted ticks}
# waits: how often the first vCPU slept, for each of its accesses; None if it was
# over too soon to tell
Boot = collections.namedtuple("Boot", "ticks waits")


def quantile(values, q):
    """The least of the sorted values that q of all do not exceed."""
    return values[max(math.ceil(q * len(values)) - 1, 0)]


def beyond(values, limit):
    """How many of a million of the sorted values exceed a limit."""
    return 1e6 * sum(1 for v in values if v > limit) / len(values)


class Pinned:
    """This thread, and what it starts, leaves a processor to the guest.

    A context manager. guest: that processor
    """

    def __enter__(self):
        self.all = os.sched_getaffinity(0)
        if len(self.all) < 2:
            raise Skip("this machine has one processor")
        self.guest, other = sorted(self.all)[:2]
        os.sched_setaffinity(0, {other})
        return self

    def __exit__(self, *_):
        os.sched_setaffinity(0, self.all)


def split(words, names, samples):
    """What the guest has left in memory. Return: {row: its sorted ticks}"""
    rows = list(names) + [LOOP]
    return {row: sorted(words[i * samples:(i + 1) * samples])
            for i, row in enumerate(rows)}


def _read(path, devices, samples):
    """Return: ({row: sorted ticks}, what the second vCPU has counted)"""
    words = array.array("I")
    size = (len(devices) + 1) * samples * words.itemsize
    with open(path, "rb") as f, mmap.mmap(
            f.fileno(), 0, access=mmap.ACCESS_READ) as memory:
        words.frombytes(memory[SAMPLES:SAMPLES + size])
        count = array.array("I", memory[LOAD_COUNT:LOAD_COUNT + 4])[0]
    return split(words, [d.name for d in devices], samples), count


def _start(paths, load_, pinned):
    """The guest's first vCPU gets its processor, and the load begins.

    Return: that vCPU's thread; the load's Flood, or None
    """
    monitor = load.qemu.QMP(paths["qmp"])
    thread = next(cpu["thread-id"] for cpu in
                  monitor.execute("query-cpus-fast") if not cpu["cpu-index"])
    os.sched_setaffinity(thread, {pinned.guest})
    flood = None
    if load_.commands:
        flood = load.Flood(paths["flood"], load_.commands)
        flood.start()
        flood.begun.wait(bare.TIME_LIMIT)
    try:
        monitor.execute("cont")
        monitor.conn.close()
    except load.ENDED:
        pass                            # the guest was faster than the answer
    return thread, flood


def slept(status):
    """How often a thread gave its processor up by itself. Return: None if the
    thread has just gone

    status: text of its file in /proc
    """
    for line in status.splitlines():
        if line.startswith("voluntary_ctxt_switches:"):
            return int(line.split()[1])
    return None


def _glance(memory, thread):
    """Return: (samples so far, how often the thread has slept), or None"""
    try:
        with open(thread, encoding="ascii", errors="replace") as f:
            count = slept(f.read())
    except OSError:
        return None                     # it is about to end
    samples = int.from_bytes(memory[PROGRESS:PROGRESS + 4], "little")
    return (samples, count) if samples and count is not None else None


def _watch(qemu, thread, ram):
    """Until QEMU ends.

    Return: (its status, how often the thread slept for each sample, or None)
    """
    path = "/proc/%d/task/%d/status" % (qemu.pid, thread)
    deadline = time.monotonic() + bare.TIME_LIMIT
    seen = []
    with open(ram, "rb") as f, mmap.mmap(f.fileno(), PROGRESS + 4,
                                         access=mmap.ACCESS_READ) as memory:
        while time.monotonic() < deadline:
            try:
                return qemu.wait(GLANCE), waits(seen)
            except subprocess.TimeoutExpired:
                found = _glance(memory, path)
                if found:
                    seen = seen[:1] + [found]
    raise BenchError("the bare guest hangs")


def waits(seen):
    """Sleeps for each sample between the first and the last of some (samples,
    sleeps); None if there are none in between."""
    if len(seen) < 2 or seen[-1][0] == seen[0][0]:
        return None
    return (seen[-1][1] - seen[0][1]) / (seen[-1][0] - seen[0][0])


def _command(guest, devices, extra, load_, samples, paths):
    job = {"cpus": 2 if load_.guest else 1, "samples": samples,
           "load": load_.guest}
    guest.prepare(devices, **job)
    return guest.command(devices, job, [
        *extra, *load_.arguments, "-S", "-machine", "memory-backend=ram",
        "-object", "memory-backend-file,id=ram,size=%d,share=on,mem-path=%s"
        % (MEMORY, paths["ram"]),
        "-qmp", "unix:%s,server=on,wait=off" % paths["qmp"],
        "-qmp", "unix:%s,server=on,wait=off" % paths["flood"]])


def boot(guest, devices, extra, load_, samples, pinned):
    """Return: a Boot

    load_: a Load
    """
    paths = {name: os.path.join(guest.directory, name)
             for name in ("ram", "qmp", "flood", "said")}
    if (len(devices) + 1) * samples * 4 > MEMORY - SAMPLES:
        raise BenchError("%d samples do not fit into the guest" % samples)
    args = _command(guest, devices, extra, load_, samples, paths)
    with open(paths["said"], "w+", encoding="utf-8") as said, \
            subprocess.Popen(args, stdin=subprocess.DEVNULL,
                             stdout=subprocess.DEVNULL, stderr=said) as qemu:
        try:
            thread, flood = _start(paths, load_, pinned)
            status, sleeps = _watch(qemu, thread, paths["ram"])
        except load.ENDED as e:
            raise BenchError("QEMU has ended early (%s): %s"
                             % (load_.words, e))
        finally:
            qemu.kill()
        said.seek(0)
        bare.check_end(status, said.read())
    ticks, count = _read(paths["ram"], devices, samples)
    if flood:
        flood.join()
    os.unlink(paths["ram"])
    if load_.guest and not count or flood and not flood.begun.is_set():
        raise BenchError("there was no load (%s)" % load_.words)
    return Boot(ticks, sleeps and sleeps / len(devices))
