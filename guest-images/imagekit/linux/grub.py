# SPDX-License-Identifier: GPL-2.0-or-later
"""GRUB for BIOS: what grub-bios-setup does, on a file and without a device.

The first sector of the disk (boot.img) loads the first sector of GRUB's image
(core.img), which has the list of the blocks that follow it. All of it lies in
the BIOS boot partition.
"""

import struct

from ..common.errors import ImageError

SECTOR = 512

# Offsets in boot.img (include/grub/i386/pc/boot.h).
BPB_END = 0x5a                      # a disk keeps what was before
KERNEL_SECTOR = 0x5c                # where core.img begins
BOOT_DRIVE = 0x64
DRIVE_CHECK = 0x66                  # a jump, only for floppy disks
PARTITION_TABLE = 0x1b8             # and the disk's signature

ANY_DRIVE = 0xff                    # the drive that BIOS has booted from
NOPS = b"\x90\x90"

# The list of blocks ends with the first sector of core.img: start, number of
# sectors, segment.
BLOCK = struct.Struct("<QHH")
BLOCK_AT = SECTOR - BLOCK.size


def boot_sector(boot_img, sector, disk_sector):
    """The disk's first sector.

    boot_img: GRUB's boot.img
    sector: where core.img begins
    disk_sector: the first sector as it is, with the partition table
    """
    if len(boot_img) != SECTOR or boot_img[-2:] != b"\x55\xaa":
        raise ImageError("boot.img is no boot sector of GRUB's")
    out = bytearray(boot_img)
    out[3:BPB_END] = disk_sector[3:BPB_END]
    out[PARTITION_TABLE:SECTOR - 2] = disk_sector[PARTITION_TABLE:SECTOR - 2]
    struct.pack_into("<Q", out, KERNEL_SECTOR, sector)
    out[BOOT_DRIVE] = ANY_DRIVE
    out[DRIVE_CHECK:DRIVE_CHECK + 2] = NOPS
    return bytes(out)


def core_image(core_img, sector, most):
    """GRUB's image for a place on the disk.

    core_img: what grub-mkimage has made
    sector: where it will begin
    most: sectors that are free there
    """
    out = bytearray(core_img)
    out.extend(bytes(-len(out) % SECTOR))
    sectors = len(out) // SECTOR
    if sectors > most:
        raise ImageError(f"GRUB's image takes {sectors} sectors, and its "
                         f"partition has {most}")
    if sectors < 2:
        raise ImageError("core.img is no image of GRUB's")
    _, count, segment = BLOCK.unpack_from(out, BLOCK_AT)
    if not count or not segment:
        raise ImageError("core.img has no list of blocks: it is not for BIOS")
    BLOCK.pack_into(out, BLOCK_AT, sector + 1, sectors - 1, segment)
    return bytes(out)


def install(disk, boot_img, core_img, sector, most):
    """Put both into a disk, opened for reading and writing."""
    core = core_image(core_img, sector, most)
    disk.seek(0)
    first = boot_sector(boot_img, sector, disk.read(SECTOR))
    disk.seek(sector * SECTOR)
    disk.write(core)
    disk.seek(0)
    disk.write(first)
