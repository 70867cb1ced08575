#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# needs: other-targets
"""Linux guests of other architectures, traced by pci-trace: Debian's e1000e
and nvme do what they do on x86, and the devices saw what the logs have."""

import functools
import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import (archguest, archpc, archtrace, devside, mmt,     # noqa: E402
                    tap)
from common.archtrace import Allowance                           # noqa: E402
from common.tap import equal, test                               # noqa: E402

OTHERS = ("aarch64", "ppc64", "s390x")
LEAST = {"nic": 8000, "disk": 600}      # bytes accessed

SQ1_TAIL = 0x1008
# The word for the address space: in all logs but those of x86. There are no
# program counters on s390x.
SPACES = {"aarch64": "ttbr0", "ppc64": "pidr", "s390x": "asce"}

# Who writes it: on x86 the kernel, a reserved message first and the real one
# later; on pseries the firmware, behind which the kernel reads; on the others
# the kernel, once.
MESSAGES = Allowance("the MSI-X table, by the interrupt controller's rules",
                     ["value", "only-a", "only-b", "order"],
                     r"bar\d\+\w+ VECTOR\[")
ALLOWED = {
    "nic": [
        Allowance("addresses of memory", ["value"],
                  r"bar0\+\w+ (TDBA[LH]|RDBA[LH])\[0\]$"),
        Allowance("random numbers", ["value"], r"bar0\+\w+ RSSRK\["),
        Allowance("the device's clock", ["value"], r"bar0\+\w+ SYSTIM[LH]$"),
        MESSAGES,
        # one round of the watchdog, which reads 41 statistics, is 58 accesses;
        # there may be a round more
        Allowance("moments of interrupts and of the watchdog",
                  ["only-a", "only-b", "order"], "bar0", "(up|down)$", True,
                  130),
        Allowance("the rate of interrupts, which the driver adapts",
                  ["only-a", "only-b", "value"], r"bar0\+\w+ EITR\["),
    ],
    "disk": [
        Allowance("x86's firmware looks for a disk to boot from", ["only-a"],
                  "", "start$"),
        Allowance("addresses of memory", ["value"],
                  r"bar0\+\w+ A[SC]Q(\+0x4)?$"),
        MESSAGES,
        Allowance("x86's firmware has left the disk enabled", ["value"],
                  r"bar0\+0x1c CSTS$", "load$"),
        # x86's kernel knows more formats of them
        Allowance("the number of commands that look for partitions",
                  ["only-a", "order", "value"],
                  r"bar0\+\w+ (SQT|CQH)DBL\[0x1\]$", "(load|read)$"),
    ],
}


def reads(path):
    """The number of times that the driver has rung for `dd`."""
    events = mmt.Log(path).events
    marks = {e.text.rpartition(" text=")[2]: i for i, e in enumerate(events)
             if isinstance(e, mmt.Mark)}
    base = mmt.Log(path).of(mmt.Map)[0].phys
    return sum(isinstance(e, mmt.Access) and e.addr == base + SQ1_TAIL
               for e in events[marks["read"]:marks["unload"]])


def check(run):
    """The logs are sound, and the devices saw what they have."""
    for ident, least in LEAST.items():
        path = run.path(ident)
        archguest.check_log(path)
        ours = archtrace.log_bytes(path)
        devside.same(ours, archtrace.device_bytes(run.events, ident),
                     f"{run.arch}: bytes of {ident}")
        equal(len(ours) >= least, True, f"{len(ours)} bytes: enough")
    equal(reads(run.path("disk")), archtrace.READS, "commands of dd")


def arches():
    """The architectures for which QEMU was built."""
    found = ["x86_64"]
    for arch in OTHERS:
        try:
            tap.qemu_binary(arch)
            found.append(arch)
        except tap.Skip:
            pass
    return tuple(found)


@functools.cache
def x86():
    """The run that all others are compared with, and its directory."""
    # pylint: disable=consider-using-with
    scratch = tempfile.TemporaryDirectory(prefix="vfio-trace-arch-")
    run = archtrace.Run(scratch.name, "x86_64",
                        archguest.kernels(arches())["x86_64"])
    check(run)
    return run, scratch


def compare(scratch, arch):
    """One architecture, and x86."""
    tap.qemu_binary(arch)
    kernel = archguest.kernels(arches())[arch]
    space = SPACES[arch]
    extra = f",extra={space}" + (",pc=on" if arch in archpc.OPS else "")
    run = archtrace.Run(scratch, arch, kernel, extra=extra)
    check(run)
    for ident in LEAST if arch in archpc.OPS else ():
        archpc.check(run, kernel, run.path(ident), space)
    for ident, allowed in ALLOWED.items():
        archtrace.compare(x86()[0].path(ident), run.path(ident), allowed)


@test
def aarch64(scratch):
    """aarch64: e1000e and nvme as on x86, and as the devices saw them."""
    compare(scratch, "aarch64")


@test
def ppc64(scratch):
    """ppc64, little-endian: the same, with pages of 64 KiB."""
    compare(scratch, "ppc64")


@test
def s390x(scratch):
    """s390x, big-endian: the same, behind zpci."""
    compare(scratch, "s390x")


if __name__ == "__main__":
    tap.main()
