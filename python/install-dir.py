#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Print the directory for Python modules below a prefix.

Debian's Python looks for modules below /usr/local in dist-packages, which is
not where sysconfig (and meson) would put them.
"""

import os
import site
import sys
import sysconfig


def main(prefix):
    """Print it."""
    for path in site.getsitepackages():
        if os.path.relpath(path, prefix).startswith("lib"):
            return path
    return sysconfig.get_path("purelib", "posix_prefix", vars={"base": prefix})


if __name__ == "__main__":
    print(main(sys.argv[1]))
