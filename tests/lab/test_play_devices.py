#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# usual: 40
# timeout: 900
"""`vfio-trace play` on devices of all kinds: MSI, INTx or no interrupts; BARs of
memory and of ports; option ROM, config space, legacy VGA.

One boot of L1 for all of them. What the sequences check is what these devices
do; what ends a sequence too early is said in words.
"""

import os
import re
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import edu, lab, mmt, tap                           # noqa: E402
from common import sequences as seq                             # noqa: E402
from common.tap import equal, matches, test                     # noqa: E402

BIOS = "/usr/share/seabios/vgabios-stdvga.bin"

SCRIPT = r"""
. /extra/run.sh
set -- $TARGETS
edu=$1 rtl=$2 vga=$3

# The firmware's display is none here: the console is the serial port.
echo 0 > /run/zero
[ ! -e "/sys/bus/pci/devices/$vga/boot_vga" ] ||
    mount --bind /run/zero "/sys/bus/pci/devices/$vga/boot_vga"

# play NAME BDF STATUS [OPTION...]
play()
{
    name=$1
    set_device "$2"
    status=$3
    shift 3
    before=$(device)
    mkdir -p "$OUT/$name"
    timeout 200 vfio-trace play "/extra/$name.json" "$BDF" --yes "$@" \
        --log "$OUT/$name.mmt" --buffers "$OUT/$name" \
        > "$OUT/$name.out" 2>&1 < /dev/null
    verdict "its status" equal $? "$status"
    back
}

# played NAME BDF: all is carried out
played()
{
    play "$1" "$2" 0
    verdict "and says so" said '^done: '
    verdict "log is sound" vfio-trace check --complete "$OUT/$name.mmt"
}

played msi "$edu"
played dma "$edu"
played intx "$rtl"
played ports "$rtl"
played config "$rtl"
played vga "$vga"
played rom "$vga"

play late "$edu" 1
verdict "and why" said '(irq) failed: the interrupt did not come within 50 ms'
play no-irq "$vga" 2
verdict "and why" said "the sequence waits for interrupt 0, and $vga has no interrupts"
play no-vga "$edu" 2
verdict "and why" said "$edu has no legacy VGA"
play no-rom "$edu" 2
verdict "and why" said "of rom, and that of $edu has 0x0"
play memory-off "$edu" 2
verdict "and why" said "the device's memory is switched off"
play ports-off "$rtl" 1
verdict "and why" said 'answers in config space, but all bits of this register are ones'
echo finished
"""

RTL = (0x10ec, 0x8139)
VGA = (0x1234, 0x1111)

# rtl8139: interrupts of its timer; the same registers by ports and by memory
TIMER, TIMER_AT, RTL_MASK, RTL_STATUS, TIMEOUT = 0x48, 0x54, 0x3c, 0x3e, 0x4000


def timer(region):
    """The interrupt of the timer, which counts from 0, in 1 ms"""
    return [seq.write(region, TIMER_AT, 33000), seq.write(region, TIMER, 0),
            seq.irq(), seq.check(region, RTL_STATUS, TIMEOUT, TIMEOUT, 2),
            seq.write(region, RTL_STATUS, TIMEOUT, 2)]


def intx():
    """An INTx masks itself: it comes again when it was unmasked."""
    return seq.sequence(RTL, {"bar1": 0x100}, [
        seq.write("bar1", RTL_MASK, TIMEOUT, 2, name="IntrMask"),
        seq.loop(4, timer("bar1")),
        seq.write("bar1", RTL_MASK, 0, 2)])


def ports():
    """Ports of each width, and interrupts"""
    return seq.sequence(RTL, {"bar0": (0x100, "port")}, [
        seq.write("bar0", 0x50, 0xc0, 1, name="Cfg9346"),
        seq.write("bar0", 0, 0x03020100),
        seq.write("bar0", 4, 0x0504),
        seq.loop(6, [seq.check("bar0", 0, 0, width=1, stride=[1], step=1)]),
        seq.check("bar0", 2, 0x0302, width=2),
        seq.write("bar0", RTL_MASK, TIMEOUT, 2), *timer("bar0")])


def config():
    """Config space: what VFIO lets through, what it makes up, and BARs"""
    return seq.sequence(RTL, {"config": 0x100, "bar1": 0x100}, [
        seq.check("config", 0, 0x10ec, width=2, name="vendor"),
        seq.check("config", 2, 0x8139, width=2),
        seq.check("config", 4, 7, 7, 2, name="command"),
        seq.write("config", 0xc, 0x20, 1, name="cache line"),
        seq.check("config", 0xc, 0x20, width=1),
        seq.check("config", 0x3d, 1, width=1, name="interrupt pin"),
        seq.write("config", 0x14, 0xffffffff, name="BAR 1"),
        seq.check("config", 0x14, 0xffffff00),
        seq.write("config", 4, 0, 2), seq.write("config", 4, 2, 2),
        seq.read("bar1", 0)])


