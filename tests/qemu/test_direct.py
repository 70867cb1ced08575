#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Which way accesses to a BAR that is memory take: through the log's gate, or with
QEMU's lock. The bench's bare guest on this machine's KVM."""

import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
# pylint: disable=wrong-import-position
from common import qemu, tap                                     # noqa: E402
from common.tap import test                                      # noqa: E402
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "bench"))
from benchlib import Skip, bare, lockless                        # noqa: E402

MANY = 500                          # accesses
FOR_EVER = 0xffffffff               # rounds


class Running:
    """QEMU with a guest that accesses a traced BAR without a pause; a context
    manager."""

    def __init__(self, scratch):
        its = lockless.Sides(tap.qemu_binary(), None, bare.build(scratch),
                             scratch, "kvm")
        self.guest = its.sides[0][1]
        self.devices, self.args = its.devices(1)
        self.qmp_path = os.path.join(scratch, "qmp")
        self.process = None
        self.qmp = None

    def __enter__(self):
        try:
            bare.probe(self.guest)
        except Skip as e:
            raise tap.Skip(str(e))
        job = {"rounds": FOR_EVER, "accesses": 100, "cpus": 1}
        self.guest.prepare(self.devices, **job)
        # pylint: disable=consider-using-with
        self.process = subprocess.Popen(
            self.guest.command(self.devices, job, [
                *self.args, "-qmp", f"unix:{self.qmp_path},server=on,wait=off"]),
            stdin=subprocess.DEVNULL)
        qemu.owns(self.process.pid)
        self.qmp = qemu.QMP(self.qmp_path)
        return self

    def __exit__(self, *exc):
        self.process.kill()
        self.process.wait()
        self.qmp.conn.close()

    def _counts(self):
        region, = self.qmp.execute("query-vfio-trace")[0]["devices"][0]["regions"]
        return (region["read"]["accesses"] + region["write"]["accesses"],
                region["direct"])

    def share(self):
        """How many of the next accesses go through the gate"""
        all_, direct = self._counts()
        while True:
            all_now, direct_now = self._counts()
            if all_now - all_ >= MANY:
                return (direct_now - direct) / (all_now - all_)


@test
def ram_that_is_measured(scratch):
    """After a measurement of the dirty rate, they go through the gate again"""
    with Running(scratch) as running:
        qmp = running.qmp
        if running.share() < 0.5:
            raise AssertionError("accesses do not go through the gate")
        qmp.execute("calc-dirty-rate", calc_time=2, mode="dirty-bitmap")
        shares = []
        while qmp.execute("query-dirty-rate")["status"] != "measured":
            shares.append(running.share())
        if min(shares) > 0.5:
            raise AssertionError("QEMU does not know of changes")
        if running.share() < 0.5:
            raise AssertionError("accesses do not go through the gate again")


if __name__ == "__main__":
    tap.main()
