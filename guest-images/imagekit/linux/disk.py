# SPDX-License-Identifier: GPL-2.0-or-later
"""The disk: a partition for each way to boot, and the root file system.

All of it is made in a plain file, without loop devices or mounts.
"""

import os
import re

from ..common import command
from ..common.errors import ImageError
from . import grub, tree

SECTOR = 512
MIB = 1 << 20

# Sectors: start and number.
BIOS = (2048, 2048)                 # GRUB's image for BIOS
ESP = (4096, 65536)                 # boot loaders for UEFI
ROOT = 69632                        # up to the end
# The second copy of the partition table is at the end.
TAIL = 2048

TABLE = """\
label: gpt
label-id: {disk}
first-lba: 2048
start={bios[0]}, size={bios[1]}, type=21686148-6449-6E6F-744E-656564454649, uuid={biosid}, name=bios
start={esp[0]}, size={esp[1]}, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B, uuid={espid}, name=esp
start={root}, size={size}, type=4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709, uuid={rootid}, name=root
"""

# Only what the GRUB of both suites can read, whatever this machine's own file says.
MKE2FS_CONF = """\
[defaults]
    base_features = sparse_super,large_file,filetype,resize_inode,dir_index,ext_attr
    default_mntopts = acl,user_xattr
    blocksize = 4096
    inode_size = 256
    inode_ratio = 32768
    reserved_ratio = 1.0
[fs_types]
    ext4 = {
        features = has_journal,extent,huge_file,flex_bg,metadata_csum,64bit,dir_nlink,extra_isize
    }
"""

# Inodes of the file system itself.
FIRST_INODE = 11
ROOT_INODE = 2

MINIMUM = 2 << 30

TOOLS = {"sfdisk": "fdisk", "mke2fs": "e2fsprogs", "debugfs": "e2fsprogs",
         "dumpe2fs": "e2fsprogs", "mkfs.vfat": "dosfstools", "mcopy": "mtools",
         "mmd": "mtools", "qemu-img": "qemu-utils"}


def _root_sectors(recipe):
    return recipe.size // SECTOR - ROOT - TAIL


def _offset():
    return ROOT * SECTOR


def mke2fs_arguments(recipe):
    """What `set-up` calls mke2fs with; the directory and the file are added there."""
    return ["-q", "-t", "ext4", "-U", recipe.uuid("root"), "-L", "root", "-E",
            f"offset={_offset()},hash_seed={recipe.uuid('hash')},"
            "lazy_itable_init=0,root_owner=0:0", "-b", "4096"]


def partition(recipe, path):
    """A disk without contents, but with partitions."""
    with open(path, "wb") as f:
        f.truncate(recipe.size)
    command.run([command.find("sfdisk", "fdisk"), "-q", path],
                "partition the disk", text=TABLE.format(
                    disk=recipe.uuid("disk"), bios=BIOS, esp=ESP, root=ROOT,
                    size=_root_sectors(recipe), biosid=recipe.uuid("bios"),
                    espid=recipe.uuid("esp"), rootid=recipe.uuid("partition")))


def blocks(recipe):
    """The root file system's size in mke2fs's words."""
    return f"{_root_sectors(recipe) * SECTOR // 1024}k"


def _used_inodes(text):
    """Numbers of the inodes in use, from dumpe2fs's list of free ones."""
    total = int(re.search(r"^Inode count:\s+(\d+)", text, re.M).group(1))
    used = bytearray(b"\1") * (total + 1)
    for ranges in re.findall(r"^  Free inodes: (.*)", text, re.M):
        for part in filter(None, ranges.split(", ")):
            first, _, last = part.partition("-")
            first, last = int(first), int(last or first)
            used[first:last + 1] = bytes(last + 1 - first)
    return [ROOT_INODE] + [i for i in range(FIRST_INODE, total + 1) if used[i]]


def set_times(recipe, path):
    """Give all files of the root file system the times of the package indexes.

    A file's times of reading and of change can't be chosen when it is copied.
    """
    name = f"{path}?offset={_offset()}"
    env = {"E2FSPROGS_FAKE_TIME": str(recipe.indexes.epoch)}
    listed = command.run([command.find("dumpe2fs", "e2fsprogs"), name],
                         "list the file system's files", environment=env)
    lines = []
    for inode in _used_inodes(listed):
        for field in ("atime", "ctime", "crtime"):
            lines.append(f"set_inode_field <{inode}> {field} "
                         f"@{recipe.indexes.epoch}\n")
    said = command.run([command.find("debugfs", "e2fsprogs"), "-w", "-f", "-",
                        name], "set the times of the file system's files",
                       text="".join(lines), environment=env)
    if re.search(r"^\S*(set_inode_field|debugfs): (?!set_inode)", said, re.M):
        raise ImageError("can't set the times of the file system's "
                                 "files", said)


def _esp_files(boot, work, recipe):
    """Files of the EFI system partition: name there, path here."""
    config = os.path.join(work, "esp.cfg")
    with open(config, "w", encoding="utf-8") as f:
        f.write(tree.ESP_CFG.format(uuid=recipe.uuid("root")))
    return (("EFI/BOOT/BOOTX64.EFI", os.path.join(boot, "shimx64.efi")),
            ("EFI/BOOT/grubx64.efi", os.path.join(boot, "grubx64.efi")),
            ("EFI/BOOT/mmx64.efi", os.path.join(boot, "mmx64.efi")),
            # where Debian's signed GRUB looks, wherever it was loaded from
            ("EFI/debian/grub.cfg", config))


def _esp(recipe, boot, work):
    """The EFI system partition as a file."""
    path = os.path.join(work, "esp.img")
    with open(path, "wb") as f:
        f.truncate(ESP[1] * SECTOR)
    number = recipe.uuid("fat").replace("-", "")[:8]
    env = {"SOURCE_DATE_EPOCH": str(recipe.indexes.epoch), "TZ": "UTC",
           "MTOOLS_SKIP_CHECK": "1"}
    command.run([command.find("mkfs.vfat", "dosfstools"), "--invariant", "-i",
                 number, "-n", "ESP", path], "make the EFI system partition",
                environment=env)
    mmd = command.find("mmd", "mtools")
    mcopy = command.find("mcopy", "mtools")
    command.run([mmd, "-i", path, "::EFI", "::EFI/BOOT", "::EFI/debian"],
                "make the EFI system partition", environment=env)
    for name, source in _esp_files(boot, work, recipe):
        os.utime(source, (recipe.indexes.epoch, recipe.indexes.epoch))
        command.run([mcopy, "-m", "-i", path, source, f"::{name}"],
                    "make the EFI system partition", environment=env)
    return path


def _read(*names):
    with open(os.path.join(*names), "rb") as f:
        return f.read()


def add_boot_loaders(recipe, path, boot, work):
    """Make the disk bootable, by BIOS and by UEFI."""
    esp = _esp(recipe, boot, work)
    with open(path, "r+b") as f:
        grub.install(f, _read(boot, "boot.img"), _read(boot, "core.img"), *BIOS)
        f.seek(ESP[0] * SECTOR)
        f.write(_read(esp))


def to_qcow2(path, target):
    """Convert the disk. With one task, the clusters have the disk's order."""
    command.run([command.find("qemu-img", "qemu-utils"), "convert", "-m", "1",
                 "-f", "raw", "-O", "qcow2", path, target],
                "convert the disk to qcow2")
