# SPDX-License-Identifier: GPL-2.0-or-later
"""Rings in memory, and their owners: see lib/libmmiotrace/ring-file.h."""

import os
import re
import stat
import struct

SHM = "/dev/shm"
PREFIX = "vfio-trace-"
# magic, version, flags, extra, pid
HEADER = struct.Struct("<8x12xI")


def listing():
    """Paths of rings, and of tests' directories for them"""
    try:
        return {os.path.join(SHM, name) for name in os.listdir(SHM)
                if name.startswith(PREFIX)}
    except OSError:
        return set()


def owner(path):
    """The process that made a ring, or a test's directory for rings; None if
    unknown, or if it is another user's"""
    try:
        info = os.lstat(path)
        if info.st_uid != os.geteuid():
            return None
        if stat.S_ISDIR(info.st_mode):
            name = re.match(PREFIX + r"test-(\d+)-", os.path.basename(path))
            return name and int(name[1])
        if not stat.S_ISREG(info.st_mode):
            return None
        with open(path, "rb") as f:
            return HEADER.unpack(f.read(HEADER.size))[0]
    except (OSError, struct.error):
        return None             # it is being removed or created


def left_since(before):
    """Rings made since listing() by processes that have ended"""
    made = {path: owner(path) for path in listing() - before}
    return sorted(path for path, pid in made.items()
                  if pid and not os.path.exists(f"/proc/{pid}"))
