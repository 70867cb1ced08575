#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# usual: 200
# timeout: 3600
"""An installed guest of guest-images/windows with a traced device, in the lab.

The stand-in for Windows is installed outside of the lab, without the device.
In the lab, `vfio-trace run --vm` starts it with Secure Boot, TPM and the device,
for which its policy allows no driver until vfio-trace-release has run. The log
must have all of the driver's accesses, from the first on: those that have
arrived at the device.
"""

import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "lab"))
from common import devside, lab, mmt, tap                       # noqa: E402
from common.tap import Skip, equal, matches, test               # noqa: E402
from standin import host                                        # noqa: E402

OVMF = "/usr/share/OVMF"

SCRIPT = r"""
bind "$TARGETS" none
cat /sys/bus/pci/devices/$TARGETS/config > $OUT/config
: > /run/serial
chmod 666 /run/serial
timeout 1500 vfio-trace run --vm /guest/guest.conf "$TARGETS" -o "$OUT/windows.mmt" \
    --memory 768M --smp 1 --qemu "$QEMU" \
    -- -L /usr/share/qemu -serial file:/run/serial > "$OUT/run.out" 2>&1 < /dev/null &
run=$!
while kill -0 $run 2>/dev/null; do
    sleep 5
    stage "guest: $(tail -n 1 /run/serial | tr -cd ' -~' | cut -c1-80)"
done
wait $run
echo "exit status of run: $?"
cp /run/serial "$OUT/serial.log"
"""


class Run(lab.Run):
    """A run whose log is the one that the host script's tool has written."""

    def log(self):
        return mmt.Log(self.path("host/windows.mmt"))


def host_tree(scratch, disk):
    """The guest's files, and OVMF's."""
    tree = os.path.join(scratch, "tree")
    os.makedirs(os.path.join(tree, "guest"))
    os.makedirs(tree + OVMF)
    for suffix in (".qcow2", ".conf", ".nvram"):
        shutil.copyfile(disk.replace(".qcow2", suffix),
                        os.path.join(tree, "guest", "guest" + suffix))
    shutil.copytree(disk.replace(".qcow2", ".tpm"), os.path.join(tree, "guest", "guest.tpm"))
    for name in os.listdir(OVMF):
        if "4M" in name and os.path.isfile(os.path.join(OVMF, name)):
            shutil.copyfile(os.path.join(OVMF, name), os.path.join(tree + OVMF, name))
    return tree


@test
def held_and_released(scratch):
    """a held device in the lab: traced from its driver's first access on"""
    if not tap.rounds(0, 1):
        raise Skip("make check-full runs this")
    _, disk = host.install(scratch, "11", "--hold-driver=8086:10d3")
    run = Run(scratch, device="e1000e", host_only=True, device_trace=True,
              host_script=SCRIPT, host_program=["swtpm"],
              host_tree=host_tree(scratch, disk), timeout=1800, still_limit=400)
    said = run.text("host/serial.log")
    print("".join(f"# {line.rstrip()}\n" for line in said.splitlines()
                  if "stand-in: " in line), end="", flush=True)
    matches(run.text("host/host-script.log"), "exit status of run: 0", "the run's end")
    for text in ("ok the TPM has kept its secret", "held 0000:", "releasing 0000:",
                 "was used as eth0"):
        matches(said, text, "what the guest said")

    log = run.log()
    released = [i for i, e in enumerate(log.events)
                if isinstance(e, mmt.Mark) and e.text.endswith(" text=stand-in: releasing")]
    equal(len(released), 1, "marks of the release")
    early = [e for e in log.events[:released[0]] if isinstance(e, mmt.Access)]
    equal(early, [], "accesses before the release")
    devside.agrees(run, 10000, config="host/config")


if __name__ == "__main__":
    tap.main()
