#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""irq=on: interrupts in the log, in order with the accesses."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import lab, mmt, tap                                 # noqa: E402
from common.qemu import COMMAND_MEMORY, MMIO, Machine            # noqa: E402
from common.tap import equal, test                               # noqa: E402

SLOT = 5
MASTER = 4
INTX_DISABLE = 1 << 10
EDU_RAISE, EDU_ACK = 0x60, 0x64
CAP_MSI, CAP_MSIX = 5, 0x11
MSI_ADDRESS = 0xfee00000


def traced(scratch, device, trace=",irq=on"):
    return Machine(scratch, "-object",
                   f"vfio-trace-log,id=log,file={scratch}/log",
                   "-object", f"pci-trace,id=trace,device=dut{trace}",
                   "-device", f"{device},id=dut,addr={SLOT}")


def story(scratch):
    """Accesses and interrupts of a log, in order."""
    log = mmt.Log(f"{scratch}/log")
    lab.tool("check", "--complete", f"{scratch}/log")
    out = []
    for e in log.events:
        if isinstance(e, mmt.Access):
            out.append(f"{e.op} {e.addr & 0xfff:#x}")
        elif isinstance(e, mmt.Mark) and e.text.startswith("vfio-trace: irq "):
            out.append(e.text[len("vfio-trace: irq device=dut "):])
    return out


@test
def intx(scratch):
    """INTx: asserted by one write, deasserted by another; masked, silent."""
    with traced(scratch, "edu") as m:
        m.set_bar(SLOT, 0, MMIO)
        m.command(SLOT, COMMAND_MEMORY)
        m.write(MMIO + EDU_RAISE, 4, 1)
        m.write(MMIO + EDU_ACK, 4, 1)
        m.command(SLOT, COMMAND_MEMORY | INTX_DISABLE)
        m.write(MMIO + EDU_RAISE, 4, 2)
        m.command(SLOT, COMMAND_MEMORY)                 # INTx is enabled
        m.write(MMIO + EDU_ACK, 4, 2)
        m.quit()
    equal(story(scratch), ["W 0x60", "intx=A level=1", "W 0x64",
                           "intx=A level=0", "W 0x60", "intx=A level=1",
                           "W 0x64", "intx=A level=0"], "story")


@test
def msi(scratch):
    """MSI: one mark for each message."""
    with traced(scratch, "edu") as m:
        m.set_bar(SLOT, 0, MMIO)
        m.command(SLOT, COMMAND_MEMORY | MASTER)
        at = m.capability(SLOT, CAP_MSI)
        m.config_write(SLOT, at + 4, 4, MSI_ADDRESS)
        m.config_write(SLOT, at + 2, 2, 1)
        for n in (1, 2):
            m.write(MMIO + EDU_RAISE, 4, n)
        m.quit()
    equal(story(scratch), ["W 0x60", "msi vector=0"] * 2, "story")


@test
def msix(scratch):
    """MSI-X: the vector's number; a masked one is sent only when unmasked."""
    ivar, ims, ics, other = 0xe4, 0xd0, 0xc8, 1 << 24
    vector, table = 2, MMIO + (2 << 20)
    with traced(scratch, "e1000e,romfile=") as m:
        m.set_bar(SLOT, 0, MMIO)
        m.set_bar(SLOT, 3, table)
        m.command(SLOT, COMMAND_MEMORY | MASTER)
        at = m.capability(SLOT, CAP_MSIX)
        m.config_write(SLOT, at + 2, 2, 1 << 15)
        entry = table + vector * 16
        m.write(entry, 4, MSI_ADDRESS)
        m.write(entry + 8, 4, 0x41)
        m.write(MMIO + ivar, 4, (8 | vector) << 16)
        m.write(MMIO + ims, 4, other)
        m.write(MMIO + ics, 4, other)                   # masked: pending
        m.write(entry + 12, 4, 0)                       # unmasked
        m.quit()
    told = story(scratch)
    equal(told[-3:], ["W 0xc8", "W 0x2c", f"msix vector={vector}"], "story")
    equal(sum("vector" in t for t in told), 1, "interrupts")


@test
def off(scratch):
    """Without irq=on the log has no interrupts."""
    with traced(scratch, "edu", trace="") as m:
        m.set_bar(SLOT, 0, MMIO)
        m.command(SLOT, COMMAND_MEMORY)
        m.write(MMIO + EDU_RAISE, 4, 1)
        m.quit()
    equal(story(scratch), ["W 0x60"], "story")


if __name__ == "__main__":
    tap.main()
