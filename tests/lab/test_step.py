#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 600
"""Instructions that neither KVM nor libinsn can execute, on real VFIO: the vCPU
executes them alone, with the windows lifted.

The guest (tests/qemu/guest/step.S) has an ivshmem device of the lab's outer
machine, which is memory in a file of this test.
"""

import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import lab, stepguest, tap                           # noqa: E402
from common.tap import equal, test                               # noqa: E402

# The lab's machine has one processor, its device no reset.
HARMLESS = re.compile("qemu: .*(Number of .* requested|Cannot reset)").match

# run NAME: the guest of that image, to its end
SCRIPT = r"""
set -eu

die()
{
    echo "step: $*"
    tail -n 5 "$OUT/$name.txt"
    exit 1
}

run()
{
    name=$1
    stage "$name"
    rm -f "$QMP"
    "$QEMU" -nodefaults -no-user-config -display none -L /usr/share/qemu \
        -machine pc -accel kvm -cpu host -smp 2 -m 64 -bios "/extra/$name" \
        -qmp "unix:$QMP,server=on,wait=off" \
        -object "vfio-trace-log,id=log,file=$OUT/$name.mmt" \
        -device "vfio-pci-trace,host=$TARGETS,id=dut,trace-log=log,addr=$SLOT" \
        > "$OUT/$name.txt" 2>&1 &
    pid=$!
    tries=0
    until [ $(($(mmio "$TARGETS" 2 r32 "$DONE"))) = "$DONE_WORD" ]; do
        kill -0 $pid || die "QEMU has exited"
        tries=$((tries + 1))
        [ $tries -lt 1200 ] || die "the guest does not end"
        usleep 100000
    done
    mmio "$TARGETS" 2 dump "$OUT/$name.memory"
    qmp '{"execute": "query-vfio-trace"}' > "$OUT/$name.counts"
    qmp '{"execute": "quit"}'
    wait $pid || die "QEMU exited with $?"
    mmio "$TARGETS" 2 w32 "$DONE=0"
}
"""


def counts(run, name):
    """The counters of query-vfio-trace: {name: count}."""
    answers = [json.loads(line) for line in
               run.text(f"host/{name}.counts").splitlines() if line.strip()]
    log, = [a["return"] for a in answers if a.get("return")][-1]
    device, = log["devices"]
    return {what: device[what] for what in ("stepped", "rescued", "refused")}


def lab_with_memory(scratch, images, script):
    """The lab, its device memory in a file, and those guests."""
    device = os.path.join(scratch, "device")
    with open(device, "wb") as f:
        f.truncate(stepguest.BAR_SIZE)
    names = ("DONE", "DONE_WORD", "SLOT")
    prologue = "".join(f"{n}={getattr(stepguest, n)}\n" for n in names)
    return lab.Run(
        scratch, host_only=True, device="ivshmem-plain,memdev=device",
        outer_arg=["-object", "memory-backend-file,id=device,share=on,"
                   f"size={stepguest.BAR_SIZE},mem-path={device}"],
        extra=images, host_script=prologue + SCRIPT + script)


def memory_of(run, name):
    """The BAR's contents after the guest's end."""
    with open(run.path(f"host/{name}.memory"), "rb") as f:
        return f.read()


def without_done(memory):
    """The BAR's contents at the next guest's start."""
    before = bytearray(memory)
    before[stepguest.DONE:stepguest.DONE + 4] = bytes(4)
    return before


@test
def steps(scratch):
    """XSAVE to a VFIO BAR and code in it: by a program, by a kernel."""
    rounds = tap.rounds(20, 500)
    guests = {name: stepguest.Guest(scratch, name, rounds, name == "program")
              for name in ("program", "kernel")}
    run = lab_with_memory(scratch, [g.image for g in guests.values()],
                          "run program\nrun kernel\n")
    before = bytes(stepguest.BAR_SIZE)
    for name, guest in guests.items():
        memory = memory_of(run, name)
        stepguest.check(guest, run.path(f"host/{name}.mmt"), memory, before)
        before = without_done(memory)
        equal(counts(run, name),
              {"stepped": len(guest.steps()) - guest.user, "rescued": 0,
               "refused": int(guest.user)}, f"counts of the {name}")
        equal([line for line in run.text(f"host/{name}.txt").splitlines()
               if not HARMLESS(line)], [], "QEMU's messages")


@test
def evasion(scratch):
    """Handlers of exceptions that a step raises: their writes are in the log."""
    guests = {name: stepguest.Evasion(scratch, name, name == "folds")
              for name in ("folds", "does-not")}
    run = lab_with_memory(scratch, [g.image for g in guests.values()],
                          "run folds\nrun does-not\n")
    before = bytes(stepguest.BAR_SIZE)
    for name, guest in guests.items():
        memory = memory_of(run, name)
        guest.check(run.path(f"host/{name}.mmt"), memory, before)
        before = without_done(memory)


if __name__ == "__main__":
    tap.main()
