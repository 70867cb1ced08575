# SPDX-License-Identifier: GPL-2.0-or-later
"""Check a log of the load guest that reports lost events.

The accesses of the guest's processors are known exactly: from their program,
and from the device's memory, which shows how far they came.  So it is known of
each access whether the log has it, and "Lost N events" can be checked: the sum
must be right, each gap must have its notice within, and whenever all
processors have been seen since the last notice, the notices so far must account
for all accesses that are missing so far.

The log needs extra=cpu: only this shows which processor read the shared word.
"""

import struct

from . import loadlog
from .loadguest import (BAR_SIZE, BOOT, CONTROL, DONE, SHARED, SLOTS,
                        SLOT_BYTES, split)
from .loadlog import Wrong

# A round is 16 writes, then these four.
_PER_ROUND = 20
_SHARED_WRITE, _SHARED_READ, _SLOT_READ, _CONTROL_READ, _DONE_WRITE = range(
    1, 6)


def _at(n, step=0):
    """The position in its processor's program of write n, or a step after."""
    return n + (n - 1) // 16 * (_PER_ROUND - 16) + step


class _Cpu:
    """One processor's progress."""

    def __init__(self, position):
        self.known = position       # last position that is certain
        self.since = 0              # ambiguous accesses after it
        self.noticed = 0            # number of notices then


class Lossy:
    """Compares the log, line by line, with the processors' programs."""

    def __init__(self, smp):
        # the first processor begins with two more accesses: they count the boot
        self.cpus = [_Cpu(-1 if c else -3) for c in range(smp)]
        self.accesses = 0
        self.notices = []
        self.marks = []
        self.missing = 0
        self._base = None
        self._number = 0
        self._line = b""

    def wrong(self, text):
        raise Wrong(f"line {self._number}: {text}: {self._line!r}")

    def run(self, source):
        for self._number, self._line in enumerate(source, 1):
            m = loadlog.ACCESS(self._line)
            if m:
                op, _, _, addr, value, cpu = m.groups()
                if cpu is None:
                    self.wrong("extra=cpu is missing")
                self.accesses += 1
                self._access(op, int(addr, 16) - self._base, int(value, 16),
                             int(cpu))
                continue
            m = loadlog.LOST(self._line)
            if m:
                self.notices.append(int(m[1]))
                continue
            m = loadlog.MAP(self._line)
            if m:
                if int(m[4], 16) == BAR_SIZE:
                    self._base = int(m[2], 16)
                continue
            m = loadlog.MARK(self._line)
            if m:
                self.marks.append(m[1].decode())
        return self

    def _access(self, op, offset, value, number):
        cpu = self.cpus[number]
        n = split(value)[2]
        if op == b"W" and offset == BOOT:
            position = -1
        elif offset == BOOT:
            position = -2 if cpu.known == -3 else 0
        elif op == b"W" and offset >= SLOTS:
            position = _at(n)
        elif op == b"W" and offset == SHARED:
            position = _at(n, _SHARED_WRITE)
        elif op == b"W" and offset == DONE + 4 * number:
            position = _at(n, _DONE_WRITE)
        elif offset >= SLOTS:
            position = _at(n, _SLOT_READ)
        elif offset == SHARED or offset == CONTROL + 4 * number:
            cpu.since += 1
            return
        else:
            self.wrong("the guest makes no such access")
        if offset not in (BOOT,) and value >> 29 != number:
            self.wrong("another processor's value")
        self._certain(cpu, position)

    def _certain(self, cpu, position):
        gap = position - cpu.known - 1 - cpu.since
        if gap < 0:
            self.wrong("this access, or one before, is repeated or out of order")
        if gap and cpu.noticed == len(self.notices):
            self.wrong(f"{gap} accesses are missing without notice")
        self.missing += gap
        cpu.known, cpu.since = position, 0
        cpu.noticed = len(self.notices)
        told = sum(self.notices)
        if self.missing > told:
            self.wrong(f"{self.missing} accesses are missing, {told} are reported")
        if all(c.noticed == cpu.noticed for c in self.cpus) and \
                self.missing != told:
            self.wrong(f"{self.missing} accesses are missing, {told} are reported")

    def ends_with(self, device):
        """By the device's memory, all missing accesses are reported."""
        for number, cpu in enumerate(self.cpus):
            done = struct.unpack_from("<I", device, DONE + 4 * number)[0]
            n = split(done)[2]
            self.missing += _at(n, _DONE_WRITE) - cpu.known - cpu.since
            for last in range(max(1, n - 4095), n + 1):
                slot = SLOTS + number * SLOT_BYTES + (last & 4095) * 4
                value = struct.unpack_from("<I", device, slot)[0]
                if value != done - n + last:
                    raise Wrong(f"the device lacks {done - n + last:#x}")
        if self.missing != sum(self.notices):
            raise Wrong(f"{self.missing} accesses are missing, "
                        f"{sum(self.notices)} are told")
        if not self.marks or self.marks[-1] != "vfio-trace: end":
            raise Wrong("the log lacks its end")
        return self


def verify(paths, device, smp):
    """Make all checks; the guest has stopped and QEMU has quit."""
    return Lossy(smp).run(loadlog.lines(*paths)).ends_with(device)
