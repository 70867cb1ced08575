# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests that are firmware alone: what one is booted with, and how its end is
found. Several can run one after the other within one boot of L1."""

import dataclasses
import re

from .errors import LabError

# How a guest ends: it powers off or resets; it writes a line to its console; it
# leaves the traced devices alone for some time.
ENDS = ("off", "console", "quiet")

# Marks in the device trace (l1-bin/post): FIRST + N when guest N starts. One
# byte, and l1-init itself has 1.
FIRST_POST = 2
MAXIMUM = 250


@dataclasses.dataclass
class Boot:
    """One guest.

    name: its results are in /out/NAME, or in /out if empty
    args: its QEMU's arguments for firmware, disks and so on
    targets: its devices, as indexes of the plan's
    trace_opts: properties of its vfio-pci-trace
    machine: QEMU's machine type, with properties
    root_port: the devices are behind root ports
    serial: the machine has a serial port of its own, its console
    memory: MiB
    until: how it ends: (one of ENDS, REGEX or seconds)
    expect: what a line of its console must match at the end; empty: nothing
    limit: seconds after which it has failed; 0: those of the run
    """

    name: str = ""
    args: list = dataclasses.field(default_factory=list)
    targets: list = dataclasses.field(default_factory=lambda: [0])
    trace_opts: list = dataclasses.field(default_factory=list)
    machine: str = "q35,sata=off"
    root_port: bool = True
    serial: bool = True
    memory: int = 256
    until: tuple = ("off", "")
    expect: str = ""
    limit: int = 0

    @property
    def directory(self):
        """Where L1 keeps its files."""
        return "/out/" + self.name if self.name else "/out"

    @property
    def console(self):
        """What its serial port has written, for L1 to look at."""
        return (self.directory if self.name else "/run") + "/console.log"


def until(text):
    """The end for `off`, `console:REGEX` or `quiet:SECONDS`."""
    kind, _, value = text.partition(":")
    if kind not in ENDS or (kind == "off") != (not value):
        raise LabError("--until %s: off, console:REGEX or quiet:SECONDS is "
                       "expected" % text)
    if kind == "quiet" and not re.match(r"[1-9]\d*\Z", value):
        raise LabError("--until %s: a number of seconds is expected" % text)
    return kind, value


def post(number):
    """The mark in the device trace at which guest NUMBER begins."""
    return "lab: post %d" % (FIRST_POST + number)
