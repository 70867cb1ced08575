# SPDX-License-Identifier: GPL-2.0-or-later
"""Drive letters, and paths of Windows."""

import glob
import os
import re
import subprocess
import time

from say import Deviation, require, say


class Volumes:
    """Mounted volumes by their letters.

    removable: letters of CDs, in their order
    """

    def __init__(self):
        self.roots = {}
        self.removable = []

    def add(self, letter, root):
        self.roots[letter.upper()] = root

    def mount_cds(self, first="D"):
        """Give each CD a letter, in the controllers' order."""
        for number, device in enumerate(sorted(glob.glob("/dev/sr[0-9]*"))):
            letter = chr(ord(first) + number)
            root = f"/mnt/{letter.lower()}"
            os.makedirs(root, exist_ok=True)
            for kind in ("udf", "iso9660"):
                # Windows knows Joliet, and not Rock Ridge
                options = "ro,norock" if kind == "iso9660" else "ro"
                if not subprocess.run(["mount", "-t", kind, "-o", options, device, root],
                                      stderr=subprocess.DEVNULL, check=False).returncode:
                    self.add(letter, root)
                    self.removable.append(letter)
                    say(f"{letter}: is {device}, {kind}")
                    break

    def path(self, name, create=False):
        """A path of this machine for one of Windows, whatever its case.

        None if a directory, or without create the file, does not exist.
        """
        found = re.fullmatch(r"([A-Za-z]):(\\.*)?", name.replace("/", "\\"))
        require(found, f"{name!r} is no absolute path of Windows")
        path = self.roots.get(found[1].upper())
        if not path:
            return None
        parts = [p for p in (found[2] or "").split("\\") if p]
        for number, part in enumerate(parts):
            there = [n for n in os.listdir(path) if n.lower() == part.lower()] \
                if os.path.isdir(path) else []
            if there:
                path = os.path.join(path, there[0])
            elif create and number == len(parts) - 1 and os.path.isdir(path):
                return os.path.join(path, part)
            else:
                return None
        return path

    def existing(self, name):
        path = self.path(name)
        if not path:
            raise Deviation(f"{name} does not exist")
        return path


def settle(pattern, seconds=10):
    """Wait until a device node appears; returns the first one."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = sorted(glob.glob(pattern))
        if found:
            return found[0]
        time.sleep(0.1)
    return None
