#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# usual: 80
# timeout: 900
"""All features of a log at once on real VFIO, compared with the oracle."""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import lab, mmt, tap                                 # noqa: E402
from common.tap import equal, matches, test                      # noqa: E402

ROM = "/usr/share/seabios/vgabios-stdvga.bin"
TDBAL, TDT = 0x3800, 0x3818         # e1000e: transmit ring and its doorbell
ASQ, DOORBELL = 0x28, 0x1000        # nvme: admin queue and its doorbell

NET = r"""
set -eu
cat $DEV/config > $LAB_OUT/config
echo 1 > $DEV/rom
cat $DEV/rom > $LAB_OUT/rom
echo 0 > $DEV/rom
dev=$(ls $DEV/net)
ip link set $dev up
sleep 2
ip link set $dev down
grep "$(basename $DEV)\|$dev" /proc/interrupts > $LAB_OUT/interrupts || true
cat /proc/uptime > $LAB_OUT/uptime
"""


def told(log, word):
    return log.marks(f"vfio-trace: {word} ")


def snapshots(log):
    """[(address, bytes)] of the snapshots in a log."""
    found = []
    for text in log.marks("vfio-trace: snapshot"):
        words = text.split()
        if words[1] == "snapshot":
            found.append([int(re.search(r" at=0x(\w+)", text)[1], 16), b""])
        else:
            found[-1][1] += bytes.fromhex(words[3])
    return [tuple(f) for f in found]


def by_hand(config, log):
    """Config space from the guest's reads in the log: {offset: byte}."""
    got = {}
    for text in told(log, "config"):
        m = re.match(r"vfio-trace: config R width=(\d) map=\d+ "
                     r"offset=0x(\w+) value=0x(\w+)", text)
        if m:
            for i in range(int(m[1])):
                got[int(m[2], 16) + i] = int(m[3], 16) >> 8 * i & 0xff
    return [got.get(i) for i in range(len(config))]


@test
def e1000e(scratch):
    """e1000e: config space, ROM, interrupts, descriptors, the hardware's side."""
    run = lab.Run(scratch, device=f"e1000e,romfile={ROM}", driver="e1000e",
                  trace_opts="config=on,irq=on,backtrace=4,"
                  f"snapshot=0:{TDT:#x}:256@{TDBAL:#x},trace-pc=on,"
                  "trace-extra=cpu+ns+latency+cr3+hw", script=NET, oracle=True)
    log = run.log()
    lab.contains_oracle(run, 4000)

    # config space: compared with the file that the guest has read, byte by byte
    with open(run.path("guest/config"), "rb") as f:
        config = f.read()
    whole = [log.marks().index(t) for t in told(log, "config")]
    equal(len(whole) > 300, True, f"{len(whole)} accesses to config space")
    command = [t for t in told(log, "command")]
    matches(command[-1], r"memory=on io=\w+ master=off$", "the driver's last command")
    got = by_hand(config, log)
    same = [i for i, byte in enumerate(config) if got[i] == byte]
    equal(len(same) >= 250, True, f"{len(same)} of 256 bytes as in the file")

    # ROM: the guest's kernel reads the contents of the file
    number = int(matches("\n".join(told(log, "coverage")),
                         r"device=dut0 rom map=(\d+) ")[1])
    with open(run.path("guest/rom"), "rb") as f:
        rom = f.read()
    with open(ROM, "rb") as f:
        equal(rom == f.read()[:len(rom)], True, "ROM as the guest read it")
    base = log.of(mmt.Pcidev)[0].start[6] & ~15
    seen = {}
    for a in log.accesses():
        if a.map == number:
            for i in range(a.width):
                seen[a.addr - base + i] = a.value >> 8 * i & 0xff
    equal(bytes(seen.get(i, 0) for i in range(len(rom))) == rom, True,
          "ROM in the log")

    # interrupts: the same number per vector as the guest's kernel has counted
    sent = [re.search(r"msix vector=(\d+)$", t) for t in told(log, "irq")]
    equal(all(sent), True, "interrupts are MSI-X vectors")
    counted = [int(n) for n in re.findall(r"^ *\d+: +(\d+)",
                                          run.text("guest/interrupts"), re.M)]
    print(f"# {len(sent)} interrupts in the log, {counted} in the guest")
    equal({m[1] for m in sent} <= {"0", "1", "2", "3", "4"}, True, "vectors")
    equal(len(sent) >= 4, True, "interrupts")

    # descriptors: the ring has the frames to be sent
    rings = snapshots(log)
    equal(len(rings) >= 2, True, f"{len(rings)} snapshots")
    equal(any(any(data) for _, data in rings), True, "descriptors in them")

    # the hardware's side
    msix = int(matches("\n".join(told(log, "coverage")),
                       r"bar=3 map=(\d+) addr=\S+ len=0x50 state=emulated "
                       r"by=msix-table")[1])
    equal({a.extra["hw"] for a in log.accesses() if a.map == msix}, {"-"},
          "hardware's side of the MSI-X table")
    direct = [a for a in log.accesses() if a.map == 1]
    known = [a for a in direct if a.extra["hw"] not in "?-"]
    equal(all(int(a.extra["hw"], 16) == a.value for a in known), True,
          "hardware's side of BAR0")
    print(f"# {len(known)} of {len(direct)} accesses to BAR0 with it")
    equal(len(known) * 10 > len(direct) * 9, True, "known")
    if tap.series() != "10.0":
        # VFIO's I/O operations show the rest, too.
        equal(len(known), len(direct), "all known")

    # clocks: the guest's uptime is KVM's clock, less the time of its firmware
    clock = matches("\n".join(told(log, "clock")),
                    r"monotonic=(\S+) realtime=\S+ kvmclock=(\S+) "
                    r"tsc=0x\w+ cpu=0")
    equal(0 < float(clock[2]) < float(clock[1]), True, "KVM's clock")
    equal({a.extra["cpu"] for a in log.accesses()}, {"0"}, "vCPU")
    equal(all(int(a.extra["latency"]) > 0 for a in log.accesses()), True,
          "latencies")
    equal("0x0" in {a.extra["cr3"] for a in log.accesses()
                    if a.pc >= 1 << 63}, False, "CR3 of the kernel")


