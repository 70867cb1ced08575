# SPDX-License-Identifier: GPL-2.0-or-later
"""Rings in memory, and whose they are: see lib/libmmiotrace/ring-file.h."""

import os
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
    """The process that has made a ring; None if that can't be told"""
    try:
        with open(path, "rb") as f:
            return HEADER.unpack(f.read(HEADER.size))[0]
    except (OSError, struct.error):
        return None             # a directory, or it is going or coming


def left_since(before):
    """What has come since listing() and is no living process's"""
    return sorted(path for path in listing() - before
                  if not os.path.exists(f"/proc/{owner(path)}"))
