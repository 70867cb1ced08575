# SPDX-License-Identifier: GPL-2.0-or-later
"""What each firmware is booted with: arguments of the guest's QEMU, and files
for it. A function for each recipe of the table in guests.py."""

import dataclasses
import gzip
import glob
import os
import shutil

from ..common.errors import ImageError
from . import grub, media

IPXE = "/usr/lib/ipxe"
OVMF = "/usr/share/OVMF"


@dataclasses.dataclass
class Work:
    """One guest while it is prepared.

    directory: for the files that are made
    guest: the row of the table
    image: the user's own firmware, or None
    files: paths that the lab copies to /extra
    args: arguments of the guest's QEMU
    trace: properties of its vfio-pci-trace
    serial: its console is the machine's serial port
    keyboard: the device is a USB controller with a keyboard
    disk: path of an image with GRUB for the first sectors of the traced disk
    bootfile: name that DHCP announces
    """

    directory: str
    guest: object
    image: str = None
    files: list = dataclasses.field(default_factory=list)
    args: list = dataclasses.field(default_factory=list)
    trace: list = dataclasses.field(default_factory=list)
    serial: bool = True
    keyboard: bool = False
    disk: str = None
    bootfile: str = None

    def path(self, name):
        """Path for a file of this guest's."""
        return os.path.join(self.directory, "%s-%s" % (self.guest.name, name))

    def add(self, path):
        """Give a file to the lab. Return: where L1 has it"""
        self.files.append(path)
        return "/extra/" + os.path.basename(path)

    def firmware(self, path, package):
        """The user's own firmware, or a package's."""
        if self.image:
            # its own name may be another file's, or have commas
            copy = self.path("image")
            shutil.copyfile(self.image, copy)
            return self.add(copy)
        if not os.path.exists(path):
            raise ImageError("%s is missing: install the package %s" %
                             (path, package))
        return self.add(path)


def ipxe(work):
    """iPXE with all its drivers, started like a Linux kernel, with a script."""
    script = work.path("script.ipxe")
    with open(script, "w", encoding="ascii") as f:
        f.write(media.IPXE)
    work.args += ["-kernel", work.firmware(IPXE + "/ipxe.lkrn", "ipxe"),
                  "-initrd", work.add(script)]


def ipxe_rom(work):
    """iPXE in the card's option ROM."""
    rom = work.firmware("%s/qemu/%s" % (IPXE, work.guest.driver), "ipxe-qemu")
    work.trace.append("romfile=" + rom)
    work.bootfile = "boot.ipxe"


def seabios(work):
    """SeaBIOS, which starts GRUB from the traced disk."""
    if work.image:
        work.args += ["-bios", work.firmware(work.image, "")]
    core = work.path("core.img")
    grub.image(core, [*grub.SERIAL, *grub.mark("GRUB"), "ls",
                      *grub.reading("(hd0,msdos1)")],
               "i386-pc", [*grub.SERIAL_MODULES, "biosdisk"])
    work.disk = work.path("boot.img")
    grub.as_disk(work.disk, core)


def grub_native(work):
    """GRUB with a driver of its own."""
    core, kernel = work.path("core.img"), work.path("grub.lkrn")
    driver = work.guest.driver
    grub.image(core, grub.native(driver), "i386-pc", grub.SERIAL_MODULES,
               [driver.rpartition(":")[2]] +
               # GRUB itself loads the keyboard's as soon as it has USB
               ["usbms", "usb_keyboard"] * driver.startswith("usb"))
    grub.as_kernel(kernel, core)
    work.args += ["-kernel", work.add(kernel)]


def ovmf(work):
    """OVMF, whose shell runs the disk's startup.nsh."""
    code = work.firmware(OVMF + "/OVMF_CODE_4M.fd", "ovmf")
    variables = work.path("vars.fd")
    source = OVMF + "/OVMF_VARS_4M.fd"
    if not os.path.exists(source):
        raise ImageError("%s is missing: install the package ovmf" % source)
    shutil.copyfile(source, variables)
    work.args += ["-drive", "if=pflash,unit=0,format=raw,readonly=on,file=" + code,
                  "-drive", "if=pflash,unit=1,format=raw,file=" +
                  work.add(variables)]


def ovmf_net(work):
    """OVMF, which boots from the network."""
    ovmf(work)
    if work.guest.driver:
        rom = "%s/qemu/%s" % (IPXE, work.guest.driver)
        if not os.path.exists(rom):
            raise ImageError("%s is missing: install the package ipxe-qemu" % rom)
        work.trace.append("romfile=" + work.add(rom))
    work.bootfile = "grub.efi"


def ovmf_vga(work):
    """OVMF with a screen."""
    ovmf(work)


def memtest(work):
    """memtest86+."""
    work.keyboard = True
    work.args += ["-kernel", work.firmware("/boot/memtest86+x64.bin",
                                           "memtest86+"),
                  "-append", "console=ttyS0,115200"]


def uboot(work):
    """U-Boot as the PC's firmware."""
    work.args += ["-bios", work.firmware("/usr/lib/u-boot/qemu-x86_64/u-boot.rom",
                                         "u-boot-qemu")]


def xen(work):
    """Xen without a domain 0, which it says on its console."""
    found = sorted(glob.glob("/boot/xen-*.gz"))
    path = work.image or (found[-1] if found else None)
    if not path:
        raise ImageError("/boot/xen-*.gz is missing: install the package "
                         "xen-hypervisor-4.17-amd64, or give --firmware-image")
    kernel = work.path("xen")
    with open(path, "rb") as f:
        data = f.read()
    with open(kernel, "wb") as f:
        f.write(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data)
    work.args += ["-kernel", work.add(kernel), "-append",
                  "console=com1 com1=115200,8n1,0xc000,0,01:00.0,00:10.0 "
                  "loglvl=all noreboot"]
    work.files.append(_qemu_data("multiboot_dma.bin"))


def _qemu_data(name):
    path = os.path.join("/usr/share/qemu", name)
    if not os.path.exists(path):
        raise ImageError("%s is missing: install the package qemu-system-data"
                         % path)
    return path


RECIPES = {"ipxe": ipxe, "ipxe_rom": ipxe_rom, "seabios": seabios,
           "grub": grub_native, "ovmf": ovmf, "ovmf_net": ovmf_net,
           "ovmf_vga": ovmf_vga, "memtest": memtest, "uboot": uboot, "xen": xen}