NVME = r"""
set -eu
dd if=/dev/nvme0n1 of=/dev/null bs=4k count=4 iflag=direct
"""


@test
def nvme(scratch):
    """nvme: the commands in the admin queue, at its doorbell."""
    run = lab.Run(scratch, device="nvme", driver="nvme", script=NVME,
                  trace_opts=f"snapshot=0:{DOORBELL:#x}:2K@{ASQ:#x}")
    lab.tool("check", "--complete", run.path("trace.mmt"))
    opcodes = set()
    for _, queue in snapshots(run.log()):
        equal(len(queue), 2048, "bytes of the queue")
        opcodes |= {queue[i] for i in range(0, 2048, 64) if any(queue[i:i + 64])}
    print(f"# opcodes: {sorted(opcodes)}")
    # create I/O queues, identify, set features
    equal({0x01, 0x05, 0x06, 0x09} <= opcodes, True, "admin commands")


INTX = r"""
set -eu
dev=$(ls $DEV/net)
ip link set $dev up
sleep 1
ip link set $dev down
"""


@test
def intx(scratch):
    """e1000, which has INTx only: asserted and deasserted alternately."""
    run = lab.Run(scratch, device="e1000", driver="e1000", script=INTX,
                  trace_opts="irq=on")
    lab.tool("check", "--complete", run.path("trace.mmt"))
    levels = [t.split("vfio-trace: irq device=dut0 ")[1]
              for t in told(run.log(), "irq")]
    print(f"# {len(levels)} changes")
    equal(len(levels) >= 4, True, "interrupts")
    equal(levels, [f"intx=A level={n % 2 ^ 1}" for n in range(len(levels))],
          "assert, deassert, in turns")


# The place in BAR0 where VFIO's quirk for NVIDIA GPUs mirrors config space. The
# quirk hands repeated writes to KVM, which then makes them without QEMU, if it can.
MIRROR, TIMES = 0x88000, 30
QUIRK = f"""
set -eu
mmio $BDF 0 r32 {MIRROR:#x} r16 {MIRROR + 2:#x} r32 0x100
mmio -n {TIMES} $BDF 0 w32 {MIRROR + 0x44:#x}=0x5
"""


@test
def quirk(scratch):
    """A BAR with a quirk: the log shows it, and no write bypasses the log."""
    run = lab.Run(scratch, device="VGA", driver="none", script=QUIRK,
                  trace_opts="x-pci-vendor-id=0x10de,"
                  "trace-extra=hw")
    lab.tool("check", "--complete", run.path("trace.mmt"))
    log = run.log()
    pcidev = log.of(mmt.Pcidev)[0]
    equal((pcidev.vendor, pcidev.device), (0x10de, 0x1111), "PCIDEV")
    base = pcidev.start[0] & ~15
    matches("\n".join(told(log, "coverage")), rf"bar=0 map=1 "
            rf"addr={base + MIRROR:#x} len=0x[0-9a-f]+ state=emulated by=\S+")
    seen = [(a.op, a.width, a.addr - base, a.value) for a in log.accesses()
            if a.map == 1]
    equal(seen[:2], [("R", 4, MIRROR, 0x111110de), ("R", 2, MIRROR + 2, 0x1111)],
          "config space in BAR0, QEMU's vendor in it")
    hw = [a.extra["hw"] for a in log.accesses() if a.map == 1]
    if tap.series() == "10.0":
        equal(hw[:2], ["?", "?"], "hardware's side")
    else:
        # memory of the graphics card, with any contents
        equal([h[:2] for h in hw[:2]], ["0x", "0x"], "hardware's side")
        equal(int(hw[0], 16) == 0x111110de, False, "the hardware's vendor")
    equal(seen.count(("W", 4, MIRROR + 0x44, 5)), TIMES,
          "writes that the quirk would hand to KVM")


WANTED = r"""
set -eu
await ready 60
# The host's administrator takes it back: the kernel asks QEMU, QEMU the guest.
timeout 60 bind $TARGETS none
"""
GIVE = r"""
set -eu
signal ready
while [ -e "$DEV" ]; do sleep 0.1; done
"""


@test
def wanted_back(scratch):
    """The host requests the device back: the log has a mark before it goes."""
    run = lab.Run(scratch, device="e1000e", driver="e1000e", script=GIVE,
                  host_script=WANTED)
    log = run.log()
    marks = [t for t in log.marks("vfio-trace: ")
             if t.split()[1] in ("request", "detached")]
    equal(marks[0], "vfio-trace: request device=dut0", "request")
    equal(marks[-1], "vfio-trace: detached id=dut0", "detached")


if __name__ == "__main__":
    tap.main()