def vga():
    """Legacy ports and memory, and the frame buffer"""
    def indexed(port, index, value):
        return [seq.write("vga", port, index, 1),
                seq.write("vga", port + 1, value, 1),
                seq.check("vga", port + 1, value, width=1)]

    return seq.sequence(VGA, {"vga": 0xc0000, "bar0": 0x100000,
                              "bar2": 0x1000}, [
        seq.write("vga", 0x3c2, 0x63, 1, name="MISC"),
        seq.check("vga", 0x3cc, 0x63, width=1, name="MISC"),
        # four planes, of which each byte is in the next, at 0xa0000
        *indexed(0x3c4, 4, 0xe), *indexed(0x3c4, 2, 0xf),
        *indexed(0x3ce, 6, 5),
        seq.write("vga", 0xa0000, 0x44332211),
        seq.check("vga", 0xa0000, 0x44332211),
        seq.check("vga", 0xa0002, 0x33, width=1),
        seq.write("bar0", 0x1000, 0x0123456789abcdef, 8),
        seq.check("bar0", 0x1004, 0x01234567),
        seq.check("bar2", 0x500, 0xb0c0, 0xfff0, 2, name="DISPI ID")])


def rom():
    """The first bytes of the option ROM"""
    with open(BIOS, "rb") as f:
        first, = struct.unpack("<I", f.read(4))
    return seq.sequence(VGA, {"rom": 0x8000}, [
        seq.check("rom", 0, 0xaa55, width=2, name="signature"),
        seq.check("rom", 0, first), seq.read("rom", 0x7ffc)])


def save_all(scratch):
    """The files of all sequences"""
    regions = {"bar0": 0x100000, "config": 0x100}
    made = {
        "msi": edu.interrupts(), "dma": edu.dma(), "intx": intx(), "ports": ports(),
        "config": config(), "vga": vga(), "rom": rom(),
        "late": seq.sequence(edu.IDS, regions, [seq.irq(us=50000)]),
        "no-irq": seq.sequence(VGA, {"bar0": 0x1000}, [seq.irq()]),
        "no-vga": seq.sequence(edu.IDS, {"vga": 0xc0000},
                               [seq.read("vga", 0x3cc, 1)]),
        "no-rom": seq.sequence(edu.IDS, {"rom": 0x800}, [seq.read("rom", 0)]),
        "memory-off": seq.sequence(edu.IDS, regions, [
            seq.write("config", 4, 0, 2), seq.read("bar0", 0)]),
        "ports-off": seq.sequence(
            RTL, {"config": 0x100, "bar0": (0x100, "port")},
            [seq.write("config", 4, 0, 2), seq.check("bar0", 0, 0)]),
    }
    return [seq.save(scratch, name, value) for name, value in made.items()]


def file_of(run, *names):
    with open(run.path(os.path.join("host", *names)), "rb") as f:
        return f.read()


def compare(run):
    """What buffers and logs must have"""
    equal([file_of(run, "dma", f"dma{n}.bin") for n in (0, 1)],
          edu.dma_buffers(), "buffers of edu's DMA")
    matches(run.text("host/dma.mmt"),
            r"name=dma0 on=write \S+ \S+ at=0x4000010 len=128 ")
    for name, word, times in (("msi", "msi vector=0", 3),
                              ("dma", "msi vector=0", 2),
                              ("intx", "intx=A level=1", 4),
                              ("ports", "intx=A level=1", 1)):
        irqs = mmt.Log(run.path(f"host/{name}.mmt")).marks("vfio-trace: irq")
        equal([line.split(" ", 3)[3] for line in irqs], [word] * times,
              f"{name}: interrupts")


@test
def devices(scratch):
    """Each kind of region and interrupt, on edu, rtl8139 and a VGA."""
    run = lab.Run(scratch, device=["edu", "rtl8139", f"VGA,romfile={BIOS}"],
                  host_only=True, host_script=SCRIPT, timeout=600,
                  extra=[lab.guest_file("run.sh"), *save_all(scratch)])
    said = run.text("host/host-script.log")
    print("".join(f"# {line}\n" for line in said.splitlines()
                  if line.startswith(("ok", "not ok", "    "))), flush=True)
    matches(said, "(?m)^finished$", "end of the script's output")
    equal(re.findall("^not ok.*", said, re.M), [], "failed verdicts")
    compare(run)


if __name__ == "__main__":
    tap.main()
