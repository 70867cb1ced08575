#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# needs: vfio-trace
"""The rings files that ship: they parse, and agree with the databases."""

import glob
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import ringsfile, tap                                # noqa: E402
from common.tap import equal, test                               # noqa: E402

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
FILES = sorted(glob.glob(os.path.join(TOP, "rings", "*.rings")))

# What place of a rings file is which domain; of a device whose registers say
# where its parts are, the domain is found by the register's name.
AREAS = {
    "ahci": {"bar5": ["AHCI"]},
    "e1000e": {"bar0": ["E1000E"]},
    "hda": {"bar0": ["HDA"]},
    "nvme": {"bar0": ["NVME"]},
    "virtio": {"COMMON": ["VIRTIO_COMMON"], "NOTIFY": ["VIRTIO_NOTIFY"],
               "ISR": ["VIRTIO_ISR"]},
    "xhci": {"bar0": ["XHCI_CAP", "XHCI_OP", "XHCI_RT", "XHCI_DB"]},
}
# Not in the database: with another multiplier than QEMU's
EXTRA = {"virtio": {"notify_page"}}


def name_of(path):
    return os.path.basename(path).removesuffix(".rings")


def find(domains, candidates, name):
    """The element that a rings file calls NAME: PORT_CI for PORT.CI."""
    found = [e for d in candidates for e in domains[d].elements.values()
             if e.name.replace(".", "_") == name]
    equal(len(found), 1, f"{name}: elements in {candidates}")
    return found[0]


def check_register(reg, element):
    what = f"{reg.name}: "
    equal(reg.offset, element.offset, what + "offset")
    equal(reg.bits, element.bits, what + "bits")
    equal(len(element.repeats) <= 1, True, what + "dimensions")
    if reg.banked:
        equal(element.repeats, [], what + "a bank is at one place")
    elif element.repeats:
        length, stride = element.repeats[0]
        equal((reg.elements <= length, reg.stride), (True, stride),
              what + "array")
    else:
        equal(reg.elements, 1, what + "no array")
    for field, bits in reg.fields.items():
        if (high_low := element.fields.get(field)) is None:
            raise AssertionError(f"{what}no field {field}; "
                                 f"{sorted(element.fields)}")
        equal(bits, high_low, what + field)


@test
def shipped(_scratch):
    """A file for each kind of device."""
    equal([name_of(f) for f in FILES], sorted(AREAS), "files")


@test
def parse(_scratch):
    """`vfio-trace rings check` accepts all of them."""
    run = subprocess.run([tap.tool_binary(), "rings", "check", *FILES],
                         text=True, check=False, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT)
    for line in run.stdout.splitlines():
        print(f"# {line}")
    equal(run.returncode, 0, "exit status")


@test
def registers(_scratch):
    """Name, offset, width, array and fields are the database's."""
    for path in FILES:
        name = name_of(path)
        domains = ringsfile.domains(os.path.join(TOP, "regdb", name + ".xml"))
        found = ringsfile.registers(path)
        equal(len(found) > 3, True, f"{name}: registers")
        for reg in found.values():
            if reg.name not in EXTRA.get(name, ()):
                check_register(reg, find(domains, AREAS[name][reg.place],
                                         reg.name))


@test
def layouts(_scratch):
    """Each ring has a layout: a domain of the entry's size."""
    for path in FILES:
        name = name_of(path)
        domains = ringsfile.domains(os.path.join(TOP, "regdb", name + ".xml"))
        entries = [int(e, 0) for e in ringsfile.words(path, "entry")]
        named = ringsfile.words(path, "layout")
        equal(len(named) > 0, True, f"{name}: layouts")
        for layout in named:
            equal(domains[layout].size in entries, True,
                  f"{name}: {layout}: size")
        rings = [line for line in ringsfile.statements(path)
                 if line.startswith("ring ")]
        equal(len(rings), len(named), f"{name}: rings with a layout")


@test
def devices(_scratch):
    """Which device a file is for: as the database says, or more."""
    for path in FILES:
        said = " ".join(ringsfile.words(path, "for")).split()
        with open(os.path.join(TOP, "regdb", name_of(path) + ".regdb"),
                  encoding="utf-8") as f:
            sections = f.read().split("[device")
        line = [li for li in sections[1].splitlines()
                if li.startswith(("ids=", "class="))][0]
        key, values = line.split("=")
        for value in values.split():
            match = [s for s in said if s == value or key == "class" and
                     s.startswith("0x" + value)]
            equal(match != [], True, f"{path}: for {value}")


if __name__ == "__main__":
    tap.main()
