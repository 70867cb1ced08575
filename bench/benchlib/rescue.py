# SPDX-License-Identifier: GPL-2.0-or-later
"""The cost of an access that KVM can't emulate and QEMU carries out, with this
machine's KVM and the tests' guest that tries instructions."""

import os
import sys
import tempfile

from . import TOP, BenchError, Skip
from .samples import Samples
from .table import Row

sys.path.insert(0, os.path.join(TOP, "tests"))
from common import rescueguest, rescueinsn                       # noqa: E402

PART = "native: accesses with and without KVM's emulator, ticks of the TSC"

# The baseline among rescueguest.TIMED: mov
BASES = {name: rescueguest.TIMED[n % 2]
         for n, name in enumerate(rescueguest.TIMED)}


def _boot(found, boot, rounds):
    with tempfile.TemporaryDirectory(prefix="vt-rescue.") as directory:
        try:
            with rescueguest.Guest(directory, "kvm", rescueinsn.table(),
                                   what="WHAT_TIMES", rounds=rounds) as guest:
                times = guest.wait().count
                guest.quit()
        except AssertionError as e:
            raise BenchError("the guest with AVX: %s" % e)
    for name, ticks in zip(rescueguest.TIMED, times):
        found.add(name, ticks / rescueguest.C["TIMES"], boot)


def measure(say, options):
    """Return: rows"""
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        raise Skip("/dev/kvm is missing or not accessible")
    boots, rounds = (3, 100) if options.quick else (9, 1000)
    say("rescued accesses: %d boots" % boots)
    found = Samples("ticks")
    for boot in range(boots):
        _boot(found, boot, rounds)
    rows = []
    for name, base in BASES.items():
        other = base if base != name else None
        rows.append(Row(PART, name, found.summary(name), found.unit, other,
                        found.ratio(name, base) if other else None))
    return rows
