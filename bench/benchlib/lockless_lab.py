# SPDX-License-Identifier: GPL-2.0-or-later
"""Accesses without QEMU's lock in the lab, for machines without a usable KVM:
the same guest and loads as natively (lockless.py), with L1's KVM. L1 has two
processors, which are two threads of this machine's."""

import dataclasses
import json
import os
import shutil
import subprocess
import sys
import tempfile

from . import BENCH, BUILD, TOP, BenchError, bare, lockless
from .table import Row

PART = "lab, emulated exits: "

TIME_LIMIT = 3600

# Where L1 has them
BEFORE = "/before/qemu"
IMAGE = "/bench/bare.bin"

SCRIPT = """\
set -eu
stage "accesses without QEMU's lock"
TMPDIR=/run {python} -E -S -B -c '{code}' "$OUT/rows.json" {arguments}
"""

# Runs in L1.
CODE = """
import sys
sys.path.insert(0, "/bench")
from benchlib import lockless_lab
lockless_lab.inside(*sys.argv[1:])
"""

# The files of all modules that the above needs.
MODULES = """
import sys
sys.path.insert(0, sys.argv[1])
import encodings.ascii, encodings.idna, encodings.latin_1
from benchlib import lockless_lab
for m in list(sys.modules.values()):
    if getattr(m, "__file__", None):
        print(m.__file__)
"""


def _stage(text):
    """A line of progress, on the outer machine too"""
    subprocess.run(["/bin/stage", text], check=True)


def inside(result, quick, before=None):
    """L1's side: measure, and write the rows to a file."""
    with lockless.directory() as directory:
        sides = lockless.Sides("/bin/qemu", before, IMAGE, directory, "kvm")
        bare.probe(sides.sides[0][1])
        rows = lockless.rows_of(_stage, sides,
                                lockless.LAB_QUICK if int(quick) else
                                lockless.LAB, lockless.ticks_per_ns())
    with open(result, "w", encoding="utf-8") as f:
        json.dump([dataclasses.asdict(row) for row in rows], f)


def _copy(path, root, to=None):
    """A file into the tree, by default to its own place."""
    to = root + (to or os.path.abspath(path))
    os.makedirs(os.path.dirname(to), exist_ok=True)
    shutil.copy(path, to)


def tree(root, before):
    """What L1 needs beyond QEMU: Python, the bench, the guest.

    Return: Python
    """
    python = os.path.realpath(sys.executable)
    listed = subprocess.run([python, "-E", "-S", "-B", "-c", MODULES, BENCH],
                            stdout=subprocess.PIPE, text=True,
                            check=True).stdout
    _copy(python, root)
    for path in listed.splitlines():
        inside_ = os.path.relpath(path, TOP)
        _copy(path, root, None if inside_.startswith("..") else "/" + inside_)
    with tempfile.TemporaryDirectory() as directory:
        _copy(bare.build(directory), root, IMAGE)
    if before:
        _copy(before, root, BEFORE)
    return python


def _run(say, options, directory, out):
    before = [BEFORE] if options.before else []
    root = os.path.join(directory, "tree")
    script = os.path.join(directory, "script")
    python = tree(root, options.before)
    with open(script, "w", encoding="utf-8") as f:
        f.write(SCRIPT.format(
            python=python, code=CODE,
            arguments=" ".join([str(int(options.quick)), *before])))
    command = [os.path.join(TOP, "lab", "lab"), "--device", "edu",
               "--host-only", "--host-smp", "2", "--host-tree", root,
               "--host-script", script, "--timeout", str(TIME_LIMIT),
               "--out", out]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT) as lab:
        for line in lab.stdout:
            say("lab: " + line.rstrip())
        if lab.wait():
            raise BenchError("the lab has failed; see %s" % out)


def measure(say, options):
    """Return: rows"""
    out = os.path.join(BUILD, "bench", "lab-lockless")
    with tempfile.TemporaryDirectory(prefix="vt-lockless.") as directory:
        _run(say, options, directory, out)
    with open(os.path.join(out, "host", "rows.json"), encoding="utf-8") as f:
        rows = [Row(**{k: tuple(v) if isinstance(v, list) else v
                       for k, v in row.items()}) for row in json.load(f)]
    return lockless.in_part(PART, rows)
