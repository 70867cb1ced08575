#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 7200
# usual: 10
# memory: 3 GiB, for the build
"""Packages for Debian 12."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import packages, tap                                # noqa: E402
from common.tap import test                                     # noqa: E402


@test
def work(scratch):
    """Debian 12: make deb, then install, upgrade, use, purge (make check-full)."""
    packages.work("bookworm", scratch)


if __name__ == "__main__":
    tap.main()
