# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU's device for teaching, edu (QEMU's docs/specs/edu.rst), in sequences.

It has MSI, 1 MiB of registers, and DMA to 28 bits of address.
"""

import struct

from . import sequences as seq

IDS = (0x1234, 0x11e8)
REGIONS = {"bar0": 0x100000}

RAISE, STATUS, ACK = 0x60, 0x24, 0x64
SOURCE, TARGET, COUNT, COMMAND = 0x80, 0x88, 0x90, 0x98
START, TO_MEMORY, WITH_IRQ, DMA_DONE = 1, 2, 4, 0x100
IN_EDU = 0x40000

BUFFERS = 0x4000000
DATA = bytes(range(1, 129))


def interrupts():
    """Raise, see, acknowledge: three times."""
    return seq.sequence(IDS, REGIONS, [
        seq.check("bar0", 0, 0x010000ed, name="ID"),
        seq.write("bar0", 4, 0x12345678, name="LIVE"),
        seq.check("bar0", 4, 0xedcba987, name="LIVE"),
        seq.loop(3, [seq.write("bar0", RAISE, 0x10, step=1),
                     seq.irq(),
                     seq.check("bar0", STATUS, 0x10, step=1),
                     seq.write("bar0", ACK, 0x10, step=1),
                     seq.check("bar0", STATUS, 0)])])


def dma():
    """From one buffer into the device, and from there into another one."""
    def transfer(way):
        return [seq.write("bar0", COUNT, len(DATA), 8),
                seq.write("bar0", COMMAND, START | WITH_IRQ | way),
                seq.irq(), seq.write("bar0", ACK, DMA_DONE),
                seq.poll("bar0", COMMAND, 0, START)]

    return seq.sequence(IDS, REGIONS, [
        seq.memory("dma0", 0x10, DATA),
        seq.pointer("dma0", 0x18, "dma1", add=0x123),
        seq.address("bar0", SOURCE, "dma0", add=0x10),
        seq.write("bar0", TARGET, IN_EDU, 8), *transfer(0),
        seq.write("bar0", SOURCE, IN_EDU, 8),
        seq.address("bar0", TARGET, "dma1", add=0x20), *transfer(TO_MEMORY),
    ], [seq.buffer("dma0", at=BUFFERS),
        seq.buffer("dma1", at=BUFFERS + 0x1000)])


def dma_buffers():
    """What dma0 and dma1 have in the end."""
    sent = bytearray(DATA)
    sent[8:16] = struct.pack("<Q", BUFFERS + 0x1123)
    return [(bytes(at) + sent).ljust(4096, b"\0") for at in (0x10, 0x20)]
