# SPDX-License-Identifier: GPL-2.0-or-later
"""Names of registers: our decode beside a demmio that was built by hand.

Both read the same log of a GPU with the same database, on one processor.
"""

import itertools
import os
import random
import shutil
import subprocess

from . import BUILD, TOP, BenchError
from .reading import TOOL, run
from .samples import Samples
from .table import Row

PART = "decoding a log of an NVIDIA GPU: accesses per second of CPU time"
ACCESSES = 2_500_000
BAR0 = 0xd7000000
GV100 = 0x140000a1

HEAD = ("VERSION 20070824\n"
        "PCIDEV 0100 10de1d81 2f d7000000 e000000c 0 f000000c 0 0 0 "
        "1000000 10000000 0 2000000 0 0 0 nouveau\n"
        "R 4 1.000000 1 0xd7000000 0x%x 0x0 0\n" % GV100)

# Blocks of registers that a driver's start reaches: offset, bytes, share
BLOCKS = ((0x0, 0x1000, 4), (0x1000, 0x700, 2), (0x2000, 0x1000, 6),
          (0x9000, 0x500, 4), (0xd000, 0x400, 1), (0x20000, 0x800, 1),
          (0x88000, 0x200, 1), (0x100000, 0x1000, 4), (0x10a100, 0xc0, 1),
          (0x120000, 0x3000, 6), (0x400000, 0x3000, 10),
          (0x419000, 0x1000, 6), (0x500000, 0x8000, 10), (0x610000, 0x2000, 4))


def _registers(pick):
    """Offsets of registers, with the values that they have most of the time"""
    offsets = {offset + 4 * pick.randrange(size // 4)
               for offset, size, share in BLOCKS for _ in range(60 * share)}
    # not the ID, whose value is the chip
    return {offset: [pick.getrandbits(pick.choice((1, 8, 32)))
                     for _ in range(4)] for offset in sorted(offsets - {0})}


def _routines(pick, offsets):
    """A driver's functions: operations and registers, and how often a poll"""
    for _ in range(400):
        yield [(pick.choice("RRW"), pick.choice(offsets),
                pick.randrange(2, 20) if pick.random() < 0.1 else 1)
               for _ in range(pick.randrange(3, 40))]


def write_log(path, accesses):
    """The same log each time; a third of the values are new ones."""
    pick = random.Random(1)
    known = _registers(pick)
    routines = list(_routines(pick, list(known)))
    us = 0
    with open(path, "w", encoding="ascii") as f:
        f.write(HEAD)
        while us < 2 * accesses:
            for op, offset, polls in pick.choice(routines):
                value = pick.choice(known[offset]) if pick.random() < 0.67 \
                    else pick.getrandbits(32)
                for _ in range(polls):
                    us += 2
                    f.write("%s 4 %d.%06d 1 0x%x 0x%x 0x0 0\n" % (
                        op, 1 + us // 10 ** 6, us % 10 ** 6, BAR0 + offset,
                        value))


def _commands(options, log):
    one = ["taskset", "-c", str(min(os.sched_getaffinity(0)))]
    db = os.path.join(options.rnndb.split(":")[0], "nv_mmio.xml")
    ours = one + [TOOL, "decode", "--db", db]
    return [
        ("demmio", "envytools' demmio", one + [options.demmio, "-c", "-f", log],
         None),
        ("as demmio", "vfio-trace decode --as demmio",
         ours + ["--as", "demmio", log], 20),
        ("text", "vfio-trace decode", ours + [log], 20),
    ]


def _environment(options):
    os.environ["RNN_PATH"] = options.rnndb
    # it has the list of chips that rnndb's files import
    os.environ["VFIO_TRACE_REGDB_PATH"] = os.path.join(TOP, "regdb")


def _names(command):
    """The lines up to the value, of which demmio has some as other text"""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.DEVNULL) as process:
        for line in process.stdout:
            yield line.split("=", 1)[0]


def _same(commands):
    """Both must have found the same registers (docs/decode.md)."""
    for one, other in itertools.zip_longest(*(_names(c[2])
                                              for c in commands[:2])):
        if one != other:
            raise BenchError("demmio: %r, here: %r" % (one, other))


def measure(say, options, skip):
    """Return: rows; skip() is told what could not be measured."""
    log = os.path.join(BUILD, "bench", "decoding.mmt")
    if not (options.demmio and options.rnndb and shutil.which(options.demmio)):
        skip("decoding beside envytools' demmio",
             "--demmio PATH and --rnndb DIR say where a demmio that was built by hand is")
        return []
    _environment(options)
    say("decoding: log of %d accesses" % ACCESSES)
    write_log(log, ACCESSES)
    commands = _commands(options, log)
    found = Samples("M/s")
    try:
        _same(commands)
        for n in range(3 if options.quick else 9):
            say("decoding: round %d" % (n + 1))
            for name, _, command, _ in commands:
                found.add(name, ACCESSES / 1e6 / run(command)[0], n)
    finally:
        os.unlink(log)
    return [Row(PART, words, found.summary(name), found.unit, base="demmio",
                ratio=found.ratio(name, "demmio"), least=least)
            for name, words, _, least in commands]
