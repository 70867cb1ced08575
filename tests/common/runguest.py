# SPDX-License-Identifier: GPL-2.0-or-later
"""The guest that `vfio-trace run` starts in the lab: an initramfs with a driver.

The directory lab must be in sys.path.
"""

import io
import os

from labkit import cpio, image, kernel

from . import lab


def initramfs(scratch, *modules):
    """A guest with modules and nothing else. Return: the file"""
    def say(text):
        print(f"# {text}", flush=True)
    out = io.BytesIO()
    archive = cpio.Cpio(out)
    image.add_busybox(archive, image.busybox())
    archive.file("bin/mmio", os.path.join(image.tools(say), "mmio"), 0o755)
    kernel.find(say).add_modules(archive, list(modules))
    archive.file("init", lab.guest_file("run-init"), 0o755)
    archive.close()
    path = os.path.join(scratch, "init.img")
    with open(path, "wb") as f:
        f.write(out.getvalue())
    return path
