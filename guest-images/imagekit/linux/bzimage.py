# SPDX-License-Identifier: GPL-2.0-or-later
"""A kernel image that is not in a package."""

import os
import re

from ..common.errors import ImageError


def version(path):
    """The release of a kernel image: what uname -r prints in it."""
    with open(path, "rb") as f:
        head = f.read(0x400)
        if head[0x202:0x206] != b"HdrS":
            raise ImageError(f"{path} is no bzImage of Linux, nor a package")
        f.seek(int.from_bytes(head[0x20e:0x210], "little") + 0x200)
        text = f.read(256).split(b"\0")[0].decode(errors="replace")
    found = re.match(r"[\w.+~-]+", text)
    if not found:
        raise ImageError(f"{path} does not say which kernel it is")
    return found.group(0)


def config(path):
    """The image's configuration: beside it, as in /boot, or at the top of the
    source tree in which it was built. None if there is none."""
    directory = os.path.dirname(os.path.abspath(path))
    for name in (f"config-{version(path)}", "../../../.config"):
        found = os.path.join(directory, name)
        if os.path.isfile(found):
            return found
    return None
