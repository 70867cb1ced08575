#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# needs: vfio-trace
"""The examples of docs/diff.md: their commands print what is there."""

import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import tap                                           # noqa: E402
from common.tap import Skip, equal, test                         # noqa: E402

DOCS = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__)))), "docs")
PROMPT = "$ vfio-trace "
INDENT = "    "
# A line that is too long for the page ends so.
CUT = "..."


def examples():
    """(command's words, lines of its output): each of them."""
    with open(os.path.join(DOCS, "diff.md"), encoding="utf-8") as file:
        lines = file.read().split("\n")
    found = []
    inside = False
    for line in lines:
        if line.startswith(INDENT + PROMPT):
            inside = True
            found.append((line[len(INDENT + PROMPT):].split(), []))
        elif inside and (not line or line.startswith(INDENT)):
            found[-1][1].append(line[len(INDENT):])
        else:
            inside = False
    return found


def same(shown, line):
    if shown.endswith(CUT):
        return line.startswith(shown[:-len(CUT)])
    return shown == line


def compare(words, shown, directory):
    if not os.path.exists(tap.tool_binary()):
        raise Skip("the tool is not built")
    done = subprocess.run([tap.tool_binary(), *words], cwd=directory,
                          text=True, capture_output=True, check=False,
                          timeout=60, env={**os.environ, "LC_ALL": "C"})
    equal(done.stderr, "", "messages")
    equal(done.returncode, 1, "exit status")
    output = done.stdout.rstrip("\n").split("\n")
    shown = "\n".join(shown).rstrip("\n").split("\n")
    equal(len(shown), len(output), f"number of lines of\n{done.stdout}")
    for expected, line in zip(shown, output):
        if not same(expected, line):
            equal(line, expected, "a line")


@test
def examples_print_what_the_page_shows(scratch):
    subprocess.run([sys.executable,
                    os.path.join(DOCS, "examples", "diff-logs.py")],
                   cwd=scratch, check=True, timeout=60)
    logs = set(os.listdir(scratch))
    compared = 0
    for words, shown in examples():
        # the others are of real logs, which are not there
        if any(word in logs for word in words):
            compare(words, shown, scratch)
            compared += 1
    equal(compared, 5, "examples in docs/diff.md")


if __name__ == "__main__":
    tap.main()
