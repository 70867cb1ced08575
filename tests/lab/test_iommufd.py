#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# usual: 90
# timeout: 3600
# needs: lab-kernel
"""A device passed through by iommufd, and by a VFIO group in the same kernel.

L1's kernel must have iommufd: if none is installed, the lab builds one, the
first time. That takes minutes, hence the timeout. This test is never skipped.

The log is compared with the accesses that arrived at the emulated hardware. The
guest kernel's mmiotrace can't be used here: with L1 kernels from 6.16 on at least,
where KVM itself runs under TCG, its single steps get lost and the guest hangs.
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import devside, edu, lab, mmt, sequences, tap       # noqa: E402
from common.tap import equal, matches, test                      # noqa: E402

SCRIPT = """
set -eu
cat $DEV/config > $LAB_OUT/config
dev=$(ls $DEV/net)
ip link set "$dev" up
sleep 1
ip link set "$dev" down
"""

# VFIO files that QEMU has open, by group and container, or by iommufd.
OPEN = r"""
set -eu
uname -r
ls -l /proc/$QEMU_PID/fd | sed -n 's,.* -> \(/dev/\(iommu\|vfio\).*\),open: \1,p'
"""
GROUP = ["/dev/vfio/GROUP", "/dev/vfio/vfio"]
IOMMUFD = ["/dev/iommu", "/dev/vfio/devices/vfioN"]


def driver(scratch, expected, **options):
    """e1000e's driver at work: the device's accesses, and the files open."""
    run = lab.Run(scratch, device="e1000e", driver="e1000e", device_trace=True,
                  script=SCRIPT, host_script=OPEN, **options)
    lab.tool("check", "--complete", run.path("trace.mmt"))
    devside.agrees(run, 4000)
    paths = [line[len("open: "):]
             for line in run.text("host/host-script.log").splitlines()
             if line.startswith("open: ")]
    general = sorted(
        "/dev/vfio/GROUP" if p[len("/dev/vfio/"):].isdigit() else
        p.rstrip("0123456789") + "N" if "/devices/" in p else p for p in paths)
    equal(general, expected, "VFIO files that QEMU has open")
    pcidev = run.log().of(mmt.Pcidev)[0]
    equal((pcidev.vendor, pcidev.device), (0x8086, 0x10d3), "PCIDEV")
    matches("\n".join(run.log().marks("vfio-trace: device")),
            r"host=0000:00:05\.0 .*addresses=host")


@test
def by_iommufd(scratch):
    """iommufd: the log of e1000e's driver agrees with the device."""
    driver(scratch, IOMMUFD, iommufd=True)


@test
def by_group(scratch):
    """Group and container in the same kernel: the log agrees with the device."""
    driver(scratch, GROUP, host_kernel="iommufd")


@test
def unplug(scratch):
    """iommufd: hot-unplug under a driver closes /dev/iommu and the device."""
    run = lab.Run(scratch, device="e1000e", driver="e1000e", iommufd=True,
                  host_script="set -eu\n" + lab.UNPLUG)
    said = run.text("host/host-script.log")
    matches(said, r"before: 2\n")
    matches(said, r"after: 0\n")
    log = run.log()
    equal(log.marks("vfio-trace: detached"), ["vfio-trace: detached id=dut0"],
          "mark")
    equal(log.marks()[-1], "vfio-trace: end", "last mark")
    lab.tool("check", "--complete", run.path("trace.mmt"))


# Firmware alone shows that the device works: it assigns the BARs' addresses.
PASSED = r"""
set -eu
cdev=$(ls /sys/bus/pci/devices/$TARGETS/vfio-dev)
export QMP=/run/passed.sock
$QEMU -machine q35 -accel kvm -cpu host -m 64 -nodefaults -display none \
    -L /usr/share/qemu -qmp unix:$QMP,server=on,wait=off \
    -object iommufd,id=iommufd0,fd=8 \
    -device vfio-pci-trace,fd=9,iommufd=iommufd0,host=$TARGETS,id=dut,trace-file=$OUT/passed.mmt \
    8<>/dev/iommu 9<>/dev/vfio/devices/$cdev &
for i in $(seq 200); do
    grep -q ^MAP $OUT/passed.mmt && break
    kill -0 $!
    usleep 100000
done
qmp '{"execute": "quit"}'
wait $!
"""


@test
def passed_files(scratch):
    """iommufd: /dev/iommu and the device as open file descriptors."""
    run = lab.Run(scratch, device="e1000e", iommufd=True, host_only=True,
                  host_script=PASSED)
    log = mmt.Log(run.path("host/passed.mmt"))
    matches("\n".join(log.marks("vfio-trace: device")),
            r"id=dut host=0000:00:05\.0 .*addresses=host")
    equal(len(log.of(mmt.Map)) >= 3, True, "BARs that firmware has placed")
    equal(log.marks()[-1], "vfio-trace: end", "last mark")


# Without the container's file, it is as if the kernel had no groups.
PLAYED = r"""
set -eu
rm /dev/vfio/vfio
mkdir $OUT/buffers
vfio-trace play /extra/dma.json $TARGETS --yes --log $OUT/played.mmt \
    --buffers $OUT/buffers
vfio-trace check --complete $OUT/played.mmt
status=0
vfio-trace play /extra/wrong.json $TARGETS --yes || status=$?
[ $status = 1 ]         # the check has failed, not the set-up
if ls -l /proc/[0-9]*/fd | grep /dev/iommu; then exit 1; fi
"""


@test
def played(scratch):
    """iommufd: vfio-trace play, with buffers and interrupts."""
    wrong = sequences.sequence(edu.IDS, edu.REGIONS,
                               [sequences.check("bar0", 0, 0, name="ID")])
    paths = [sequences.save(scratch, "dma", edu.dma()),
             sequences.save(scratch, "wrong", wrong)]
    run = lab.Run(scratch, device="edu", iommufd=True, host_only=True,
                  host_script=PLAYED, extra=paths)
    matches(run.text("host/host-script.log"), r"(?m)^done: ")
    for number, want in enumerate(edu.dma_buffers()):
        with open(run.path(f"host/buffers/dma{number}.bin"), "rb") as f:
            equal(f.read(), want, f"buffer dma{number}")


if __name__ == "__main__":
    tap.main()
