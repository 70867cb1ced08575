#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""./configure refuses what it can not do, before it does anything."""

import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import tap                                           # noqa: E402
from common.tap import equal, matches, test                      # noqa: E402

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))


def refused(scratch, *args):
    """Run configure, which must fail; Return: its message."""
    done = subprocess.run([f"{TOP}/configure", f"--cache-dir={scratch}", *args],
                          capture_output=True, text=True, check=False,
                          timeout=tap.patience(60))
    equal((done.returncode, done.stdout), (1, ""), f"{args}")
    return done.stderr


@test
def targets(scratch):
    """--targets: names of architectures, with commas between them"""
    for value in (",", ",x86_64", "x86_64 aarch64", "x86_64,sparc64", "*"):
        matches(refused(scratch, f"--targets={value}"),
                r"^configure: error: target '.*' is not supported "
                r"\(supported: x86_64 aarch64 ppc64 s390x\)$")


if __name__ == "__main__":
    tap.main()
