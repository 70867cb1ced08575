# SPDX-License-Identifier: GPL-2.0-or-later
"""Images of GRUB that run one script."""

import io
import os
import tarfile

from ..common import command
from ..common.errors import ImageError
from . import media

PACKAGES = {"i386-pc": "grub-pc-bin", "x86_64-efi": "grub-efi-amd64-bin"}
DIRECTORY = "/usr/lib/grub"
PREFIX = "(memdisk)/boot/grub"

MARKER_PORT = 0x5e9

# GRUB's own output is easier to read than that of its text screen, which SeaBIOS
# would copy to the serial port with control sequences.
SERIAL = ["serial --unit=0 --speed=115200", "terminal_output serial"]
SERIAL_MODULES = ["serial", "terminal"]
ALWAYS = ["echo", "iorw", "ls", "cat", "part_msdos", "fat", "halt", "sleep"]


def mark(text):
    """Commands that write a line to the marker's port."""
    return ["outb %#x %#x" % (MARKER_PORT, byte)
            for byte in text.encode() + b"\n"]


def _directory(platform):
    path = os.path.join(DIRECTORY, platform)
    if not os.path.exists(os.path.join(path, "moddep.lst")):
        raise ImageError("GRUB for %s is missing: install the package %s" %
                         (platform, PACKAGES[platform]))
    return path


def with_dependencies(platform, modules):
    """These modules and all that they need."""
    needs = {}
    with open(os.path.join(_directory(platform), "moddep.lst"),
              encoding="ascii") as f:
        for line in f:
            name, _, words = line.partition(":")
            needs[name.strip()] = words.split()
    found = []
    todo = list(modules)
    while todo:
        name = todo.pop(0)
        if name not in needs:
            raise ImageError("GRUB for %s has no module %s" % (platform, name))
        if name not in found:
            found.append(name)
            todo += needs[name]
    return found


def _memdisk(path, platform, modules):
    """A tar archive with modules that the script loads."""
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as tar:
        for name in with_dependencies(platform, modules):
            with open(os.path.join(_directory(platform), name + ".mod"),
                      "rb") as f:
                data = f.read()
            info = tarfile.TarInfo("boot/grub/%s/%s.mod" % (platform, name))
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))


def image(path, script, platform, modules, loaded=()):
    """Make an image of GRUB: without a boot sector.

    path: the image
    script: its commands
    modules: those that are in it from the beginning
    loaded: those that the script loads by insmod
    """
    argv = [command.find("grub-mkimage", "grub-common"), "-O", platform,
            "-d", _directory(platform), "-p", PREFIX, "-o", path]
    config = path + ".cfg"
    with open(config, "w", encoding="ascii") as f:
        f.write("\n".join(script) + "\n")
    argv += ["-c", config]
    if loaded:
        _memdisk(path + ".tar", platform, loaded)
        argv += ["-m", path + ".tar"]
        modules = ["memdisk", "tar", *modules]
    command.run([*argv, *ALWAYS, *modules], "make the image of GRUB")


def _joined(path, *parts):
    with open(path, "wb") as out:
        for part in parts:
            with open(part, "rb") as f:
                out.write(f.read())


def as_kernel(path, core):
    """Make an image of GRUB that is started like a Linux kernel."""
    _joined(path, os.path.join(_directory("i386-pc"), "lnxboot.img"), core)


def as_disk(path, core):
    """Make the first sectors of a disk that a PC BIOS starts. Return: their
    number"""
    _joined(path, os.path.join(_directory("i386-pc"), "boot.img"), core)
    return (os.path.getsize(path) + 511) // 512


def native(module):
    """Script: load a driver, list the disks, read the file from the disk.

    module: a driver and the name of its disks: "ahci", "usb:ehci"
    """
    name, _, driver = module.rpartition(":")
    disk = (name or driver) + "0"
    lines = [*SERIAL, *mark("insmod " + driver), "insmod " + driver]
    if name == "usb":
        lines += [*mark("insmod usbms"), "insmod usbms"]
    return lines + [*mark("ls"), "ls", *reading("(%s,msdos1)" % disk)]


def reading(partition):
    """The end of a script: read the file, say so."""
    return [*mark("read the file"), "cat %s/%s" % (partition, media.FILE),
            *mark("done"), "echo " + media.DONE]
