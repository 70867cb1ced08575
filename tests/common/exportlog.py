# SPDX-License-Identifier: GPL-2.0-or-later
"""Logs for vfio-trace convert, of any size, and documents with commands."""

import json
import os
import random
import subprocess

from . import tap

HEAD = """VERSION 20070824
PCIDEV 0100 808610d3 b feb80000 fec00000 0 0 0 0 0 20000 1000 0 0 0 0 0 nic
MAP 1.000000 1 0xfeb80000 0x0 0x20000 0x0 0
MAP 1.000000 2 0xfec00000 0x0 0x1000 0x0 0
"""
BASES = (0xfeb80000, 0xfec00000)
# What a guest writes that means something elsewhere
HOSTILE = ("'); DROP TABLE accesses; --", "=cmd|' /C calc'!A0", '"a","b"',
           "<script>alert(1)</script>", "\033]0;owned\007", "12",
           "2026-11-29", "\\N, \\", "driver loads")


def _tails(number, seed):
    """Ends of lines: some registers are used more than others."""
    pick = random.Random(seed)
    tails = []
    for _ in range(number):
        bar = pick.random() < 0.3
        width = pick.choice((1, 2, 4, 4, 4, 8))
        offset = 8 * int(pick.paretovariate(0.8)) % 0x800
        tails.append((f"{pick.choice('RRW')} {width} ",
                      f" {bar + 1} {BASES[bar] + offset:#x} "
                      f"{pick.getrandbits(8 * width):#x} 0x0 0\n"))
    return tails


def write(path, accesses, seed=1):
    """A log with so many accesses, and a mark now and then."""
    tails = _tails(4099, seed)
    step = max(accesses // len(HOSTILE), 1)
    with open(path, "w", encoding="utf-8") as file:
        file.write(HEAD)
        for i in range(accesses):
            # a prime number of microseconds, which is no multiple of others
            second, us = divmod(1000000 + 7 * i, 1000000)
            if i % step == 0 and i // step < len(HOSTILE):
                file.write(f"MARK {second}.{us:06d} {HOSTILE[i // step]}\n")
            start, end = tails[i * 31 % 4099]
            file.write(f"{start}{second}.{us:06d}{end}")
    return path


def tool(*words, status=0, **options):
    """Run vfio-trace; return what it prints."""
    if not os.path.exists(tap.tool_binary()):
        raise tap.Skip("the tool is not built")
    done = subprocess.run(
        [tap.tool_binary(), *words], text=True, capture_output=True,
        check=False, timeout=tap.patience(600),
        env={**os.environ, "LC_ALL": "C", "VFIO_TRACE_REGDB_PATH": ""},
        **options)
    if done.returncode != status:
        raise AssertionError(f"{' '.join(words)}: {done.returncode}\n"
                             f"{done.stderr}")
    return done.stdout


def stat(path, *options):
    """(the summary, all registers) of stat --json."""
    objects = [json.loads(line) for line in
               tool("stat", "--json", *options, path).splitlines()]
    return (next(o for o in objects if o["type"] == "summary"),
            [o for o in objects if o["type"] == "group"])


def most_written(path, number=5):
    """Lines "COUNT REGION+OFFSET", as the document's commands print them."""
    rows = sorted((-r["writes"], f"{r['region']}+{r['offset']}")
                  for r in stat(path)[1] if r["writes"])
    return "".join(f"{-writes} {register}\n"
                   for writes, register in rows[:number])


def blocks(document, heading):
    """The indented blocks below a heading of a document of docs/."""
    top = os.path.dirname(os.path.dirname(os.path.dirname(
        os.path.abspath(__file__))))
    with open(os.path.join(top, "docs", document), encoding="utf-8") as file:
        lines = file.read().split("\n")
    start = lines.index(heading) + 1
    found = [[]]
    for line in lines[start:]:
        if line.startswith("#"):
            break
        if line.startswith("    ") or (not line and found[-1]):
            found[-1].append(line[4:])
        elif found[-1]:
            found.append([])
    return ["\n".join(block).strip("\n") + "\n" for block in found if block]
