# SPDX-License-Identifier: GPL-2.0-or-later
"""Check a log of the load guest against the device's memory.

A model of the device repeats all accesses of the log.  Then

 - each processor has followed its program, step by step: nothing is lost,
   repeated, or out of order;
 - each read has the value that follows from the log's order of writes, also in
   the word that all processors write: the order holds over all of them;
 - the model and the device's memory are equal: nothing has reached the device
   that the log lacks, and nothing is in the log that the device lacks, except
   accesses that were under way when QEMU died and are marked as such.

The reader is independent of the library's, and stricter: one unexpected line
is an error.
"""

import os
import re
import subprocess
from array import array

from .loadguest import (BAR, BAR_SIZE, BOOT, CONTROL, DONE, MAX_CPUS, SHARED,
                        SLOTS, SLOT_BYTES, STOP, WRONG, split)

ACCESS = re.compile(rb"([RW]) 4 (\d+\.\d{6}) (\d+) 0x([0-9a-f]+) "
                    rb"0x([0-9a-f]+) 0x[0-9a-f]+ 0(?: cpu=(\d+))?"
                    rb"(?: ns=\d+\.\d{9})?\n").fullmatch
# (op, address, value) of all accesses in a text
ACCESS_LINES = re.compile(rb"^([RW]) 4 \S+ \d+ 0x([0-9a-f]+) 0x([0-9a-f]+) ",
                          re.M).findall
_FLAG = re.compile(rb"MARK \d+\.\d{6} vfio-trace: (failed|pending) ([RW]) "
                   rb"width=4 map=(\d+) addr=0x([0-9a-f]+)\n").fullmatch
MAP = re.compile(rb"MAP \d+\.\d{6} (\d+) 0x([0-9a-f]+) 0x([0-9a-f]+) "
                  rb"0x([0-9a-f]+) 0x0 0\n").fullmatch
LOST = re.compile(rb"MARK 0\.000000 Lost (\d+) events\.\n").fullmatch
MARK = re.compile(rb"MARK \d+\.\d{6} ([^\0-\x1f]*)\n").fullmatch
_OTHER = re.compile(rb"(PCIDEV [0-9a-f]{4} [0-9a-f]{8} .*|"
                    rb"UNMAP \d+\.\d{6} \d+ 0x0 0)\n").fullmatch

