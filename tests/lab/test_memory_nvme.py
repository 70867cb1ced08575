#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# usual: 200
# timeout: 2700
"""NVMe's queues in the guest's memory: the log has each command and completion
once and in order, as the emulated device says that it has fetched and posted
them."""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import nvmequeues, tap                               # noqa: E402
from common.tap import equal, test                               # noqa: E402

ONE = r"""
set -eu
dd if=/dev/nvme0n1 of=/dev/null bs=512 count={n} iflag=direct
dd if=/dev/nvme0n1 of=/dev/null bs=4k count={n} iflag=direct
dd if=/dev/zero of=/dev/nvme0n1 bs=8k count={n} oflag=direct
dd if=/dev/nvme0n1 of=/dev/null bs=64k count={n} iflag=direct skip=3 &
dd if=/dev/zero of=/dev/nvme0n1 bs=128k count={n} oflag=direct seek=7 &
dd if=/dev/nvme0n1 of=/dev/null bs=12k count={n} iflag=direct &
wait
sync
"""


@test
def one_queue(scratch):
    """Load, I/O of several sizes at once, unload; queues that go around often."""
    n = tap.rounds(60, 400)
    run = nvmequeues.traced(scratch, ONE.format(n=n), "nvme io_queue_depth=16",
                            timeout=900)
    queues, commands = nvmequeues.agree(run, 1, 6 * n)
    opcodes = {c.opcode for c in commands if not c.queue}
    # delete and create I/O queues, identify, features
    equal({0, 1, 4, 5, 6, 9} <= opcodes, True, f"admin commands {opcodes}")
    equal(queues.turns > 20, True, "turns of the queues: enough")


MANY = r"""
set -eu
for cpu in 0 1 2 3 4 5 6 7; do
    for size in 4k 32k; do
        taskset -c $cpu dd if=/dev/nvme0n1 of=/dev/null bs=$size count={n} \
            iflag=direct skip=$cpu &
        taskset -c $cpu dd if=/dev/zero of=/dev/nvme0n1 bs=$size count={n} \
            oflag=direct seek=$((cpu + 100)) &
    done
done
wait
"""


@test
def eight_vcpus(scratch):
    """8 vCPUs with an I/O queue each: no command is missing or there twice."""
    n = tap.rounds(25, 200)
    run = nvmequeues.traced(scratch, MANY.format(n=n), "nvme io_queue_depth=16",
                            ",max_ioqpairs=8", smp=8, guest_memory=512,
                            timeout=900)
    nvmequeues.agree(run, 8, 32 * n)
    entries = [t.split()[2:5] for t in run.log().marks("vfio-trace: entry ")
               if re.search(r" ring=SQ\[[1-8]\]", t)]
    changes = sum(a[1] != b[1] for a, b in zip(entries, entries[1:]))
    print(f"# {changes} changes of the queue")
    equal(changes > 32, True, "queues in turn")


if __name__ == "__main__":
    tap.main()
