# SPDX-License-Identifier: GPL-2.0-or-later
"""DiskConfiguration of the answer file, applied to the disk."""

import os
import subprocess

from answer import flag, in_order, text
from say import read, require, say
from volumes import settle

MIB = 1 << 20
TYPES = {"EFI": "ef00", "MSR": "0c01", "PRIMARY": "0700"}
WIN11_LEAST = 64 * 1000 ** 3


def run(*command, **options):
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, **options)
    require(not done.returncode, f"{' '.join(command)} failed: "
            f"{done.stdout.decode(errors='replace')}")


class Disk:
    """Disk 0: the only one.

    partitions: {number: device node}
    letters: {letter: number}
    """

    def __init__(self, version):
        self.node = settle("/dev/[vsn][dv][am]*")
        require(self.node, "there is no disk: no driver for its controller")
        name = os.path.basename(self.node)
        self.bytes = int(read(f"/sys/class/block/{name}/size")) * 512
        require(version != "11" or self.bytes >= WIN11_LEAST,
                f"the disk has {self.bytes >> 30} GiB; Windows 11 requires 64 GB")
        say(f"ok disk {name} of {self.bytes >> 20} MiB")
        self.partitions = {}
        self.kinds = {}
        self.formats = {}
        self.letters = {}

    def configure(self, setup):
        """Create and format the partitions that the answer file describes."""
        disks = setup.findall("/".join("{urn:schemas-microsoft-com:unattend}" + p
                                       for p in ("DiskConfiguration", "Disk")))
        require(len(disks) == 1, f"<DiskConfiguration> has {len(disks)} disks")
        disk = disks[0]
        require(text(disk, "DiskID") == "0", "the disk's ID is not 0")
        require(flag(disk, "WillWipeDisk"), "the disk is not wiped: it has no GPT yet")
        self._create(in_order(disk, "CreatePartitions/CreatePartition"))
        for item in in_order(disk, "ModifyPartitions/ModifyPartition"):
            self._modify(item)
        kinds = list(self.kinds.values())
        require(kinds.count("EFI") == 1 and kinds.count("MSR") == 1,
                f"UEFI needs one EFI and one MSR partition: {kinds}")

    def _create(self, entries):
        options = []
        total = MIB
        for number, item in enumerate(entries, 1):
            kind = (text(item, "Type") or "").upper()
            size, extend = text(item, "Size"), flag(item, "Extend")
            require(kind in TYPES, f"partition {number}: type {kind}")
            require((size is None) == extend,
                    f"partition {number}: either <Size> or <Extend>")
            require(not extend or number == len(entries),
                    f"partition {number} takes the rest, and is not the last")
            total += int(size or 1) * MIB
            require(total <= self.bytes - MIB,
                    f"partition {number} does not fit on the disk")
            self.kinds[number] = kind
            options += ["-n", f"{number}:0:{'+' + size + 'M' if size else '0'}",
                        "-t", f"{number}:{TYPES[kind]}"]
        run("sgdisk", "-Z", self.node)
        run("sgdisk", *options, self.node)
        run("blockdev", "--rereadpt", self.node)
        infix = "p" if self.node[-1].isdigit() else ""
        for number in self.kinds:
            node = settle(f"{self.node}{infix}{number}")
            require(node, f"partition {number} does not appear")
            self.partitions[number] = node
        say("ok partitions: " + ", ".join(f"{n} {k}" for n, k in self.kinds.items()))

    def _modify(self, item):
        number = int(text(item, "PartitionID", "0"))
        require(number in self.partitions, f"<ModifyPartition>: there is no partition {number}")
        kind, form = self.kinds[number], text(item, "Format")
        label, letter = text(item, "Label", ""), text(item, "Letter")
        type_id = text(item, "TypeID")
        node = self.partitions[number]
        require(kind != "MSR" or not (form or letter or label),
                "an MSR partition can't be formatted")
        if form:
            require(form == ("FAT32" if kind == "EFI" else "NTFS"),
                    f"partition {number}, {kind}, is formatted as {form}")
            if form == "FAT32":
                require(len(label) <= 11, f"{label!r} is no label of FAT")
                run("mkfs.vfat", "-F", "32", "-n", label.upper(), node)
            else:
                run("mkntfs", "-q", "-Q", "-F", "-L", label, node)
            self.formats[number] = form
        if letter:
            require(letter.upper() not in self.letters and letter.upper() != "X",
                    f"the letter {letter} is in use")
            self.letters[letter.upper()] = number
        if type_id:
            run("sgdisk", "-t", f"{number}:{type_id}", self.node)
            run("blockdev", "--rereadpt", self.node)

    def target(self, image):
        """The partition to which <InstallTo> leads."""
        if flag(image, "InstallToAvailablePartition"):
            return next(n for n, k in self.kinds.items() if k == "PRIMARY")
        require(text(image, "InstallTo/DiskID") == "0", "<InstallTo>: the disk is not 0")
        number = int(text(image, "InstallTo/PartitionID", "0"))
        require(self.formats.get(number) == "NTFS",
                f"<InstallTo>: partition {number} is not NTFS")
        return number

    def esp(self):
        return next(n for n, k in self.kinds.items() if k == "EFI")
