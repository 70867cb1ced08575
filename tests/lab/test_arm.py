#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# needs: other-targets cross-qemu
# timeout: 1800
"""An Arm host: a device behind an SMMUv3, VFIO, KVM by VHE, and vfio-pci-trace in
a QEMU that was cross-built; all on an emulated machine.

`scripts/cross-build qemu aarch64` builds what this needs; it takes minutes.
"""

import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import archtrace, devside, lab, mmt, tap             # noqa: E402
from common.archtrace import Allowance                           # noqa: E402
from common.tap import equal, matches, test                      # noqa: E402

ARCH = "aarch64"
LEAST = 4000                    # bytes accessed

# The driver's life, in phases. L1 may have no vfio-trace, which `mark` needs.
SCRIPT = r"""
set -eu
put()
{
    host "qmp '{\"execute\": \"vfio-trace-mark\",
                \"arguments\": {\"text\": \"$1\"}}'" > /dev/null
}
cat $DEV/config > $LAB_OUT/config
put load
modprobe e1000e
until [ -e $DEV/net ]; do sleep 0.1; done
dev=$(ls $DEV/net)
put up
ip link set $dev up
until grep -q 1 $DEV/net/$dev/carrier; do sleep 0.1; done
put down
ip link set $dev down
put unload
modprobe -r e1000e
put end
"""

DOCTOR = r"""
[ -x /bin/vfio-trace ] || exit 0
ln -sf "$QEMU" /bin/qemu-system-aarch64-vfio-trace
vfio-trace doctor --json "$TARGETS" > $OUT/doctor.json
echo $? > $OUT/doctor.status
"""

MESSAGE = r"bar\d\+\w+ VECTOR\[.*\]\.(ADDR|ADDR_HIGH|DATA)$"

# What the driver does differently on x86, or each time
ALLOWED = [
    Allowance("addresses of memory", ["value"],
              r"bar0\+\w+ (TDBA[LH]|RDBA[LH])\[0\]$"),
    Allowance("random numbers", ["value"], r"bar0\+\w+ RSSRK\["),
    Allowance("the device's clock", ["value"], r"bar0\+\w+ SYSTIM[LH]$"),
    Allowance("messages of MSI-X", ["value", "only-a", "only-b"], MESSAGE),
    Allowance("moments of interrupts and of the watchdog",
              ["only-a", "only-b", "order"], "bar0", "(load|up|down)$", True),
    # half a second after it was asked for: the driver may have come to another
    # place by then, and sets up what it finds
    Allowance("the moment at which the link is up",
              ["value", "only-a", "only-b"],
              r"bar0\+\w+ (CTRL|STATUS|MDIC|TCTL)$"),
    Allowance("the rate of interrupts, which the driver adapts",
              ["only-a", "only-b", "value"], r"bar0\+\w+ EITR\["),
]

# The page of e1000e's BAR0 with the statistics
STATISTICS, PAGE, BAR0_SIZE = 0x4000, 0x1000, 0x20000
USE = r"""
set -e
grep ^e1000e /proc/modules > $LAB_OUT/modules
dev=$(ls $DEV/net)
ip link set $dev up
sleep 2
mmio $BDF 0 r32 0x8 r32 0x4000 r32 0x4ffc r32 0x5000
"""


def traced(scratch, name, **options):
    """One run with SCRIPT, whose log has what the device saw."""
    scratch = os.path.join(scratch, name)
    os.makedirs(scratch)
    run = lab.Run(scratch, device="e1000e", driver="none",
                  guest_module="e1000e", device_trace=True, script=SCRIPT,
                  guest_append="ipv6.disable=1", **options)
    lab.tool("check", "--complete", run.path("trace.mmt"))
    devside.agrees(run, LEAST)
    return run


