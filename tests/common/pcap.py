# SPDX-License-Identifier: GPL-2.0-or-later
"""Reader of captures that QEMU's filter-dump writes."""

import struct

MAGIC = 0xa1b2c3d4
ETHERNET = 1
FILE_HEADER = struct.Struct("<IHHiIII")
FRAME_HEADER = struct.Struct("<IIII")


def frames(path):
    """The frames of a capture, as bytes."""
    with open(path, "rb") as f:
        data = f.read()
    magic, *_, link = FILE_HEADER.unpack_from(data)
    if (magic, link) != (MAGIC, ETHERNET):
        raise AssertionError(f"{path}: magic {magic:#x}, link type {link}")
    at = FILE_HEADER.size
    found = []
    while at < len(data):
        _, _, captured, length = FRAME_HEADER.unpack_from(data, at)
        at += FRAME_HEADER.size
        if captured != length or at + captured > len(data):
            raise AssertionError(f"{path}: a frame is cut")
        found.append(data[at:at + captured])
        at += captured
    return found
