# SPDX-License-Identifier: GPL-2.0-or-later
"""The worst that a hostile guest can make the tracer do with a rings file: how
long one write takes, during which QEMU's lock is held, and how long QMP's
answers take while two vCPUs write."""

import os
import subprocess
import sys
import tempfile
import threading
import time

from . import TOP, BenchError, bare
from .samples import Samples
from .table import Row

sys.path.insert(0, os.path.join(TOP, "tests"))
from common import qemu                                          # noqa: E402

PART = "rings files: a write of a hostile guest (qtest)"
PART_STORM = "rings files: QMP's answer while 2 vCPUs write (TCG)"

SLOT = 5
RAM = 0x100000
WATCH_BYTES = 4 << 20
LIMITS = ("64K", "4M")          # of a trigger: the default, the largest

HEAD = """\
rings 1
limit trigger %s
limit second 1024M
register SCRATCH bar0:0x4:4
"""
RING = """\
ring R%s {
    base    %#x
    count   %d
    entry   %d
    on      write SCRATCH
    %s
}
"""
WATCH = """\
watch W {
    at      0x100000
    len     4M
    on      write SCRATCH
}
"""
LIST = """list %s {
    at      %#x
    entry   8
    count   1024
    next    %#x when 1
    %s
    }"""
ENDLESS = LIST % ("a", RAM, RAM, LIST % ("b", RAM, RAM, LIST % (
    "c", RAM, RAM, "data d at %#x len 64K max 64K" % RAM)))
LONG = "data d when 0 & (%s) at 0 len 4" % " + ".join(["mem8(u32[0])"] * 32)


def _ring(base, count, entry, more, index=""):
    return RING % (index, base, count, entry, more)


# name: (words, statements)
CASES = {
    "none": ("no rings file", None),
    "one": ("a new entry of 64 bytes",
            _ring(RAM, 256, 64, "tail value & 0xff")),
    "mmio": ("base in a device", _ring(qemu.MMIO, 65536, 64, "all")),
    "nowhere": ("base where nothing is", _ring(1 << 40, 65536, 64, "all")),
    "around": ("addresses wrap around", _ring(2 ** 64 - 8192, 65536, 4096,
                                              "all")),
    "small": ("65536 entries of 1 byte", _ring(RAM, 65536, 1, "all")),
    "large": ("65536 entries of 4 KiB", _ring(RAM, 65536, 4096, "all")),
    "while": ("a condition that stays true", _ring(RAM, 65536, 16, "while 1")),
    "link": ("a link to itself",
             _ring(RAM, 65536, 16, "while 1\n    link when 1 to %#x" % RAM)),
    "lists": ("endless lists, 3 deep", _ring(RAM, 256, 64, "all\n    " +
                                             ENDLESS)),
    "long": ("32 reads in a condition", _ring(RAM, 65536, 4, "all\n    " +
                                              LONG)),
    "many": ("16383 rings at once", _ring(RAM, 16, 16, "all", "[0..16382]")),
    "watch": ("a watch of 4 MiB, all changed", WATCH),
    "same": ("a watch of 4 MiB, unchanged", WATCH),
}
STORM = ("none", "one", "lists", "watch")


def _objects(directory, statements, limit):
    """A log, and a tap with a rings file on the device "dut"."""
    tap = "pci-trace,id=trace,device=dut,log=log"
    if statements:
        path = os.path.join(directory, "worst.rings")
        with open(path, "w", encoding="utf-8") as f:
            f.write(HEAD % limit + statements)
        tap += ",rings=" + path
    return ["-object", "vfio-trace-log,id=log,overwrite=on,ring-size=256M,"
            "file=%s" % os.path.join(directory, "log"), "-object", tap]


def _cases(names):
    """(name, words, statements, limit)"""
    for name in names:
        words, statements = CASES[name]
        for limit in LIMITS if statements else ("",):
            more = ", limit " + limit if limit else ""
            yield name, words + more, statements, limit


def _one(name, statements, limit, times):
    """Milliseconds of each write."""
    found = []
    with tempfile.TemporaryDirectory(prefix="vt-worst.") as directory:
        with qemu.Machine(directory, *_objects(directory, statements, limit),
                          "-device", "edu,id=dut,addr=%d" % SLOT) as m:
            m.set_bar(SLOT, 0, qemu.MMIO)
            m.command(SLOT, qemu.COMMAND_MEMORY)
            for n in range(times):
                if name == "watch":
                    m.fill(RAM, WATCH_BYTES, n & 0xff)
                begin = time.monotonic()
                m.write(qemu.MMIO + 4, 4, n + 1)
                found.append((time.monotonic() - begin) * 1e3)
                time.sleep(0.02)        # for the writer
            m.quit()
    return found


def _rows_of(part, words, found):
    values = Samples("ms")
    for value in found:
        values.add("all", value)
    return [Row(part, words, values.summary("all"), "ms"),
            Row(part, words + ": longest", (max(found),) * 3, "ms")]


# --- while vCPUs write -------------------------------------------------------

class _Scribbler(threading.Thread):
    """Changes a guest's memory all the time.

    path: the memory's file
    """

    def __init__(self, path):
        super().__init__()
        self.path, self.over = path, False

    def run(self):
        with open(self.path, "r+b", buffering=0) as f:
            while not self.over:
                f.seek(RAM)
                f.write(os.urandom(WATCH_BYTES))


def _latencies(path, seconds):
    """Milliseconds of QMP's answers."""
    monitor = qemu.QMP(path)
    found = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        begin = time.monotonic()
        monitor.execute("query-status")
        found.append((time.monotonic() - begin) * 1e3)
        time.sleep(0.005)
    monitor.conn.close()
    return found


def _storm(program, image, statements, limit, seconds):
    """Milliseconds of QMP's answers while the bare guest's CPUs write."""
    with tempfile.TemporaryDirectory(prefix="vt-worst.") as directory:
        memory = os.path.join(directory, "ram")
        socket = os.path.join(directory, "qmp")
        guest = bare.Guest(program, image, directory, "tcg,thread=multi")
        guest.prepare(["dut"], rounds=1 << 20, accesses=4096, cpus=2, spread=0)
        command = guest.command(
            ["dut"], {"cpus": 2},
            _objects(directory, statements, limit) +
            ["-machine", "memory-backend=ram", "-object",
             "memory-backend-file,id=ram,size=16M,share=on,mem-path=" + memory,
             "-qmp", "unix:%s,server=on,wait=off" % socket])
        with subprocess.Popen(command, stdin=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as process:
            scribbler = _Scribbler(memory)
            try:
                found = _latencies(socket, 0.5)     # it starts
                scribbler.start()
                found = _latencies(socket, seconds)
                if process.poll() is not None:
                    raise BenchError("the bare guest has ended")
            finally:
                scribbler.over = True
                process.terminate()
    return found


def measure(say, options, program):
    """Return: rows

    program: QEMU
    """
    rows = []
    for name, words, statements, limit in _cases(CASES):
        say("worst: " + words)
        try:
            found = _one(name, statements, limit, 10 if options.quick else 50)
        except AssertionError as e:
            raise BenchError("%s: %s" % (words, e))
        rows += _rows_of(PART, words, found)
    with tempfile.TemporaryDirectory(prefix="vt-worst.") as directory:
        image = bare.build(directory)
        for name, words, statements, limit in _cases(STORM):
            say("2 vCPUs: " + words)
            rows += _rows_of(PART_STORM, words, _storm(
                program, image, statements, limit,
                3 if options.quick else 10))
    return rows
