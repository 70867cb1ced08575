#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# usual: 120
# timeout: 1800
"""A watched mebibyte of the guest's memory: what the log has of it replays to
the same memory at each trigger."""

import os
import re
import sys
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import guestmem, lab, mmt, tap                       # noqa: E402
from common.tap import equal, matches, test                      # noqa: E402

SIZE = 1 << 20
TRIGGER = 0x4                   # edu's register that keeps a value
PLUGGED = 1 << 32               # where memory that is plugged lies

RINGS = """\
rings 1
title "edu: a mailbox at its DMA address"
limit trigger 4M
limit second 1024M
register SCRATCH bar0:0x4:4 w
register SOURCE bar0:0x80:8 w
watch MAILBOX {
    at SOURCE
    len 1M
    on write SCRATCH
}
"""


def traced(scratch, script, **options):
    rings = os.path.join(scratch, "mailbox.rings")
    with open(rings, "w", encoding="utf-8") as f:
        f.write(RINGS)
    run = lab.Run(scratch, device="edu", driver="none", script=script,
                  extra=[rings, lab.compile_guest(scratch, "delta")],
                  trace_opts="rings=/extra/mailbox.rings", **options)
    lab.tool("check", "--complete", run.path("trace.mmt"))
    return run


def triggers(log):
    """[(value written, Item of the watch that it triggered)]"""
    found = []
    for item in guestmem.items(log):
        equal(item.kind, "watch", "kind of mark")
        before = [e for e in log.events[:item.place]
                  if isinstance(e, mmt.Access)][-1]
        equal((before.op, before.addr & 0xfff), ("W", TRIGGER), "trigger")
        equal(item.get("on"), "write", "kind of trigger")
        found.append((before.value, item))
    return found


def replays(run, rounds, above):
    """The log's memory is the guest's at each trigger, by its CRC."""
    said = run.text("guest/script.log")
    memory = int(matches(said, r"memory 0x(\w+)")[1], 16)
    equal(memory >= above, True, f"memory at {memory:#x}: high enough")
    crcs = [(int(n), int(crc, 16))
            for n, crc in re.findall(r"round (\d+) (\w{8})", said)]
    equal(len(crcs), rounds, "rounds of the guest")
    replay = guestmem.Replay()
    seen = triggers(run.log())
    equal([value for value, _ in seen], [n for n, _ in crcs], "triggers")
    changed = 0
    for (number, item), (_, crc) in zip(seen, crcs):
        equal((item.at, item.len, item.get("left")), (memory, SIZE, None),
              f"place in round {number}")
        before = bytes(replay.memory)
        replay.take(item)
        equal(zlib.crc32(replay.memory), crc, f"CRC in round {number}")
        same = before == replay.memory
        equal(item.state, "first" if not number else "same" if same else
              "changed", f"state in round {number}")
        wrong = [n for n in replay.seen if number and
                 before[64 * n:64 * n + 64] ==
                 replay.memory[64 * n:64 * n + 64]]
        equal(wrong, [], f"unchanged lines in round {number}")
        changed += len(replay.seen)
    with open(run.path("guest/memory"), "rb") as f:
        equal(f.read() == replay.memory, True, "the memory at the end")
    print(f"# {rounds} triggers, {changed} lines, as {SIZE // 64} at first")
    equal(changed > SIZE // 64 + 10 * rounds, True, "changed lines: enough")


@test
def random_lines(scratch):
    """A program changes random lines, some hundred times."""
    rounds = tap.rounds(200, 1000)
    run = traced(scratch, "set -eu; echo 4 > /proc/sys/vm/nr_hugepages; "
                 f"/extra/delta $BDF {rounds} 7 0 $LAB_OUT/memory",
                 timeout=900)
    replays(run, rounds, 0)


PLUG = """
set -eu
await ready
qmp '{"execute": "object-add", "arguments": {"qom-type": "memory-backend-ram",
    "id": "mem1", "size": 268435456}}'
qmp '{"execute": "device_add", "arguments": {"driver": "pc-dimm",
    "id": "dimm1", "memdev": "mem1"}}'
signal plugged
"""

PLUGGED_SCRIPT = """
set -eu
signal ready
await plugged
# two blocks of 128 MiB
for i in $(seq 100); do
    [ ! -e /sys/devices/system/memory/memory33/state ] || break
    usleep 100000
done
for memory in /sys/devices/system/memory/memory*; do
    [ "$(cat $memory/state)" = online ] || echo online_kernel > $memory/state
done
echo 200 > /proc/sys/vm/nr_hugepages
/extra/delta $BDF {rounds} 8 {above:#x} $LAB_OUT/memory
"""


@test
def plugged(scratch):
    """The same in memory that was plugged while the guest ran."""
    rounds = tap.rounds(50, 300)
    run = traced(scratch, PLUGGED_SCRIPT.format(rounds=rounds, above=PLUGGED),
                 host_script=PLUG, timeout=900,
                 guest_arg=["-m", "256M,slots=2,maxmem=2G"])
    replays(run, rounds, PLUGGED)


if __name__ == "__main__":
    tap.main()
