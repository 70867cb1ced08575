#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# usual: 150
# timeout: 900
"""The rings files of xhci, hda, ahci and virtio: what a log says of memory is
what the emulated devices, or the driver, say of the same."""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import devevents, guestmem, lab, mmt, tap            # noqa: E402
from common.tap import equal, test                               # noqa: E402

# Name of the rings file, device and driver, in the order dut0, dut1 and so on
DEVICES = (
    ("hda", "ich9-intel-hda", "snd_hda_intel"),
    ("ahci", "ich9-ahci", "ahci"),
    ("virtio", "virtio-blk-pci,ioeventfd=off", "virtio_blk"),
    ("xhci", "qemu-xhci", "xhci_pci"),
)
DISK = ["-blockdev",
        "driver=null-co,node-name=sata,read-zeroes=on,size=67108864",
        "-device", "ide-hd,drive=sata,bus=target1.0"]
EVENTS = ["process_ncq_command", "ide_bus_exec_cmd", "virtio_blk_handle_*",
          "virtio_blk_req_complete", "usb_xhci_fetch_trb",
          "usb_xhci_queue_event"]
PATTERN = b"0123456789abcde\n"

# The driver of the sound card is bound again, so that its own trace events show
# its verbs from the first one on.  The USB device is configured often enough
# for the command ring to be full, and to begin anew.
SCRIPT = r"""
set -eu
trace=/sys/kernel/tracing
mount -t tracefs none $trace
hda=$(echo $BDFS | cut -d' ' -f1)
echo $hda > /sys/bus/pci/drivers/snd_hda_intel/unbind
mark "test: hda"
echo 1 > $trace/events/hda/hda_send_cmd/enable
echo 1 > $trace/events/hda/hda_get_response/enable
echo $hda > /sys/bus/pci/drivers/snd_hda_intel/bind
for i in $(seq 100); do
    ! ls /dev/snd/pcm* || break
    usleep 100000
done
echo $hda > /sys/bus/pci/drivers/snd_hda_intel/unbind
echo 0 > $trace/events/hda/enable
mark "test: disks"
cp $trace/trace $LAB_OUT/verbs
for disk in sda vda; do
    yes 0123456789abcde | dd of=/dev/$disk bs=4k count=4 oflag=direct \
        iflag=fullblock
    dd if=/dev/$disk of=/dev/null bs=64k count=4 iflag=direct
done
usb=$(ls -d /sys/bus/usb/devices/*-1 | head -n 1)
for i in $(seq 80); do
    echo 0 > $usb/bConfigurationValue
    echo 1 > $usb/bConfigurationValue
done
"""


def traced(scratch):
    run = lab.Run(
        scratch, script=SCRIPT, device=[d for _, d, _ in DEVICES],
        driver=["snd_hda_codec_generic", "sd_mod", "virtio_pci",
                *(driver for _, _, driver in DEVICES)],
        attach=["vfio-pci-trace,trace-log=log0,irq=on,"
                f"rings=/extra/{name}.rings" for name, _, _ in DEVICES],
        extra=[os.path.join(lab.TOP, "rings", f"{name}.rings")
               for name, _, _ in DEVICES],
        outer_arg=DISK, device_event=EVENTS)
    lab.tool("check", "--complete", run.path("trace.mmt"))
    return run


def of_device(items, device):
    found = [i for i in items if i.get("device") == device]
    equal([i.words for i in found if i.kind == "memory-cut"], [], "cuts")
    return found


def entries(items, name):
    """Entries of the rings of a name, without those that have no address."""
    return [i for i in items if i.kind == "entry" and
            re.match(name + r"(\[\d+\])?$", i.ring) and not i.get("state")]


# --- xhci ----------------------------------------------------------------

TRB = re.compile(r"usb_xhci_fetch_trb addr 0x([0-9a-f]+), .*, "
                 r"p 0x([0-9a-f]+), s 0x([0-9a-f]+), c 0x([0-9a-f]+)$")
EVENT = re.compile(r"usb_xhci_queue_event v (\d+), .* "
                   r"p 0x([0-9a-f]+), s 0x([0-9a-f]+), c 0x([0-9a-f]+)$")
LINK, TOGGLE = 6, 2


def fetched(lines):
    """The TRBs that the device has taken: (address, words).

    It also fetches the one behind the last one, which is not the ring's yet:
    the cycle bit is not as expected there.
    """
    cycle = {}                  # by the address where a ring goes on
    found = []
    for line in lines:
        match = TRB.match(line)
        if not match:
            continue
        at, parameter, status, control = (int(x, 16) for x in match.groups())
        if cycle.get(at, control & 1) != control & 1:
            continue
        expected = cycle.pop(at, control & 1)
        if control >> 10 & 0x3f == LINK:
            cycle[parameter & ~0xf] = expected ^ (control & TOGGLE == TOGGLE)
        else:
            cycle[at + 16] = expected
        found.append((at, parameter, status, control))
    return found


def words(entry):
    return (entry.number(0, 8), entry.number(8, 4), entry.number(12, 4))


def check_xhci(items, lines):
    """Commands, transfers and events, in order; the command ring went around."""
    ours = [(e.at, *words(e)) for e in items if e.kind == "entry" and
            re.match(r"COMMAND$|TR\[", e.ring) and not e.get("state")]
    theirs = fetched(lines)
    print(f"# xhci: {len(ours)} TRBs, device: {len(theirs)}")
    equal(ours, theirs, "TRBs that the device has fetched")
    commands = entries(items, "COMMAND")
    equal(len(commands) > 256, True, f"{len(commands)} commands: a turn")
    equal({e.number(12, 4) & 1 for e in commands}, {0, 1}, "cycle states")
    posted = [(int(m[2], 16), int(m[3], 16), int(m[4], 16))
              for m in map(EVENT.match, lines) if m and m[1] == "0"]
    events = [words(e) for e in entries(items, "EVENT")]
    print(f"# xhci: {len(events)} events")
    equal(events, posted, "events that the device has posted")
    product = [i for i in items if i.kind == "data" and
               i.name.endswith(".in") and
               "USB Tablet" in i.data.decode("utf-16-le", "replace")]
    equal(product != [], True, "a string descriptor")


