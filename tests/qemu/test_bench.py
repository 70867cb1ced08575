#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The bench's guest, under TCG: what it is told to do, it does, and the log has
its accesses. What they cost is the bench's own business."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
# pylint: disable=wrong-import-position
from common import mmt, tap                                     # noqa: E402
from common.tap import equal, test                              # noqa: E402
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "bench"))
from benchlib import Skip, bare, load, lockless, tail           # noqa: E402

SAMPLES = 1000
ACCESSES = 500


def sides(scratch):
    return lockless.Sides(tap.qemu_binary(), None, bare.build(scratch), scratch,
                          "tcg,thread=multi")


def traced(log, operation):
    """Accesses to the traced devices in the log."""
    return [a for a in mmt.Log(log).accesses() if a.op == operation]


@test
def cpus(scratch):
    """one and two vCPUs, on one device and on two"""
    its = sides(scratch)
    guest = its.sides[0][1]
    for cpus_, spread, words in lockless.CPUS:
        devices, args = its.devices(cpus_)
        found = guest.run(devices, args, rounds=2, accesses=ACCESSES,
                          cpus=cpus_, spread=spread)
        equal([(device, way, n) for device, way, _, n, _ in found
               if device == "e"], [("e", way, ACCESSES) for way in "rwrw"],
              words)
        # spread: vCPU 1 is a device further on, in the turns of h1 and e too
        count = 2 * cpus_ * cpus_
        equal(len(traced(its.log, "W")), count * ACCESSES, words + ": writes")


@test
def loads(scratch):
    """single accesses are timed under each load"""
    its = sides(scratch)
    guest = its.sides[0][1]
    devices, args = its.devices(1)
    try:
        with tail.Pinned() as pinned:
            for load_ in load.LOADS:
                found = tail.boot(guest, devices, args, load_, SAMPLES,
                                  pinned).ticks
                equal(sorted(found), ["e", "h", tail.LOOP], load_.words)
                for row, ticks in found.items():
                    equal(len(ticks), SAMPLES, f"samples of {row}")
                    if not ticks[0]:
                        raise AssertionError(f"an access of {row} took no time")
                if len(traced(its.log, "R")) <= SAMPLES:
                    raise AssertionError("the log lacks accesses")
    except Skip as e:
        raise tap.Skip(str(e))


if __name__ == "__main__":
    tap.main()