_CONTROL_WORDS = range(CONTROL // 4, CONTROL // 4 + MAX_CPUS)

# A processor's next step: writes into its slots, and after each sixteenth the
# steps that follow.
(_START, _SLOT, _SHARED, _READS, _READ_CONTROL, _DONE, _REST) = range(7)


class Wrong(AssertionError):
    """The log is wrong."""


def parts(path):
    """The files of a log in parts: log, log.1; x.zst, x.1.zst."""
    stem, ending = (path[:-4], ".zst") if path.endswith(".zst") else (path, "")
    found = [path]
    while os.path.exists(f"{stem}.{len(found)}{ending}"):
        found.append(f"{stem}.{len(found)}{ending}")
    return found


def lines(*paths):
    """The lines of a log's parts, as bytes; .zst is uncompressed."""
    for path in paths:
        if path.endswith(".zst"):
            with subprocess.Popen(["zstd", "-dcq", path],
                                  stdout=subprocess.PIPE) as zstd:
                yield from zstd.stdout
                if zstd.wait():
                    raise Wrong(f"{path}: zstd says {zstd.returncode}")
        else:
            with open(path, "rb") as f:
                yield from f


class Replay:
    """Applies the log, line by line, to a model of the device's memory.

    before: the memory's bytes when the log began
    """

    def __init__(self, before=None):
        self.memory = array("I", before or bytes(BAR_SIZE))
        self.next = [0] * MAX_CPUS      # next value, or 0 at first
        self.step = [_START] * MAX_CPUS
        self.shared_reads = 0           # their processor shows later
        self.boot_reads = 0
        self.accesses = 0
        self.pending = []               # (op, index, value)
        self.failed = []
        self.marks = []
        self.boots = 0
        self._base = {}                 # map id: address in the log
        self._mapped = False
        self._number = 0
        self._line = b""
        self._last = None               # (op, index, value, value before)
        self._doubt = None              # a read that needs a mark after it
        self._either = {}               # index: value of a pending write

    def wrong(self, text):
        raise Wrong(f"line {self._number}: {text}: {self._line!r}")

    def run(self, source):
        access = self._access
        last_time = b"0"
        for line in source:
            self._number += 1
            self._line = line
            m = ACCESS(line)
            if m is None:
                self._other(line)
                continue
            op, time, map_id, addr, value, _ = m.groups()
            if time < last_time and len(time) <= len(last_time):
                self.wrong("time goes backwards")
            last_time = time
            access(op, int(addr, 16) - self._base.get(map_id, 1 << 64),
                   int(value, 16))
        if self._doubt:
            self.wrong(self._doubt)
        return self

    def _access(self, op, offset, value):
        if offset & 3 or not 0 <= offset < BAR_SIZE:
            self.wrong("not an address of the BAR")
        if self._doubt:
            self.wrong(self._doubt)
        self.accesses += 1
        index = offset >> 2
        now = self.memory[index]
        self._last = (op, index, value, now)
        if op == b"R":
            self._read(offset, index)
            if value != now and index not in _CONTROL_WORDS and \
                    value != self._either.get(index):
                self._doubt = f"read, where {now:#x} was written before"
            if index in _CONTROL_WORDS and value & STOP:
                self.step[index - CONTROL // 4] = _DONE
            return
        self.memory[index] = value
        cpu = value >> 29
        if offset >= SLOTS:
            if value != self.next[cpu]:
                self._begins(cpu, value)
            if offset != SLOTS + cpu * SLOT_BYTES + (value & 4095) * 4:
                self.wrong("not the slot of this value")
            if self.step[cpu] != _SLOT:
                self.wrong(f"processor {cpu} should not do this now")
            self.next[cpu] = value + 1
            if not value & 15:
                self.step[cpu] = _SHARED
        elif offset == SHARED:
            self._steps(cpu, _SHARED, _READS)
            self._is_newest(cpu, value)
        elif offset == BOOT:
            self._boots(value, now)
        elif index - DONE // 4 == cpu:
            self._steps(cpu, _DONE, _REST)
            self._is_newest(cpu, value)
        elif not 0 <= offset - WRONG < 4 * MAX_CPUS:
            self.wrong("the guest does not write there")

    def _read(self, offset, index):
        if offset >= SLOTS:
            cpu = (offset - SLOTS) // SLOT_BYTES
            self._steps(cpu, _READS, _READ_CONTROL)
            if not self.shared_reads:
                self.wrong("the shared word should have been read before")
            self.shared_reads -= 1
            if offset & 0x3fff != (self.next[cpu] - 1 & 4095) * 4:
                self.wrong("not the last slot written")
        elif index in _CONTROL_WORDS:
            self._steps(index - CONTROL // 4, _READ_CONTROL, _SLOT)
        elif offset == SHARED:
            self.shared_reads += 1
            if self.shared_reads > self.step.count(_READS):
                self.wrong("no processor should read this now")
        elif offset == BOOT:
            self.boot_reads += 1
        else:
            self.wrong("the guest does not read there")

    def _steps(self, cpu, now, then):
        if self.step[cpu] != now:
            self.wrong(f"processor {cpu} should not do this now")
        self.step[cpu] = then

    def _is_newest(self, cpu, value):
        if value + 1 != self.next[cpu]:
            self.wrong("not the processor's newest value")

    def _boots(self, value, now):
        if value != now + 1 or not self.boot_reads:
            self.wrong("not how a boot begins")
        self.boots += 1
        self.step = [_START] * MAX_CPUS
        self.shared_reads = self.boot_reads = 0

    def _begins(self, cpu, value):
        _, boot, n = split(value)
        if n != 1 or boot != self.memory[BOOT // 4] & 15 or \
                self.step[cpu] != _START or not self.boot_reads:
            self.wrong(f"value {self.next[cpu]:#x} of processor {cpu} was to "
                       "come")
        self.boot_reads -= 1
        self.step[cpu] = _SLOT

    def _other(self, line):
        m = _FLAG(line)
        if m:
            self._flag(*m.groups())
            return
        if self._doubt:
            self.wrong(self._doubt)
        m = MAP(line)
        if m:
            map_id, phys, virt, size = m.groups()
            # BAR2; ivshmem's registers in BAR0 are not checked
            if int(size, 16) == BAR_SIZE:
                if int(virt, 16) != BAR:
                    self.wrong("BAR at an unexpected address")
                self._base[map_id] = int(phys, 16)
            return
        m = LOST(line)
        if m:
            self._lost(int(m[1]))
            return
        m = MARK(line)
        if m:
            self._mark(m[1].decode())
        elif line == b"VERSION 20070824\n":
            # once at the head of each part
            if self._number > 1 and \
                    not self.marks[-1].startswith("vfio-trace: part "):
                self.wrong("not at the head")
        elif not _OTHER(line):
            self.wrong("not a line of this log")

    def _mark(self, text):
        # QEMU may have died between its first line and the second
        if not self.marks and not (self._number == 2 and text.startswith(
                ("vfio-trace: log format=", "vfio-trace: recovered "))):
            self.wrong("not how a log begins")
        if self.marks and text.startswith("vfio-trace: log "):
            self.wrong("twice")
        self.marks.append(text)

    def _flag(self, word, op, map_id, addr):
        if not self._last:
            self.wrong("no access before the mark")
        last_op, index, value, before = self._last
        if op != last_op or int(addr, 16) - self._base.get(map_id, 0) != index * 4:
            self.wrong("not the access of the line before")
        self._doubt = None
        self._last = None
        if word == b"pending":
            self.pending.append((op, index, value))
            if op == b"W":
                self._either[index] = value
        else:
            self.failed.append((op, index, value))
        if op == b"W":
            self.memory[index] = before

    def _lost(self, count):
        self.wrong(f"{count} events are lost")

    # --- at the end ---------------------------------------------------------

    def same_as(self, device):
        """Compare the model with the device's memory, after QEMU's end."""
        device = array("I", device)
        for index in _CONTROL_WORDS:
            device[index] = self.memory[index]
        if device == self.memory:
            return self
        for index, (there, here) in enumerate(zip(device, self.memory)):
            if there in (here, self._either.get(index)):
                continue
            raise Wrong(f"offset {index * 4:#x}: the device has {there:#x} "
                        f"{split(there)}, the log {here:#x} {split(here)} as the "
                        f"last value; pending are {self.pending}")
        return self

    def pending_fits(self, smp):
        """At most one access per processor is pending, its last."""
        if len(self.pending) > smp:
            raise Wrong(f"more than one pending record per processor: "
                        f"{self.pending}")
        for op, index, value in self.pending:
            if op == b"W" and (index * 4 >= SLOTS or index * 4 == SHARED) and \
                    value + 1 != self.next[value >> 29]:
                raise Wrong(f"processor {value >> 29} went on after its "
                            f"pending write of {value:#x}")
        return self

    def ended_by_itself(self, smp):
        """Nothing was cut off: the guest's own count equals the log's."""
        if self.pending:
            raise Wrong(f"pending: {self.pending}")
        if not self.marks or self.marks[-1] != "vfio-trace: end":
            raise Wrong("the log lacks its end")
        for cpu in range(smp):
            done = self.memory[DONE // 4 + cpu]
            if done + 1 != self.next[cpu]:
                raise Wrong(f"processor {cpu} has stopped at {done:#x}, its "
                            f"log at {self.next[cpu] - 1:#x}")
        return self

    def guest_was_content(self):
        """The guest has read back the values that it had written."""
        wrong = self.memory[WRONG // 4:WRONG // 4 + MAX_CPUS]
        if any(wrong):
            raise Wrong(f"the guest has read back {wrong}")
        return self


def verify(paths, device, smp, before=None, whole=False):
    """Make all checks; returns the Replay.

    paths: the log, or its parts in their order
    device: bytes of the device's memory after QEMU's end
    before: its bytes when the log began; None: zeroes
    whole: the guest has stopped and QEMU has quit, so nothing may be pending
    """
    replay = Replay(before).run(
        lines(*([paths] if isinstance(paths, (str, os.PathLike)) else paths)))
    replay.guest_was_content()
    replay.pending_fits(smp)
    replay.same_as(device)
    if whole:
        replay.ended_by_itself(smp)
    return replay