# --- hda -----------------------------------------------------------------

# sound/hda/trace.h: "[BUS:CODEC] val=0x..", of responses with the codec too
VERB = re.compile(r".*hda_(send_cmd|get_response): .*val=(?:0x)?([0-9a-f]+)")


# The driver asks for the codec's vendor first, without a trace event.
PROBE = {"CORB": 0x000f0000, "RIRB": 0x1af40012}


def check_hda(run, items, marks):
    """Verbs and responses, in order, as the driver has traced them."""
    first, last = marks["test: hda"], marks["test: disks"]
    ours = {name: [e.number(0, 4) for e in entries(items, name)
                   if first < e.place < last] for name in ("CORB", "RIRB")}
    found = [VERB.match(line) for line in run.text("guest/verbs").splitlines()]
    theirs = {name: [int(m[2], 16) for m in found if m and m[1] == event]
              for name, event in (("CORB", "send_cmd"),
                                  ("RIRB", "get_response"))}
    print(f"# hda: {len(ours['CORB'])} verbs, {len(ours['RIRB'])} responses")
    equal(len(ours["CORB"]) > 20, True, "verbs: enough")
    for name, probe in PROBE.items():
        equal(ours[name], [probe] + theirs[name], name)


# --- ahci ----------------------------------------------------------------

H2D, NCQ = 0x27, {0x60, 0x61}           # type of the FIS; queued commands
TAKEN = re.compile(
    r"process_ncq_command ahci\(\w+\)\[\d+\]\[tag:(\d+)\]: "
    r"NCQ op 0x([0-9a-f]+) on sectors \[(\d+),|"
    r"ide_bus_exec_cmd IDE exec cmd: .* cmd 0x([0-9a-f]+)$")


def ata_command(fis):
    """(command, tag, block) of a FIS; the latter two of queued commands."""
    if fis[2] not in NCQ:
        return fis[2], None, None
    return (fis[2], fis[12] >> 3,
            int.from_bytes(fis[4:7] + fis[8:11], "little"))


def taken(lines):
    """The same as the device says it."""
    found = [m for m in map(TAKEN.match, lines) if m]
    return [(int(m[4], 16), None, None) if m[4] else
            (int(m[2], 16), int(m[1]), int(m[3])) for m in found]


def check_ahci(items, lines):
    """Commands in order; what was written; FISes that were received."""
    fises = [i.data for i in items if i.kind == "data" and i.name == "cfis"]
    ours, theirs = [ata_command(f) for f in fises], taken(lines)
    print(f"# ahci: {len(ours)} commands, device: {len(theirs)}")
    equal(len(ours) > 10, True, "commands: enough")
    equal(ours, theirs, "commands")
    equal({f[0] for f in fises}, {H2D}, "type of the FISes")
    written = [i.data for i in items if i.kind == "data" and
               i.name.endswith(".buffer") and i.len]
    equal([w[:64] for w in written if w.startswith(PATTERN)],
          [PATTERN * 4] * 4, "data of the writes")
    watched = [i for i in items if i.kind == "watch"]
    equal({i.state for i in watched} >= {"first", "changed"}, True,
          "received FISes")


# --- virtio --------------------------------------------------------------

REQUEST = re.compile(r"virtio_blk_handle_(read|write) .* sector (\d+) ")


def check_virtio(items, lines):
    """Requests in order, what was written, and that each was answered."""
    requests, data = [], []
    for i in items:
        if i.kind == "data" and i.ring == "avail[0]" and \
           i.name.endswith(".out"):
            (requests if i.len == 16 and i.get("of") == 16 else
             data).append(i)
    ours = [({0: "read", 1: "write"}.get(r.number(0, 4)), r.number(8, 8))
            for r in requests if r.number(0, 4) < 2]
    theirs = [(m[1], int(m[2])) for m in map(REQUEST.match, lines) if m]
    print(f"# virtio: {len(ours)} requests, device: {len(theirs)}")
    equal(len(ours) > 6, True, "requests: enough")
    equal(ours, theirs, "requests")
    equal([d.data[:64] for d in data], [PATTERN * 4] * 4, "data of the writes")
    completed = sum(x.startswith("virtio_blk_req_complete") for x in lines)
    used = entries(items, "used")
    equal((len(used), len(entries(items, "avail"))), (completed, completed),
          "used and available elements")
    status = [i for i in items if i.kind == "data" and i.get("of") == 1 and
              i.ring == "used[0]"]
    equal([i.data for i in status], [b"\0"] * completed, "status of requests")


@test
def rings(scratch):
    """xhci, hda, ahci and virtio-blk: entries as the devices have taken them."""
    run = traced(scratch)
    log = run.log()
    items = guestmem.items(log)
    lines = devevents.lines(run.path("device-events.log"))
    marks = {e.text: place for place, e in enumerate(log.events)
             if isinstance(e, mmt.Mark)}
    check_hda(run, of_device(items, "dut0"), marks)
    check_ahci(of_device(items, "dut1"), lines)
    check_virtio(of_device(items, "dut2"), lines)
    check_xhci(of_device(items, "dut3"), lines)


if __name__ == "__main__":
    tap.main()
