# SPDX-License-Identifier: GPL-2.0-or-later
"""What costs what: the parts of bench/run."""

import os

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.realpath(__file__))))
BENCH = os.path.join(TOP, "bench")
BUILD = os.path.join(TOP, "build")


class BenchError(Exception):
    """Something could not be run; the message says what and why."""


class Skip(Exception):
    """Something can't be measured on this machine; the message says why."""
