#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""liba64's walker finds what an Arm processor, QEMU's, finds."""

import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import bareguest, tap                                # noqa: E402
from common.qemu import Machine                                  # noqa: E402
from common.tap import equal, matches, test                      # noqa: E402

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
COMPILER = "aarch64-linux-gnu-gcc"
SIZE = 0x8000000                # RAM_SIZE in guest/a64-walk.h
COUNT_AT = 0x2000000            # COUNT, from RAM on
CASES = 60000


def compare(scratch, *args):
    """Run a64-walk-compare; returns its output."""
    return subprocess.run([f"{scratch}/compare", *map(str, args)], check=True,
                          text=True, stdout=subprocess.PIPE).stdout


def run_guest(scratch, seed):
    """Translate random addresses; returns the comparison's last line."""
    ram = os.path.join(scratch, "ram")
    with open(ram, "wb") as f:
        f.truncate(SIZE)
    compare(scratch, "make", ram, f"{scratch}/saved", seed, CASES)
    machine = "virt,virtualization=on,highmem=off,memory-backend=ram"

    def left():
        with open(ram, "rb") as f:
            f.seek(COUNT_AT)
            return int.from_bytes(f.read(8), "little")

    with Machine(scratch, "-kernel", f"{scratch}/guest", "-m", "128",
                 "-cpu", "max", "-object", "memory-backend-file,id=ram,share=on,"
                 f"size={SIZE},mem-path={ram}",
                 machine=machine, accel="tcg", target="aarch64") as m:
        tap.wait_until(lambda: not left(), "the guest ends", 60)
        m.quit()
    return compare(scratch, "judge", ram, f"{scratch}/saved", CASES)


@test
def translations(scratch):
    """Random tables: addresses, faults, and what becomes of the tables."""
    tap.qemu_binary("aarch64")
    if not shutil.which(COMPILER):
        raise tap.Skip(f"there is no {COMPILER}")
    bareguest.compile_c(COMPILER, "byte-order.ld", ["a64-walk.S"],
                        f"{scratch}/guest", "-Wl,--defsym=BASE=0x40100000")
    subprocess.run(["cc", "-std=gnu11", "-O2", "-Wall", f"-I{TOP}/lib",
                    "-o", f"{scratch}/compare",
                    f"{bareguest.SOURCES}/a64-walk-compare.c",
                    f"{TOP}/lib/liba64/walk.c"], check=True)
    for seed in 1, 2:
        out = run_guest(scratch, seed)
        numbers = matches(out, r"addresses (\d+) faults (\d+) wrong (\d+) "
                          r"tables (\w+)\n$", "comparison")
        equal(numbers[3], "0", f"differences in\n{out}")
        equal(numbers[4], "equal", "the tables afterwards")
        # each kind often enough to mean something
        equal(int(numbers[1]) > CASES // 50, True, f"addresses enough: {out}")
        equal(int(numbers[2]) > CASES // 4, True, f"faults enough: {out}")


if __name__ == "__main__":
    tap.main()
