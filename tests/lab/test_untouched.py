#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 900
"""Tracing changes nothing: two drivers access their devices in the same way with
vfio-pci and with vfio-pci-trace, as seen by the devices.

The test compares operation, width, register and value of each access, in order.
Consecutive reads of one register count as one, with the last one's value: how
often a driver polls depends on time. Values of registers that hold addresses of
guest memory are left out, since they differ from boot to boot; so are those of
e1000's STATUS, in which the link is up half a second after a reset. The MSI-X
table is left out, too: there the host's kernel writes.
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import devside, lab, mmt, tap                        # noqa: E402
from common.tap import equal, test                               # noqa: E402

# Name, how many accesses at least, registers of BAR0 whose values don't count.
# e1000 has only INTx.
DEVICES = (("nvme", 400, range(0x28, 0x38)), ("e1000", 10000, range(8, 9)))
DRIVERS = "nvme,e1000"

SCRIPT = """
set -e
dd if=/dev/nvme0n1 of=/dev/null bs=4k count=16 iflag=direct
"""


def sequences(path):
    """The accesses that arrived at each BAR, by its number in the run."""
    bars = {m.map: m.phys for m in mmt.Log(path).of(mmt.Map)}
    found = {m: [] for m in bars}
    for a in devside.DeviceTrace(path).accesses:
        if not a.extra["region"].startswith("msix"):
            found[a.map].append((a.op, a.width, a.addr - bars[a.map], a.value))
    return found


def without_polling(sequence):
    """Replace consecutive reads of one register by the last one."""
    kept = []
    for access in sequence:
        if kept and access[0] == "R" and access[:3] == kept[-1][:3]:
            kept.pop()
        kept.append(access)
    return kept


def without_addresses(sequence, registers):
    """Leave out the values of some registers."""
    return [a[:3] if a[2] in registers else a for a in sequence]


def judge(plain, traced):
    """Check that the two runs' sequences are equal."""
    equal(sorted(plain), sorted(traced), "BARs")
    busy = [m for m in sorted(traced) if len(traced[m]) > 100]
    equal(len(busy), len(DEVICES), "BARs that were used much")
    for m in sorted(traced):
        name, least, addresses = DEVICES[busy.index(m)] if m in busy else \
            (f"BAR {m}", 0, range(0))
        both = []
        for seen in (plain[m], traced[m]):
            kept = without_polling(seen)
            if seen:
                print(f"# {name}: {len(seen)} accesses, "
                      f"{len(seen) - len(kept)} were polling", flush=True)
            equal(len(kept) >= least, True, f"{len(kept)} accesses: enough")
            both.append(without_addresses(kept, addresses))
        devside.same(*both, name, ("plain", "traced"))


@test
def sequence(scratch):
    """nvme and e1000: the same sequence at the devices, traced or not."""
    found = []
    for plain in (True, False):
        place = os.path.join(scratch, str(plain))
        os.mkdir(place)
        run = lab.Run(place, device=[name for name, *_ in DEVICES],
                      driver=DRIVERS, device_trace=True, script=SCRIPT,
                      **({"plain": True} if plain else {}))
        found.append(sequences(run.path("device.mmt")))
    judge(*found)


if __name__ == "__main__":
    tap.main()
