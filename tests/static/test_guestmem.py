#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The tests' own readers of guest memory, device events and captures, on files
that are made by hand: they find what is wrong."""

import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import devevents, guestmem, mmt, nvmequeues, pcap, tap  # noqa: E402
from common.tap import equal, matches, test                      # noqa: E402

BASE = 0x10000


def log(scratch, *marks):
    path = os.path.join(scratch, "log")
    with open(path, "w", encoding="utf-8") as f:
        f.write("VERSION 20070824\n")
        f.writelines(f"MARK 0.000001 vfio-trace: {m}\n" for m in marks)
    return mmt.Log(path)


def wrong(function, pattern):
    """The function must find a fault that matches."""
    try:
        function()
    except AssertionError as e:
        matches(str(e), pattern, "fault")
        return
    raise AssertionError(f"nothing like {pattern!r} was found")


def entry(ring, index, data, at=None, size=64):
    at = BASE + index * size if at is None else at
    return (f"entry device=d ring={ring} index={index} at={at:#x} "
            f"len={len(data)} {data.hex()}")


def ring(name, count=4, size=64):
    return f"ring device=d ring={name} base={BASE:#x} count={count} entry={size}"


def command(opcode, cid, prp1=0):
    return struct.pack("<BBHI16xQQ24x", opcode, 0, cid, 1, prp1, 0)


def completion(cid, status=0):
    return struct.pack("<IIHHHH", 0, 0, 0, 0, cid, status << 1 | 1)


@test
def parts(scratch):
    """Entries and data whose bytes are in several marks."""
    data = bytes(i % 251 for i in range(1000))
    found = guestmem.items(log(
        scratch, f"entry device=d ring=R[1] index=3 at=0x1000 len=1000 "
        f"{data[:256].hex()}", f"snapshot-data at=0x1100 {data[256:640].hex()}",
        f"snapshot-data at=0x1280 {data[640:].hex()}",
        "data device=d ring=R[1] index=3 name=a[0].b at=0x20 len=2 of=9 "
        "state=not-memory 0102"))
    equal([i.kind for i in found], ["entry", "data"], "kinds")
    equal(found[0].data == data, True, "bytes of the entry")
    equal((found[0].number(249, 4), found[1].name, found[1].of, found[1].data),
          (0x0100faf9, "a[0].b", 9, b"\1\2"), "fields")


@test
def broken_parts(scratch):
    """Missing bytes, a gap, a wrong hash, too few lines."""
    for pattern, *marks in (
            ("63 bytes in", entry("R[0]", 0, bytes(64))[:-2]),
            ("snapshot-data at 0x1104",
             f"entry device=d ring=R index=0 at=0x1000 len=300 {'00' * 256}",
             f"snapshot-data at=0x1104 {'00' * 44}"),
            ("hash", "snapshot device=d at=0x0 len=1 sha256=" + "0" * 64,
             "snapshot-data at=0x0 00"),
            ("0 lines", "watch device=d watch=W on=irq at=0x0 len=64 lines=1 "
             "sum=0x0 state=first"),
            ("more bytes than", "data device=d ring=R index=0 name=a at=0x0 "
             "len=1 of=0 00"),
            ("nothing before", "watch-data at=0x0 00")):
        wrong(lambda marks=marks: guestmem.items(log(scratch, *marks)), pattern)


def watch(state, lines, memory):
    """Marks of a watch of @memory at BASE, whose @lines follow."""
    total = sum(guestmem.line_sum(n, bytes(memory[64 * n:64 * n + 64]))
                for n in range(-(-len(memory) // 64))) % 2 ** 64
    return [f"watch device=d watch=W on=write at={BASE:#x} len={len(memory)} "
            f"lines={len(lines)} sum={total:#x} state={state}"] + [
                f"watch-data at={BASE + 64 * n:#x} "
                f"{memory[64 * n:64 * n + 64].hex()}" for n in lines]


def replayed(the_log):
    replay = guestmem.Replay()
    for item in guestmem.items(the_log):
        replay.take(item)
    return bytes(replay.memory)


@test
def replay(scratch):
    """A watch is replayed; a line that is missing or wrong is found."""
    equal(guestmem.line_sum(0, bytes(64)) != guestmem.line_sum(1, bytes(64)),
          True, "the sum depends on the place")
    memory = bytearray(range(200))
    first = watch("first", [0, 1, 2, 3], memory)
    memory[70] ^= 1
    memory[199] ^= 1                    # the last line is shorter
    second = watch("changed", [1, 3], memory)
    equal(replayed(log(scratch, *first, *second)) == memory, True, "memory")
    wrong(lambda: replayed(log(scratch, *second)), "not first")
    second[0] = second[0].replace("lines=2", "lines=1")
    wrong(lambda: replayed(log(scratch, *first, *second[:2])), "sum")
    back = [second[0].replace("lines=1", "lines=2"), second[2], second[1]]
    wrong(lambda: replayed(log(scratch, *first, *back)), "line 1 behind 3")


def events(scratch, text):
    path = os.path.join(scratch, "device-events.log")
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


class Run:
    """What nvmequeues needs of a lab.Run."""

    def __init__(self, scratch, marks):
        self.scratch, self.marks = scratch, marks

    def path(self, name):
        return os.path.join(self.scratch, name)

    def log(self):
        return log(self.scratch, *self.marks)


EVENTS = """\
pci_nvme_admin_cmd cid 9 sqid 0 opc 0x6 opname 'NVME_ADM_CMD_IDENTIFY'
lab: post 1
pci_nvme_admin_cmd cid 1 sqid 0 opc 0x6 opname 'NVME_ADM_CMD_IDENTIFY'
pci_nvme_map_prp trans_len 4096 len 4096 prp1 0x5000 prp2 0x0 num_prps 2
pci_nvme_enqueue_req_completion cid 1 cqid 0 dw0 0x0 dw1 0x0 status 0x0
pci_nvme_io_cmd cid 2 nsid 0x1 sqid 1 opc 0x2 opname 'NVME_NVM_CMD_READ'
pci_nvme_map_prp trans_len 512 len 512 prp1 0x6000 prp2 0x0 num_prps 1
pci_nvme_io_cmd cid 3 nsid 0x1 sqid 1 opc 0x0 opname 'NVME_NVM_CMD_FLUSH'
pci_nvme_enqueue_req_completion cid 3 cqid 1 dw0 0x0 dw1 0x0 status 0x0
pci_nvme_enqueue_req_completion cid 2 cqid 1 dw0 0x0 dw1 0x0 status 0x4002
"""
MARKS = [ring("SQ[0]"), entry("SQ[0]", 0, command(6, 1, 0x5000)),
         ring("CQ[0]", size=16), entry("CQ[0]", 0, completion(1), size=16),
         ring("SQ[1]"), entry("SQ[1]", 0, command(2, 2, 0x6000)),
         entry("SQ[1]", 1, command(0, 3)), ring("CQ[1]", size=16),
         entry("CQ[1]", 0, completion(3), size=16),
         entry("CQ[1]", 1, completion(2, 0x4002), size=16)]


@test
def nvme(scratch):
    """Commands and completions agree; each kind of fault is found."""
    events(scratch, EVENTS)
    nvmequeues.agree(Run(scratch, MARKS), 1, 2)
    for at, instead, pattern in (
            (6, [], "commands of queue 1: 1 in the log, 2"),
            (6, [MARKS[6], entry("SQ[1]", 2, command(0, 3))],
             "commands of queue 1: 3 in the log"),
            (6, [MARKS[5]], "place of an entry"),
            (5, [entry("SQ[1]", 0, command(1, 2, 0x6000))],
             "first difference at 0"),
            (5, [entry("SQ[1]", 0, command(2, 2, 0x7000))],
             "first difference at 0"),
            (9, [entry("CQ[1]", 1, completion(2), size=16)],
             "completions of queue 1"),
            (3, [], "completion queues"),
            (4, [MARKS[4], "memory-cut device=d name=SQ[1] why=trigger"],
             "cut")):
        marks = MARKS[:at] + instead + MARKS[at + 1:]
        wrong(lambda m=marks: nvmequeues.agree(Run(scratch, m), 1, 2), pattern)


@test
def captures(scratch):
    """Frames of a capture, and descriptors of a network card."""
    path = os.path.join(scratch, "pcap")
    frames = [b"one", b"twenty" * 20]
    data = struct.pack("<IHHiIII", pcap.MAGIC, 2, 4, 0, 0, 65536, 1)
    for frame in frames:
        data += struct.pack("<IIII", 1, 2, len(frame), len(frame)) + frame
    with open(path, "wb") as f:
        f.write(data)
    equal(pcap.frames(path), frames, "frames")
    with open(path, "wb") as f:
        f.write(data[:-1])
    wrong(lambda: pcap.frames(path), "is cut")
    equal(devevents.e1000e_descriptors(
        ["e1000e_tx_descr 0x1000 : 8b00005a 0", "e1000e_tx_descr (nil) : 1 2"]),
        [(0x1000, 0x8b00005a, 0), (0, 1, 2)], "descriptors")


if __name__ == "__main__":
    tap.main()
