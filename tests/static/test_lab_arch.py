#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""lab --arch: what can not work is refused before anything is built."""

import argparse
import os
import platform
import sys

TOP = os.environ.get("VFIO_TRACE_SOURCE") or os.path.dirname(os.path.dirname(
    os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(TOP, "tests"), os.path.join(TOP, "lab")]
from common import tap                                          # noqa: E402
from common.tap import equal, matches, test                     # noqa: E402
from labkit import arch, cli, errors, packages, plan            # noqa: E402

FOREIGN = next(a for a in arch.ARCHES.values()
               if a.name != platform.machine())


def refused(function, *args):
    try:
        function(*args)
    except errors.LabError as e:
        return str(e)
    raise AssertionError("it was not refused")


def kind(function, *args):
    try:
        function(*args)
    except errors.LabError as e:
        return type(e)
    return None


def options(*args):
    return cli.parser().parse_args(
        ["--device", "edu", "--driver", "none", "--out", "/nowhere", *args])


@test
def kernel(_scratch):
    """a kernel with iommufd is built for this machine only"""
    for args in (["--host-kernel", "iommufd"], ["--iommufd"]):
        matches(refused(arch.check, arch.AARCH64, options(*args)),
                rf"{args[0]}.* is not possible on aarch64: ")


@test
def missing(scratch):
    """a package that can't be had, which tests skip, and one that is broken"""
    os.environ["VFIO_TRACE_CACHE"] = scratch
    packages.apt_suite = lambda *args: (None, "no mirror")
    for function in (packages.busybox, packages.find_kernel):
        args = ["6.1.0-1"] if function is packages.find_kernel else []
        equal(refused(function, "s390x", *args, print), "no mirror", "message")
        equal(kind(function, "s390x", *args, print), packages.Unavailable,
              "kind of error")

    def broken(*args):
        if "binaries" in args:
            return "1.0 bookworm busybox-static\n", ""
        with open(os.path.join(args[-1], "x.deb"), "w", encoding="ascii"):
            return "", ""

    packages.apt_suite = broken
    matches(refused(packages.busybox, "s390x", print), "can't be unpacked")
    equal(kind(packages.busybox, "s390x", print), errors.LabError,
          "kind of error")


@test
def inner_qemu(scratch):
    """L1's QEMU: for --arch only, and nothing but --qemu may be built here"""
    find = getattr(plan, "_inner_qemu")
    named = argparse.Namespace(inner_qemu="/bin/true", series=None)
    matches(refused(find, named, "/bin/true", arch.find(None)),
            "--inner-qemu is for --arch")
    equal(find(named, "/bin/true", FOREIGN), os.path.realpath("/bin/true"),
          "L1's QEMU")
    plan.BUILD = scratch
    plan.QEMUS = (os.path.join(scratch, "qemu-*"),)
    unnamed = argparse.Namespace(inner_qemu=None, series=None)
    matches(refused(find, unnamed, "/bin/true", FOREIGN),
            f"no QEMU for hosts of {FOREIGN.name} is built: run ")
    own = os.path.join(scratch, f"qemu-10.0-on-{FOREIGN.name}", FOREIGN.qemu)
    os.makedirs(os.path.dirname(own))
    with open(own, "w", encoding="ascii"):
        pass
    equal(find(unnamed, "/bin/true", FOREIGN), own, "L1's QEMU")


if __name__ == "__main__":
    tap.main()
