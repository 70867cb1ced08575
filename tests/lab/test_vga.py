#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 600
"""Legacy VGA, passed through with x-vga=on: the device sees the accesses of the
guest's firmware and of its kernel's console, at 0xa0000 and the ports."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import devside, lab, mmt, tap                        # noqa: E402
from common.tap import equal, matches, test                      # noqa: E402

BIOS = "/usr/share/seabios/vgabios-cirrus.bin"
TEXT = "what-the-guest-writes-on-its-screen"
SCRIPT = f"""
set -eu
echo {TEXT} > /dev/tty1
sleep 1
"""
# (name in coverage marks, first address, length)
REGIONS = (("0xa0000", 0xa0000, 0x20000), ("0x3b0", 0x3b0, 0xc),
           ("0x3c0", 0x3c0, 0x20))
TEXT_MEMORY = range(0xb8000, 0xc0000)


def on_screen(accesses):
    """The characters written to text memory: the last one of each cell, and all
    of them in the order of writing."""
    return "".join(chr(value) for op, addr, value in devside.as_bytes(accesses)
                   if op == "W" and addr in TEXT_MEMORY and not addr & 1)


@test
def text_mode(scratch):
    """cirrus-vga: firmware and kernel in text mode; log and device agree."""
    run = lab.Run(scratch, device="cirrus-vga", driver="none",
                  trace_opts="x-vga=on,romfile=/extra/" +
                  os.path.basename(BIOS), extra=BIOS, script=SCRIPT,
                  guest_append="console=tty0", bzimage=True,
                  device_trace=True)
    lab.tool("check", "--complete", run.path("trace.mmt"))
    log = run.log()
    coverage = "\n".join(log.marks("vfio-trace: coverage "))
    device = devside.DeviceTrace(run.path("device.mmt")).accesses
    for name, first, length in REGIONS:
        found = matches(coverage, rf"vga={name} map=(\d+) addr={first:#x} "
                        rf"len={length:#x} state=trapped")
        number = int(found[1])
        equal(any(m.virt == first for m in log.of(mmt.Map)
                  if m.map == number), True, f"MAP of {name}")
        place = range(first, first + length)
        ours = [a for a in log.accesses() if a.map == number]
        equal(all(a.addr in place for a in ours), True, "addresses")
        devside.same(devside.as_bytes(ours),
                     devside.as_bytes([a for a in device if a.addr in place]),
                     f"bytes at {name}")
    written = on_screen(log.accesses())
    for text in ("SeaBIOS (version", TEXT):
        equal(text in written, True, f"{text!r} on the screen")


UNPLUG = "set -eu\nawait ready 60\n" + lab.UNPLUG
READY = """
set -eu
signal ready
while [ -e "$DEV" ]; do sleep 0.1; done
"""


@test
def unplugged(scratch):
    """pci-trace on plain vfio-pci: its VGA is removed before the tap; all VFIO
    files are closed."""
    trace = ["-object", "vfio-trace-log,id=log,file=/out/trace.mmt",
             "-object", "pci-trace,id=trace,device=dut0"]
    run = lab.Run(scratch, device="cirrus-vga", driver="none", script=READY,
                  host_script=UNPLUG, extra=BIOS, attach="vfio-pci,x-vga=on,"
                  "romfile=/extra/" + os.path.basename(BIOS), guest_arg=trace)
    said = run.text("host/host-script.log")
    matches(said, r"before: [1-9]", "files of VFIO's")
    matches(said, r"after: 0\n", "VFIO files after the unplug")
    lab.tool("check", "--complete", run.path("trace.mmt"))
    log = run.log()
    equal("vfio-trace: detached id=dut0" in log.marks(), True, "detached")
    equal(any(a.addr in TEXT_MEMORY for a in log.accesses()), True,
          "accesses to text memory")


if __name__ == "__main__":
    tap.main()
