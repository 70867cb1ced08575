# SPDX-License-Identifier: GPL-2.0-or-later
"""The native microbenchmarks: the ring, the writer, its memory, LTTng."""

import os
import subprocess
import tempfile

from . import BUILD, Skip, BenchError, lttng
from .samples import Samples
from .table import Row

PART = "native: the library, on this machine"
PROGRAMS = os.path.join(BUILD, "vfio-trace-bench", "bench")

TIME_LIMIT = 1200

# Tolerated difference of RSS: a stack page or two, but no records.
RSS_SLACK = 1.001

PRODUCERS = (
    ("1-thread", "1 thread"),
    ("live", "1 thread, writer on another CPU"),
    ("2-thread", "2 threads"),
    ("4-thread", "4 threads"),
)
CLOCKS = (("no-clock", ", without the clock"),
          ("clock", ", with it"))


def program(name):
    """Path of a native benchmark."""
    return os.path.join(PROGRAMS, "native-" + name)


def run(say, name, *args):
    """Run a native benchmark. Return: {name: Samples}"""
    say("native-%s %s" % (name, " ".join(args)))
    try:
        out = subprocess.run([program(name), *args], text=True, check=True,
                             stdout=subprocess.PIPE, timeout=TIME_LIMIT).stdout
    except (OSError, subprocess.SubprocessError) as e:
        raise BenchError("native-%s: %s" % (name, e))
    return parse(out)


def parse(text):
    """Lines of NAME VALUE UNIT as one Samples for each unit's names."""
    found = {}
    for line in text.splitlines():
        name, value, unit = line.split()
        found.setdefault(name, Samples(unit)).add(name, float(value))
    return found


def _rows_of_ring(found):
    rows = [Row(PART, "clock: reading it", found["clock"].summary("clock"),
                "ns")]
    for clock, words in CLOCKS:
        for producer, who in PRODUCERS:
            name = "producer.%s.%s" % (clock, producer)
            target = 25 if producer == "1-thread" and clock == "no-clock" \
                else None
            rows.append(Row(PART, "producer: %s%s" % (who, words),
                            found[name].summary(name), "ns/record",
                            most=target))
    return rows


def _rows_of_format(found):
    rows = []
    for name, words, least in (
            ("writer.format", "formatting alone", None),
            ("writer.text", "writer: text to a file", 5),
            ("writer.zst", "writer: .zst to a file", None),
            ("size.text", "on disk: text", None),
            ("size.zst", "on disk: .zst", None)):
        rows.append(Row(PART, words, found[name].summary(name),
                        found[name].unit, least=least))
    return rows


def _rows_of_guestmem(found):
    rows = []
    for name, words, most in (
            ("other-register", "rings file: another register", 10),
            ("known-register", "rings file: a register that it knows", None),
            ("entry", "rings file: one new entry of 64 bytes", 500),
            ("four-entries", "rings file: four of them", None),
            ("completion", "rings file: a completion, its command", None),
            ("worst", "rings file: endless lists, bound 64 KiB", None)):
        name = "guestmem." + name
        rows.append(Row(PART, words, found[name].summary(name), "ns/access",
                        most=most))
    return rows


def _rows_of_memory(found, few, many):
    words = "memory (RSS but for libraries) after %s records"
    few_kib, many_kib = (found[n].summary(n) for n in ("rss.few", "rss.many"))
    return [Row(PART, words % few, few_kib, "KiB"),
            Row(PART, words % many, many_kib, "KiB", base=few,
                ratio=(many_kib[0] / few_kib[0],) * 3, most=RSS_SLACK)]


def measure(say, options, skip):
    """Return: (rows, ticks of the TSC in a nanosecond)

    skip() is told what could not be measured.
    """
    rounds = "9" if options.quick else "31"
    ring = run(say, "ring", rounds)
    rows = _rows_of_ring(ring)
    rows += _rows_of_guestmem(run(say, "guestmem", rounds))
    try:
        rows += lttng.measure(say, rounds, PART)
    except Skip as e:
        skip("LTTng-UST", str(e))
    with tempfile.TemporaryDirectory(dir=os.path.join(BUILD, "bench")) as tmp:
        rows += _rows_of_format(run(say, "format", os.path.join(tmp, "log"),
                                    rounds))
    exponent = 9 if options.full else 7 if options.quick else 8
    rows += _rows_of_memory(
        run(say, "memory", "1000000", str(10 ** exponent)), "10^6",
        "10^%d" % exponent)
    return rows, ring["tsc"].summary("tsc")[0]
