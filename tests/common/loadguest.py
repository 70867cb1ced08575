# SPDX-License-Identifier: GPL-2.0-or-later
"""A machine whose guest only puts load on a traced device.

The guest is tests/qemu/guest/load.S.  The device's BAR is plain memory in a
file that outlives QEMU: its contents are what has reached the device.  loadlog
checks whether the log agrees.

In the BAR, in dwords:
    CONTROL + 4 * c   the host's command to processor c: 0 run, the highest bit
                      stop, else rounds of an empty loop per 16 writes
    DONE + 4 * c      its last value, once it has stopped
    WRONG + 4 * c     a value read back that differs from the one written
    BOOT              number of times that the guest has booted
    SHARED            written by all
    SLOTS + c * 64K   4,096 slots of processor c: value n stands in n % 4096
A value is c << 29 | boot << 25 | n.
"""

import mmap
import os
import signal
import struct

from . import bareguest, tap
from .qemu import Machine, TIMEOUT

BAR = 0xe0000000
BAR_SIZE = 1 << 20
CONTROL, DONE, BOOT, SHARED, WRONG, SLOTS = 0, 0x40, 0x80, 0x84, 0xc0, 0x10000
SLOT_BYTES = 0x10000
STOP = 1 << 31
SLOT = 5                        # the device's place on the bus
EDU = 0xe1000000                # BAR of the edu, in the next slot, if there is one
MAX_CPUS = 8


def split(value):
    """(processor, boot, n) of a value."""
    return value >> 29, value >> 25 & 15, value & 0x1ffffff


def build(directory, edu=False):
    """Assemble the guest, which may access an edu as well; returns the path of
    the image."""
    symbols = {"BAR": BAR, "CONTROL": CONTROL, "DONE": DONE, "BOOT": BOOT,
               "SHARED": SHARED, "WRONG": WRONG, "SLOTS": SLOTS}
    if edu:
        symbols.update(EDU=EDU, EDU_SLOT=SLOT + 1)
    return bareguest.flat("load.S", directory, symbols)


class Memory:
    """The device's memory, as the host accesses it."""

    def __init__(self, path):
        self.path = path
        with open(path, "a+b") as f:
            f.truncate(BAR_SIZE)
            self.map = mmap.mmap(f.fileno(), BAR_SIZE)

    def get(self, offset):
        return struct.unpack_from("<I", self.map, offset)[0]

    def set(self, offset, value):
        struct.pack_into("<I", self.map, offset, value)

    def bytes(self):
        return bytes(self.map)

    def control(self, word):
        """Tell all processors to run at a pace, or to stop."""
        for c in range(MAX_CPUS):
            self.set(CONTROL + 4 * c, word)

    def newest(self, cpu):
        """A processor's last value that has reached the device, or 0."""
        at = SLOTS + cpu * SLOT_BYTES
        return max(struct.unpack_from("<4096I", self.map, at))

    def clear_slots(self):
        """Forget all values, while the guest does not run."""
        self.map[SLOTS:] = bytes(BAR_SIZE - SLOTS)

    def close(self):
        self.map.close()


class LoadMachine(Machine):
    """A machine with the guest, its device and, unless log is None, a pci-trace
    object on a log "log".

    log: the log's properties, file=... and so on; None: no trace objects.
    memory: a Memory to continue with.
    """

    def __init__(self, scratch, image, log, *args, smp=4, pace=0, memory=None,
                 preexec=None, pass_fds=(), trace="",
                 accel="tcg,thread=multi"):
        self.memory = memory or Memory(os.path.join(scratch, "device"))
        self.smp = smp
        self.memory.control(pace)
        self.plugs = 0
        objects = []
        if log is not None:
            objects = ["-object", f"vfio-trace-log,id=log,{log}",
                       "-object", f"pci-trace,id=trace,device=dut,log=log{trace}"]
        super().__init__(
            scratch, "-bios", image, "-smp", str(smp), *objects,
            "-object", "memory-backend-file,id=shm0,share=on,"
            f"size={BAR_SIZE},mem-path={self.memory.path}",
            "-device", f"ivshmem-plain,id=dut,memdev=shm0,master=on,addr={SLOT:x}",
            "-S", *args, accel=accel, preexec=preexec, pass_fds=pass_fds)

    def __enter__(self):
        super().__enter__()
        # the guest starts now: no event of its load is lost
        self.qmp.execute("cont")
        self.qmp.wait_event("RESUME")
        return self

    def progress(self):
        """The newest value of each processor."""
        return [self.memory.newest(c) for c in range(self.smp)]

    def wait_progress(self, least=1000):
        """Wait until each processor has made that many more writes."""
        before = self.progress()
        tap.wait_until(
            lambda: all(now - then >= least
                        for now, then in zip(self.progress(), before)),
            "the guest goes on")

    def unplug(self):
        self.qmp.execute("device_del", id="dut")
        # as a guest's ACPI code answers an unplug request
        self.qmp.hmp(f"o/w 0xae08 {1 << SLOT:#x}")
        self.qmp.wait_event("DEVICE_DELETED")

    def plug_again(self):
        """Plug the device again, with the same memory."""
        # QEMU aborts when ivshmem gets a backend that it had before
        self.plugs += 1
        memdev = f"shm{self.plugs}"
        self.qmp.execute("object-add", qom_type="memory-backend-file",
                         id=memdev, share=True, size=BAR_SIZE,
                         mem_path=self.memory.path)
        self.qmp.execute("device_add", driver="ivshmem-plain", id="dut",
                         memdev=memdev, master="on", addr=f"{SLOT:x}")

    def alive(self):
        if self.process.poll() is not None:
            raise AssertionError("QEMU has ended with "
                                 f"{self.process.returncode}: {self.stderr()}")

    def stop_load(self):
        """Let each processor finish by itself."""
        self.memory.control(STOP)

        def stopped():
            self.alive()
            return all(self.memory.get(DONE + 4 * c) for c in range(self.smp))
        tap.wait_until(stopped, "the guest's processors stop", TIMEOUT)

    def kill(self, sig=signal.SIGKILL):
        self.process.send_signal(sig)
        self.process.wait()
