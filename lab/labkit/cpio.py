# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes initramfs archives (cpio "newc") without root.

The kernel unpacks archives that follow each other in one initrd, later
ones on top: that is how a run adds its own files to the cached image.
"""

import os
import stat


class Cpio:
    """A newc archive being written to a binary file object."""

    def __init__(self, out):
        self._out = out
        self._ino = 0
        self._dirs = set()

    def _entry(self, name, mode, data):
        self._ino += 1
        path = name.encode() + b"\0"
        fields = (self._ino, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0,
                  len(path), 0)
        head = b"070701" + b"".join(b"%08X" % f for f in fields) + path
        self._out.write(head + b"\0" * (-len(head) % 4))
        self._out.write(data)
        self._out.write(b"\0" * (-len(data) % 4))

    def directory(self, name):
        """Add a directory and those above it, once."""
        name = name.strip("/")
        if not name or name in self._dirs:
            return
        self.directory(os.path.dirname(name))
        self._dirs.add(name)
        self._entry(name, stat.S_IFDIR | 0o755, b"")

    def data(self, name, data, mode=0o644):
        """Add a file with the given contents."""
        name = name.strip("/")
        self.directory(os.path.dirname(name))
        self._entry(name, stat.S_IFREG | mode, data)

    def file(self, name, path, mode=None):
        """Add a copy of a file of this machine."""
        with open(path, "rb") as f:
            if mode is None:
                mode = 0o755 if os.fstat(f.fileno()).st_mode & 0o111 else 0o644
            self.data(name, f.read(), mode)

    def symlink(self, name, target):
        """Add a symbolic link."""
        name = name.strip("/")
        self.directory(os.path.dirname(name))
        self._entry(name, stat.S_IFLNK | 0o777, target.encode())

    def close(self):
        """Write the trailer, padded so that another archive may follow."""
        self._entry("TRAILER!!!", 0, b"")
        self._out.write(b"\0" * (-self._out.tell() % 512))
