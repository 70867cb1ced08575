# SPDX-License-Identifier: GPL-2.0-or-later
"""An ISO laid out like virtio-win.iso, with INF files and no drivers in it."""

import os

from . import initramfs, media

FOLDERS = {"w10": 10240, "w11": 22000, "2k16": 14393, "2k19": 17763, "2k22": 20348,
           "2k25": 26100}
PROCESSORS = {"amd64": "NTamd64", "x86": "NTx86", "ARM64": "NTarm64"}

# folder: name of the INF and service, class, device IDs (transitional, modern)
DRIVERS = {
    "viostor": ("viostor", "SCSIAdapter", ("1001", "1042")),
    "vioscsi": ("vioscsi", "SCSIAdapter", ("1004", "1048")),
    "NetKVM": ("netkvm", "Net", ("1000", "1041")),
    "vioserial": ("vioser", "System", ("1003", "1043")),
    "Balloon": ("balloon", "System", ("1002", "1045")),
    "viorng": ("viorng", "System", ("1005", "1044")),
}

INF = """; A stand-in: no driver
[Version]
Signature="$WINDOWS NT$"
Class={kind}
ClassGUID={{4d36e97b-e325-11ce-bfc1-08002be10318}}
Provider=%VENDOR%
CatalogFile={name}.cat
DriverVer=11/01/2026,100.0.0.1
PnpLockdown=1

[SourceDisksNames]
1 = %DISK%,,,

[SourceDisksFiles]
{name}.sys = 1,,

[DestinationDirs]
DefaultDestDir = 13

[Manufacturer]
%VENDOR% = Models,{processor}.10.0...{build}

[Models.{processor}.10.0...{build}]
{models}

[Install]
CopyFiles = Files

[Install.Services]
AddService = {name}, 0x00000002, Service

[Files]
{name}.sys

[Service]
ServiceType = 1
StartType = 0
ErrorControl = 1
ServiceBinary = %13%\\{name}.sys

[Strings]
VENDOR = "Red Hat, Inc."
DISK = "Installation disk"
DEVICE = "Red Hat VirtIO device"
"""


def _inf(name, kind, ids, processor, build):
    models = "\r\n".join(
        f"%DEVICE% = Install, PCI\\VEN_1AF4&DEV_{i}&SUBSYS_{s}1AF4&REV_{r}, "
        f"PCI\\VEN_1AF4&DEV_{i}" for i, s, r in
        ((ids[0], "0002", "00"), (ids[1], "1100", "01")))
    text = INF.format(name=name, kind=kind, processor=processor, build=build, models=models)
    return text.replace("\r\n", "\n").replace("\n", "\r\n")


def build_iso(path, work):
    """Make the ISO; work: a directory for its tree."""
    tree = os.path.join(work, "virtio-win")
    for folder, (name, kind, ids) in DRIVERS.items():
        for system, build in FOLDERS.items():
            for short, processor in PROCESSORS.items():
                place = f"{folder}/{system}/{short}/{name}"
                media.write(tree, place + ".inf", _inf(name, kind, ids, processor, build))
                media.write(tree, place + ".sys", b"MZ stand-in\n")
                media.write(tree, place + ".cat", b"stand-in\n")
    media.write(tree, "virtio-win_license.txt", "A stand-in\n")
    media.write(tree, "guest-agent/qemu-ga-x86_64.msi", b"stand-in\n")
    media.write(tree, "virtio-win-guest-tools.exe", b"MZ stand-in\n")
    media.run(initramfs.program("xorriso", "xorriso"), "-as", "mkisofs", "-quiet",
              "-J", "-R", "-V", "virtio-win-1.0.0", "-o", path, tree)
