#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""vfio-trace doctor on a host with an IOMMU and a device.

No guest is booted: L1 is the host under examination, with its e1000e bound to
the host's own driver, to none, and to vfio-pci, by root and by a user. It also
has an rtl8139, with BARs smaller than a page.
"""

import json
import os
import struct
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import lab, tap                                      # noqa: E402
from common.tap import equal, matches, test                      # noqa: E402

SCRIPT = r"""
set -u
small=${TARGETS#* }
TARGETS=${TARGETS% *}
dev=/sys/bus/pci/devices/$TARGETS
mkdir -p /etc
echo user:x:1000:1000::/tmp:/bin/sh > /etc/passwd
chmod 755 / /bin
ln -sf "$QEMU" /bin/qemu-system-x86_64-vfio-trace
# Without it, doctor can't know whether the kernel is locked down.
mount -t securityfs securityfs /sys/kernel/security

# doctor NAME [OPTION...]: its output as root, in both forms
doctor()
{
    name=$1
    shift
    vfio-trace doctor --json "$@" "$TARGETS" > "$OUT/$name.json"
    echo $? > "$OUT/$name.status"
    vfio-trace doctor "$@" "$TARGETS" > "$OUT/$name.txt"
}

# as_user NAME LIMIT: the same as another user, who may lock LIMIT KiB
as_user()
{
    (
        ulimit -l "$2"
        su user -c "PATH=/bin vfio-trace doctor --json -m 256 $TARGETS"
    ) > "$OUT/$1.json"
    echo $? > "$OUT/$1.status"
}

doctor bound -m 256
doctor asked -m 256 --ask-vfio
vfio-trace doctor --json -m 256 --ask-vfio "$small" > "$OUT/small.json"
echo $? > "$OUT/small.status"
as_user locked 64
chown user "/dev/vfio/$(basename "$(readlink "$dev/iommu_group")")"
as_user allowed unlimited

bind "$TARGETS" none
doctor loose -m 256
vfio-trace doctor --json > "$OUT/all.json"
echo $? > "$OUT/all.status"

modprobe e1000e
bind "$TARGETS" e1000e
ip link set eth0 up
sleep 3
doctor driven -m 256

readlink "$dev/iommu_group" > "$OUT/group"
ls "$dev/iommu_group/devices" > "$OUT/members"
ls /sys/kernel/iommu_groups > "$OUT/groups"
cp "$dev/resource" "$dev/config" "$dev/reset_method" "$OUT"
# doctor has changed nothing: this is the value set by `bind`
cat "$dev/driver_override" > "$OUT/override"

# the disk: unused, mounted, mounted in another namespace, swap
disk=$(basename "$(readlink -f "/sys/class/block/${DISK##*/}/../../..")")
use()
{
    vfio-trace doctor --json "$disk" > "$OUT/disk-$1.json"
    echo $? > "$OUT/disk-$1.status"
}
echo "$disk" > "$OUT/disk"
modprobe ext4
use idle
mkdir /mnt
mount -t ext4 "$DISK" /mnt && use mounted
umount /mnt
unshare -m sh -c "mount -t ext4 $DISK /mnt; sleep 60" &
sleep 1
use elsewhere
kill $!
sleep 1
mkswap "$DISK" && swapon "$DISK" && use swap

bind "$TARGETS" vfio-pci
sleep 60 3<> "/dev/vfio/$(basename "$(readlink "$dev/iommu_group")")" &
sleep 1
doctor held -m 256
kill $!
exit 0
"""


class Doctor:
    """The output of one call of the tool."""

    def __init__(self, run, name):
        said = json.loads(run.text(f"host/{name}.json"))
        self.status = int(run.text(f"host/{name}.status"))
        self.findings = said["findings"]
        self.device = said.get("device")
        self.devices = said.get("devices")
        for finding in self.findings:
            print(f"# {name}: {finding['state']} {finding['check']}: "
                  f"{finding['found']}", flush=True)

    def state(self, check):
        states = [f["state"] for f in self.findings if f["check"] == check]
        equal(len(states), 1, f"findings of {check}")
        return states[0]

    def states(self, **wanted):
        for check, state in wanted.items():
            name = {"vfio_pci": "vfio-pci", "group_file": "group file",
                    "MSI_X": "MSI-X"}.get(check, check)
            equal(self.state(name), state, name)

    def found(self, check, pattern):
        text = "\n".join(f["found"] for f in self.findings
                         if f["check"] == check)
        matches(text, pattern, check)


def bars(run):
    """BARs and ROM according to the kernel: (name, address, size, flags)."""
    names = [f"bar{i}" for i in range(6)] + ["rom"]
    for name, line in zip(names, run.text("host/resource").splitlines()):
        start, end, flags = (int(word, 16) for word in line.split())
        if end:
            yield name, start, end - start + 1, flags


def agrees_with_vfio(doctor):
    """doctor's conclusions from sysfs agree with VFIO's mappings."""
    equal(doctor.status, 0, "exit status with --ask-vfio")
    kinds = set()
    for region in doctor.device["regions"]:
        if region["name"] != "rom":
            kinds.add(region["direct"])
            # the MSI-X table's page is mapped, too: QEMU overlays it
            equal(region["vfio-maps"],
                  "nothing" if region["direct"] == "none" else "all",
                  f"{region['name']}, as VFIO maps it")
    return kinds


def msix(run):
    """The MSI-X capability, by config space."""
    with open(run.path("host/config"), "rb") as file:
        config = file.read()
    at = config[0x34]
    while config[at] != 0x11:
        at = config[at + 1]
    control, table, pba = struct.unpack_from("<HII", config, at + 2)
    return {"vectors": (control & 0x7ff) + 1,
            "table-bar": table & 7, "table-offset": table & ~7,
            "pba-bar": pba & 7, "pba-offset": pba & ~7}


@test
def e1000e(scratch):
    """Driver by driver, as root and as a user: the findings are correct."""
    image = os.path.join(scratch, "disk")
    subprocess.run(["truncate", "-s", "64M", image], check=True)
    subprocess.run(["mkfs.ext4", "-q", image], check=True)
    run = lab.Run(scratch, device=["e1000e", "rtl8139"], host_only=True,
                  disk=image, host_module=["e1000e", "ext4"],
                  host_script=SCRIPT)
    bdf = "0000:00:05.0"
    group = int(os.path.basename(run.text("host/group").strip()))

    bound = Doctor(run, "bound")
    equal(bound.status, 0, "exit status when all is well")
    bound.states(KVM="ok", IOMMU="ok", interrupts="ok", vfio_pci="ok",
                 container="ok", memlock="ok", lockdown="ok", ring="ok",
                 QEMU="ok", device="ok", use="ok", group="ok", driver="ok",
                 group_file="ok", reset="ok", BARs="ok", MSI_X="ok",
                 VFIO="ok")
    bound.found("IOMMU", rf"^{len(run.text('host/groups').split())} IOMMU")
    bound.found("driver", "vfio-pci")
    device = bound.device
    equal(device["bdf"], bdf, "BDF")
    equal((device["vendor"], device["device"]), (0x8086, 0x10d3), "IDs")
    equal(device["iommu-group"], group, "IOMMU group")
    equal([m["bdf"] for m in device["group"]],
          run.text("host/members").split(), "members of the group")
    equal(device["reset-methods"], run.text("host/reset_method").strip(),
          "reset methods")
    equal(device["msix"], msix(run), "MSI-X")

    regions = {r["name"]: r for r in device["regions"]}
    equal([(n, r["address"], r["size"]) for n, r in regions.items()],
          [(n, start, size) for n, start, size, _ in bars(run)], "regions")
    for name, _, _, flags in bars(run):
        region = regions[name]
        is_io = bool(flags & 0x100)
        equal(region["type"] == "io", is_io, f"{name} is of I/O ports")
        equal(region["direct"],
              "none" if is_io or name == "rom" else
              "part" if name == f"bar{device['msix']['table-bar']}" else "all",
              f"{name}, direct")

    equal(agrees_with_vfio(Doctor(run, "asked")), {"none", "part", "all"},
          "kinds of BARs of the e1000e")
    small = Doctor(run, "small")
    agrees_with_vfio(small)
    equal([r["size"] for r in small.device["regions"]], [256, 256],
          "sizes of the rtl8139's BARs")

    locked = Doctor(run, "locked")
    equal(locked.status, 1, "exit status for a user")
    locked.states(memlock="fail", group_file="fail", MSI_X="note",
                  container="ok", KVM="fail")
    allowed = Doctor(run, "allowed")
    allowed.states(memlock="ok", group_file="ok", KVM="fail")

    loose = Doctor(run, "loose")
    equal(loose.status, 0, "exit status without a driver")
    loose.states(driver="note", use="ok", group="ok")
    equal(loose.device["driver"], None, "no driver")

    driven = Doctor(run, "driven")
    equal(driven.device["driver"], "e1000e", "the host's driver")
    driven.states(driver="note", use="fail")
    driven.found("use", r"network interface \w+ is the only one with a link")
    equal(driven.status, 1, "exit status for the host's only NIC")

    held = Doctor(run, "held")
    held.states(group_file="fail")
    held.found("group file", r"is open already: sleep \(")
    equal(held.status, 1, "exit status for a device in use")

    disk = run.text("host/disk").strip()
    for name, found in (("mounted", r"file system /mnt \(/dev/vd"),
                        ("elsewhere", r"disk vd\w is in use"),
                        ("swap", r"swap space /dev/vd")):
        used = Doctor(run, f"disk-{name}")
        equal(used.device["bdf"], disk, "BDF of the disk")
        used.states(use="fail")
        used.found("use", r"^the host needs it: " + found)
    Doctor(run, "disk-idle").states(use="ok")

    everything = Doctor(run, "all")
    equal(everything.status, 0, "exit status without a device")
    equal([d["driver"] for d in everything.devices if d["bdf"] == bdf],
          [None], "the device in the list")
    equal(run.text("host/override").strip(), "e1000e", "driver_override")
    matches(run.text("host/bound.txt"), rf"(?m)^{bdf}  Ethernet  8086:10d3")
    equal("\033" in run.text("host/bound.txt"), False, "colours in a file")


if __name__ == "__main__":
    tap.main()
