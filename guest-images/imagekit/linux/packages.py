# SPDX-License-Identifier: GPL-2.0-or-later
"""The distribution's packages: indexes, and what a guest needs of them."""

import calendar
import email.utils
import glob
import os
import re
import subprocess

from ..common import cache, command, places
from ..common.errors import ImageError

SUITES = ("bookworm", "trixie")
KERNEL = "linux-image-amd64"

# What every guest has in addition to dpkg and apt.
BASE = (
    # boots, finds its devices, and logs in
    "systemd-sysv", "udev", "dbus", "kmod", "initramfs-tools", "zstd",
    # boot loaders for UEFI with Secure Boot and for BIOS
    "shim-signed", "grub-efi-amd64-signed", "grub-efi-amd64-bin", "grub-pc-bin",
    "grub2-common", "grub-common",
    # network and ssh
    "iproute2", "systemd-resolved", "openssh-server", "ca-certificates",
    # what one looks at a driver with
    "sudo", "procps", "pciutils", "less", "nano",
)
DESKTOP = (
    "xserver-xorg", "xfce4", "xfce4-terminal", "lightdm", "lightdm-gtk-greeter",
    "dbus-x11", "mesa-utils", "libgl1-mesa-dri", "mesa-vulkan-drivers",
    "vulkan-tools",
)


class Indexes:
    """The package indexes of a suite, as apt's mirrors have them today.

    sources: lines of sources.list
    digest: key of their contents
    epoch: when the newest of them was made; all files of a guest have no later
        time
    """

    def __init__(self, directory):
        with open(os.path.join(directory, "sources.list"),
                  encoding="utf-8") as f:
            self.sources = f.read().splitlines()
        releases = sorted(
            glob.glob(os.path.join(directory, "lists", "*_InRelease")))
        if not releases:
            raise ImageError(f"apt left no index in {directory}: remove that "
                             "directory, and try again")
        self.epoch = 0
        parts = []
        for path in releases:
            with open(path, encoding="utf-8", errors="replace") as f:
                text = f.read()
            found = re.search(r"^Date: (.*)$", text, re.M)
            date = email.utils.parsedate(found.group(1)) if found else None
            if not date:
                raise ImageError(f"{path} has no date: it is no index of apt's")
            self.epoch = max(self.epoch, calendar.timegm(date))
            # the signature may be made anew for the same contents
            parts += re.findall(r"^ ([0-9a-f]{64}) +\d+ (\S+/Packages)$", text,
                                re.M)
        self.digest = cache.digest(*self.sources, *map(str, sorted(parts)))


def indexes(suite, components, say):
    """Read the suite's indexes anew if they are old."""
    command.need({"apt-get": "apt"})
    with say.step(f"reading the package indexes of {suite}"):
        # stderr has lines of progress, and the reason of a failure
        done = subprocess.run(
            [places.script("apt-suite"), f"--cache-dir={cache.base()}",
             "indexes", suite, components], stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=False)
    if done.returncode:
        raise ImageError(f"the package indexes of {suite} can't be read: a mirror "
                         "of Debian must be in apt's configuration, and be "
                         "reachable", command.printable(done.stderr))
    return Indexes(done.stdout.strip().splitlines()[-1])


def apt_settings():
    """This machine's settings without which its mirrors may not work."""
    dump = command.run(["apt-config", "dump"], "read apt's configuration")
    # Check-Valid-Until: the mirror may be an old snapshot
    return [line for line in dump.splitlines()
            if re.match(r"Acquire::(https?::(.*::)?Proxy|Check-Valid-Until)\b",
                        line) and not line.endswith('"";')]
