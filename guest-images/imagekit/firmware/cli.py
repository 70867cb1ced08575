# SPDX-License-Identifier: GPL-2.0-or-later
"""The command line of guest-images/firmware."""

import argparse
import os
import shutil

from labkit import cli as lab_cli
from labkit import boots, errors, logs, plan
from labkit.options import count
from labkit.run import Run, tail

from ..common import main as common_main, workdir
from ..common.errors import ImageError
from ..common.progress import Progress
from . import machine, report
from .guests import GUESTS
from .recipes import Work

NAME = "guest-images/firmware"

DESCRIPTION = """\
Boot firmware with a traced device in the lab, and compare the log with the
accesses that arrived at the device.

The lab emulates the machine with the device; in it, Linux gives the device to a
KVM guest that has firmware and no operating system. No spare hardware and no
root are needed.
"""

EPILOG = """\
DIR gets, for one NAME, or in DIR/NAME for several:
  trace.mmt     the log
  device.mmt    the accesses that arrived at the device
  console.log   the firmware's console
  serial.txt    what went out of a traced serial port
  config        the device's configuration space
  summary.txt   accesses of each BAR; equal, or the first difference
DIR/lab has the console of the lab's machine and the QEMUs' command lines.

Exit status: 0 if the log and the device agree, 1 if not, if the firmware did not
access the device or did not come to its end, 2 for a wrong command line.

Example: what does OVMF's NVMe driver do?
  guest-images/firmware ovmf-nvme -o /tmp/nvme
  vfio-trace decode /tmp/nvme/trace.mmt | less -S
"""


def _parser():
    p = argparse.ArgumentParser(
        prog=NAME, usage=NAME + " NAME... -o DIR [OPTION...] | --list",
        description=DESCRIPTION, epilog=EPILOG, allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    add = p.add_argument
    add("names", metavar="NAME", nargs="*",
        help="firmware and device (--list); several run one after the other "
        "within one boot of the lab's machine")
    add("-o", "--out", metavar="DIR", help="where the results go")
    add("--list", action="store_true", help="list the names")
    add("--media", action="store_true",
        help="only make what the firmware is booted with (disks, scripts, GRUB's "
        "images) in DIR/media, for a run with a real device")
    add("--device", metavar="SPEC",
        help="another device of QEMU's, with properties as after -device")
    add("--firmware-image", metavar="FILE",
        help="another build of the firmware than the distribution's: SeaBIOS's "
        "bios.bin, OVMF_CODE.fd, ipxe.lkrn, an option ROM, ...")
    add("--until", metavar="off|console:REGEX|quiet:S",
        help="another end: the guest powers off or resets; a line of its console "
        "matches; no access for S seconds")
    add("--memory", metavar="MIB", type=count(64, 2048),
        help="the guest's memory")
    add("--trace-opts", metavar="K=V,...", default="",
        help="properties for vfio-pci-trace, for example config=on")
    add("--series", metavar="S", help="QEMU series to use of those built")
    add("--timeout", metavar="S", type=count(30), default=600,
        help="seconds after which the run has failed; each guest has half of "
        "them (600)")
    return p


def _list():
    width = max(map(len, GUESTS))
    for guest in GUESTS.values():
        print("%-*s  %-16s  %s" % (width, guest.name, guest.device, guest.does))


def _check(p, o):
    if not o.names or not o.out:
        p.error("NAME and -o DIR are needed (--list lists the names)")
    unknown = [n for n in o.names if n not in GUESTS]
    if unknown:
        p.error("there is no %s (--list lists the names)" % ", ".join(unknown))
    if len(set(o.names)) != len(o.names):
        p.error("a name is given twice")
    if len(o.names) > 1 and (o.device or o.firmware_image or o.until):
        p.error("--device, --firmware-image and --until need a single NAME")
    if o.firmware_image and not (
            os.path.isfile(o.firmware_image) and
            os.access(o.firmware_image, os.R_OK)):
        p.error("can't read --firmware-image %s" % o.firmware_image)


def _lab_options(o, prepared, out):
    """The options of the lab, as from its command line."""
    argv = ["--no-kernel", "--device-trace", "--out", out,
            "--timeout", str(o.timeout)]
    for name, values in (("--device", prepared.specs),
                         ("--extra", prepared.files),
                         ("--outer-arg", prepared.outer)):
        argv += ["%s=%s" % (name, value) for value in values]
    for name in ("series", "trace_opts"):
        value = getattr(o, name)
        if value:
            argv.append("--%s=%s" % (name.replace("_", "-"), value))
    options = lab_cli.parser().parse_args(argv)
    lab_cli.check(lab_cli.parser(), options)
    return options


def _execute(o, say):
    guests = [GUESTS[n] for n in o.names]
    where = report.Directory(o.out, o.names)
    if o.media and os.path.lexists(where.media):
        raise ImageError("%s exists: remove it, or choose another directory" %
                         where.media)
    with workdir.directory(where.path, ".firmware-") as work:
        # most guests take 3 to 40 seconds on an idle machine
        prepared = machine.Prepared(o.timeout // 2)
        with say.step("preparing media and firmware"):
            for guest in guests:
                prepared.add(Work(work, guest, image=o.firmware_image),
                             o.device or guest.device, o.memory)
        if o.media:
            shutil.move(work, where.media)
            print("%s: made %s in %s" % (NAME, ", ".join(sorted(
                os.listdir(where.media))), where.media))
            return
        if o.until:
            prepared.boots[0].until = boots.until(o.until)
        failure = _run_lab(o, prepared, where.lab, say)
        with say.step("comparing the logs with the devices' view"):
            differ = [g.name for n, g in enumerate(guests)
                      if not where.collect(n, g, o.device or g.device, work)]
    if failure:
        raise failure
    if differ:
        raise ImageError("the log and the device differ, or there is no access to compare: %s; see summary.txt"
                         % ", ".join(differ))
    print("%s: done in %.0f s, in %s" % (NAME, say.elapsed(), o.out))


def _run_lab(o, prepared, out, say):
    """Run the guests in the lab. Return: an error of a guest, or None

    If one fails, the others' results are there all the same, and what it has
    done itself.
    """
    wanted = [os.path.join(out, "host", b.name, "trace.mmt")
              for b in prepared.boots] + [os.path.join(out, "device.mmt")]
    try:
        p = plan.make(_lab_options(o, prepared, out), say)
        p.boots = prepared.boots
        Run(p, "tcg", out, say).execute()
        logs.summary(p, out)
    except errors.LabError as error:
        log = getattr(error, "log", None)
        failure = ImageError(str(error), "\n".join(tail(log)) if log else None)
        if not all(map(os.path.exists, wanted)):
            raise failure
        return failure
    return None


def main(argv=None):
    """The command. Return: exit status"""
    p = _parser()
    o = p.parse_args(argv)
    if o.list:
        _list()
        return 0
    _check(p, o)
    return common_main.run(NAME, lambda: _execute(o, Progress()))
