# SPDX-License-Identifier: GPL-2.0-or-later
"""libmmiotrace and its Python package, as built here and as installed."""

import os
import subprocess

from common import tap
from common.tap import Skip

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
BUILD = os.path.join(tap.build_dir(), "vfio-trace")


def built_library():
    path = os.path.join(BUILD, "lib", "libmmiotrace.so.0")
    if not os.path.exists(path):
        raise Skip("the library is not built")
    return path


def install(scratch):
    """Install what meson builds, below scratch; return the new root."""
    built_library()
    destination = os.path.join(scratch, "destination")
    subprocess.run(["/usr/bin/python3", "-m", "mesonbuild.mesonmain", "install",
                    "-C", BUILD, "--no-rebuild", "--quiet", "--destdir",
                    destination], check=True, timeout=120)
    return destination


def find(top, name):
    """The file of that name below a directory; there must be one."""
    found = [os.path.join(directory, name)
             for directory, _, names in os.walk(top) if name in names]
    if len(found) != 1:
        raise AssertionError(f"{name} is installed as {found}")
    return found[0]
