#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""snapshot=: the guest's memory at a doorbell."""

import hashlib
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import lab, mmt, tap                                 # noqa: E402
from common.qemu import (COMMAND_MEMORY, MMIO, Machine,          # noqa: E402
                         QMPError, fails)
from common.tap import equal, matches, test                      # noqa: E402

SLOT = 5
SOURCE = 0x80                   # edu: its DMA address
RAM = 0x100000
TDBAL, TDBAH, TDT = 0x3800, 0x3804, 0x3818      # e1000

HEAD = re.compile(r"vfio-trace: snapshot device=dut map=(\d+) addr=0x(\w+) "
                  r"at=0x(\w+) len=(\d+) sha256=(\w{64})(?: state=(\S+))?$")
DATA = re.compile(r"vfio-trace: snapshot-data at=0x(\w+) ([0-9a-f]*)$")


def traced(scratch, device, snapshot, log=""):
    more = f",snapshot={snapshot}" if snapshot else ""
    return Machine(scratch, "-object",
                   f"vfio-trace-log,id=log,file={scratch}/log{log}",
                   "-object", f"pci-trace,id=trace,device=dut{more}",
                   "-device", f"{device},id=dut,addr={SLOT}")


def start(m, bar=0):
    m.set_bar(SLOT, bar, MMIO)
    m.command(SLOT, COMMAND_MEMORY)


def snapshots(scratch):
    """[(offset of the register, address, bytes, state)]"""
    log = mmt.Log(f"{scratch}/log")
    lab.tool("check", "--complete", f"{scratch}/log")
    found, last = [], None
    for e in log.events:
        if isinstance(e, mmt.Access):
            last = e
        if not isinstance(e, mmt.Mark):
            continue
        head, data = HEAD.match(e.text), DATA.match(e.text)
        if head:
            equal(int(head[2], 16) & ~7, last.addr & ~7, "write before it")
            found.append([last.addr & 0xfffff, int(head[3], 16), b"",
                          head[6], int(head[4]), head[5]])
        elif data:
            equal(int(data[1], 16), found[-1][1] + len(found[-1][2]), "place")
            found[-1][2] += bytes.fromhex(data[2])
    for snapshot in found:
        equal(len(snapshot[2]), snapshot[4], "length")
        equal(hashlib.sha256(snapshot[2]).hexdigest(), snapshot[5], "hash")
    return [tuple(s[:4]) for s in found]


def fill(m, addr, length, seed):
    data = bytes((seed * 37 + i * 11 + (i >> 8)) & 0xff for i in range(length))
    for i in range(0, length, 8):
        m.write(addr + i, 8, int.from_bytes(data[i:i + 8], "little"))
    return data


@test
def written_address(scratch):
    """The memory at the written address; the mask; only that write."""
    with traced(scratch, "edu", f"0:{SOURCE:#x}:1000:0xfffffff0") as m:
        start(m)
        data = fill(m, RAM, 1008, 1)
        m.write(MMIO + SOURCE, 8, RAM | 0xa_0000_0007)
        m.write(MMIO + SOURCE + 8, 8, RAM)              # another register
        m.quit()
    equal(snapshots(scratch), [(SOURCE, RAM, data[:1000], None)], "snapshots")


@test
def address_in_register(scratch):
    """@REGISTER: a ring with its address in another register; unknown at first."""
    with traced(scratch, "e1000,romfile=",
                f"0:{TDT:#x}:128@{TDBAL:#x}") as m:
        start(m)
        data = fill(m, RAM, 128, 2)
        m.write(MMIO + TDT, 4, 1)
        m.write(MMIO + TDBAL, 4, RAM)
        m.write(MMIO + TDBAH, 4, 0)
        m.write(MMIO + TDT, 4, 2)
        changed = fill(m, RAM, 128, 3)
        m.write(MMIO + TDT, 4, 3)
        m.quit()
    equal(snapshots(scratch),
          [(TDT, 0, b"", "address-unknown"), (TDT, RAM, data, None),
           (TDT, RAM, changed, None)], "snapshots")


@test
def not_memory(scratch):
    """An address in a device, or unassigned: a mark says so, nothing is read."""
    with traced(scratch, "edu", f"0:{SOURCE:#x}:64") as m:
        start(m)
        data = fill(m, 64 * 1024 * 1024 - 32, 32, 4)
        for addr in (MMIO, 1 << 40, 64 * 1024 * 1024 - 32, 2**64 - 8):
            m.write(MMIO + SOURCE, 8, addr)
        m.quit()
    equal([(s[1], s[2], s[3]) for s in snapshots(scratch)],
          [(MMIO, b"", "not-memory"), (1 << 40, b"", "not-memory"),
           (64 * 1024 * 1024 - 32, data, "not-memory"),
           (2**64 - 8, b"", "not-memory")], "snapshots")
    reads = [a for a in mmt.Log(f"{scratch}/log").accesses() if a.op == "R"]
    equal(reads, [], "reads of the device")


