#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 5400
# usual: 150
# memory: 6 GiB, for the demo
"""Set-up on a fresh Debian 12, following the README."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import distro, tap                                  # noqa: E402
from common.tap import test                                     # noqa: E402


@test
def set_up(scratch):
    """Debian 12: ./configure --install-deps --lean (make check-full: make demo)."""
    distro.sets_up("bookworm", scratch)


if __name__ == "__main__":
    tap.main()
