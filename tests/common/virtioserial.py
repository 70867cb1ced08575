# SPDX-License-Identifier: GPL-2.0-or-later
"""A minimal virtio-serial driver over qtest, for writing to ports.

It uses the legacy interface: registers in I/O BAR 0, queues given by page.
"""

import struct

from . import tap
from .qemu import COMMAND_IO

HOST_FEATURES, GUEST_FEATURES, QUEUE_PFN = 0, 4, 8
QUEUE_SIZE, QUEUE_SELECT, QUEUE_NOTIFY, STATUS = 12, 14, 16, 18
MULTIPORT = 1 << 1
MASTER = 4                      # in PCI's command register
ACKNOWLEDGE_DRIVER_OK = 7

CONTROL_OUT = 3                 # queue
PORT_OPEN = 6                   # control event
RAM = 0x100000                  # start of the driver's memory


def _store(machine, addr, data):
    # pylint: disable=protected-access
    machine._qtest(f"write {addr:#x} {len(data)} 0x{data.hex()}")


class _Queue:
    """A queue to the device, one chain of buffers at a time."""

    def __init__(self, driver, number):
        self.driver, self.number = driver, number
        self.machine = driver.machine
        self.count = 0
        driver.out(QUEUE_SELECT, 2, number)
        self.size = driver.inp(QUEUE_SIZE, 2)
        self.base = driver.alloc(16 * self.size + 6 + 2 * self.size)
        self.avail = self.base + 16 * self.size
        self.used = driver.alloc(6 + 8 * self.size)
        self.buffer = driver.alloc(0x10000)
        driver.out(QUEUE_PFN, 4, self.base >> 12)

    def send(self, data):
        """Send, and wait until the device has taken it."""
        _store(self.machine, self.buffer, data)
        self.submit([(self.buffer, len(data))])
        tap.wait_until(self.taken, "the device takes the buffer", 20)

    def submit(self, chain):
        """Give the device one chain of [(address, length)]."""
        for n, (addr, length) in enumerate(chain):
            last = n + 1 == len(chain)
            _store(self.machine, self.base + 16 * n,
                   struct.pack("<QIHH", addr, length, not last,
                               0 if last else n + 1))
        self.machine.write(self.avail + 4 + 2 * (self.count % self.size), 2, 0)
        self.count += 1
        self.machine.write(self.avail + 2, 2, self.count & 0xffff)
        self.driver.out(QUEUE_NOTIFY, 2, self.number)

    def taken(self):
        return self.machine.read(self.used + 2, 2) == self.count & 0xffff


class VirtioSerial:
    """The driver.  The device must have ioeventfd=off: then it has handled a
    buffer when the call returns."""

    def __init__(self, machine, slot, ports):
        self.machine, self.ports = machine, ports
        self.memory = RAM
        self.queues = {}
        machine.set_bar(slot, 0, ports)
        machine.command(slot, COMMAND_IO | MASTER)
        self.reset()

    def inp(self, register, width):
        return self.machine.inp(self.ports + register, width)

    def out(self, register, width, value):
        self.machine.outp(self.ports + register, width, value)

    def alloc(self, size):
        """Allocate bytes, on pages of their own."""
        at = self.memory
        self.memory += size + 4095 & ~4095
        return at

    def reset(self):
        """Reset the device, and initialize it as a driver does."""
        self.out(STATUS, 1, 0)
        self.queues = {}
        self.out(GUEST_FEATURES, 4, MULTIPORT)
        self.out(STATUS, 1, ACKNOWLEDGE_DRIVER_OK)

    def _queue(self, number):
        if number not in self.queues:
            self.queues[number] = _Queue(self, number)
        return self.queues[number]

    def open(self, port, is_open=True):
        self._queue(CONTROL_OUT).send(struct.pack("<IHH", port, PORT_OPEN,
                                                  is_open))

    def write(self, port, data):
        self.queue_to(port).send(data)

    def store(self, addr, data):
        _store(self.machine, addr, data)

    def queue_to(self, port):
        return self._queue(3 + 2 * port)
