#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 3600
# usual: 120
"""Firmware as the guest: the log has what arrived at the device, byte by byte.

guest-images/firmware compares them itself; tests/common/devside.py, which has
nothing in common with it, does so again here.
"""

import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import devside, lab, mmt, tap                        # noqa: E402
from common.tap import Skip, equal, matches, test                # noqa: E402

FULL = bool(os.environ.get("VFIO_TRACE_FULL"))
COMMAND = os.path.join(lab.TOP, "guest-images", "firmware")

# Files of each firmware's package: without them, its guests are skipped.
NEEDS = {"ipxe-rom": "/usr/lib/ipxe/qemu/pxe-e1000e.rom",
         "ipxe": "/usr/lib/ipxe/ipxe.lkrn",
         "ovmf": "/usr/share/OVMF/OVMF_CODE_4M.fd",
         "seabios": "/usr/lib/grub/i386-pc/biosdisk.mod",
         "grub": "/usr/lib/grub/i386-pc/ohci.mod",
         "memtest": "/boot/memtest86+x64.bin",
         "uboot": "/usr/lib/u-boot/qemu-x86_64/u-boot.rom",
         "xen": "/boot/xen-4.17-amd64.gz"}

# Devices that devside does not know how to compare: both BARs of an rtl8139 lead to
# one region.
ALIASED = re.compile(r".*rtl8139")
FIRST_POST = 2                  # "lab: post 2" begins the first guest

# Name, least number of bytes compared. One of each firmware in all runs.
SHORT = (("ipxe-e1000e", 2000), ("seabios-nvme", 1000), ("grub-ohci", 400),
         ("ovmf-nvme", 4000))


class Results:
    """A guest's results, as devside wants them."""

    def __init__(self, directory):
        self.directory = directory

    def path(self, name):
        """Path of a file."""
        return os.path.join(self.directory, name)

    def log(self):
        """The log, parsed."""
        return mmt.Log(self.path("trace.mmt"))


def command(*args, status=0):
    """Run guest-images/firmware. Return: its output"""
    with subprocess.Popen([COMMAND, *args], stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT) as process:
        lines = []
        for line in process.stdout:
            lines.append(line)
            print(f"# {line.rstrip()}", flush=True)
    equal(process.returncode, status, "exit status")
    return "".join(lines)


def available(guests):
    """Those guests whose firmware is installed."""
    def file(name):
        return next(path for prefix, path in NEEDS.items()
                    if name.startswith(prefix))
    for name, _ in guests:
        if not os.path.exists(file(name)):
            print(f"# {name} is skipped: there is no {file(name)}", flush=True)
    return [g for g in guests if os.path.exists(file(g[0]))]


def agree(scratch, guests, widens=False):
    """Boot guests, and compare each one's log with the device.

    widens: the emulation of a device may widen accesses
    """
    guests = available(guests)
    if not guests:
        raise Skip("no firmware is installed")
    names = [name for name, _ in guests]
    command(*names, "-o", scratch, "--series", tap.series(), "--timeout=1500")
    for number, (name, least) in enumerate(guests, FIRST_POST):
        print(f"# {name}")
        directory = os.path.join(scratch, name) if len(names) > 1 else scratch
        run = Results(directory)
        lab.tool("check", "--complete", run.path("trace.mmt"))
        if not ALIASED.match(name):
            devside.agrees(run, least, config="config", widens=widens,
                           start=f"lab: post {number}")
        with open(run.path("summary.txt"), encoding="utf-8") as f:
            matches(f.read(), "log and device agree: ", "the command's verdict")
        yield name, run


def marks(run):
    """The firmware's markers, in order."""
    text = "vfio-trace: guest-mark origin=isa port=marker text="
    return [m.removeprefix(text) for m in run.log().marks()
            if m.startswith(text)]


def without_one(run, scratch):
    """A copy of a log that lacks an access in its middle. Return: its path"""
    with open(run.path("trace.mmt"), encoding="utf-8") as f:
        lines = f.readlines()
    at = [n for n, line in enumerate(lines) if line.startswith(("R ", "W "))]
    # a poll that is left out is found as well, later
    del lines[at[len(at) // 2]]
    path = os.path.join(scratch, "lossy.mmt")
    with open(path, "w", encoding="utf-8") as f:
        f.writelines(lines)
    return path


def compared(run, log):
    """The command's own comparison, of another log."""
    sys.path[:0] = [os.path.join(lab.TOP, "guest-images")]
    from imagekit.firmware import compare      # pylint: disable=C0415
    return compare.compare(log, run.path("device.mmt"), run.path("config"))


@test
def one_of_each(scratch):
    """iPXE, SeaBIOS, GRUB, OVMF: log and device agree; a lost access is found"""
    for name, run in agree(scratch, SHORT):
        equal(compared(run, run.path("trace.mmt")).difference, "", name)
        lossy = compared(run, without_one(run, scratch))
        matches(lossy.difference, "first difference at access ", "lost access")
        if name.startswith(("grub", "ovmf", "seabios")):
            equal(marks(run)[-2:], ["read the file", "done"], "markers")


@test
def others(scratch):
    """the other firmware and drivers"""
    if not FULL:
        raise Skip("only in make check-full")
    listed = subprocess.run([COMMAND, "--list"], text=True, check=True,
                            stdout=subprocess.PIPE).stdout.split("\n")
    short = {name for name, _ in SHORT}
    names = [line.split()[0] for line in listed if line]
    # devices' slots and ports are few: some at a time
    rest = [(n, 20) for n in names if n not in short]
    for at in range(0, len(rest), 6):
        part = os.path.join(scratch, str(at))
        for _ in agree(part, rest[at:at + 6], widens=True):
            pass


if __name__ == "__main__":
    tap.main()
