# SPDX-License-Identifier: GPL-2.0-or-later
"""What firmware finds on a traced device: a disk with a file system, a network
with a TFTP server, and the scripts in them."""

import os

from ..common import command

# The file on each disk, and its line. Firmware shows it: it has been read.
FILE = "traced.txt"
LINE = "This line was read from the traced device."
# The last words of each script on the console.
DONE = "vfio-trace: done"

DISK_SIZE = 64 << 20
PARTITION = 2048                # its first sector; GRUB's image is before it
PARTITION_TYPE = 0x0e           # FAT16, LBA
SECTOR = 512

MARKER_PORT = 0x5e9


def shell_mark(text):
    """Commands of the EFI shell that write a line to the marker's port."""
    return ["mm %#x %#x -w 1 -io -n" % (MARKER_PORT, byte)
            for byte in text.encode() + b"\n"]


# What OVMF's shell runs when it has found a disk.
STARTUP_NSH = "\r\n".join([
    "@echo -off", *shell_mark("shell"), "map -r",
    *shell_mark("read the file"),
    "for %a in 0 1 2 3 4 5 6 7", "  if exist fs%a:\\{0} then".format(FILE),
    "    type fs%a:\\{0}".format(FILE), "  endif", "endfor",
    *shell_mark("done"), "echo " + DONE, ""])

IPXE = """#!ipxe
dhcp net0 || reboot
show net0/ip
imgfetch tftp://${{net0/next-server}}/{file} || reboot
imgstat
ifstat net0
echo {done}
""".format(file=FILE, done=DONE)


def _partition_entry(first, count):
    """An entry of the partition table; its CHS addresses say that LBA counts."""
    return b"\x80\xfe\xff\xff" + bytes([PARTITION_TYPE]) + b"\xfe\xff\xff" + \
        first.to_bytes(4, "little") + count.to_bytes(4, "little")


def _files(directory):
    """Files for a disk or a TFTP server. Return: their paths"""
    made = []
    for name, text in ((FILE, LINE + "\n"), ("startup.nsh", STARTUP_NSH),
                       ("boot.ipxe", IPXE)):
        path = os.path.join(directory, name)
        with open(path, "w", encoding="ascii", newline="") as f:
            f.write(text)
        made.append(path)
    return made


def disk(path, directory, boot):
    """Make a disk with one FAT partition.

    directory: where its files are made
    boot: path of the image that its first sectors have, or None
    """
    with open(path, "wb") as f:
        if boot:
            with open(boot, "rb") as code:
                f.write(code.read())
        assert f.tell() <= PARTITION * SECTOR, "GRUB's image is too large"
        f.seek(446)
        sectors = DISK_SIZE // SECTOR - PARTITION
        f.write(_partition_entry(PARTITION, sectors) + bytes(48) + b"\x55\xaa")
        f.truncate(DISK_SIZE)
    command.run([command.find("mkfs.vfat", "dosfstools"), "-F", "16",
                 "--offset", str(PARTITION), path, str(sectors // 2)],
                "make the disk's file system")
    command.run([command.find("mcopy", "mtools"), "-i",
                 "%s@@%d" % (path, PARTITION * SECTOR),
                 *_files(directory), "::"], "fill the disk")


def network(directory):
    """Make the directory of the TFTP server."""
    os.makedirs(directory, exist_ok=True)
    _files(directory)
