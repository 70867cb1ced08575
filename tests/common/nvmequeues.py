# SPDX-License-Identifier: GPL-2.0-or-later
"""NVMe's queues as a log has them, compared with what the device says that it
has fetched and posted."""

import os
import re

from . import devevents, devside, guestmem, lab
from .devevents import Command, Completion
from .tap import equal

RINGS = os.path.join(lab.TOP, "rings", "nvme.rings")
DISK_BYTES = 64 << 20
ENTRY = {"SQ": 64, "CQ": 16}
STATUS = 0x7fff                 # of a completion, without the phase


def traced(scratch, script, driver="nvme", device="", programs=(),
           rings=RINGS, trace_opts="", **options):
    """A run with a disk that keeps what is written."""
    disk = os.path.join(scratch, "disk")
    with open(disk, "wb") as f:
        f.truncate(DISK_BYTES)
    run = lab.Run(
        scratch, device=f"nvme,dbcs=off,drive=disk{device}", driver=driver,
        outer_arg=["-blockdev",
                   f"driver=file,node-name=disk,filename={disk}"],
        device_event="pci_nvme_*", script=script,
        extra=[rings, *(lab.compile_guest(scratch, p) for p in programs)],
        trace_opts="rings=/extra/nvme.rings" + trace_opts, **options)
    lab.tool("check", "--complete", run.path("trace.mmt"))
    return run


def _queue(name):
    """(kind, number) of a ring: SQ[3] and so on."""
    match = re.match(r"(SQ|CQ)\[(\d+)\]$", name)
    return (match[1], int(match[2])) if match else (None, None)


def _command(queue, entry):
    return Command(queue, entry.number(2, 2), entry.number(0, 1),
                   entry.number(4, 4), entry.number(24, 8), entry.number(32, 8))


def _completion(queue, entry):
    return Completion(queue, entry.number(12, 2), entry.number(0, 4),
                      entry.number(4, 4), entry.number(14, 2) >> 1)


class Queues:
    """The commands and completions of a log.

    items: guestmem's
    commands, completions: by queue, lists
    bases: addresses of queues
    """

    def __init__(self, items):
        self.commands, self.completions = {}, {}
        self.positions = {}     # by ring: (its mark, slot of the next entry)
        self.bases = set()
        self.turns = 0          # times that a ring has begun anew
        for item in items:
            equal(item.kind == "memory-cut", False, f"cut: {item.words}")
            kind, queue = _queue(item.get("ring", ""))
            if item.kind == "ring" and kind:
                self._ring(kind, item)
            elif item.kind == "entry" and kind:
                self._entry(kind, queue, item)

    def _ring(self, kind, ring):
        last, slot = self.positions.pop(ring.ring, (None, 0))
        state = ring.get("state")
        if state != "deleted":
            geometry = ring if ring.get("base") is not None else last
            if geometry:
                equal(geometry.entry, ENTRY[kind], f"entry of {ring.ring}")
                self.positions[ring.ring] = geometry, 0 if state else slot
                self.bases.add(geometry.base)

    def _entry(self, kind, queue, entry):
        """It must be the ring's next one. Completions are counted on."""
        ring, slot = self.positions[entry.ring]
        equal((entry.get("state"), entry.index % ring.count, entry.at,
               len(entry.data)),
              (None, slot, ring.base + slot * ring.entry, ring.entry),
              f"place of an entry of {entry.ring}")
        slot = (slot + 1) % ring.count
        self.turns += not slot
        self.positions[entry.ring] = ring, slot
        if kind == "SQ":
            self.commands.setdefault(queue, []).append(_command(queue, entry))
        else:
            self.completions.setdefault(queue, []).append(
                _completion(queue, entry))


def pattern(run, step, unmapped=False):
    """Data of I/O commands whose bytes differ from the one before by @step.

    The others have no differences at all: a disk that is still empty.

    unmapped: behind an IOMMU, data that were read may be out of reach when the
        driver tells that it has taken the completion
    Return: (data of submissions, data of completions), counted
    """
    counts = {"SQ": 0, "CQ": 0}
    for item in guestmem.items(run.log()):
        kind, queue = _queue(item.get("ring", ""))
        if item.kind != "data" or not queue or item.name.endswith("]"):
            continue            # no I/O command, or an entry of a list
        if unmapped and kind == "CQ" and item.get("state") == "not-memory":
            continue
        equal(item.get("state"), None, f"state of {item.words}")
        steps = {(b - a) % 256 for a, b in zip(item.data, item.data[1:])}
        equal(steps in ({0}, {step}), True, f"{item.words} has a pattern")
        counts[kind] += steps == {step}
    return counts["SQ"], counts["CQ"]


def _by_queue(sequence):
    found = {}
    for one in sequence:
        found.setdefault(one.queue, []).append(one)
    return found


def _as_known(ours, theirs):
    """Ours, without what the device's events do not tell."""
    return [type(o)(*(None if t is None else v for v, t in zip(o, their)))
            for o, their in zip(ours, theirs)] + ours[len(theirs):]


def agree(run, queues, io_commands):
    """A run's log has each command and completion once, in its queue's order.

    run: a lab.Run with device_event="pci_nvme_*"
    queues: least number of I/O queues that were used
    io_commands: least number of commands in them
    Return: (Queues, all commands as the device has them)
    """
    ours = Queues(guestmem.items(run.log()))
    events = devevents.lines(run.path("device-events.log"))
    commands = devevents.nvme_commands(events)
    theirs = _by_queue(commands)
    equal(sorted(ours.commands), sorted(theirs), "submission queues")
    for queue, fetched in sorted(theirs.items()):
        devside.same(_as_known(ours.commands[queue], fetched), fetched,
                     f"commands of queue {queue}")
    posted = _by_queue(c._replace(status=c.status & STATUS)
                       for c in devevents.nvme_completions(events))
    equal(sorted(ours.completions), sorted(posted), "completion queues")
    for queue, completions in sorted(posted.items()):
        devside.same(ours.completions[queue], completions,
                     f"completions of queue {queue}")
    io = {q: len(c) for q, c in theirs.items() if q}
    print(f"# I/O commands by queue: {io}; {ours.turns} times around")
    equal(len(io) >= queues, True, f"{len(io)} I/O queues in use: enough")
    equal(sum(io.values()) >= io_commands, True, "I/O commands: enough")
    return ours, commands
