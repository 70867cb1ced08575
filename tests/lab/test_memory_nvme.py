#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# usual: 300
# timeout: 2700
"""NVMe's queues in the guest's memory: the log has each command and completion
once and in order, as the emulated device says that it has fetched and posted
them."""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import lab, nvmequeues, tap                          # noqa: E402
from common.tap import equal, test                               # noqa: E402

RINGS = os.path.join(lab.TOP, "rings", "nvme.rings")
DISK_BYTES = 64 << 20
GIB4 = 1 << 32
STEP = 7                        # from a byte of direct-io's to the next


def traced(scratch, script, driver="nvme", device="", programs=(), **options):
    """A run with a disk that keeps what is written."""
    disk = os.path.join(scratch, "disk")
    with open(disk, "wb") as f:
        f.truncate(DISK_BYTES)
    run = lab.Run(
        scratch, device=f"nvme,dbcs=off,drive=disk{device}", driver=driver,
        outer_arg=["-blockdev",
                   f"driver=file,node-name=disk,filename={disk}"],
        device_event="pci_nvme_*", script=script,
        extra=[RINGS, *(lab.compile_guest(scratch, p) for p in programs)],
        trace_opts="rings=/extra/nvme.rings", **options)
    lab.tool("check", "--complete", run.path("trace.mmt"))
    return run


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
    run = traced(scratch, ONE.format(n=n), "nvme io_queue_depth=16")
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
    run = traced(scratch, MANY.format(n=n), "nvme io_queue_depth=16",
                 ",max_ioqpairs=8", smp=8, guest_memory=512, timeout=900)
    nvmequeues.agree(run, 8, 32 * n)
    entries = [t.split()[2:5] for t in run.log().marks("vfio-trace: entry ")
               if re.search(r" ring=SQ\[[1-8]\]", t)]
    changes = sum(a[1] != b[1] for a, b in zip(entries, entries[1:]))
    print(f"# {changes} changes of the queue")
    equal(changes > 32, True, "queues in turn")


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


def filled(run, rounds):
    """The data that the log has are what direct-io has written and read."""
    written, read = nvmequeues.pattern(run, STEP)
    print(f"# {written} data of writes, {read} of reads")
    equal(written >= rounds and read >= rounds, True, "data: enough")


@test
def above_4g(scratch):
    """A guest of 5 GiB: queues and buffers above 4 GiB."""
    n = tap.rounds(48, 240)
    run = traced(scratch, DIRECT.format(n=n, above=GIB4),
                 programs=["direct-io"], guest_memory=5120, timeout=900)
    queues, commands = nvmequeues.agree(run, 1, 2 * n)
    filled(run, n)
    memory, used = buffers(run, commands)
    inside = [a for a in used if memory <= a < memory + (2 << 20)]
    equal(memory >= GIB4 and len(inside) > 10, True,
          f"{len(inside)} buffers above 4 GiB: enough")
    bases = {ring.base for ring, _ in queues.positions.values()}
    print(f"# queues at {sorted(map(hex, bases))}")
    equal(max(bases) >= GIB4, True, "queues above 4 GiB")


@test
def iommu(scratch):
    """Behind the guest's own IOMMU: addresses are not those of memory."""
    n = tap.rounds(48, 240)
    run = traced(scratch, DIRECT.format(n=n, above=0), programs=["direct-io"],
                 guest_iommu=True, timeout=900)
    queues, commands = nvmequeues.agree(run, 1, 2 * n)
    filled(run, n)
    memory, used = buffers(run, commands)
    equal([a for a in used if memory <= a < memory + (2 << 20)], [],
          "buffers by their physical address")
    bases = {ring.base for ring, _ in queues.positions.values()}
    print(f"# queues at {sorted(map(hex, bases))}")
    # the guest has 256 MiB
    equal(max(bases) >= 256 << 20, True, "queues where there is no memory")


if __name__ == "__main__":
    tap.main()
