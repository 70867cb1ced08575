#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""pci-replay: a device that is made from a log."""

import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import lab, mmt, tap                                 # noqa: E402
from common.qemu import (COMMAND_MEMORY, MMIO, Machine,          # noqa: E402
                         PCI_BAR0, QMPError, fails)
from common.tap import equal, matches, test, wait_until          # noqa: E402

SLOT = 5
MASTER = 4
CAP_PM, CAP_MSI, CAP_EXP, CAP_MSIX = 1, 5, 0x10, 0x11
MSI_ADDRESS = 0xfee00000
EDU_ID, EDU_LIVE, EDU_FACTORIAL, EDU_STATUS = 0x00, 0x04, 0x08, 0x20
EDU_RAISE, EDU_ACK = 0x60, 0x64
COMPUTING = 1
PCIEXBAR, MMCONFIG = 0x60, 0xb0000000
SECOND = 1000000000


def traced(scratch, device, log="log"):
    return Machine(scratch, "-object",
                   f"vfio-trace-log,id=log,file={scratch}/{log}",
                   "-object",
                   "pci-trace,id=trace,device=dut,irq=on,config=on",
                   "-device", f"{device},id=dut,addr={SLOT}")


def set_up(m, bars=((0, MMIO),)):
    for bar, addr in bars:
        m.set_bar(SLOT, bar, addr)
    m.command(SLOT, COMMAND_MEMORY | MASTER)


def edu_driver(m, factorial=5):
    """What a driver of edu does; returns what it finds."""
    found = [m.config_read(SLOT, offset, 4) for offset in (0, 8, 0x2c, 0x3c)]
    set_up(m)
    found.append(m.read(MMIO + EDU_ID, 4))
    m.write(MMIO + EDU_LIVE, 4, 0x12345678)
    found.append(m.read(MMIO + EDU_LIVE, 4))
    m.write(MMIO + EDU_FACTORIAL, 4, factorial)
    while m.read(MMIO + EDU_STATUS, 4) & COMPUTING:
        pass
    found.append(m.read(MMIO + EDU_FACTORIAL, 4))
    for register in (EDU_RAISE, EDU_ACK):
        m.write(MMIO + register, 4, 1)
        m.clock_step(SECOND)            # interrupts come as late as in the log
    return found


def record(scratch):
    with traced(scratch, "edu") as m:
        found = edu_driver(m)
        m.quit()
    return found


def replay(scratch, options=""):
    return traced(scratch, f"pci-replay,file={scratch}/log{options}",
                  log="again")


def number(m, name):
    return m.qmp.execute("qom-get", path="/machine/peripheral/dut",
                         property=name)


def story(path):
    """Accesses and interrupts of a log, in order."""
    lab.tool("check", "--complete", path)
    out = []
    for e in mmt.Log(path).events:
        if isinstance(e, mmt.Access):
            out.append(f"{e.op} {e.addr & 0xfff:#x}")
        elif isinstance(e, mmt.Mark) and e.text.startswith("vfio-trace: irq "):
            out.append(e.text[len("vfio-trace: irq device=dut "):])
    return [e for n, e in enumerate(out) if n == 0 or out[n - 1] != e]


@test
def driver(scratch):
    """a driver finds the same as with the device; interrupts come, too"""
    found = record(scratch)
    with replay(scratch) as m:
        equal(edu_driver(m), found, "what the driver finds")
        wait_until(lambda: number(m, "reached") == number(m, "steps"),
                   "end of the log")
        equal(number(m, "departures"), 0, "departures")
        equal(number(m, "first-departure"), "", "first departure")
        equal(number(m, "skipped-writes"), 0, "skipped writes")
        m.quit()
    equal(story(f"{scratch}/again"), story(f"{scratch}/log"), "story")
    lab.tool("diff", f"{scratch}/log", f"{scratch}/again")
    matches("\n".join(story(f"{scratch}/again")),
            r"W 0x60\nintx=A level=1\nW 0x64\nintx=A level=0", "interrupts")


