# SPDX-License-Identifier: GPL-2.0-or-later
"""The uncompressed kernel inside a distribution's vmlinuz.

QEMU can start it directly (PVH). Decompressing it in an emulated machine, and
again in the machine that that one emulates, would take most of a run's time.
"""

import lzma
import shutil
import struct
import subprocess
import zlib

# Fields of the setup header, Documentation/arch/x86/boot.rst
SETUP_SECTS, MAGIC, VERSION = 0x1f1, 0x202, 0x206
PAYLOAD_OFFSET, PAYLOAD_LENGTH = 0x248, 0x24c
PVH_NOTE = 18                       # XEN_ELFNOTE_PHYS32_ENTRY


def _zstd(data):
    if not shutil.which("zstd"):
        return None
    # the kernel's build appends the uncompressed size
    run = subprocess.run(["zstd", "-dcq"], input=data[:-4],
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return run.stdout if run.returncode == 0 else None


FORMATS = (
    (b"\xfd7zXZ\0", lambda d: lzma.LZMADecompressor().decompress(d)),
    (b"\x1f\x8b", lambda d: zlib.decompressobj(31).decompress(d)),
    (b"\x28\xb5\x2f\xfd", _zstd),
    (b"\x7fELF", lambda d: d),
)


def _payload(image):
    with open(image, "rb") as f:
        data = f.read()
    if data[MAGIC:MAGIC + 4] != b"HdrS" or \
            struct.unpack_from("<H", data, VERSION)[0] < 0x208:
        return None
    start = ((data[SETUP_SECTS] or 4) + 1) * 512 + \
        struct.unpack_from("<I", data, PAYLOAD_OFFSET)[0]
    return data[start:start + struct.unpack_from("<I", data,
                                                 PAYLOAD_LENGTH)[0]]


def _has_pvh_entry(elf):
    """Does an ELF64 file carry the note that QEMU needs to start a kernel?"""
    phoff, = struct.unpack_from("<Q", elf, 32)
    phentsize, phnum = struct.unpack_from("<HH", elf, 54)
    for i in range(phnum):
        kind, = struct.unpack_from("<I", elf, phoff + i * phentsize)
        at, = struct.unpack_from("<Q", elf, phoff + i * phentsize + 8)
        size, = struct.unpack_from("<Q", elf, phoff + i * phentsize + 32)
        end = at + size
        while kind == 4 and at + 12 <= end:
            namesz, descsz, note = struct.unpack_from("<III", elf, at)
            if note == PVH_NOTE and elf[at + 12:at + 16] == b"Xen\0":
                return True
            at += 12 + (namesz + 3 & ~3) + (descsz + 3 & ~3)
    return False


def extract(image):
    """The kernel in a vmlinuz, as bytes; None if it can't be extracted or used."""
    data = _payload(image)
    for magic, decompress in FORMATS:
        if data and data.startswith(magic):
            try:
                elf = decompress(data)
            except (lzma.LZMAError, zlib.error):
                return None
            if elf and elf[:5] == b"\x7fELF\x02" and _has_pvh_entry(elf):
                return elf
    return None
