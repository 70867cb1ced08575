# SPDX-License-Identifier: GPL-2.0-or-later
"""This project's own files, in a checkout or installed.

Both have the same layout: guest-images, lab and scripts are neighbours, in the
checkout or in PREFIX/share/vfio-trace.
"""

import os

HERE = os.path.dirname(os.path.realpath(__file__))
GUEST_IMAGES = os.path.dirname(os.path.dirname(HERE))
TOP = os.path.dirname(GUEST_IMAGES)

# below PREFIX, from PREFIX/share/vfio-trace
_LIBEXEC = os.path.join(TOP, "..", "..", "libexec", "vfio-trace", "guest")
_BIN = os.path.join(TOP, "..", "..", "bin")
_BUILD = os.path.join(TOP, "build", "vfio-trace")


def _first(*paths):
    for path in paths:
        if os.path.isfile(path):
            return os.path.normpath(path)
    return None


def guest_file(kind, *names):
    """A file that goes into guests: guest_file("linux", "trace-here")."""
    return os.path.join(GUEST_IMAGES, kind + "-files", *names)


def script(name):
    """One of scripts/."""
    return os.path.join(TOP, "scripts", name)


def marker_helper(program="vfio-trace-mark"):
    """The marker helper for guests, or None if it is not built.

    program: vfio-trace-mark.exe is that for Windows
    """
    return _first(os.path.join(_BUILD, "guest-images", "marker", program),
                  os.path.join(_LIBEXEC, program))


def tool():
    """The vfio-trace command, or None."""
    return _first(os.path.join(_BUILD, "tools", "vfio-trace"),
                  os.path.join(_BIN, "vfio-trace"))
