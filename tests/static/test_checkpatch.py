#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# usual: 150
"""QEMU's checkpatch on C sources and patches."""

import concurrent.futures
import os
import re
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import tap                                           # noqa: E402
from common.sources import run, sources                          # noqa: E402
from common.tap import Skip, equal, test                         # noqa: E402

CHECKPATCH = os.path.join(tap.build_dir(), f"qemu-{tap.series()}-src", "scripts",
                          "checkpatch.pl")

QEMU_ONLY = re.compile(r"qemu_|Use of volatile|'#' flag of printf|"
                       r"quoted newline|Error messages should not contain|"
                       r"architecture specific defines")


def checkpatch(options, names):
    """Fail on checkpatch's errors; only show its warnings."""
    if not shutil.which("perl") or not os.path.exists(CHECKPATCH):
        raise Skip("no perl or no checkpatch.pl in QEMU's tree")
    # one process per file: it would carry a file's types over to the next
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        said = pool.map(lambda name: run(
            ["perl", CHECKPATCH, "--no-tree", "--no-signoff", "--terse", "-q",
             *options, name])[1], names)
    lines = [line for lines in said for line in lines
             if not line.startswith("total:")]
    lines = [l for l in lines if l.startswith(("hw/vfio-trace/", "qemu-patches/"))
             or not QEMU_ONLY.search(l)]
    for line in lines:
        print(f"# {line}")
    equal([l for l in lines if ": ERROR: " in l], [], "errors")


@test
def c_sources(_scratch):
    """C sources"""
    checkpatch(["-f"], [f for f in sources() if re.search(r"\.[ch]$", f)])


@test
def patches(_scratch):
    """patches to QEMU"""
    checkpatch([], [f for f in sources() if f.endswith(".patch")])


if __name__ == "__main__":
    tap.main()
