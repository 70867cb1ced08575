#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# usual: 90
# timeout: 1800
# memory: 9 GiB, for a guest of 5 GiB
"""NVMe's queues and buffers where addresses are large: above 4 GiB, and behind
an IOMMU of the guest's own."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import nvmequeues, tap                               # noqa: E402
from common.tap import equal, test                               # noqa: E402

GIB4 = 1 << 32
STEP = 7                        # from a byte of direct-io's to the next

# The driver takes data that were read out of the IOMMU before it tells that it
# has seen the completion: they are in reach at the interrupt.
AT_DOORBELL = "    on      write CQHDBL\n"
AT_INTERRUPT = "    on      irq\n"

DIRECT = r"""
set -eu
echo 8 > /proc/sys/vm/nr_hugepages
/extra/direct-io /dev/nvme0n1 {n} {above:#x}
"""


def buffers(run, commands):
    """Where direct-io's memory was, and the addresses in I/O commands."""
    said = run.text("guest/script.log")
    memory = int(tap.matches(said, r"memory 0x(\w+)")[1], 16)
    return memory, {c.prp1 for c in commands if c.queue and c.prp1}


def filled(run, rounds, unmapped=False):
    """The data that the log has are what direct-io has written and read."""
    written, read = nvmequeues.pattern(run, STEP, unmapped)
    print(f"# {written} data of writes, {read} of reads")
    equal(written >= rounds and read >= rounds, True, "data: enough")


@test
def above_4g(scratch):
    """A guest of 5 GiB: queues and buffers above 4 GiB."""
    n = tap.rounds(48, 240)
    run = nvmequeues.traced(scratch, DIRECT.format(n=n, above=GIB4),
                            programs=["direct-io"], guest_memory=5120,
                            timeout=900)
    queues, commands = nvmequeues.agree(run, 1, 2 * n)
    filled(run, n)
    memory, used = buffers(run, commands)
    inside = [a for a in used if memory <= a < memory + (2 << 20)]
    equal(memory >= GIB4 and len(inside) > 10, True,
          f"{len(inside)} buffers above 4 GiB: enough")
    print(f"# queues at {sorted(map(hex, queues.bases))}")
    equal(max(queues.bases) >= GIB4, True, "queues above 4 GiB")


@test
def iommu(scratch):
    """Behind the guest's own IOMMU: addresses are not those of memory."""
    n = tap.rounds(48, 240)
    rings = os.path.join(scratch, "nvme.rings")
    with open(nvmequeues.RINGS, encoding="utf-8") as f:
        text = f.read()
    with open(rings, "w", encoding="utf-8") as f:
        f.write(text.replace(AT_DOORBELL, AT_DOORBELL + AT_INTERRUPT))
    run = nvmequeues.traced(scratch, DIRECT.format(n=n, above=0),
                            programs=["direct-io"], guest_iommu=True,
                            rings=rings, trace_opts=",irq=on", timeout=900)
    queues, commands = nvmequeues.agree(run, 1, 2 * n)
    filled(run, n, unmapped=True)
    memory, used = buffers(run, commands)
    equal([a for a in used if memory <= a < memory + (2 << 20)], [],
          "buffers by their physical address")
    print(f"# queues at {sorted(map(hex, queues.bases))}")
    # the guest has 256 MiB
    equal(max(queues.bases) >= 256 << 20, True, "queues where there is no memory")


if __name__ == "__main__":
    tap.main()