@test
def departure(scratch):
    """the first access that is not in the log: event, mark, properties"""
    record(scratch)
    with replay(scratch) as m:
        set_up(m)
        m.read(MMIO + EDU_ID, 4)
        m.write(MMIO + 0x40, 4, 7)
        event = m.qmp.wait_event("VFIO_TRACE_REPLAY_DEPARTED")["data"]
        equal(event["id"], "dut", "device")
        equal(event["after"], 1, "accesses before")
        matches(event["text"],
                r"^W 4 bar0\+0x40 0x7 is not in the log here: after "
                r"R 4 bar0\+0x0 0x10000ed \(line \d+\) comes "
                r"W 4 bar0\+0x4 0x12345678 \(line \d+\)$", "text")
        equal(number(m, "first-departure"), event["text"], "property")
        m.write(MMIO + 0x44, 4, 7)
        # it goes on
        m.write(MMIO + EDU_LIVE, 4, 0x12345678)
        equal(m.read(MMIO + EDU_LIVE, 4), 0xedcba987, "read behind it")
        equal(number(m, "departures"), 2, "departures")
        info = m.qmp.execute("query-vfio-trace")[0]["devices"][0]["replay"]
        equal(info, {"steps": number(m, "steps"),
                     "reached": number(m, "reached"), "accesses": 5,
                     "departures": 2, "first-departure": event["text"],
                     "other-values": 0, "skipped-writes": 0}, "QMP")
        said = m.qmp.hmp("info vfio-trace")
        matches(said, r"replay: 3 of \d+ accesses of the log passed, "
                "2 departures, 0 other values, 0 writes left out", "HMP")
        equal(f"first departure: {event['text']}" in said, True, said)
        m.quit()
        matches(m.stderr(), r"left the log's path: W 4 bar0\+0x40", "warning")
    marks = mmt.Log(f"{scratch}/again").marks("vfio-trace: departed ")
    equal(marks,
          [f"vfio-trace: departed device=dut after=1 text={event['text']}"],
          "marks")
    lab.tool("check", "--complete", f"{scratch}/again")


@test
def strict(scratch):
    """strict=on pauses the machine at the first departure."""
    record(scratch)
    with replay(scratch, ",strict=on") as m:
        set_up(m)
        m.read(MMIO + EDU_ID, 4)
        equal(m.qmp.execute("query-status")["running"], True, "running")
        m.write(MMIO + 0x40, 4, 7)
        wait_until(lambda: not m.qmp.execute("query-status")["running"],
                   "pause")
        m.qmp.execute("cont")
        m.write(MMIO + 0x44, 4, 7)
        equal(m.qmp.execute("query-status")["running"], True,
              "running after the second")
        m.quit()


@test
def reset(scratch):
    """After a reset of the machine, the driver begins again."""
    found = record(scratch)
    with replay(scratch) as m:
        for _ in range(3):
            equal(edu_driver(m), found, "what the driver finds")
            m.qmp.execute("system_reset")
            m.qmp.wait_event("RESET")
        equal(number(m, "departures"), 0, "departures")
        m.quit()


