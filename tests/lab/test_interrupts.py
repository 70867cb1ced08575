#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 1200
# usual: 110
"""Interrupts of the lab's own machine: none is lost.

A guest with V_IRQ set at each VMRUN, and a timer of its host that expires all
the time: QEMU 10.0 without qemu-patches/10.0/0006 loses the timer's interrupt
within seconds, and L1 then sleeps for ever.
"""

import os
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import lab, tap                                      # noqa: E402
from common.tap import equal, test                               # noqa: E402

# The module does its work while loading, which then fails.
SCRIPT = """
signal ready
now() { cut -d. -f1 /proc/uptime; }
end=$(($(now) + %d))
rounds=0
while [ "$(now)" -lt $end ]; do
    insmod /extra/virq.ko
    rounds=$((rounds + 1))
    host "stage round $rounds" > /dev/null
done
signal done
dmesg | grep virq
[ "$(dmesg | grep -c 'virq: sum')" -ge $rounds ]
"""

HOST_SCRIPT = """
await ready
/extra/tick &
tick=$!
stage ticking
await done %d
status=$?
kill $tick || exit 1        # it must have run until now
exit $status
"""


def children(pid):
    """Process IDs"""
    with open(f"/proc/{pid}/task/{pid}/children", encoding="utf-8") as f:
        return [int(word) for word in f.read().split()]


@test
def all_arrive(scratch):
    """Timer interrupts of L1's CPU arrive while KVM waits for interrupt windows."""
    seconds = tap.rounds(60, 310)
    lab.Run(scratch, device="edu", driver="none",
            script=SCRIPT % seconds, host_script=HOST_SCRIPT % (4 * seconds),
            extra=lab.compile_guest(scratch, "tick"),
            guest_source=lab.guest_file("virq.c"), timeout=5 * seconds + 100)


@test
def stands_still(scratch):
    """A run without progress ends with an error message."""
    out = os.path.join(scratch, "out")
    script = os.path.join(scratch, "script")
    with open(script, "w", encoding="utf-8") as f:
        f.write("stage still\nwhile sleep 1; do stage moving; done\n")
    command = [os.path.join(lab.TOP, "lab", "lab"), "--out", out,
               "--series", tap.series(), "--device", "edu", "--host-only",
               "--host-script", script, "--still-limit", "10"]
    started = None
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT) as run:
        said = []
        for line in run.stdout:
            print(f"# {line.rstrip()}", flush=True)
            said.append(line)
            if "moving" in line and not started:
                # as if all of its processors slept for ever
                started = time.monotonic()
                os.kill(children(run.pid)[0], signal.SIGSTOP)
    equal(run.returncode, 1, "exit status")
    tap.matches(said[-1], "L1 stands still: .* for 10 seconds", "reason")
    print(f"# after {time.monotonic() - started:.0f} s", flush=True)


if __name__ == "__main__":
    tap.main()