@test
def largest(scratch):
    """64 KiB, over and over: each is logged, or a mark says there was no room."""
    times = 40
    with traced(scratch, "edu", f"0:{SOURCE:#x}:64K", log=",ring-size=4M") as m:
        start(m)
        data = fill(m, RAM, 65536, 5)
        for _ in range(times):
            m.write(MMIO + SOURCE, 8, RAM)
        m.quit()
    got = snapshots(scratch)
    equal(len(got), times, "snapshots")
    equal({s[3] for s in got} <= {None, "ring-full"}, True, "states")
    equal({s[2] for s in got if not s[3]}, {data}, "data")
    equal(mmt.Log(f"{scratch}/log").marks("Lost"), [], "losses")


@test
def by_qmp(scratch):
    """Snapshots added and removed while the machine runs."""
    one, two = f"0:{SOURCE:#x}:16", f"0:{SOURCE + 8:#x}:16"
    with traced(scratch, "edu", one) as m:
        start(m)
        data = fill(m, RAM, 16, 6)

        def write():
            m.write(MMIO + SOURCE, 8, RAM)
            m.write(MMIO + SOURCE + 8, 8, RAM)

        def listed():
            return m.qmp.execute(
                "query-vfio-trace")[0]["devices"][0]["snapshots"]

        equal(listed(), [one], "snapshots")
        write()
        m.qmp.execute("vfio-trace-snapshot-add", device="dut", snapshot=two)
        equal(listed(), [one, two], "snapshots")
        write()
        m.qmp.execute("vfio-trace-snapshot-remove", device="dut", snapshot=one)
        equal(listed(), [two], "snapshots")
        write()
        for device, snapshot, error in (
                ("nobody", one, "there is no traced device 'nobody'"),
                ("dut", two, f"device 'dut' already has the snapshot '{two}'"),
                ("dut", "0:0:0", "LEN is 0"), ("dut", "", "empty"),
                ("dut", "5:0:4", "has no such register")):
            try:
                m.qmp.execute("vfio-trace-snapshot-add", device=device,
                              snapshot=snapshot)
                raise AssertionError(f"{snapshot} was taken")
            except QMPError as e:
                matches(str(e), re.escape(error), "error")
        try:
            m.qmp.execute("vfio-trace-snapshot-remove", device="dut",
                          snapshot=one)
            raise AssertionError("removed twice")
        except QMPError as e:
            matches(str(e), f"has no snapshot '{re.escape(one)}'", "error")
        equal(listed(), [two], "snapshots afterwards")
        m.quit()
    equal([s[0] for s in snapshots(scratch)],
          [SOURCE, SOURCE, SOURCE + 8, SOURCE + 8], "registers")
    equal({s[2] for s in snapshots(scratch)}, {data}, "data")


REFUSED = (
    ("", "snapshot is empty"),
    ("0", "snapshot: '0' is not BAR:OFFSET:LEN"),
    ("0:0", "is not BAR:OFFSET:LEN"),
    ("0:0:4:1:1", "is not BAR:OFFSET:LEN"),
    ("6:0:4", "BAR is 6; 0 to 5 expected"),
    ("x:0:4", "BAR is 'x'"),
    ("0:x:4", "OFFSET is 'x'"),
    ("0:0:x", "LEN is 'x'"),
    ("0:0:0", "LEN is 0; 1 to 64K expected"),
    ("0:0:65537", "LEN is 65537; 1 to 64K expected"),
    ("0:0:4:x", "MASK is 'x'"),
    ("0:0:4@", "REGISTER is ''"),
    ("0:0:4@x", "REGISTER is 'x'"),
    ("0:0:4@1@2", "REGISTER is '1@2'"),
    ("0:0:4+", "snapshot: '' is not BAR:OFFSET:LEN"),
    ("1:0:4", "'1:0:4': device 'dut' has no such register"),
    ("0:1M:4", "'0:1M:4': device 'dut' has no such register"),
    ("0:0:4@1048572", "no such register"),
    ("0:0:4+0:0:4", "already has the snapshot '0:0:4'"),
)


@test
def refused(scratch):
    """Invalid or missing registers: one error line that names them."""
    for text, error in REFUSED:
        said = fails(scratch, "-object", f"vfio-trace-log,id=log,"
                     f"file={scratch}/log", "-object",
                     f"pci-trace,id=trace,device=dut,snapshot={text}",
                     "-device", "edu,id=dut")
        matches(said, re.escape(error), f"error for {text!r}")
        equal(os.path.exists(f"{scratch}/log"), False, "a log left behind")
    said = fails(scratch, "-object", f"vfio-trace-log,id=log,"
                 f"file={scratch}/log,ring-size=64K", "-object",
                 "pci-trace,id=trace,device=dut,snapshot=0:0:64K",
                 "-device", "edu,id=dut")
    matches(said, r"ring .* too small .* use ring-size=\d+", "error")


if __name__ == "__main__":
    tap.main()
