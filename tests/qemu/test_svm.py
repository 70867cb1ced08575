#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU's own SVM, which the lab needs, with a test hypervisor.

Without qemu-patches/*/0007 the guest gets an interrupt twice that VMRUN has
injected, with interrupts off, when an event makes its vCPU leave the loop.
A Linux guest then waits for ever for a spinlock that it holds itself.

Without 0008, exits report the guest's last exception. KVM then refuses to
emulate an access that traps, and stops its guest.
"""

import os
import re
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import bareguest, tap                                # noqa: E402
from common.qemu import Machine                                  # noqa: E402
from common.tap import equal, test                               # noqa: E402

TALLY = 0x20000
ROUNDS = 30


def tally(m):
    """Rounds, interrupts, unexpected exits, exceptions, exits with an event"""
    text = m.qmp.execute("human-monitor-command",
                         command_line=f"xp /5wx {TALLY:#x}")
    return [int(word, 16) for word in re.findall(r" 0x(\w+)", text)]


@test
def no_event_left(scratch):
    """Exits do not report the guest's exceptions and interrupts of before."""
    image = bareguest.with_symbols(
        "svm.S", f"{scratch}/svm", {"TALLY": TALLY, "ITERATIONS": 1})
    with Machine(scratch, "-bios", image.removesuffix(".elf"), "-cpu", "max",
                 accel="tcg") as m:
        tap.wait_until(lambda: tally(m)[0] > ROUNDS, "the guest runs")
        m.qmp.execute("stop")
        rounds, interrupts, others, exceptions, events = tally(m)
        equal(others, 0, "exits that were not the guest's")
        equal(min(interrupts, exceptions) >= rounds, True,
              f"{interrupts} interrupts, {exceptions} exceptions")
        equal(events, 0, f"exits with an event, of {rounds}")
        m.quit()


@test
def injected_once(scratch):
    """An interrupt that VMRUN injects comes once, even if the vCPU is stopped."""
    image = bareguest.with_symbols(
        "svm.S", f"{scratch}/svm", {"TALLY": TALLY, "ITERATIONS": 20000000})
    with Machine(scratch, "-bios", image.removesuffix(".elf"), "-cpu", "max",
                 accel="tcg") as m:
        tap.wait_until(lambda: tally(m)[0] > 1, "the guest runs")
        stops = 0
        deadline = time.monotonic() + 60
        while tally(m)[0] < ROUNDS:
            equal(time.monotonic() < deadline, True, "the guest goes on")
            time.sleep(0.002)
            m.qmp.execute("stop")
            m.qmp.execute("cont")
            stops += 1
        m.qmp.execute("stop")
        rounds, interrupts, others, _, _ = tally(m)
        print(f"# {rounds} rounds, {stops} stops", flush=True)
        equal(others, 0, "exits that were not the guest's")
        equal(stops > ROUNDS, True, "it was stopped in each")
        # The guest may be in the middle of a round.
        equal(interrupts - rounds in (0, 1), True,
              f"{interrupts} interrupts in {rounds} rounds")
        m.quit()


tap.main()
