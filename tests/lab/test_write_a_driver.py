#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# usual: 80
# timeout: 3600
"""docs/write-a-driver.md: its program is the one that is kept, its commands work
in the lab and print what the page shows, and the frame goes out."""

import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import pcap, tap                                     # noqa: E402
from common.lab import TOP                                       # noqa: E402
from common.tap import equal, matches, test                      # noqa: E402

PAGE = os.path.join(TOP, "docs", "write-a-driver.md")
PROGRAM = os.path.join(TOP, "docs", "examples", "first-frame.c")
# The page has all of the program from here on.
ALL_FROM = "static void stop(void)"
INDENT = "    "
PROMPT = "$ "
GAP = "..."
LAB = "../../guest-images/lab "
TIMEOUT = 600
SUBTRACT = "vfio-trace diff --subtract --range 0 linux.mmt mine.mmt"

# What differs from run to run: times, counts and lines; addresses of memory;
# and whether there was a gap between two operations
NUMBERS = ((re.compile(r"0x[0-9a-f]{7,}\b"), "0xN"),
           (re.compile(r"\b\d+([.,]\d+)*\b"), "N"),
           (re.compile(r"\bN [num]s\b"), "N s"), (re.compile(r"\s+"), " "))
DIFF = re.compile(r"vfio-trace diff [^|]*$")
DELAY = re.compile(r"^ *(\d+:?)? *\d+ delay |^ +delay\(\d+\);")

FRAME = (b"\xff" * 6 + bytes.fromhex("525400123456") + b"\x88\xb5" +
         b"hello from my own driver").ljust(60, b"\0")
ARP = b"\x08\x06"


def page_blocks():
    """The indented blocks of the page, as lists of lines."""
    blocks, block = [], []
    with open(PAGE, encoding="utf-8") as f:
        for line in f.read().split("\n"):
            if line.startswith(INDENT):
                block.append(line[len(INDENT):])
            elif block and not line:
                block.append("")
            elif block:
                blocks.append(block)
                block = []
    blocks += [block] if block else []
    return ["\n".join(b).rstrip("\n").split("\n") for b in blocks]


def is_console(block):
    return block[0].startswith(PROMPT)


def command_length(lines):
    """How many lines the command has that LINES begin with."""
    document = re.search(r"<<'(\w+)'", lines[0])
    if document:
        return lines.index(document[1]) + 1
    length = 1
    while lines[length - 1].endswith("\\"):
        length += 1
    return length


def commands():
    """(command, lines of its output that are shown), in the page's order."""
    found = []
    for block in page_blocks():
        while is_console(block):
            length = command_length(block)
            rest = block[length:]
            shown = next((i for i, line in enumerate(rest)
                          if line.startswith(PROMPT)), len(rest))
            found.append(("\n".join(block[:length])[len(PROMPT):],
                          rest[:shown]))
            block = rest[shown:] or [""]
    return found


def plain(line):
    for pattern, text in NUMBERS:
        line = pattern.sub(text, line)
    return line.strip()


def agrees(shown, line):
    if shown.endswith(GAP):
        return plain(line).startswith(plain(shown[:-len(GAP)]))
    return plain(line) == plain(shown)


def shows(command, shown, output):
    """The lines of the page are those of the output, but where it has gaps."""
    lines = [x for x in output.splitlines() if not DELAY.match(x)]
    at, gap = 0, False
    for want in shown:
        if want.strip() == GAP:
            gap = True
            continue
        last = len(lines) if gap else min(at + 1, len(lines))
        found = next((i for i in range(at, last) if agrees(want, lines[i])),
                     None)
        if found is None:
            raise AssertionError(
                f"{command}\nprints\n{output}\nwithout, at its place,\n{want}")
        at, gap = found + 1, False
    if not gap:
        equal(lines[at:], [], f"{command}: lines that the page does not show")


class Shell:
    """Runs commands one after another, as in one shell; its directory stays."""

    def __init__(self, top):
        self.top = self.directory = top
        self.environment = {
            **os.environ, "LC_ALL": "C",
            "PATH": os.path.dirname(tap.tool_binary()) + ":" +
                    os.environ["PATH"]}

    def run(self, command):
        where = os.path.join(self.top, "where")
        lab = (f"{LAB}--series {tap.series()} "
               f"--timeout {int(tap.patience(TIMEOUT))} ")
        done = subprocess.run(
            ["bash", "-c", f"{command.replace(LAB, lab)}\n"
             f"status=$?; pwd > {where}; exit $status"], text=True,
            cwd=self.directory, env=self.environment, check=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT)
        print("".join(f"# {line}\n" for line in
                      f"$ {command}\n{done.stdout}".splitlines()), flush=True)
        # 1 of diff: there are differences
        equal(done.returncode, int(bool(DIFF.match(command))),
              f"exit status of {command}")
        with open(where, encoding="utf-8") as f:
            self.directory = f.read().strip()
        return done.stdout


@test
def program(scratch):
    """The parts of the program in the page are the program's"""
    with open(PROGRAM, encoding="utf-8") as f:
        text = f.read()
    at = 0
    for block in page_blocks():
        part = "\n".join(block)
        if not is_console(block):
            begin = text.find(part, at)
            equal(begin >= 0, True, f"in the program, at its place:\n{part}")
            equal(text[max(at, text.index(ALL_FROM)):begin].strip(), "",
                  "what the page leaves out")
            at = begin + len(part)
    equal(text[at:].strip(), "", "what the page leaves out")
    for compiler in filter(shutil.which, ("gcc", "clang")):
        subprocess.run([compiler, "-O2", "-Wall", "-Wextra", "-Werror", "-o",
                        os.path.join(scratch, "program"), PROGRAM], check=True)


def tree(scratch):
    """A directory that looks like the source's, for what commands write."""
    top = os.path.join(scratch, "source")
    os.makedirs(os.path.join(top, "build"))
    for name in ("docs", "guest-images", "rings"):
        os.symlink(os.path.join(TOP, name), os.path.join(top, name))
    return top


def sent(directory):
    """What went out: Linux's question, and the program's frame both times"""
    for name in ("mine.pcap", "host.pcap"):
        equal(pcap.frames(os.path.join(directory, name)), [FRAME], name)
    linux = pcap.frames(os.path.join(directory, "linux.pcap"))
    equal([f[12:14] for f in linux], [ARP], "linux.pcap: kinds of frames")


@test
def tutorial(scratch):
    """The page's commands print what it shows, and the frame is sent"""
    shell = Shell(tree(scratch))
    printed = {}
    for command, shown in commands():
        printed[command] = shell.run(command)
        shows(command, shown, printed[command])
    equal(len(printed) >= 20, True, f"{len(printed)} commands: enough")
    sent(shell.directory)
    # shows() does not compare numbers
    difference, = (text for command, text in printed.items()
                   if command.startswith(SUBTRACT))
    matches(difference, "(?m)^# not in A: 0 accesses to registers, "
            "1 register with other values, ", "what only the program does")


if __name__ == "__main__":
    tap.main()
