#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 600
"""A Linux guest's markers: by /dev/virtio-ports, and by the I/O port."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import lab, mmt, tap                                 # noqa: E402
from common.tap import equal, test                               # noqa: E402

GUEST = "vfio-trace: guest-mark "
VIRTIO, ISA = "origin=virtio-serial port=m", "origin=isa port=fw"
LINE = "W 4 1.000000 1 0x80000000 0x666 0x0 0"
ROUNDS, FLOOD = 20, 100000
BURST, RATE = 1000, 100

# The lab's guest has no udev, and does not bind drivers automatically.
SCRIPT = r"""
set -e
for device in /sys/bus/pci/devices/*; do
    [ -e $device/driver ] || echo ${device##*/} > /sys/bus/pci/drivers_probe
done
mkdir /dev/virtio-ports
m=/dev/virtio-ports/org.vfio-trace.mark.0
for i in $(seq 600); do
    for port in /sys/class/virtio-ports/*; do
        [ "$(cat $port/name 2>/dev/null)" != org.vfio-trace.mark.0 ] ||
            ln -s /dev/${port##*/} $m
    done
    [ ! -e $m ] || break
    usleep 50000
done

for i in $(seq @ROUNDS@); do
    mmio $BDF 0 w32 0x80=$i
    echo "round $i" > $m
done
printf 'crlf\r\nvfio-trace: end\nr\rs\033[2J\351\n\n' > $m
printf 'never ended' > $m
head -c 3000 /dev/zero | tr '\0' A > $m
for c in i s a '\n'; do
    printf "$c" | dd of=/dev/port bs=1 seek=1513 count=1 conv=notrunc 2>/dev/null
done

mark flood
yes '@LINE@' | head -n @FLOOD@ > $m
mark over
# The rate limit carries over one second at most.
sleep 2
echo after > $m
""".replace("@ROUNDS@", str(ROUNDS)).replace("@LINE@", LINE).replace(
    "@FLOOD@", str(FLOOD))


def said(log):
    """The device's and the ports' events, in order, without the tracer's own
    marks."""
    for event in log.events:
        if isinstance(event, mmt.Access) and event.op == "W":
            yield event.value
        elif isinstance(event, mmt.Mark):
            if event.text.startswith(GUEST):
                yield event.text.removeprefix(GUEST)
            elif not event.text.startswith("vfio-trace: "):
                yield event.text


@test
def linux(scratch):
    """echo > /dev/virtio-ports/NAME makes a mark at its place; a flood is
    bounded, and each of its lines is logged or counted."""
    run = lab.Run(scratch, device="edu", driver="none", script=SCRIPT,
                  guest_arg=["-device", "virtio-serial-pci,id=vs,ioeventfd=off",
                             "-device", "vfio-trace-marker,id=m,bus=vs.0",
                             "-device", "isa-vfio-trace-marker,id=fw"])
    lab.tool("check", "--complete", run.path("trace.mmt"))
    log = run.log()
    got = list(said(log))
    begin, end = got.index("flood"), got.index("over")

    want = []
    for i in range(1, ROUNDS + 1):
        want += [i, f"{VIRTIO} text=round {i}"]
    room = 900 - len(f"{GUEST}{VIRTIO} cut={2 ** 64 - 1} text=")
    want += [f"{VIRTIO} text={t}" for t in
             ("crlf", "vfio-trace: end", "r?s?[2J?", "never ended")]
    want += [f"{VIRTIO} cut={3000 - room} text={'A' * room}",
             f"{ISA} text=isa"]
    equal(got[:begin], want, "events before the flood")

    flood = got[begin + 1:]
    flood.remove("over")
    equal(flood.pop(), f"{VIRTIO} text=after", "the last marker")
    logged = flood.count(f"{VIRTIO} text={LINE}")
    dropped = [int(t.removeprefix(f"{VIRTIO} dropped=")) for t in flood
               if t.startswith(f"{VIRTIO} dropped=")]
    equal(logged + len(dropped), len(flood), "marks of the flood")
    equal(logged + sum(dropped), FLOOD, "lines of the flood")

    times = [e.time for e in log.of(mmt.Mark) if e.text in ("flood", "over")]
    taken = times[1] - times[0]
    print(f"# {FLOOD} lines in {taken:.1f} s: {logged} logged, {sum(dropped)} "
          f"dropped in {len(dropped)} places", flush=True)
    equal(BURST - ROUNDS - 10 <= logged <= BURST + RATE * (taken + 1), True,
          f"{logged} marks in {taken:.1f} s")
    equal(1 <= len(dropped) <= taken + 2, True, "places of dropping")
    equal(end > begin, True, "the flood's end")
    tap.matches(run.text("host/qemu.log"),
                "more than 100 markers a second to 'm'", "QEMU's message")


if __name__ == "__main__":
    tap.main()
