#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# usual: 300
# timeout: 1800
# needs: qemu-tsan
"""ThreadSanitizer has no report of the tracer's code, on real VFIO and KVM: vCPUs
put load on a device and on an emulated one, while QMP changes what is traced."""

import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import lab, loadguest, tap, tsan                     # noqa: E402
from common.tap import test                                      # noqa: E402

CPUS = 4
SLOT = 2                        # where QEMU puts the device

# The program is in L1 with its libraries; QEMU's data are the lab's.
WRAPPER = f"""#!/bin/sh
export {tsan.GLIB} TSAN_OPTIONS={tsan.OPTIONS}$OUT/tsan
exec /tsan/qemu "$@"
"""

SCRIPT = """%(offsets)s
CPUS=%(cpus)d SLOT=%(slot)d EDU_SLOT=%(edu_slot)d LOG=%(log)s
AGAIN='%(again)s'
# TSan does not work with all of the kernel's address randomisation
echo 0 > /proc/sys/kernel/randomize_va_space
. /extra/faults.sh
. /extra/tsan.sh
QEMU=/tsan/start
start "file=$OUT/load.mmt,$LOG" -device edu,id=edu,addr=$EDU_SLOT \\
    -object pci-trace,id=trace-edu,device=edu,log=log
for i in $(seq %(rounds)d); do
    stage "round $i"
    round "$i"
done
finish end
echo "$refused commands found a full ring"
"""


def tree(scratch):
    """L1's directory with the program."""
    path = f"{scratch}/tree/tsan"
    os.makedirs(path)
    shutil.copy(tsan.binary(), f"{path}/qemu")
    with open(f"{path}/start", "w", encoding="utf-8") as f:
        f.write(WRAPPER)
    os.chmod(f"{path}/start", 0o755)
    return f"{scratch}/tree"


def changes(scratch, log, again=""):
    """Run changes under load with a log's properties; again: those of the device,
    when it has come back."""
    tap.first_series()
    memory = os.path.join(scratch, "device")
    with open(memory, "wb") as f:
        f.truncate(loadguest.BAR_SIZE)
    offsets = "\n".join(f"{name}={getattr(loadguest, name)}" for name in
                        ("CONTROL", "DONE", "BOOT", "SLOTS", "SLOT_BYTES"))
    run = lab.Run(
        scratch, host_only=True, timeout=1500, host_tree=tree(scratch),
        extra=[loadguest.build(scratch, edu=True), lab.guest_file("faults.sh"),
               lab.guest_file("tsan.sh")],
        device="ivshmem-plain,memdev=device",
        outer_arg=["-object", "memory-backend-file,id=device,share=on,"
                   f"size={loadguest.BAR_SIZE},mem-path={memory}"],
        host_script=SCRIPT % {
            "offsets": offsets, "cpus": CPUS, "slot": SLOT,
            "log": log, "again": again,
            "edu_slot": loadguest.SLOT + 1, "rounds": tap.rounds(4, 40)})
    tsan.judge(run.path("host/load.mmt"), run.path("host/tsan"),
               loadguest.Memory(memory), CPUS)


@test
def changes_under_load(scratch):
    """Tracing, windows, taps and the device change under load on 4 vCPUs."""
    changes(scratch, "extra=cpu")


@test
def changes_with_details(scratch):
    """The same with all fields in the log, and pages that get too hot."""
    changes(scratch, "pc=on,extra=cpu+ns+latency+hw+trap",
            ', "hot-page-limit": 200, "irq": true')


if __name__ == "__main__":
    tap.main()
