# SPDX-License-Identifier: GPL-2.0-or-later
"""The stand-in's initramfs: busybox, Python, and the programs of guest/."""

import glob
import gzip
import io
import os
import py_compile
import shutil
import subprocess
import tempfile

from common.tap import Skip
from labkit import cpio, elf, image

GUEST = os.path.join(os.path.dirname(os.path.abspath(__file__)), "guest")
PYTHON = "/usr/bin/python3"

# What guest/ imports of the standard library
MODULES = ("codecs", "encodings.utf_8", "encodings.latin_1", "encodings.utf_16",
           "encodings.utf_16_le", "encodings.cp437", "encodings.ascii",
           "base64", "contextlib", "fcntl", "glob", "io", "json", "os", "re",
           "shlex", "shutil", "struct", "subprocess", "sys", "termios", "time",
           "traceback", "uuid", "xml.etree.ElementTree", "zlib")

PROGRAMS = {
    "sgdisk": "gdisk",
    "mkfs.vfat": "dosfstools",
    "mkntfs": "ntfs-3g",
    "ntfs-3g": "ntfs-3g",
}

# Drivers that Windows brings along; those of virtio-win are in virtio.py.
INBOX = ["ahci", "sd_mod", "sr_mod", "isofs", "udf", "vfat", "nls_cp437",
         "nls_ascii", "nls_utf8", "fuse", "efivarfs", "e1000e", "nvme"]
VIRTIO = ["virtio_pci", "virtio_blk", "virtio_scsi", "virtio_net",
          "virtio_console", "virtio_balloon", "virtio-rng"]


def program(name, package):
    """Path of an installed program; without it, the test is skipped."""
    path = shutil.which(name, path=os.environ.get("PATH", "") +
                        ":/usr/sbin:/sbin:/usr/bin")
    if not path:
        raise Skip(f"{name} is missing: install the package {package}")
    return os.path.realpath(path)


def _library_files():
    """Files of the standard library that MODULES need, and its directory."""
    code = ("import sys, sysconfig\n"
            f"for name in {MODULES!r}: __import__(name)\n"
            "print(sysconfig.get_path('stdlib'))\n"
            "for m in list(sys.modules.values()):\n"
            "    f = getattr(m, '__file__', None)\n"
            "    if f: print(f)\n")
    said = subprocess.run([PYTHON, "-I", "-c", code], check=True, text=True,
                          stdout=subprocess.PIPE).stdout.splitlines()
    return said[0], sorted(set(said[1:]))


def _compiled(path, scratch):
    """A module as bytecode, which takes a slow machine less time to load."""
    target = os.path.join(scratch, "module.pyc")
    py_compile.compile(path, cfile=target, doraise=True,
                       invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    with open(target, "rb") as file:
        return file.read()


class _Tree:
    """An archive with programs and the libraries that they need."""

    def __init__(self, out):
        self.cpio = cpio.Cpio(out)
        self._libraries = set()

    def add(self, name, path):
        self.cpio.file(name, path, 0o755)
        self.need(path)

    def need(self, path):
        self._libraries.update(elf.libraries(path))

    def close(self):
        for path in sorted(self._libraries):
            self.cpio.file(path, path, 0o755)
        self.cpio.close()


def _add_python(tree, scratch):
    tree.add("usr/bin/python3", os.path.realpath(PYTHON))
    top, files = _library_files()
    for path in files:
        if path.endswith(".py"):
            tree.cpio.data(path + "c", _compiled(path, scratch))
        else:
            tree.add(path, path)
    # the interpreter looks for its prefix by this file
    tree.cpio.data(os.path.join(top, "os.py"), b"")
    tree.cpio.directory(os.path.join(top, "lib-dynload"))


def build(kernel, path):
    """Write the initramfs: the same one for Setup and the installed system."""
    out = io.BytesIO()
    tree = _Tree(out)
    image.add_busybox(tree.cpio, image.busybox())
    with tempfile.TemporaryDirectory() as scratch:
        _add_python(tree, scratch)
    for name, package in PROGRAMS.items():
        tree.add("sbin/" + name, program(name, package))
    kernel.add_modules(tree.cpio, INBOX + VIRTIO)
    for source in sorted(glob.glob(os.path.join(GUEST, "*.py"))):
        tree.cpio.file("standin/" + os.path.basename(source), source)
    tree.cpio.file("init", os.path.join(GUEST, "init"), 0o755)
    tree.close()
    with open(path, "wb") as file:
        file.write(gzip.compress(out.getvalue(), 1))
