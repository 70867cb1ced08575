# SPDX-License-Identifier: GPL-2.0-or-later
"""python3 -m mmiotrace FILE...: print a short summary of traces."""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter

import mmiotrace
from mmiotrace import Kind


def printable(text: str) -> str:
    """A text that is harmless on a terminal."""
    return "".join(c if c.isprintable() else "?" for c in text)


def count(trace: mmiotrace.Trace) -> Counter[tuple[int, int]]:
    """How many accesses there are, by region and kind."""
    counts: Counter[tuple[int, int]] = Counter()
    for columns in trace.column_batches("region", "kind"):
        counts.update(zip(columns.region, columns.kind))
    return counts


def summary(path: str) -> None:
    """Print the summary of one trace."""
    with mmiotrace.open(path) as trace:
        counts = count(trace)
        totals = trace.totals
        print(f"{printable(path)}: {trace.format}, {totals.lines} lines, "
              f"{totals.accesses} accesses, {totals.skipped} lines skipped, "
              f"{totals.damaged} damaged, {len(trace.phases)} phases")
        for number, region in enumerate(trace.regions):
            reads, writes, others = (counts[number, kind] for kind in
                                     (Kind.READ, Kind.WRITE, Kind.UNKNOWN))
            if reads or writes or others:
                print(f"  {printable(region.device)}:{printable(region.name)}"
                      f"  {reads} reads, {writes} writes"
                      + (f", {others} of unknown direction" if others else ""))
        if totals.incomplete:
            print("  the end is missing")


def main() -> int:
    """Summarise the files that the arguments name."""
    parser = argparse.ArgumentParser(
        prog="python3 -m mmiotrace",
        description="Print a short summary of MMIO traces.")
    parser.add_argument("file", nargs="+", help="a trace; - is standard input")
    status = 0
    for path in parser.parse_args().file:
        try:
            summary(path)
        except mmiotrace.Error as err:
            print(printable(str(err)), file=sys.stderr)
            status = 1
    return status


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