@test
def bundle(scratch):
    """A bundle has the same device as its log; a damaged one is refused."""
    found = record(scratch)
    path = f"{scratch}/log.tar.zst"
    lab.tool("bundle", "--no-host", f"{scratch}/log", "-o", path)
    os.rename(f"{scratch}/log", f"{scratch}/elsewhere")
    with traced(scratch, f"pci-replay,file={path}", "again") as m:
        equal(edu_driver(m), found, "what the driver finds")
        equal(number(m, "departures"), 0, "departures")
        equal(number(m, "reached"), number(m, "steps"), "reached")
        m.quit()
    with open(path, "rb") as f:
        whole = f.read()
    with open(path, "wb") as f:
        f.write(whole[:len(whole) // 2])
    matches(fails(scratch, "-device", f"pci-replay,file={path}"),
            "pci-replay: .*log.tar.zst", "message")


def resident(m):
    """Memory of QEMU, in MiB."""
    with open(f"/proc/{m.process.pid}/statm", encoding="ascii") as f:
        return int(f.read().split()[1]) * os.sysconf("SC_PAGESIZE") >> 20


def unplug(m):
    m.qmp.execute("device_del", id="dut")
    m.eject(SLOT)
    m.qmp.wait_event("DEVICE_DELETED")
    equal(m.config_read(SLOT, 0, 4), 0xffffffff, "no device")


def plug(m, log):
    m.qmp.execute("device_add", driver="pci-replay", id="dut",
                  addr=f"{SLOT:x}", file=log)


@test
def replug(scratch):
    """After it was unplugged and plugged again, the driver begins again."""
    found = record(scratch)
    with replay(scratch) as m:
        for _ in range(3):
            equal(edu_driver(m), found, "what the driver finds")
            equal(number(m, "departures"), 0, "departures")
            unplug(m)
            plug(m, f"{scratch}/log")
        m.quit()
    lab.tool("check", "--complete", f"{scratch}/again")


@test
def replug_memory(scratch):
    """A device that is unplugged keeps no memory, nor does one that fails."""
    with open(f"{scratch}/log", "w", encoding="utf-8") as f:
        f.write("VERSION 20070824\nPCIDEV 0028 12345678 17 feb80000 0 0 0 0 0 "
                "0 1000 0 0 0 0 0 0 x\n")
        f.write("R 4 1.000000 1 0xfeb80008 0x1 0x0 0\n" * 200000)
    with Machine(scratch, "-device",
                 f"pci-replay,file={scratch}/log,id=dut,addr={SLOT}") as m:
        sizes = []
        for _ in range(10):
            set_up(m)
            equal(m.read(MMIO + 8, 4), 1, "register")
            equal(number(m, "reached"), 1, "reached")
            try:
                # there is a device
                m.qmp.execute("device_add", driver="pci-replay",
                              addr=f"{SLOT:x}", file=f"{scratch}/log")
                raise AssertionError("a second device at this place")
            except QMPError as e:
                matches(str(e), "not available", "message")
            unplug(m)
            plug(m, f"{scratch}/log")
            equal(number(m, "steps"), 200000, "steps")
            sizes.append(resident(m))
        m.quit()
    # a model of this log has 7 MiB
    equal(sizes[-1] < sizes[1] + 20, True, f"memory does not grow: {sizes}")


def capabilities(m):
    """{ID: offset} and the bytes of config space."""
    at, found = m.config_read(SLOT, 0x34, 1), {}
    while at:
        found[m.config_read(SLOT, at, 1)] = at
        at = m.config_read(SLOT, at + 1, 1)
    return found, [m.config_read(SLOT, n, 4) for n in range(0, 256, 4)]


@test
def config_space(scratch):
    """e1000e: IDs, class, capabilities, sizes of BARs are the device's."""
    sizes = []
    for device, log in (("e1000e,romfile=", "log"),
                        (f"pci-replay,file={scratch}/log", "again")):
        with traced(scratch, device, log) as m:
            caps, config = capabilities(m)
            for bar in range(6):
                m.config_write(SLOT, PCI_BAR0 + 4 * bar, 4, 0xffffffff)
            sizes.append((caps, config, [
                m.config_read(SLOT, PCI_BAR0 + 4 * bar, 4)
                for bar in range(6)]))
            set_up(m)
            m.read(MMIO + 8, 4)
            m.quit()
    equal(sizes[1][0], sizes[0][0], "capabilities")
    for at in (0, 8 // 4, 0x2c // 4, 0x34 // 4, 0x3c // 4):
        equal(sizes[1][1][at], sizes[0][1][at], f"config at {4 * at:#x}")
    equal({CAP_PM, CAP_MSI, CAP_EXP, CAP_MSIX} <= set(sizes[1][0]), True,
          "capabilities of e1000e")
    equal(sizes[1][2], sizes[0][2], "sizes of BARs")


def msix_driver(m):
    """e1000e: an MSI-X interrupt."""
    ivar, ims, ics, other, vector = 0xe4, 0xd0, 0xc8, 1 << 24, 2
    table = MMIO + (2 << 20)
    capabilities(m)
    set_up(m, ((0, MMIO), (3, table)))
    at = m.capability(SLOT, CAP_MSIX)
    m.config_write(SLOT, at + 2, 2, 1 << 15)
    entry = table + vector * 16
    m.write(entry, 4, MSI_ADDRESS)
    m.write(entry + 8, 4, 0x41)
    m.write(entry + 12, 4, 0)
    m.write(MMIO + ivar, 4, (8 | vector) << 16)
    m.write(MMIO + ims, 4, other)
    m.write(MMIO + ics, 4, other)
    m.clock_step(SECOND)
    return m.read(MMIO + 8, 4)


@test
def msix(scratch):
    """e1000e: MSI-X has the log's vectors, and the machine's table"""
    with traced(scratch, "e1000e,romfile=") as m:
        status = msix_driver(m)
        m.quit()
    with replay(scratch) as m:
        equal(msix_driver(m), status, "status")
        wait_until(lambda: number(m, "reached") == number(m, "steps"),
                   "end of the log")
        equal(number(m, "departures"), 0, "departures")
        equal(number(m, "skipped-writes"), 0, "skipped writes")
        m.quit()
    equal("msix vector=2" in story(f"{scratch}/again"), True, "interrupt")


MEMORY_LOG = r"""VERSION 20070824
PCIDEV 0028 12345678 17 feb80000 0 0 0 0 0 0 1000 0 0 0 0 0 0 x
MARK 12.000000 vfio-trace: device id=dut0 host=none type=x addresses=host
MARK 12.000001 vfio-trace: coverage device=dut0 bar=0 map=1 addr=0xfeb80000 \
len=0x1000 state=trapped
W 4 15.000000 1 0xfeb80010 0x5000 0x0 0
W 4 15.000001 1 0xfeb80014 0x1 0x0 0
MARK 15.000001 vfio-trace: entry device=dut0 ring=C index=0 at=0x5040 len=8 \
0070000000000000
MARK 15.000100 vfio-trace: irq device=dut0 msi vector=0
MARK 15.000101 vfio-trace: entry device=dut0 ring=R index=0 at=0x6008 len=8 \
1122334455667788
MARK 15.000101 vfio-trace: data device=dut0 ring=R index=0 name=d at=0x7010 \
len=4 of=4 aabbccdd
R 4 15.000200 1 0xfeb80018 0x3 0x0 0
""".replace("\\\n", "")


@test
def memory(scratch):
    """the device writes what the log's wrote, to this driver's addresses"""
    ring, data = 0x200000, 0x340000
    with open(f"{scratch}/log", "w", encoding="utf-8") as f:
        f.write(MEMORY_LOG)
    with replay(scratch) as m:
        set_up(m)
        m.write(ring + 0x40, 8, data)
        m.write(MMIO + 0x10, 4, ring)
        m.write(MMIO + 0x14, 4, 1)
        m.clock_step(SECOND)
        equal(m.read(ring + 0x1008, 8), 0x8877665544332211, "entry")
        equal(m.read(data + 0x10, 4), 0xddccbbaa, "data")
        equal(m.read(MMIO + 0x18, 4), 3, "register")
        equal(number(m, "departures"), 0, "departures")
        equal(number(m, "other-values"), 1, "other values")
        m.quit()


MEMORY_HEAD = MEMORY_LOG[:MEMORY_LOG.index("W 4")]


def entry(address, data, when="15.000001"):
    return (f"MARK {when} vfio-trace: entry device=dut0 ring=R index=0 "
            f"at={address:#x} len={len(data)} {data.hex()}\n")


def told(*pages):
    """The driver tells the device where its pages are."""
    return "".join(f"W 4 15.00000{n} 1 {0xfeb80010 + 4 * n:#x} {page:#x} "
                   "0x0 0\n" for n, page in enumerate(pages))


IRQ = "MARK 15.000010 vfio-trace: irq device=dut0 msi vector=0\n"
READ = "R 4 15.000200 1 0xfeb80018 0x3 0x0 0\n"


def write_log(scratch, *parts):
    with open(f"{scratch}/log", "w", encoding="utf-8") as f:
        f.write("".join(parts))


@test
def memory_of_two_pages(scratch):
    """what lies in two pages goes where this driver has each of them"""
    first, second = 0x340000, 0x220000
    write_log(scratch, MEMORY_HEAD, told(0x5000, 0x6000), IRQ,
              entry(0x5ff8, bytes(range(1, 17)), "15.000011"), READ)
    with replay(scratch) as m:
        set_up(m)
        for n, page in enumerate((first, second)):
            m.write(MMIO + 0x10 + 4 * n, 4, page)
        m.clock_step(SECOND)
        equal(m.read(first + 0xff8, 8), 0x0807060504030201, "first page")
        equal(m.read(second, 8), 0x100f0e0d0c0b0a09, "second page")
        equal(m.read(first + 0x1000, 8), 0, "behind the first page")
        m.quit()


@test
def memory_of_devices(scratch):
    """a driver that gives the address of registers has nothing written there"""
    write_log(scratch, MEMORY_HEAD, told(0x5000), IRQ,
              entry(0x5020, b"\1\2\3\4", "15.000011"), READ)
    with replay(scratch) as m:
        set_up(m)
        m.write(MMIO + 0x10, 4, MMIO)
        m.clock_step(SECOND)
        equal(number(m, "accesses"), 1, "accesses")
        m.quit()


@test
def memory_in_turns(scratch):
    """a log with much at one place does not keep the machine from running"""
    base, n = 0x300000, 200
    write_log(scratch, MEMORY_HEAD, told(0x5000), IRQ,
              *(entry(0x5000 + 8 * i, bytes([i + 1] * 8), "15.000001")
                for i in range(n)), READ)
    with replay(scratch) as m:
        set_up(m)
        m.write(MMIO + 0x10, 4, base)
        m.clock_step(10001)             # all are due
        equal(m.read(base, 1), 1, "the first one")
        equal(m.read(base + 8 * (n - 1), 1), 0, "the last one")
        m.clock_step(SECOND)
        for i in range(n):
            equal(m.read(base + 8 * i, 1), i + 1, f"number {i}")
        m.quit()


def config_read(offset, value):
    return (f"MARK 14.000000 vfio-trace: config R width=4 map=7 "
            f"offset={offset:#x} value={value:#x}\n")


@test
def extended_capabilities(scratch):
    """a list of extended capabilities that is none is cut off"""
    express = [config_read(0x0, 0x56781234), config_read(0x4, 0x100000),
               config_read(0x34, 0x40), config_read(0x40, 0x20010)]
    lists = {
        "loop": ({0x100: 0x14010001, 0x140: 0x10010003}, 0x140, 0x00010003),
        "itself": ({0x100: 0x10010001}, 0x100, 0x00010001),
        "header": ({0x100: 0x04010001}, 0x100, 0x00010001),
        "end": ({0x100: 0xffc10001}, 0x100, 0x00010001),
        "nothing": ({0x100: 0xffffffff}, 0x100, 0),
        "sound": ({0x100: 0x14010001, 0x140: 0x00010003}, 0x140, 0x00010003),
    }
    for name, (headers, offset, want) in lists.items():
        write_log(scratch, MEMORY_HEAD,
                  "MARK 12.000002 vfio-trace: coverage device=dut0 config "
                  "map=7 addr=0x0 len=0x1000 state=trapped\n",
                  *express, *map(config_read, *zip(*headers.items())), READ)
        with Machine(scratch, "-device", "pcie-root-port,id=root,addr=6",
                     "-device",
                     f"pci-replay,file={scratch}/log,bus=root,id=dut",
                     machine="q35") as m:
            m.config_write(6, 0x18, 4, 0x010100)        # bus 1 is behind it
            m.config_write(0, PCIEXBAR, 4, MMCONFIG | 1)
            equal(m.read(MMCONFIG + (1 << 20) + offset, 4), want, name)
            m.quit()


@test
def log_without_head(scratch):
    """lines of a kernel's trace without PCIDEV: one BAR, the user's IDs"""
    with open(f"{scratch}/log", "w", encoding="utf-8") as f:
        f.write("R 4 14.000000 1 0xd7000000 0x140000a1 0x0 0\n"
                "W 4 14.000001 1 0xd7000200 0x1 0x0 0\n"
                "R 4 14.000002 1 0xd7e00010 0x2 0x0 0\n")
    matches(fails(scratch, "-device", f"pci-replay,file={scratch}/log"),
            "set x-pci-vendor-id", "message")
    with replay(scratch, ",x-pci-vendor-id=0x10de,x-pci-device-id=0x1d81") as m:
        equal(m.config_read(SLOT, 0, 4), 0x1d8110de, "IDs")
        set_up(m)
        equal(m.read(MMIO, 4), 0x140000a1, "first")
        m.write(MMIO + 0x200, 4, 1)
        equal(m.read(MMIO + 0xe00010, 4), 2, "last")
        equal(number(m, "departures"), 0, "departures")
        m.quit()


def accesses(path):
    """The accesses of a trace: direction, width, address, value."""
    text = subprocess.run([tap.tool_binary(), "cat", path], text=True,
                          check=True, stdout=subprocess.PIPE).stdout
    for word in map(str.split, text.splitlines()):
        if word and word[0] in "RW":
            yield word[0], int(word[1]), int(word[4], 16), int(word[5], 16)


def place_bars(m, bars):
    """Give BARs addresses; returns {BAR: (address, size)}."""
    placed, at = {}, MMIO
    for bar in bars:
        m.set_bar(SLOT, bar, 0xffffffff)
        size = -(m.config_read(SLOT, PCI_BAR0 + 4 * bar, 4) & ~0xf) & 0xffffffff
        placed[bar] = at, size
        at += max(size, 1 << 24)
    set_up(m, [(bar, at) for bar, (at, _) in placed.items()])
    return placed


@test
def recorded_path(scratch):
    """nouveau on a Titan V: every value of the path is answered"""
    path = os.environ.get("VFIO_TRACE_TITANV")
    if not path:
        raise tap.Skip("VFIO_TRACE_TITANV does not name that trace")
    with traced(scratch, f"pci-replay,file={path},x-pci-vendor-id=0x10de,"
                "x-pci-device-id=0x1d81") as m:
        free = [0, 1, 3]
        placed = place_bars(m, free)
        wrong, bars = 0, {}
        for op, width, addr, value in accesses(path):
            if addr >> 28 not in bars:
                bars[addr >> 28] = free.pop(0)
            base, size = placed[bars[addr >> 28]]
            addr = base + (addr & (size - 1))
            if op == "W":
                m.write(addr, width, value)
            else:
                wrong += m.read(addr, width) != value
        equal(wrong, 0, "values that differ")
        equal(number(m, "departures"), 0, "departures")
        equal(number(m, "reached"), number(m, "steps"), "reached")
        m.quit()


@test
def errors(scratch):
    """Logs of which no device can be made are refused, with the reason."""
    head = "VERSION 20070824\nPCIDEV 0028 808610d3 17"
    logs = {
        "empty": ("", "."),
        "size": (f"{head} feb80000 0 0 0 0 0 0 20001 0 0 0 0 0 0 x\n"
                 "R 4 1.000000 1 0xfeb80000 0x1 0x0 0\n", "impossible size"),
        "huge": (f"{head} feb80000 0 0 0 0 0 0 8000000000000000 0 0 0 0 0 0 "
                 "x\nR 4 1.000000 1 0xfeb80000 0x1 0x0 0\n",
                 "impossible size"),
        "ports": (f"{head} c001 0 0 0 0 0 0 1000000 0 0 0 0 0 0 x\n"
                  "R 4 1.000000 1 0xc000 0x1 0x0 0\n", "impossible size"),
        "small": (f"{head} feb80000 0 0 0 0 0 0 8 0 0 0 0 0 0 x\n"
                  "R 4 1.000000 1 0xfeb80000 0x1 0x0 0\n",
                  "impossible size"),
        "half": (f"{head} c0000004 e0000000 0 0 0 0 0 1000 1000 0 0 0 0 0 x\n"
                 "R 4 1.000000 1 0xc0000000 0x1 0x0 0\n", "other half"),
    }
    matches(fails(scratch, "-device", "pci-replay"), "needs file=", "no file")
    matches(fails(scratch, "-device", f"pci-replay,file={scratch}/none"),
            "none", "missing file")
    for name, (text, why) in logs.items():
        with open(f"{scratch}/{name}", "w", encoding="utf-8") as f:
            f.write(text)
        matches(fails(scratch, "-device", f"pci-replay,file={scratch}/{name}"),
                why, name)


if __name__ == "__main__":
    tap.main()
