#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# needs: vfio-trace
"""The commands of docs/ctf.md, run as they stand there."""

import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import exportlog, tap                                # noqa: E402
from common.tap import Skip, equal, test                         # noqa: E402

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
DOCUMENT = "ctf.md"
ROWS = 30000


def shell(scratch, command):
    """Run commands of the document beside gpu.ctf; return what they print."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command], cwd=scratch, text=True,
        capture_output=True, check=False, timeout=tap.patience(120),
        env={**os.environ, "TZ": "UTC"})
    # head ends those before it
    equal((done.returncode in (0, 141), done.stderr), (True, ""),
          f"end of {command}")
    return done.stdout


def trace(scratch):
    """gpu.mmt and, converted as the document does it, gpu.ctf"""
    if not shutil.which("babeltrace2"):
        raise Skip("no babeltrace2")
    path = exportlog.write(os.path.join(scratch, "gpu.mmt"), ROWS)
    command = exportlog.blocks(
        DOCUMENT, "# Common Trace Format: a log for babeltrace2 and beside"
        " LTTng")[0].split()
    equal(command, ["vfio-trace", "convert", "gpu.mmt", "-o", "gpu.ctf"],
          "the first command")
    exportlog.tool("convert", path, "-o", os.path.join(scratch, "gpu.ctf"))
    return path


def asked(heading, number=0):
    return exportlog.blocks(DOCUMENT, heading)[number]


@test
def most_written(scratch):
    """which registers are written most, as stat says"""
    path = trace(scratch)
    said = shell(scratch, asked(
        "### Which five registers does the driver write most?"))
    equal("".join(f"{line.strip()}\n" for line in said.splitlines()),
          exportlog.most_written(path), "answer")


@test
def kinds(scratch):
    """how many events of each kind there are, as stat says"""
    summary, _ = exportlog.stat(trace(scratch))
    said = shell(scratch, asked("### How many events are there of each kind?"))
    found = dict(reversed(line.split(" ")) for line in said.splitlines())
    for op, name in (("read", "reads"), ("write", "writes")):
        equal(sum(int(n) for event, n in found.items()
                  if event.endswith(f":{op}:")), summary[name], name)
    equal(found["mark:"], str(len(exportlog.HOSTILE)), "marks")


@test
def register(scratch):
    """what happens to a register"""
    trace(scratch)
    lines = shell(scratch, asked("### What happens to a register?"))
    lines = lines.splitlines()
    equal(len(lines), 10, "lines")
    for line in lines:
        tap.matches(line, r":bar0:(read|write): {.* offset = 0x18, value = ")


@test
def part(scratch):
    """a part of the time, shown and as a trace of its own"""
    trace(scratch)
    show, cut = (asked("### What happens in a time?", i) for i in (0, 1))
    shown = shell(scratch, show).splitlines()
    times = [float(re.match(r"\[([0-9.]+)\]", line)[1]) for line in shown]
    equal((len(shown), min(times) >= 1.05, max(times) <= 1.06),
          (10, True, True), "times")
    shell(scratch, cut)
    again = shell(scratch, "babeltrace2 --clock-seconds part.ctf/trace")
    equal(again.splitlines()[:10], shown, "the part")


@test
def events(scratch):
    """the table has the events and fields that there are"""
    trace(scratch)
    with open(os.path.join(TOP, "docs", DOCUMENT), encoding="utf-8") as file:
        rows = re.findall(r"^\| (`.*`.*) \| (.*) \|$", file.read(), re.M)
    table = {name: re.findall(r"`(\w+)`", fields) for names, fields in rows
             for name in re.findall(r"`([^`]+)`", names)}
    said = shell(scratch, "babeltrace2 --no-delta --clock-cycles gpu.ctf")
    found = {(m[1], tuple(re.findall(r"[{,] (\w+) = ", m[2])))
             for m in re.finditer(r"^\[\d+\] (\S+): ({.*)$", said, re.M)
             if "text" not in m[2]}
    equal(len(found) >= 4, True, "events")
    for event, fields in found:
        op = event.rpartition(":")[2]
        row = table.get(f"DEVICE:REGION:{op}") or table.get(f"...:{op}")
        equal([f for f in row if f in fields], list(fields),
              f"fields of {event}")


if __name__ == "__main__":
    tap.main()
