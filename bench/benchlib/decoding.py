# SPDX-License-Identifier: GPL-2.0-or-later
"""Names of registers: our decode beside a demmio that was built by hand.

Both read the same log of a GPU with the same database, on one processor.
"""

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
          (0x88000, 0x800, 1), (0x100000, 0x1000, 4), (0x10a000, 0x400, 6),
          (0x120000, 0x3000, 6), (0x400000, 0x3000, 10),
          (0x419000, 0x2000, 8), (0x500000, 0x8000, 10), (0x610000, 0x2000, 4))


def _registers(pick):
    """Offsets, some of them much more often than others"""
    found = []
    for offset, size, share in BLOCKS:
        found += [offset + 4 * pick.randrange(size // 4)
                  for _ in range(60 * share)]
    # not the ID, whose value is the chip
    found = [offset for offset in found if offset]
    return found + pick.choices(found, k=40) * 30


def write_log(path, accesses):
    """The same log each time: polls, and values of which a third are new"""
    pick = random.Random(1)
    registers = _registers(pick)
    known = {offset: [pick.getrandbits(pick.choice((1, 8, 32)))
                      for _ in range(4)] for offset in registers}
    with open(path, "w", encoding="ascii") as f:
        f.write(HEAD)
        us = 0
        for _ in range(accesses // 64):
            lines = []
            for _ in range(64):
                us += 2
                offset = pick.choice(registers)
                value = pick.choice(known[offset]) if pick.random() < 0.67 \
                    else pick.getrandbits(32)
                lines.append("%s 4 %d.%06d 1 0x%x 0x%x 0x0 0\n" % (
                    "RRW"[us // 2 % 3], 1 + us // 10 ** 6, us % 10 ** 6,
                    BAR0 + offset, value))
            f.writelines(lines)


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


def _same(commands):
    """Both must have decoded the same."""
    texts = [subprocess.run(c[2], stdout=subprocess.PIPE, check=True,
                            stderr=subprocess.DEVNULL).stdout
             for c in commands[:2]]
    if texts[0] != texts[1]:
        raise BenchError("decode --as demmio and demmio differ")


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
