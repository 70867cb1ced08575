# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs with all the shared libraries that they need."""

import os
import re
import subprocess

from .errors import LabError


def libraries(program):
    """The dynamic loader and libraries of a program; [] if it is static."""
    run = subprocess.run(["ldd", program], capture_output=True, text=True,
                         env=dict(os.environ, LC_ALL="C"))
    text = run.stdout + run.stderr
    if "not a dynamic executable" in text or "statically linked" in text:
        return []
    missing = re.findall(r"(\S+) => not found", text)
    if run.returncode or missing:
        raise LabError("%s: can't find its shared libraries: %s" %
                       (program, " ".join(missing) or text.strip()))
    return sorted(set(re.findall(r"(?:=> |^\s+)(/\S+) \(0x", text, re.M)))


def strip(program, out):
    """Copy a program to out without its debugging information.

    With it, QEMU is some 70 MB, which L1 would have to unpack at each boot.
    """
    run = subprocess.run(["strip", "-o", out, program],
                         capture_output=True, text=True)
    if run.returncode:
        raise LabError("strip %s: %s" % (program, run.stderr.strip()))
