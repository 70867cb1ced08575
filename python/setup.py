# SPDX-License-Identifier: GPL-2.0-or-later
"""pip install ./python: the package remembers where the library is built."""

import os
import re

from setuptools import setup
from setuptools.command.build_py import build_py

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LIBRARY = os.path.join(TOP, "build", "vfio-trace", "lib", "libmmiotrace.so.0")


def version():
    """The project's version; meson.build has it."""
    with open(os.path.join(TOP, "meson.build"), encoding="utf-8") as f:
        return re.search(r"version: '([^']+)'", f.read()).group(1)


class BuildPy(build_py):
    """Add the module that names the library."""

    def run(self):
        super().run()
        if not self.editable_mode:
            path = os.path.join(self.build_lib, "mmiotrace", "_where.py")
            with open(path, "w", encoding="utf-8") as f:
                f.write(f"LIBRARY = {LIBRARY!r}\n")


setup(version=version(), cmdclass={"build_py": BuildPy})
