# SPDX-License-Identifier: GPL-2.0-or-later
"""The parts of bench/run."""

import os

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.realpath(__file__))))
BENCH = os.path.join(TOP, "bench")
BUILD = os.path.join(TOP, "build")


class BenchError(Exception):
    """A part of the benchmark failed; the message says which and why."""


class Skip(Exception):
    """This machine can't run the measurement; the message says why."""
