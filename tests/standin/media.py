# SPDX-License-Identifier: GPL-2.0-or-later
"""The stand-in's installation ISO, laid out like one of Windows.

As on Microsoft's, the files are in UDF, and ISO 9660 has a note and boot files. The
firmware starts an El Torito image, a FAT file system with the boot loader:
Debian's signed shim and GRUB, as signed GRUB can't read UDF. GRUB asks for a key
like Windows' loader; without one it ends, and the firmware tries the next
entry of its boot order.
"""

import os
import shutil
import string
import subprocess

from common.tap import Skip
from labkit import kernel as labkernel

from . import initramfs, wim

SHIM = "/usr/lib/shim/shimx64.efi.signed"
GRUB = "/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed"
LABEL = "CCCOMA_X64FRE_EN-US_DV9"
# One processor is in use: QEMU's TCG has been seen to lose the timer of a second
# one on a busy machine, and the firmware has all of them in use anyway.
APPEND = "console=ttyS0 panic=-1 quiet maxcpus=1 no_timer_check mitigations=off"
PROMPT = "Press any key to boot from CD or DVD....."

NOTE = """This disc contains a "UDF" file system and requires an operating system
that supports the ISO-13346 "UDF" file system specification.
"""

# What the firmware and signed GRUB, which don't read UDF, need, and the note
IN_ISO9660 = ("README.TXT", "efi", ".disk", "boot")

# Keys that start an entry of GRUB's hidden menu; "cr" comes from keys.env, as
# a configuration file can't contain a carriage return.
KEYS = string.ascii_lowercase + string.digits

CD_CONFIG = """# A key starts Setup, as with Windows' own boot loader.
set timeout=5
set timeout_style=hidden
set default=0
load_env -f ($root)/boot/grub/keys.env cr
function setup {
    echo "Loading files..."
    linux ($root)/boot/grub/vmlinuz standin=winpe @APPEND@
    initrd ($root)/boot/grub/initrd
}
echo "@PROMPT@"
menuentry "next boot entry" { exit 1 }
menuentry "setup" --hotkey="$cr" { setup; boot }
menuentry "setup" --hotkey=" " { setup; boot }
for key in @KEYS@; do
    menuentry "setup" --hotkey=$key { setup; boot }
done
"""

DISK_CONFIG = """linux ($root)/EFI/Microsoft/Boot/winload.efi standin=windows @APPEND@
initrd ($root)/EFI/Microsoft/Boot/winload.img
boot
"""


def _filled(text):
    return text.replace("@APPEND@", APPEND).replace("@PROMPT@", PROMPT) \
        .replace("@KEYS@", " ".join(KEYS))


def _environment_block(name, value):
    text = f"# GRUB Environment Block\n{name}={value}\n"
    return text + "#" * (1024 - len(text))


def write(directory, name, data):
    """Write a file of a tree; directories above it are made."""
    path = os.path.join(directory, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data if isinstance(data, bytes) else data.encode())


def run(*command, **options):
    """Run a program of the build; its output is shown if it fails."""
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, **options)
    if done.returncode:
        raise AssertionError(f"{command[0]} failed:\n"
                             f"{done.stdout.decode(errors='replace')}")


def is_signed(path):
    """Has an EFI program a signature (Authenticode's table is not empty)?"""
    with open(path, "rb") as file:
        data = file.read(1024)
    pe = int.from_bytes(data[0x3c:0x40], "little")
    # the fifth data directory of an optional header of 64 bits
    return data[pe:pe + 4] == b"PE\0\0" and \
        int.from_bytes(data[pe + 24 + 112 + 4 * 8 + 4:][:4], "little") > 0


def boot_files():
    """Debian's signed shim, GRUB and kernel; the test is skipped without them."""
    for path, package in ((SHIM, "shim-signed"), (GRUB, "grub-efi-amd64-signed")):
        if not os.path.exists(path):
            raise Skip(f"{path} is missing: install the package {package}")
    kernel = labkernel.find(lambda text: print(f"# {text}", flush=True))
    if not is_signed(kernel.image):
        raise Skip(f"{kernel.image} has no signature for Secure Boot")
    return kernel


def _boot_image(path):
    """The El Torito image: FAT, made by mtools without root."""
    run(initramfs.program("mkfs.vfat", "dosfstools"), "-C", "-n", "EFISECTOR",
        path, "8192")
    run("mmd", "-i", path, "::EFI", "::EFI/BOOT")
    run("mcopy", "-i", path, SHIM, "::EFI/BOOT/BOOTX64.EFI")
    run("mcopy", "-i", path, GRUB, "::EFI/BOOT/grubx64.efi")


def _add_grub_files(tree, kernel, initrd):
    """Signed GRUB on a CD looks for .disk/info, in ISO 9660, and then here."""
    write(tree, ".disk/info", "A stand-in for Windows\n")
    write(tree, "boot/grub/grub.cfg", _filled(CD_CONFIG))
    write(tree, "boot/grub/keys.env", _environment_block("cr", "\r"))
    shutil.copyfile(kernel.image, os.path.join(tree, "boot/grub/vmlinuz"))
    shutil.copyfile(initrd, os.path.join(tree, "boot/grub/initrd"))


def build_iso(path, work, version="11"):
    """Make the installation ISO; work: a directory for its parts, kept."""
    kernel = boot_files()
    genisoimage = initramfs.program("genisoimage", "genisoimage")
    initrd = os.path.join(work, "initrd")
    initramfs.build(kernel, initrd)
    tree = os.path.join(work, "iso")
    os.makedirs(os.path.join(tree, "sources"))
    write(tree, "README.TXT", NOTE)
    write(tree, "setup.exe", b"MZ stand-in\n")
    write(tree, "autorun.inf", "[AutoRun.Amd64]\r\nopen=setup.exe\r\n")
    write(tree, "bootmgr", b"stand-in\n")
    write(tree, "bootmgr.efi", b"MZ stand-in\n")
    write(tree, "boot/bcd", b"regf stand-in\n")
    write(tree, "efi/microsoft/boot/bcd", b"regf stand-in\n")
    os.makedirs(os.path.join(tree, "efi/boot"))
    shutil.copyfile(SHIM, os.path.join(tree, "efi/boot/bootx64.efi"))
    _boot_image(os.path.join(tree, "efi/microsoft/boot/efisys.bin"))
    _add_grub_files(tree, kernel, initrd)
    wim.build_boot(os.path.join(tree, "sources/boot.wim"), work)
    wim.build_install(os.path.join(tree, "sources/install.wim"), work, version, {
        "Windows/Boot/EFI/bootmgfw.efi": SHIM,
        "Windows/Boot/EFI/grubx64.efi": GRUB,
        "Windows/System32/winload.efi": kernel.image,
        "Windows/System32/winload.img": initrd,
    }, _filled(DISK_CONFIG))
    wim.add_tools(os.path.join(tree, "sources/standin"))
    hidden = [o for name in sorted(os.listdir(tree)) if name not in IN_ISO9660
              for o in ("-hide", name)]
    run(genisoimage, "-quiet", "-o", path, "-udf", "-iso-level", "3",
        "-V", LABEL, *hidden,
        "-no-emul-boot", "-efi-boot", "efi/microsoft/boot/efisys.bin",
        tree)
