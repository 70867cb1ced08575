# SPDX-License-Identifier: GPL-2.0-or-later
"""Reading a log: our verbs beside wc, mawk and Python."""

import os
import subprocess
import sys

from . import BUILD, TOP, BenchError
from .native import program
from .samples import Samples, summary
from .table import Row

PART = "reading a log: text per second of CPU time"
TOOL = os.path.join(BUILD, "vfio-trace", "tools", "vfio-trace")
LIBRARY = os.path.join(BUILD, "vfio-trace", "lib", "libmmiotrace.so")

# 4 million accesses: a driver's start
ACCESSES = 4_000_000

# A throw-away count of reads and writes of each register
AWK = '/^[RW] /{n[$1 " " $5]++} END {for (k in n) s += n[k]; print s}'
REGEX = """
import re, sys
access = re.compile(r"([RW]) (\\d) ([0-9.]+) (\\d+) (0x[0-9a-f]+) (0x[0-9a-f]+)")
n = {}
for line in open(sys.argv[1], encoding="ascii", errors="replace"):
    m = access.match(line)
    if m:
        key = m[1], m[5]
        n[key] = n.get(key, 0) + 1
print(sum(n.values()))
"""
COLUMNS = """
import sys
import mmiotrace
n = 0
with mmiotrace.open(sys.argv[1]) as trace:
    for columns in trace.column_batches("ns", "kind", "region", "offset",
                                        "value"):
        n += columns.rows
print(n)
"""


def commands(log):
    """(name, words, command, least ratio to mawk or None)"""
    cases = [
        ("wc", "wc -l", ["wc", "-l", log], None),
        ("mawk", "mawk, a count per register", ["mawk", AWK, log], None),
        ("regex", "Python, a regular expression per line",
         [sys.executable, "-c", REGEX, log], None),
        ("stat", "vfio-trace stat", [TOOL, "stat", log], None),
        ("stat1", "vfio-trace stat, on one processor",
         ["taskset", "-c", str(min(os.sched_getaffinity(0))), TOOL, "stat",
          log], 10),
        ("check", "vfio-trace check", [TOOL, "check", log], None),
        ("csv", "vfio-trace cat --as csv", [TOOL, "cat", "--as", "csv", log],
         None),
        ("fold", "vfio-trace fold", [TOOL, "fold", log], None),
        ("profile", "vfio-trace profile", [TOOL, "profile", log], None),
        ("columns", "Python, columns of python/mmiotrace",
         [sys.executable, "-c", COLUMNS, log], None),
    ]
    return cases


def run(command, stdin=None):
    """Run a command. Return: (seconds of CPU time, peak of memory in KiB)"""
    env = {**os.environ, "LC_ALL": "C", "MMIOTRACE_LIBRARY": LIBRARY,
           "PYTHONPATH": os.path.join(TOP, "python")}
    with subprocess.Popen(command, stdin=stdin, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, env=env) as process:
        message = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise BenchError("%s: %s" % (command[0], message.decode()[-500:]))
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def write_log(path, accesses):
    with open(path, "wb") as f:
        subprocess.run([program("log"), str(accesses)], stdout=f, check=True)


def _speeds(say, log, rounds):
    """Text per second, as Samples; each round begins with another case."""
    cases = commands(log)
    size = os.path.getsize(log) / 1e9
    found = Samples("GB/s")
    for n in range(rounds):
        say("reading: round %d of %d" % (n + 1, rounds))
        turn = n % len(cases)
        for name, _, command, _ in cases[turn:] + cases[:turn]:
            found.add(name, size / run(command)[0], n)
    return found


def _rows(found, log):
    return [Row(PART, words, found.summary(name), found.unit, base="mawk",
                ratio=found.ratio(name, "mawk"), least=least)
            for name, words, _, least in commands(log)]


def _memory(say, options):
    """Peak memory of stat, with logs of different lengths from a pipe"""
    most = 7 if options.quick else 8
    first = None
    rows = []
    for exponent in range(5, most + 1):
        say("reading: memory with 10^%d accesses" % exponent)
        with subprocess.Popen([program("log"), str(10 ** exponent)],
                              stdout=subprocess.PIPE) as source:
            _, peak = run([TOOL, "stat", "-"], source.stdout)
            source.stdout.close()
        first = first or peak
        rows.append(Row(PART, "memory of stat, 10^%d accesses" % exponent,
                        summary([peak]), "KiB", base="10^5",
                        ratio=(peak / first,) * 3, most=1.1))
    return rows


def measure(say, options):
    """Return: rows"""
    log = os.path.join(BUILD, "bench", "reading.mmt")
    write_log(log, ACCESSES)
    try:
        found = _speeds(say, log, 3 if options.quick else 9)
        rows = _rows(found, log)
    finally:
        os.unlink(log)
    return rows + _memory(say, options)
