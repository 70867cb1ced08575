#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# usual: 110
# timeout: 1800
"""Hazards that could crash QEMU: small BARs, BARs that vanish, hot-unplug."""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import lab, mmt, tap                                 # noqa: E402
from common.tap import equal, matches, test                      # noqa: E402


@test
def sub_page_bar(scratch):
    """rtl8139: BARs of 256 bytes, which VFIO would grow to a page."""
    run = lab.Run(scratch, device="rtl8139", driver="8139cp", oracle=True,
                  script="set -e; dev=$(ls $DEV/net); ip link set $dev up; sleep 1; "
                         "ip link set $dev down; mmio $BDF 0 r8 0 r16 0 r32 0")
    lab.contains_oracle(run, 50)
    log = run.log()
    io, mem = log.of(mmt.Map)[0].map, log.of(mmt.Map)[1].map
    equal({a.map for a in log.accesses()}, {io, mem}, "BARs used")


@test
def vanishing_bar(scratch):
    """One vCPU reads a BAR while another switches decoding and power."""
    rounds = tap.rounds(300, 3000)
    run = lab.Run(scratch, device="e1000e", driver="none", smp=2,
                  timeout=tap.rounds(300, 900),
                  script=f"/extra/race $BDF 0 0x8 {rounds}",
                  extra=lab.compile_guest(scratch, "race"))
    race = r"race: (\d+) x 0x(\w+), (\d+) ones, (\d+) zero, 0 other"
    matches(run.text("guest/script.log"), race)
    found = re.search(race, run.text("guest/script.log"))
    answered, ones = int(found[1]), int(found[3])
    equal(answered > 1000 and ones > 0, True,
          f"{answered} reads answered, {ones} raced: plausible")
    lab.tool("check", run.path("trace.mmt"))
    log = run.log()
    equal(len(log.of(mmt.Unmap)) > 2 * rounds, True, "the BARs were unmapped often")
    values = [a.value for a in log.accesses() if a.addr & 0xfff == 8]
    equal(values.count(int(found[2], 16)), answered, "reads answered")
    equal(values.count(0xffffffff), ones, "reads of all ones")
    equal(len(log.marks("vfio-trace: failed R")), ones, "marks of failed reads")


UNPLUG = "set -eu\n" + lab.UNPLUG + r"""
tail -n 1 $OUT/trace.mmt
kill -0 $QEMU_PID && echo "QEMU is alive"
qmp '{"execute": "device_add", "arguments": {"driver": "vfio-pci-trace",
    "id": "dut0", "bus": "rp0", "host": "'$TARGETS'",
    "trace-file": "'$OUT'/again.mmt"}}'
for i in $(seq 100); do
    grep -q "^W" $OUT/again.mmt && break
    usleep 200000
done
"""


@test
def hot_unplug(scratch):
    """Hot-unplug under a driver: files closed, log whole; then plugged again."""
    run = lab.Run(scratch, device="e1000e", driver="e1000e",
                  host_script=UNPLUG)
    said = run.text("host/host-script.log")
    matches(said, r"before: [1-9]")
    matches(said, r"after: 0\n")
    matches(said, r"MARK [0-9.]+ vfio-trace: end\n")
    matches(said, "QEMU is alive")
    log = run.log()
    equal(len(log.of(mmt.Map)), len(log.of(mmt.Unmap)), "MAP and UNMAP")
    equal(log.marks("vfio-trace: detached"), ["vfio-trace: detached id=dut0"],
          "mark")
    lab.tool("check", run.path("trace.mmt"))
    equal("W " in run.text("host/again.mmt"), True,
          "the driver's writes in the second log")


HOST_ERRORS = r"""
set -u
set -- $TARGETS
try() {
    echo "== $1"
    rm -f /tmp/log
    timeout 60 $QEMU -machine q35 -accel kvm -nodefaults -display none -S \
        -device vfio-pci-trace,host=$2,id=dut,${3:-trace-file=/tmp/log} 2>&1
    echo "status $? log $(ls /tmp/log 2>/dev/null)"
}
modprobe 8139cp
bind $2 8139cp
try group $1
bind $1 8139cp
try driver $1
echo > /sys/bus/pci/devices/$1/driver_override
echo $1 > /sys/bus/pci/devices/$1/driver/unbind
try unbound $1
bind $1 vfio-pci
bind $2 vfio-pci
try path $1 trace-file=/nonexistent/log
try nolog $1 trace-log=nope
try neither $1 id=dut
try both $1 trace-log=nope,trace-file=/tmp/log
try late $1 trace-file=/tmp/log,x-pci-vendor-id=0x12345
rmmod vfio_pci
rmmod vfio_pci_core vfio_iommu_type1 vfio_virqfd vfio 2>/dev/null
rm -rf /dev/vfio
try novfio $1
exit 0
"""


@test
def host_not_ready(scratch):
    """Group shared, wrong driver, no driver, no VFIO: one error message each."""
    run = lab.Run(scratch, device=["rtl8139,multifunction=on,addr=05.0",
                                   "rtl8139,addr=05.1"],
                  host_only=True, host_module="8139cp",
                  host_script=HOST_ERRORS)
    said = dict(re.findall(r"== (\w+)\n(.*?status \d+ log [^\n]*)\n",
                           run.text("host/host-script.log"), re.S))
    for case, pattern in (
            ("group", r"0000:00:05\.0 is not alone in its IOMMU group: "
                      r"0000:00:05\.1 \(8139cp\)"),
            ("driver", r"0000:00:05\.0 is not bound to vfio-pci but to 8139cp"),
            ("unbound", r"not bound to vfio-pci but to no driver"),
            ("path", r"can't create trace log '/nonexistent/log'"),
            ("nolog", r"there is no trace log 'nope'"),
            ("neither", r"there is no trace log\n.*trace-file=PATH"),
            ("both", r"trace-file and trace-log can't be used together"),
            ("late", r"invalid PCI vendor ID"),
            ("novfio", r"this host has no VFIO.*modprobe vfio-pci")):
        matches(said[case], pattern, case)
        equal(len(re.findall("(?m)^qemu[^:]*: ", said[case])), 1,
              f"error lines of {case}")
        matches(said[case], r"status 1 log $", case)


if __name__ == "__main__":
    tap.main()
