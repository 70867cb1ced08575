#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# usual: 60
# timeout: 600
"""doctor, run and play at a virtual function whose physical function is on VFIO.

VFIO then opens it only with the token that the user of the physical function
has set: here, a QEMU that only holds the physical function.
"""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import lab, mmt, tap                                 # noqa: E402
from common import sequences as seq                             # noqa: E402
from common.tap import equal, matches, test                      # noqa: E402

SCRIPT = r"""
. /extra/run.sh
token=7bd1c5f0-0000-4000-8000-000000000001
wrong=7bd1c5f0-0000-4000-8000-000000000002
pf=$BDF
bind "$pf" none
echo 1 > /sys/module/vfio_pci/parameters/enable_sriov
bind "$pf" vfio-pci
sleep 1
echo 2 > "$DEV/sriov_numvfs"
sleep 1
vf=$(basename "$(readlink "$DEV/virtfn0")")
bind "$vf" vfio-pci

"$QEMU" -nodefaults -display none -machine q35 -accel kvm -S -m 32 \
    -L /usr/share/qemu -device "vfio-pci,host=$pf,vf-token=$token" \
    -qmp unix:/run/pf.sock,server=on,wait=off &
holder=$!
within 60 test -S /run/pf.sock
sleep 2

# doctor NAME [OPTION...]
doctor()
{
    name=doctor-$1
    shift
    vfio-trace doctor -m 32 --qemu "$QEMU" "$vf" "$@" > "$OUT/$name.out" 2>&1
}

doctor plain
verdict "the token is needed" said "a virtual function of $pf, which is bound"
verdict "and how to give it" said "$vf:vf-token=UUID"
doctor without --ask-vfio
verdict "VFIO refuses" said 'can not be opened: Permission denied'
doctor wrong --ask-vfio --vf-token $wrong
verdict "VFIO refuses" said 'can not be opened: this is not its token'
doctor right --ask-vfio --vf-token $token
verdict "VFIO accepts it" said 'the device can be opened'

set_device "$vf"
before=$(device)
name=run-without
run
verdict "nothing was done" equal $? 2
verdict "and why" said "give it with .*device-opts $vf:vf-token=UUID"
back

name=run-wrong
run --device-opts "$vf:vf-token=$wrong"
verdict "QEMU fails" equal $? 1
verdict "and why" said 'VFIO refuses vf-token'
back

# The firmware looks at the device.
name=run-right
MEMORY=64M
run --device-opts "$vf:vf-token=$token,config=on" &
within 180 grep -qs "config R" "$OUT/$name.mmt"
kill "$(tool_pid)"
wait $!
verdict "a log" vfio-trace check --complete "$OUT/$name.mmt"
verdict "of the device" grep -q "config R" "$OUT/$name.mmt"
back

# play NAME STATUS [OPTION...]
play()
{
    name=play-$1
    status=$2
    shift 2
    timeout 100 vfio-trace play -y /extra/vf.json "$vf" "$@" \
        > "$OUT/$name.out" 2>&1
    verdict "its status" equal $? "$status"
    back
}

play without 2
verdict "and why" said "$vf is a virtual function of $pf, .* with --vf-token"
play wrong 2 --vf-token $wrong
verdict "and why" said "VFIO refuses the token of $vf"
play right 0 --vf-token $token
verdict "and says so" said '^done: 3 reads and 1 write'
set_device "$pf"
name=play-physical
vfio-trace play -y /extra/vf.json "$pf" --any-device --vf-token $token \
    > "$OUT/$name.out" 2>&1
verdict "nothing was done" equal $? 2
verdict "and why" said "vf-token: $pf needs none"
kill $holder
echo finished
"""


def sequence(scratch):
    """The IDs, which VFIO makes up, and a register that is written."""
    return seq.save(scratch, "vf", seq.sequence(
        (0x8086, 0x10ca), {"bar0": 0x4000, "config": 0x100}, [
            seq.check("config", 0, 0x10ca8086),
            seq.read("bar0", 0x8, name="STATUS"),
            seq.write("bar0", 0x2800, 0x12345680, name="RDBAL"),
            seq.check("bar0", 0x2800, 0x12345680, name="RDBAL")]))


@test
def token(scratch):
    """doctor, run and play name the token of a VF, and take it."""
    run = lab.Run(scratch, device="igb", host_only=True,
                  host_module="igb", host_script=SCRIPT,
                  extra=[lab.guest_file("run.sh"), sequence(scratch)],
                  timeout=400)
    said = run.text("host/host-script.log")
    print("".join(f"# {line}\n" for line in said.splitlines()
                  if line.startswith(("ok", "not ok", "    "))), flush=True)
    matches(said, "(?m)^finished$", "end of the script's output")
    equal(re.findall("^not ok.*", said, re.M), [], "failed verdicts")
    log = mmt.Log(run.path("host/run-right.mmt"))
    equal(log.of(mmt.Pcidev)[0].vendor, 0x8086, "vendor")


if __name__ == "__main__":
    tap.main()
