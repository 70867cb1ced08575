# SPDX-License-Identifier: GPL-2.0-or-later
"""install.wim and boot.wim of the stand-in, made with wimlib."""

import os
import shutil

from labkit import elf

from . import initramfs, media

# version: build, branch, and each edition's name, EDITIONID and kind
VERSIONS = {
    "10": (19045, "vb_release", (
        ("Windows 10 Home", "Core", "Client"),
        ("Windows 10 Pro", "Professional", "Client"),
    )),
    "11": (26100, "ge_release", (
        ("Windows 11 Home", "Core", "Client"),
        ("Windows 11 Pro", "Professional", "Client"),
        ("Windows 11 Enterprise", "Enterprise", "Client"),
    )),
    "2019": (17763, "rs5_release", (
        ("Windows Server 2019 SERVERSTANDARDCORE", "ServerStandard", "Server Core"),
        ("Windows Server 2019 SERVERSTANDARD", "ServerStandard", "Server"),
    )),
    "2022": (20348, "fe_release", (
        ("Windows Server 2022 SERVERSTANDARDCORE", "ServerStandard", "Server Core"),
        ("Windows Server 2022 SERVERSTANDARD", "ServerStandard", "Server"),
    )),
    "2025": (26100, "ge_release", (
        ("Windows Server 2025 SERVERSTANDARDCORE", "ServerStandard", "Server Core"),
        ("Windows Server 2025 SERVERSTANDARD", "ServerStandard", "Server"),
    )),
}

# Directories and files that setup programs look for in an image of Windows
FILES = {
    "Windows/System32/ntoskrnl.exe": b"MZ stand-in\n",
    "Windows/System32/config/SOFTWARE": b"regf stand-in\n",
    "Windows/System32/config/SYSTEM": b"regf stand-in\n",
    "Windows/System32/drivers/etc/hosts": b"",
    "Windows/INF/pci.inf": b"; stand-in\r\n",
    "Users/Default/NTUSER.DAT": b"regf stand-in\n",
    "Program Files/desktop.ini": b"",
}


def _wimlib():
    return initramfs.program("wimlib-imagex", "wimtools")


def _properties(version, edition, kind, name):
    build, branch, _ = VERSIONS[version]
    values = {
        "DISPLAYNAME": name,
        "DISPLAYDESCRIPTION": name,
        "FLAGS": edition,
        "WINDOWS/ARCH": "9",
        "WINDOWS/PRODUCTNAME": "Microsoft® Windows® Operating System",
        "WINDOWS/EDITIONID": edition,
        "WINDOWS/INSTALLATIONTYPE": kind,
        "WINDOWS/PRODUCTTYPE": "WinNT" if kind == "Client" else "ServerNT",
        "WINDOWS/PRODUCTSUITE": "Terminal Server",
        "WINDOWS/LANGUAGES/LANGUAGE": "en-US",
        "WINDOWS/LANGUAGES/DEFAULT": "en-US",
        "WINDOWS/VERSION/MAJOR": "10",
        "WINDOWS/VERSION/MINOR": "0",
        "WINDOWS/VERSION/BUILD": str(build),
        "WINDOWS/VERSION/SPBUILD": "1742",
        "WINDOWS/VERSION/SPLEVEL": "0",
        "WINDOWS/VERSION/BRANCH": branch,
        "WINDOWS/SYSTEMROOT": "WINDOWS",
    }
    return [f"--image-property={key}={value}" for key, value in values.items()]


def _capture(path, tree, name, *properties):
    verb = ("append",) if os.path.exists(path) else ("capture", "--compress=fast")
    media.run(_wimlib(), verb[0], tree, path, name, name, *verb[1:], "--no-acls",
              *properties)


def build_boot(path, work):
    """Windows PE and Setup: nothing reads it here but tools that look at it."""
    tree = os.path.join(work, "boot-tree")
    media.write(tree, "Windows/System32/winpeshl.exe", b"MZ stand-in\n")
    for name in ("Microsoft Windows PE (amd64)", "Microsoft Windows Setup (amd64)"):
        _capture(path, tree, name)


def build_install(path, work, version, files, disk_config):
    """One image for each edition; files: the boot loader and system in it."""
    tree = os.path.join(work, "install-tree")
    for name, data in FILES.items():
        media.write(tree, name, data)
    for name, source in files.items():
        target = os.path.join(tree, name)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copyfile(source, target)
    media.write(tree, "Windows/Boot/EFI/grub.cfg", disk_config)
    for name, edition, kind in VERSIONS[version][2]:
        # how the installed system knows which image was applied
        media.write(tree, "Windows/System32/standin-edition.txt",
                    f"{name}\n{edition}\n{VERSIONS[version][0]}\n")
        _capture(path, tree, name, *_properties(version, edition, kind, name))
    shutil.rmtree(tree)


def add_tools(directory):
    """wimlib for Setup, with its libraries: run from the CD, as they are large."""
    program = _wimlib()
    os.makedirs(directory)
    shutil.copyfile(program, os.path.join(directory, "wimlib-imagex"))
    for library in elf.libraries(program):
        shutil.copyfile(library, os.path.join(directory, os.path.basename(library)))
