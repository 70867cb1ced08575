# SPDX-License-Identifier: GPL-2.0-or-later
"""L1's disk: a raw image that QEMU opens without this machine's cache."""

import dataclasses
import errno
import os
import re

from .errors import LabError

ADDR = "04.0"
SPEC = re.compile(r"(?P<path>.+?)(?:,size=(?P<size>.*))?\Z", re.S)
SIZE = re.compile(r"([1-9]\d*)([KMG]?)\Z")
UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


@dataclasses.dataclass
class Disk:
    """A raw image.

    path: where it is
    direct: QEMU bypasses this machine's page cache, so that data which L1 has
        brought to stable storage is in the image, and the image holds only
        data that was really brought there
    """

    path: str
    direct: bool


def _bytes(spec, text):
    if text is None:
        return 0
    match = SIZE.match(text)
    if not match:
        raise LabError("--disk %s: size= is a number of bytes, with an optional "
                       "K, M or G behind it" % spec)
    return int(match[1]) * UNITS[match[2]]


def _takes_direct(path):
    try:
        os.close(os.open(path, os.O_RDWR | os.O_DIRECT))
    except OSError as e:
        if e.errno != errno.EINVAL:
            raise
        return False
    return True


def make(spec, say):
    """The disk for `FILE[,size=N[K|M|G]]`; the file is created if missing.

    Return: a Disk, or None if there is no spec
    """
    if not spec:
        return None
    match = SPEC.match(spec)
    path = match["path"]
    size = _bytes(spec, match["size"])
    create = os.O_CREAT if size else 0
    try:
        fd = os.open(path, os.O_RDWR | create | os.O_CLOEXEC, 0o644)
    except OSError as e:
        missing = e.errno == errno.ENOENT and not create
        hint = "; ,size=BYTES[K|M|G] makes it" if missing else ""
        raise LabError("--disk %s: %s%s" % (path, e.strerror, hint))
    try:
        # never shrink it: a disk may hold data
        if os.fstat(fd).st_size < size:
            os.ftruncate(fd, size)
        if not os.fstat(fd).st_size:
            raise LabError("--disk %s: the file is empty, add "
                           ",size=BYTES[K|M|G]" % path)
    finally:
        os.close(fd)
    direct = _takes_direct(path)
    if not direct:
        say("--disk %s: its file system has no direct I/O (O_DIRECT); this "
            "machine's cache is in between" % path)
    return Disk(os.path.realpath(path), direct)


def qemu_args(disk):
    """The outer QEMU's arguments."""
    return ["-blockdev", "driver=file,node-name=disk,cache.direct=%s,"
            "filename=%s" % ("on" if disk.direct else "off",
                             disk.path.replace(",", ",,")),
            "-device", "virtio-blk-pci,drive=disk,addr=" + ADDR]
