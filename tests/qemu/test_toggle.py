#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 300
"""Tracing started and stopped under load: no write is lost or duplicated."""

import os
import random
import re
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import bareguest, lab, tap, toggle                   # noqa: E402
from common.qemu import MMIO, Machine                            # noqa: E402
from common.tap import equal, test                               # noqa: E402
from common.toggle import (CONTROL, DONE, ISSUED, STOP, STOPPED,  # noqa: E402
                           Accounts)

CPUS = 4
SLOT = 5                        # of the device; the witness is in the next
WITNESS = MMIO + (1 << 24)
REGISTER = 0x80                 # edu's source address for DMA
ACCOUNTS = 0x200000             # in RAM
PACE = 100                      # amount of work between two writes

# The device's own region; those that QEMU puts above it have other names.
ARRIVED = re.compile(r"memory_region_ops_write cpu \S+ mr \S+ addr (\S+) value "
                     r"0x([0-9a-f]+) size 4 name 'edu-mmio'$", re.M).findall


def build(scratch):
    symbols = {"BAR": MMIO, "WITNESS_BAR": WITNESS, "REGISTER": REGISTER,
               "ACCOUNTS": ACCOUNTS, "CONTROL": ACCOUNTS + CONTROL,
               "SLOT": SLOT, "PACE": PACE}
    return bareguest.flat("toggle.S", scratch, symbols)


class Loaded(Machine):
    """The guest, its device, traced but not started, the witness, and a record
    of the accesses that arrive at them."""

    def __init__(self, scratch, *args, trace=""):
        self.ram = f"{scratch}/ram"
        self.arrived_path = f"{scratch}/arrived"
        self.accounts = None
        super().__init__(
            scratch, "-bios", build(scratch), "-smp", str(CPUS),
            "-object", "memory-backend-file,id=ram,share=on,size=64M,"
            f"mem-path={self.ram}",
            "-object", f"vfio-trace-log,id=log,file={scratch}/log",
            "-object", f"pci-trace,id=trace,device=dut,start=off{trace}",
            "-object", "pci-trace,id=all,device=witness",
            "-device", f"edu,id=dut,addr={SLOT}",
            "-device", f"edu,id=witness,addr={SLOT + 1}",
            "-D", self.arrived_path, "-trace", "memory_region_ops_write",
            *args, machine="pc,memory-backend=ram",
            accel="tcg,thread=multi")

    def __enter__(self):
        with open(self.ram, "wb") as f:
            f.truncate(64 << 20)
        self.accounts = Accounts(self.ram, CPUS, ACCOUNTS)
        super().__enter__()
        tap.wait_until(lambda: all(self.accounts.all(DONE)),
                       "all processors write")
        return self

    def __exit__(self, *exc):
        super().__exit__(*exc)
        self.accounts.close()

    def stop_load(self):
        self.accounts.control(STOP)
        tap.wait_until(lambda: all(self.accounts.all(STOPPED)),
                       "the processors stop")
        equal(self.accounts.all(DONE), self.accounts.all(ISSUED),
              "writes done, of those issued")

    def arrived(self, bar):
        with open(self.arrived_path, encoding="utf-8") as f:
            return [int(value, 16) for addr, value in ARRIVED(f.read())
                    if int(addr, 16) == bar + REGISTER]


def judge(m, scratch, samples, last):
    """The log, and the devices; (writes logged, intervals that have any)."""
    with open(f"{scratch}/log", encoding="utf-8") as f:
        found = toggle.events(f.read().splitlines(), "dut")
    logged, used = toggle.judge_samples(found, CPUS, samples)
    print(f"# {logged} of {sum(last)} writes are in the log, in {used} of "
          f"{len(samples)} intervals", flush=True)
    for kind, bar in ((toggle.DUT, MMIO), (toggle.WITNESS, WITNESS)):
        toggle.judge_device([v for k, v in found if k == kind],
                            m.arrived(bar), last)
    toggle.judge_marks(found)
    lab.tool("check", f"{scratch}/log")
    return logged, used


def toggle_under_load(scratch, rounds, trace=""):
    seed = random.randrange(1 << 32)
    print(f"# seed {seed}", flush=True)
    chance = random.Random(seed)
    samples = []
    with Loaded(scratch, trace=trace) as m:
        begun = time.monotonic()
        for _ in range(rounds):
            start = m.accounts.around(
                lambda: m.qmp.execute("vfio-trace-start", device="dut"))
            time.sleep(chance.choice((0, 0, 0.001, 0.005)))
            stop = m.accounts.around(
                lambda: m.qmp.execute("vfio-trace-stop", device="dut"))
            time.sleep(chance.choice((0, 0, 0.001, 0.005)))
            samples.append((start, stop))
        taken = time.monotonic() - begun
        m.stop_load()
        last = m.accounts.all(DONE)
        m.quit()
    print(f"# {taken / rounds * 1000:.1f} ms for a start and a stop", flush=True)
    logged, used = judge(m, scratch, samples, last)
    # The load was effective: intervals with writes, and writes outside
    equal(used >= rounds // 2, True, f"{used} intervals have writes")
    equal(sum(last) - logged >= rounds, True,
          f"{sum(last) - logged} writes outside")


@test
def whole(scratch):
    """1,000 times under load on 4 vCPUs: missing writes were made while stopped."""
    toggle_under_load(scratch, tap.rounds(1000, 5000))


@test
def part(scratch):
    """The same with a window over a page: the BAR's other pages, and the BARs
    above it, change their places in QEMU's maps."""
    toggle_under_load(scratch, tap.rounds(300, 5000),
                      trace=",windows=0:0:4K+0:0x8000:4K")


if __name__ == "__main__":
    tap.main()