def check_doctor(run):
    """doctor knows the host, if it is cross-built."""
    if not os.path.exists(run.path("host/doctor.json")):
        print("# vfio-trace is not built for L1: no doctor", flush=True)
        return
    states = {}
    for finding in json.loads(run.text("host/doctor.json"))["findings"]:
        print(f"# doctor: {finding['state']} {finding['check']}: "
              f"{finding['found']}", flush=True)
        states[finding["check"]] = finding["state"]
    for check in ("KVM", "IOMMU", "interrupts", "group"):
        equal(states.get(check), "ok", f"doctor's finding on {check}")


@test
def driver(scratch):
    """e1000e's life: log and device are the same, and it is as on x86."""
    lab.need_cross_built(ARCH)
    arm = traced(scratch, "arm", arch=ARCH, host_script=DOCTOR)
    matches(arm.text("lab.log"), r"kvm \[\d\]: VHE mode initialized|"
            r"stage L1 up", "L1's console")
    x86 = traced(scratch, "x86")
    archtrace.compare(x86.path("trace.mmt"), arm.path("trace.mmt"), ALLOWED)
    check_doctor(arm)


def check_callers(run):
    """Each access has its place in the guest, the driver's have its own."""
    lines = [line.split() for line in run.text("trace.mmt").splitlines()]
    accesses = [line for line in lines if line[0] in ("R", "W")]
    equal([a for a in accesses if a[6] == "0x0" or a[-1] == "ttbr0=0x0"], [],
          "accesses without PC or TTBR0")
    words = run.text("guest/modules").split()
    module = range(int(words[5], 16), int(words[5], 16) + int(words[1]))
    callers = sum(any(int(word.removeprefix("pc="), 16) in module
                      for word in line[5:] if "0x" in word)
                  for line in lines if line[2:4] == ["vfio-trace:", "backtrace"])
    print(f"# {callers} of {len(accesses)} accesses are e1000e's", flush=True)
    equal(callers >= 100, True, "accesses of the driver's")


@test
def one_page(scratch):
    """One page is traced, with its callers; the rest is VFIO's mmap."""
    lab.need_cross_built(ARCH)
    run = lab.Run(scratch, arch=ARCH, device="e1000e", driver="e1000e",
                  attach="vfio-pci-trace,trace-log=log0,backtrace=4,"
                  f"windows=0:{STATISTICS:#x}:4K",
                  guest_arg=["-object", "vfio-trace-log,id=log0,pc=on,"
                             "extra=cpu+ttbr0,file=/out/trace.mmt"],
                  guest_append="iomem=relaxed", script=USE)
    lab.tool("check", "--complete", run.path("trace.mmt"))
    log = run.log()
    bars = log.of(mmt.Pcidev)[0].start
    offsets = {a.addr - bars[0] for a in log.accesses()
               if bars[0] <= a.addr < bars[0] + BAR0_SIZE}
    equal({o & ~(PAGE - 1) for o in offsets}, {STATISTICS},
          "pages of BAR0 in the log")
    equal({0x4000, 0x4ffc} <= offsets, True, "the program's reads are there")
    coverage = "\n".join(log.marks("vfio-trace: coverage device=dut0 bar=0"))
    matches(coverage, rf"len={PAGE:#x} state=trapped")
    matches(coverage, r"state=direct why=outside-windows")
    check_callers(run)


@test
def refusals(scratch):
    """What can't work there is refused, with the reason."""
    for args, said in (
            (["--arch=vax"], "the lab does not know vax"),
            ([f"--arch={ARCH}", "--oracle"], "Arm's kernel has no mmiotrace"),
            ([f"--arch={ARCH}", "--accel=kvm"], "this machine is no aarch64"),
            ([f"--arch={ARCH}", "--host-program=lspci"],
             "--host-program is not possible on aarch64")):
        done = subprocess.run(
            [os.path.join(lab.TOP, "lab", "lab"), "--device=e1000e",
             "--driver=e1000e", "--out", os.path.join(scratch, "out"), *args],
            capture_output=True, text=True, check=False)
        equal(done.returncode, 1, f"exit status with {args}")
        matches(done.stderr, said, "the lab's message")


if __name__ == "__main__":
    tap.main()
