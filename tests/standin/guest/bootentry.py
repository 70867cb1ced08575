# SPDX-License-Identifier: GPL-2.0-or-later
"""The firmware's boot entry, as Windows Setup makes one."""

import fcntl
import os
import re
import struct
import subprocess
import uuid

from say import read, require, write

VARS = "/sys/firmware/efi/efivars"
GLOBAL = "8be4df61-93ca-11d2-aa0d-00e098032b8c"
KEEP = struct.pack("<I", 7)     # non-volatile, boot services, runtime
FS_IOC_SETFLAGS = 0x40086602
TITLE = "Windows Boot Manager"
LOADER = "\\EFI\\Microsoft\\Boot\\bootmgfw.efi"


def _variable(name):
    return f"{VARS}/{name}-{GLOBAL}"


def _set(name, data):
    if os.path.exists(_variable(name)):
        # such a file is immutable: chattr -i
        with open(_variable(name), "rb") as file:
            fcntl.ioctl(file, FS_IOC_SETFLAGS, struct.pack("l", 0))
    write(_variable(name), KEEP + data)


def _partition(disk, number):
    """First sector, sectors, and GUID of a partition."""
    said = subprocess.run(["sgdisk", "-i", str(number), disk], check=True, text=True,
                          stdout=subprocess.PIPE).stdout
    first = re.search(r"First sector: (\d+)", said)[1]
    last = re.search(r"Last sector: (\d+)", said)[1]
    guid = re.search(r"unique GUID: (\S+)", said)[1]
    return int(first), int(last) - int(first) + 1, uuid.UUID(guid)


def order():
    """The numbers of the boot order."""
    path = _variable("BootOrder")
    data = read(path, True)[4:] if os.path.exists(path) else b""
    return list(struct.unpack(f"<{len(data) // 2}H", data))


def add(disk, number):
    """Put an entry for the boot loader on the ESP before all others."""
    first, sectors, guid = _partition(disk, number)
    loader = (LOADER + "\0").encode("utf-16-le")
    path = struct.pack("<BBHIQQ16sBB", 4, 1, 42, number, first, sectors, guid.bytes_le, 2, 2) + \
        struct.pack("<BBH", 4, 4, 4 + len(loader)) + loader + \
        struct.pack("<BBH", 0x7f, 0xff, 4)
    entry = struct.pack("<IH", 1, len(path)) + (TITLE + "\0").encode("utf-16-le") + path
    others = order()
    free = next(n for n in range(0x100) if n not in others and
                not os.path.exists(_variable(f"Boot{n:04X}")))
    _set(f"Boot{free:04X}", entry)
    _set("BootOrder", struct.pack(f"<{len(others) + 1}H", free, *others))


def current():
    """The title of the entry that this system was started by."""
    path = _variable("BootCurrent")
    require(os.path.exists(path), "there is no BootCurrent")
    number = struct.unpack("<H", read(path, True)[4:6])[0]
    data = read(_variable(f"Boot{number:04X}"), True)[4 + 6:]
    return data.decode("utf-16-le", "replace").split("\0")[0]
