#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# usual: 1500
# timeout: 5400
# memory: 6 GiB
# needs: tools
"""From nothing to a traced boot: an image of guest-images/linux with a device
of VFIO's, started by `vfio-trace run --vm` in the lab, by BIOS and by UEFI.

trace-here makes the log of the guest's kernel beside ours. Ours must have all
that it has, and all that has arrived at the device; and each of the driver's
accesses gets the name of its function, from what the guest has sent at boot.
"""

import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import devside, lab, linuxguest, mmt, tap           # noqa: E402
from common.tap import Skip, equal, matches, test               # noqa: E402

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "guest",
                      "linux-guest.sh")
LIMIT = 2400                    # seconds
# The CPU has SVM, since L1's KVM passes it on. Three of eight boots of Debian 13 on a
# busy machine went on no more after the mark "module-loading kvm_amd".
HOLD = "e1000e,kvm_amd"


class Run(lab.Run):
    """A run whose log is the one that the host script's tool has written."""

    def log(self):
        return mmt.Log(self.path("host/linux.mmt"))


def disk(scratch, image, firmware):
    """A disk for L1 with the image, its settings and the firmware's name."""
    tree = os.path.join(scratch, "tree")
    os.mkdir(tree)
    subprocess.run(["cp", "--sparse=always", image, image.replace(".qcow2", ".conf"),
                    tree], check=True)
    with open(os.path.join(tree, "firmware"), "w", encoding="utf-8") as f:
        f.write(firmware)
    path = os.path.join(scratch, "disk")
    with open(path, "wb") as f:
        f.truncate(3 << 30)
    subprocess.run(["mke2fs", "-q", "-t", "ext4", "-d", tree, path], check=True,
                   env=dict(os.environ, PATH=os.environ["PATH"] + ":/sbin:/usr/sbin"))
    shutil.rmtree(tree)
    return path


def ovmf(scratch):
    """A tree with OVMF at its place."""
    tree = os.path.join(scratch, "host")
    os.makedirs(tree + linuxguest.OVMF)
    for name in ("OVMF_CODE_4M.fd", "OVMF_VARS_4M.fd"):
        if not os.path.exists(f"{linuxguest.OVMF}/{name}"):
            raise Skip(f"there is no {linuxguest.OVMF}/{name}")
        shutil.copy(f"{linuxguest.OVMF}/{name}", tree + linuxguest.OVMF)
    return tree


def judge(run):
    """The log against the device, the guest's kernel, and its functions."""
    matches(run.text("host/host-script.log"), "exit status of run: 0",
            "the run's end")
    equal("STATUS 0\n" in run.text("host/console"), True, "trace-here's success")
    ours, kernels = run.path("host/linux.mmt"), run.path("host/e1000e.mmt")
    lab.tool("check", "--complete", ours)
    # udev may load drivers of the guest's virtual devices meanwhile
    matches(lab.tool("compare", "--device=8086:10d3", kernels, ours),
            r"\b0 missing, 0 different\b", "the kernel's log in ours")
    equal(len(mmt.Log(kernels).accesses()) > 1000, True,
          "accesses in the kernel's log: enough")
    devside.agrees(run, 1000, config="host/config")
    named = subprocess.run([tap.tool_binary(), "symbolize", ours], text=True,
                           check=True, stdout=subprocess.PIPE).stdout
    calls = re.findall(r"^[RW] .* sym=\w+\+\S+\[e1000e\]$", named, re.M)
    print(f"# {len(calls)} accesses by named functions of e1000e", flush=True)
    equal(len(calls) > 1000, True, "accesses with their function: enough")


def boot(scratch, suite, firmware):
    """Make an image of a suite and trace its driver."""
    tap.first_series()
    if not tap.rounds(0, 1):
        raise Skip("make check-full runs this")
    image = f"{scratch}/guest.qcow2"
    linuxguest.make(image, "--suite", suite, "--hold-driver", HOLD)
    path = disk(scratch, image, firmware)
    os.unlink(image)
    with open(SCRIPT, encoding="utf-8") as f:
        run = Run(scratch, host_script=f.read(), device="e1000e", host_only=True,
                  device_trace=True, disk=path, host_module="ext4",
                  host_tree=ovmf(scratch), timeout=LIMIT, still_limit=400)
    print("".join(f"# {line}\n" for line
                  in run.text("host/host-script.log").splitlines()), end="",
          flush=True)
    judge(run)


@test
def bookworm_by_bios(scratch):
    """Debian 12 by BIOS: all of the driver's accesses, with their functions"""
    boot(scratch, "bookworm", "seabios")


@test
def bookworm_by_uefi(scratch):
    """Debian 12 by UEFI: all of the driver's accesses, with their functions"""
    boot(scratch, "bookworm", "ovmf")


@test
def trixie_by_bios(scratch):
    """Debian 13 by BIOS: all of the driver's accesses, with their functions"""
    boot(scratch, "trixie", "seabios")


@test
def trixie_by_uefi(scratch):
    """Debian 13 by UEFI: all of the driver's accesses, with their functions"""
    boot(scratch, "trixie", "ovmf")


if __name__ == "__main__":
    tap.main()
