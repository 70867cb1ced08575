# SPDX-License-Identifier: GPL-2.0-or-later
"""What machines of another architecture are made of: the distribution's packages
for it, unpacked in the cache. None of their programs runs here.
"""

import os
import re
import subprocess

from . import cache, elf, kernel, packages
from .errors import LabError

CROSS_BUILD = os.path.join(os.path.dirname(packages.APT_SUITE), "cross-build")


def sysroot(arch):
    """The architecture's libraries, as an elf.Foreign."""
    run = subprocess.run(
        [CROSS_BUILD, "--cache-dir=" + os.path.dirname(cache.directory()),
         "sysroot", arch.name], capture_output=True, text=True)
    if run.returncode:
        raise LabError(run.stderr.strip())
    return elf.Foreign(run.stdout.strip(), arch.triplet)


def find_kernel(arch, wanted, say):
    """The kernel for both machines: the newest one, or a certain version.

    say: called with each line of progress
    wanted: that version, or None
    """
    release = re.sub("-[a-z].*", "", wanted) if wanted else \
        packages.release([arch.name])
    found = packages.find_kernel(arch.name, release, say)
    lack = kernel.lacks(found, arch)
    if lack:
        raise LabError("the kernel %s lacks %s" %
                       (found.version, ", ".join(lack)))
    return found
