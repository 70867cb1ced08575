#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# usual: 70
# timeout: 1200
"""e1000e's transmit ring in the guest's memory: descriptors as the emulated
device has fetched them, and the frames that went out."""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import devevents, devside, guestmem, lab, pcap, tap  # noqa: E402
from common.devevents import Descriptor                          # noqa: E402
from common.tap import equal, test                               # noqa: E402

RINGS = os.path.join(lab.TOP, "rings", "e1000e.rings")
RING = re.compile(r"TX[A-Z_]*\[\d+\]$")

# Fields of a descriptor's second dword, and options in its third
EXTENDED, DATA, END = 1 << 29, 1 << 20, 1 << 24
LENGTH = 0xffff
IP_SUM, OTHER_SUM = 1 << 8, 1 << 9

# A context: offsets of the checksums in the frame
IP_SUM_AT, OTHER_SUM_AT = 1, 5

SCRIPT = r"""
set -eu
dev=$(ls $DEV/net)
ip link set $dev up
ip addr add 192.0.2.1/24 dev $dev
for i in $(seq 600); do
    [ "$(cat /sys/class/net/$dev/carrier)" = 0 ] || break
    usleep 100000
done
arp -i $dev -s 192.0.2.2 02:00:00:00:00:01
/extra/frames $dev {count} 192.0.2.2
for size in 0 1 56 1000 1472 4000; do
    ping -c 2 -W 1 -s $size 192.0.2.2 > /dev/null || true
done
/extra/frames $dev {count} 192.0.2.2
sleep 1
ip link set $dev down
"""


def descriptor(entry):
    return Descriptor(entry.number(0, 8), entry.number(8, 4),
                      entry.number(12, 4))


class Frames:
    """Frames as the log's entries and their data show them.

    found: [(bytes that are known, from the first on; length; offsets of
        checksums that the device computes)]
    descriptors: all
    """

    def __init__(self, items):
        self.found, self.descriptors = [], []
        self.known, self.length, self.whole, self.sums = b"", 0, True, []
        self.context = bytes(16)
        pending = None          # descriptor whose data may follow
        data = b""
        for item in items:
            equal(item.kind == "memory-cut", False, f"cut: {item.words}")
            if not RING.match(item.get("ring", "")):
                continue
            if item.kind == "entry":
                equal(item.get("state"), None, "state of an entry")
                self._add(pending, data)
                pending, data = descriptor(item), b""
                self.descriptors.append(pending)
                if pending.lower & (EXTENDED | DATA) == EXTENDED:
                    self.context = item.data
            elif item.kind == "data":
                equal((item.at, item.get("of"), item.get("state")),
                      (pending.address, pending.lower & LENGTH, None),
                      f"data {item.name}")
                data = item.data
        self._add(pending, data)

    def _add(self, entry, data):
        if entry is None or entry.lower & (EXTENDED | DATA) == EXTENDED:
            return                      # none, or a context: no data
        length = entry.lower & LENGTH
        if entry.lower & EXTENDED and not self.length:
            self.sums = [self.context[at] for option, at in
                         ((IP_SUM, IP_SUM_AT), (OTHER_SUM, OTHER_SUM_AT))
                         if entry.upper & option]
        if self.whole:
            self.known += data
            self.whole = len(data) == length
        self.length += length
        if entry.lower & END:
            self.found.append((self.known, self.length, self.sums))
            self.known, self.length, self.whole, self.sums = b"", 0, True, []


def without(frame, sums, length):
    """A frame's first bytes, in hexadecimal, without checksums."""
    frame = bytearray(frame[:length])
    for at in sums:
        frame[at:at + 2] = b"\0\0"
    return bytes(frame[:length]).hex()


@test
def frames(scratch):
    """Descriptors and the frames' first bytes are those that went out."""
    count = tap.rounds(66, 700)
    capture = os.path.join(scratch, "frames.pcap")
    run = lab.Run(
        scratch, device="e1000e", driver="e1000e",
        script=SCRIPT.format(count=count), device_event="e1000e_tx_descr",
        outer_arg=["-object",
                   f"filter-dump,id=dump,netdev=backend0,file={capture}"],
        extra=[RINGS, lab.compile_guest(scratch, "frames")],
        trace_opts="rings=/extra/e1000e.rings", timeout=900)
    lab.tool("check", "--complete", run.path("trace.mmt"))
    ours = Frames(guestmem.items(run.log()))
    devside.same(ours.descriptors, devevents.e1000e_descriptors(
        devevents.lines(run.path("device-events.log"))), "descriptors")
    sent = pcap.frames(capture)
    devside.same([(length, without(known, sums, len(known)))
                  for known, length, sums in ours.found],
                 [(len(frame), without(frame, sums, len(known)))
                  for frame, (known, _, sums) in zip(sent, ours.found)] +
                 [(len(frame), "?") for frame in sent[len(ours.found):]],
                 "frames", ("log", "capture"))
    known = [len(k) for k, _, _ in ours.found]
    sums = sum(bool(s) for _, _, s in ours.found)
    print(f"# {len(sent)} frames of {len(set(map(len, sent)))} lengths; "
          f"{min(known)} to {max(known)} bytes are in the log; {sums} "
          "with a checksum by the device")
    equal(min(known) >= 14 and max(known) >= 60, True, "bytes of a frame")
    equal(len(sent) >= 2 * count + 12, True, "frames: enough")
    equal(sums >= count, True, "checksums by the device: enough")


if __name__ == "__main__":
    tap.main()
