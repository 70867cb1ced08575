#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# usual: 45
# timeout: 600
"""Names of registers, and commands in words, for devices that the lab has."""

import collections
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import lab, tap                                      # noqa: E402
from common.tap import equal, test                               # noqa: E402

ATTACH = "vfio-pci-trace,trace-log=log0,config=on"
# Device, its driver, and what to log of the guest's memory.
DEVICES = {
    "e1000e": ("e1000e", None),
    # The addresses of I/O queues are in no register: SCRIPT writes them to two
    # that this controller does not have (CMBMSC, PMRMSCL).  With a doorbell
    # buffer in memory, drivers do not ring all doorbells.
    "nvme,dbcs=off": ("nvme io_queue_depth=16",
                      "0:0x1000:2K@0x28+0:0x1004:512@0x30+"
                      "0:0x1008:1K@0x50+0:0x100c:256@0xe14"),
    "qemu-xhci": ("xhci_pci", "0:0x2000:4K:0xffffffffffffffc0@0x58+"
                  "0:0x1038:4K:0xfffffffffffff000"),
    "ich9-intel-hda": ("snd_hda_intel",
                       "0:0x48:1K@0x40+0:0x48:2K@0x50+0:0x5d:2K@0x50"),
    "ich9-ahci": ("ahci", None),
}

SCRIPT = r"""
set -eu
net=$(ls $DEV/net)
mark "test: up"
ip link set $net up
sleep 2
mark "test: down"
ip link set $net down
mark "test: read"
set -- $BDFS $(host sh /extra/nvme-queues.sh)
mmio $2 0 w32 0x50=$6 w32 0x54=0 w32 0xe14=$7 w32 0xe18=0
dd if=/dev/nvme0n1 of=/dev/null bs=4k count=1 iflag=direct
mark "test: unload"
"""

# Registers of which an access must be in the part of the log.
PARTS = {
    None: {"CTRL", "EECD", "EERD", "MDIC", "RAL[0]", "SWSM"},
    "test: up": {"CTRL", "IVAR", "RCTL", "TCTL", "RDBAL[0]", "TDBAL[0]",
                 "RDT[0]", "TXDCTL[0]", "IMS", "LEDCTL", "MTA[0]"},
    "test: down": {"IMC", "RCTL", "TCTL", "GORCL"},
    "test: unload": {"CTRL_EXT"},
}

# What scripts say: each text is a part of a line.
LINES = {
    "e1000e": [
        "PHY 1 read PHYSID1 -> 0x0141",
        "EEPROM read word 0x00 -> 0x5452",
    ],
    "nvme": [
        ": Identify controller",
        ": Set Features Number of Queues",
        ": Create I/O Submission Queue 1, 16 entries at 0x",
        ": Read nsid 1 lba 0 blocks 8",
        " Read nsid 1 lba 0 blocks 8: success",
        ": Delete I/O Completion Queue 1",
    ],
    "hda": [
        "codec 0 node 0x00: Get Parameter Vendor ID -> 0x1af40012",
    ],
    "xhci": [
        "command: Enable Slot",
        "Command Completion Event: Enable Slot, slot 1: Success",
        "Port Status Change Event: port 5: Success",
    ],
}


def decode(run, *options):
    """What decode says, as text."""
    return subprocess.check_output(
        [tap.tool_binary(), "decode", *options, run.path("trace.mmt")],
        text=True)


def nameless(entry):
    """Does a byte of an access have no name?"""
    parts = entry.get("parts", [entry])
    return any("register" not in part or "+0x" in part["register"]
               for part in parts)


def names(entry):
    return {part["register"] for part in entry.get("parts", [entry])}


def check_names(entries):
    """Every access to every region of every device has a name."""
    accesses = [e for e in entries if e["type"] == "access"]
    regions = collections.Counter((a["device"], a["region"]) for a in accesses)
    for (device, region), n in sorted(regions.items()):
        print(f"# {device}:{region}: {n} accesses")
    for n, device in enumerate(DEVICES):
        seen = {region for dut, region in regions if dut == f"dut{n}"}
        equal("config" in seen and len(seen) > 1, True, f"{device}: regions")
    equal([f"{a['device']}:{a['region']}+{a['offset']}" for a in accesses
           if nameless(a)], [], "accesses without a name")


def check_parts(entries):
    """Load, up, down, unload: the driver's accesses, by name."""
    seen = collections.defaultdict(set)
    part = None
    for e in entries:
        if e["type"] == "mark" and e["text"] in PARTS:
            part = e["text"]
        elif e["type"] == "access" and e["device"] == "dut0":
            seen[part] |= names(e)
    for part, registers in PARTS.items():
        equal(registers - seen[part], set(), f"{part}: not accessed")


def check_values(entries):
    """Values in words."""
    texts = {e["register"]: e["text"] for e in entries
             if e["type"] == "access" and "register" in e and
             e["device"] == "dut0" and "text" in e}
    equal("SPEED = 1000" in texts["STATUS"], True, texts["STATUS"])
    equal(texts["MDIC"].count("PHY = 1"), 1, texts["MDIC"])
    changes = [c["name"] for e in entries if e.get("register") == "CTRL"
               for c in e.get("changed", [])]
    equal({"GIO_MASTER_DISABLE", "RST", "VME"} - set(changes), set(), "CTRL")


def check_scripts(run):
    """Commands in words: a script's lines begin with its name."""
    text = decode(run, "--no-marks",
                  *(f"--script={name}" for name in LINES)).splitlines()
    for name, expected in LINES.items():
        said = [line for line in text if line.startswith(f"    {name}: ")]
        print(f"# {name}: {len(said)} lines")
        for part in expected:
            equal(any(part in line for line in said), True,
                  f"{name}: {part}")


@test
def devices(scratch):
    """Load, up, down, first read: all accesses named, commands in words."""
    drivers = [driver for driver, _ in DEVICES.values()]
    run = lab.Run(
        scratch, script=SCRIPT, device=list(DEVICES),
        # the codec's driver first, so that it is unloaded last
        driver=["snd_hda_codec_generic", *drivers],
        extra=lab.guest_file("nvme-queues.sh"),
        # the script may access a device that has a driver
        guest_append="iomem=relaxed",
        attach=[ATTACH + (f",snapshot={memory}" if memory else "")
                for _, memory in DEVICES.values()])
    lab.tool("check", "--complete", run.path("trace.mmt"))
    entries = [json.loads(line)
               for line in decode(run, "--json").splitlines()]
    check_names(entries)
    check_parts(entries)
    check_values(entries)
    check_scripts(run)


if __name__ == "__main__":
    tap.main()
