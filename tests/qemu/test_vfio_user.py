#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""pci-trace on vfio-user-pci: the log compared with the device's server."""

import json
import os
import random
import struct
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import loadguest, loadlog, mmt, tap                  # noqa: E402
from common.faults import ends_whole                             # noqa: E402
from common.qemu import COMMAND_MEMORY, MMIO, Machine            # noqa: E402
from common.tap import Skip, equal, test, wait_until             # noqa: E402
from common.vfiouser import (INTX, MEM64_PREFETCH,               # noqa: E402
                             CountingRegion, Region, Server)

SLOT = 5
ONES = {1: 0xff, 2: 0xffff, 4: 0xffffffff, 8: 0xffffffffffffffff}

# The device: BAR0 registers, BAR2 mappable memory, BAR4 both.
REGISTERS, MEMORY, MIXED = 0, 2, 4
SIZE = {REGISTERS: 0x1000, MEMORY: 0x10000, MIXED: 0x4000}
AT = {bar: MMIO + bar * 0x100000 for bar in SIZE}
MAPPED = range(0x1000, 0x2000)          # the part of BAR4 that the client may map


def needs_vfio_user():
    """Skip only for series that can't have the device."""
    if tuple(map(int, tap.series().split("."))) < (10, 1):
        raise Skip(f"QEMU {tap.series()} has no vfio-user-pci: it came with "
                   "10.1")


def server(scratch, **options):
    needs_vfio_user()
    return Server(f"{scratch}/device.sock", {
        REGISTERS: CountingRegion(SIZE[REGISTERS]),
        MEMORY: Region(SIZE[MEMORY], [(0, SIZE[MEMORY])]),
        MIXED: Region(SIZE[MIXED], [(MAPPED.start, len(MAPPED))]),
    }, **options)


def device(scratch, **properties):
    """The device for -device and device_add."""
    return {"driver": "vfio-user-pci", "id": "dut", "addr": f"{SLOT:02x}.0",
            "socket": {"type": "unix", "path": f"{scratch}/device.sock"},
            **properties}


def trace(scratch, **properties):
    more = "".join(f",{k}={v}" for k, v in properties.items())
    return ["-object", f"vfio-trace-log,id=log,file={scratch}/log",
            "-object", f"pci-trace,id=trace,device=dut,log=log{more}"]


def machine(scratch, *args, **properties):
    return Machine(scratch, *args, "-device",
                   json.dumps(device(scratch, **properties)))


def place(m):
    for bar, addr in AT.items():
        m.set_bar(SLOT, bar, addr)
    m.command(SLOT, COMMAND_MEMORY)


def access(m, op, bar, width, offset, value=0):
    """Make one access; returns it as the log should have it."""
    if op == "R":
        value = m.read(AT[bar] + offset, width)
    else:
        m.write(AT[bar] + offset, width, value)
    return op, bar, width, offset, value


def drive(m, number, bars=tuple(SIZE), seed=1, aligned=True):
    """Pseudo-random accesses, the same each time."""
    rng = random.Random(seed)
    done = []
    for _ in range(number):
        bar = rng.choice(bars)
        width = rng.choice((1, 2, 4, 8))
        offset = rng.randrange(SIZE[bar] - width)
        if aligned:
            offset &= ~(width - 1)
        done.append(access(m, rng.choice("RW"), bar, width, offset,
                           rng.getrandbits(8 * width)))
    return done


def logged(scratch):
    """The log's accesses in the same form."""
    log = mmt.Log(f"{scratch}/log")
    equal(log.marks()[-1], "vfio-trace: end", "last mark")
    bars = {e.map: (bar, e.phys) for e in log.of(mmt.Map)
            for bar in SIZE if AT[bar] == e.virt}
    return [(a.op, bars[a.map][0], a.width, a.addr - bars[a.map][1], a.value)
            for a in log.accesses()]


def failed(scratch):
    """["R", "W", ...]: accesses that the log marks as failed."""
    return [mark.split()[2] for mark in
            mmt.Log(f"{scratch}/log").marks("vfio-trace: failed ")]


def of_bar(accesses, bar):
    """[(op, offset, width, value)] in the form of Server.by_message()."""
    return [(op, offset, width, value)
            for op, b, width, offset, value in accesses if b == bar]


@test
def registers(scratch):
    """Registers behind messages: log, server and guest agree."""
    with server(scratch) as s, machine(scratch, *trace(scratch)) as m:
        place(m)
        done = [access(m, "R", REGISTERS, 4, 0) for _ in range(3)]
        equal([a[-1] for a in done], [0, 1, 2], "a register that counts reads")
        done += [access(m, "W", REGISTERS, 4, 4, 9) for _ in range(3)]
        done.append(access(m, "R", REGISTERS, 4, 4))
        equal(done[-1][-1], 3, "a register that counts writes")
        done += drive(m, 2000, (REGISTERS,))
        m.quit()
        equal(logged(scratch), done, "log")
        equal(s.by_message(REGISTERS), of_bar(done, REGISTERS), "messages")
        equal(s.by_message(MEMORY) + s.by_message(MIXED), [], "other BARs")


@test
def mapped(scratch):
    """A BAR that QEMU maps: the log has all accesses, the server no message."""
    with server(scratch) as s, machine(scratch, *trace(scratch)) as m:
        place(m)
        done = drive(m, 2000, (MEMORY,), aligned=False)
        m.quit()
        equal(logged(scratch), done, "log")
        equal(s.accesses, [], "messages")
        model = bytearray(SIZE[MEMORY])
        for op, _, width, offset, value in done:
            if op == "W":
                model[offset:offset + width] = value.to_bytes(width, "little")
            else:
                equal(value, int.from_bytes(model[offset:offset + width],
                                            "little"), f"at {offset:#x}")
        equal(s.bars[MEMORY].read(0, SIZE[MEMORY]), bytes(model), "memory")


@test
def partly_mapped(scratch):
    """A BAR of which one page is mapped: the log has both kinds, in order."""
    with server(scratch) as s, machine(scratch, *trace(scratch)) as m:
        place(m)
        done = drive(m, 2000, (MIXED,))
        m.quit()
        equal(logged(scratch), done, "log")
        messages = [a for a in of_bar(done, MIXED) if a[1] not in MAPPED]
        equal(s.by_message(MIXED), messages, "messages")
        equal(len(messages) > 1000, True, f"{len(messages)}: plausible")


@test
def windows(scratch):
    """windows=: one page of the mapped BAR in the log, the rest direct."""
    with server(scratch) as s, \
            machine(scratch, *trace(scratch, windows="2:0x3000:4K")) as m:
        place(m)
        done = drive(m, 2000, (MEMORY, REGISTERS))
        m.quit()
        window = range(0x3000, 0x4000)
        equal(logged(scratch), [a for a in done
                                if a[1] == MEMORY and a[3] in window], "log")
        equal(s.by_message(REGISTERS), of_bar(done, REGISTERS), "messages")


@test
def same_as_untraced(scratch):
    """Guest and server see the same with and without the tap."""
    views = []
    for name, args in (("plain", []), ("traced", trace(f"{scratch}/traced"))):
        path = f"{scratch}/{name}"
        os.mkdir(path)
        with server(path) as s, machine(path, *args) as m:
            place(m)
            done = drive(m, 3000, aligned=False)
            m.quit()
            views.append((done, s.accesses, s.config_accesses, s.resets,
                          [bytes(b.read(0, b.size)) for b in s.bars.values()]))
    for what, plain, traced in zip(
            ("values", "messages", "config space", "resets", "memory"), *views):
        equal(traced, plain, what)
    equal(logged(f"{scratch}/traced"), views[1][0], "log")


@test
def interrupt(scratch):
    """INTx: mapped BARs are then accessed by message, and are in the log.

    Accesses to them tell VFIO that the guest has handled the interrupt. vfio-pci
    maps them again after a while, vfio-user-pci does not.
    """
    with server(scratch) as s, machine(scratch, *trace(scratch)) as m:
        place(m)
        done = drive(m, 100, (MEMORY,))
        equal(s.accesses, [], "messages")
        s.trigger(INTX)

        def by_message():
            done.append(access(m, "R", MEMORY, 4, 0x100))
            return s.accesses
        wait_until(by_message, "an access that comes by message")
        first = len(done) - 1
        wait_until(lambda: s.unmasked == 1, "QEMU unmasks the interrupt")
        done += drive(m, 500, (MEMORY, REGISTERS), seed=2)
        m.quit()
        equal(logged(scratch), done, "log")
        for bar in (MEMORY, REGISTERS):
            equal(s.by_message(bar), of_bar(done[first:], bar), "messages")
        equal(s.unmasked, 1, "interrupts that QEMU has handled")


@test
def errors(scratch):
    """The server refuses an access: the log has the guest's values."""
    fail = [("R", REGISTERS, 0x80), ("W", REGISTERS, 0x84)]
    with server(scratch, fail=fail) as s, \
            machine(scratch, *trace(scratch), **{"x-no-posted-writes": True}
                    ) as m:
        place(m)
        done = [access(m, "W", REGISTERS, 4, 0x80, 0x12345678),
                access(m, "R", REGISTERS, 4, 0x80),
                access(m, "W", REGISTERS, 4, 0x84, 5),
                access(m, "R", REGISTERS, 4, 0x84)]
        m.quit()
        equal([done[1][-1], done[3][-1]], [ONES[4], 0], "values read")
        equal(logged(scratch), done, "log")
        equal(failed(scratch), ["R", "W"], "accesses marked as failed")
        equal(s.by_message(REGISTERS), of_bar([done[0], done[3]], REGISTERS),
              "messages that the server has carried out")


@test
def server_dies(scratch):
    """The server exits between two accesses, and in one: QEMU and log go on."""
    for moment in ("between", "within"):
        path = f"{scratch}/{moment}"
        os.mkdir(path)
        with server(path) as s, \
                machine(path, *trace(path),
                        **{"x-msg-timeout": int(tap.patience(5000))}) as m:
            place(m)
            done = drive(m, 200)
            if moment == "within":
                s.gate.clear()
                dying = threading.Timer(0.2, s.die)
                dying.start()
                done.append(access(m, "R", REGISTERS, 4, 0))
                dying.join()
            else:
                s.die()
            got = of_bar(done, REGISTERS)
            if moment == "within":
                equal(got.pop()[-1], ONES[4], "the unanswered read")
            equal(s.by_message(REGISTERS), got, "messages until then")
            dead = [access(m, "R", REGISTERS, w, 8) for w in (1, 2, 4, 8)]
            equal([a[-1] for a in dead], list(ONES.values()), "values read")
            dead.append(access(m, "W", REGISTERS, 4, 8, 1))
            # shared memory outlives the server
            dead += drive(m, 50, (MEMORY,), seed=2)
            m.quit()
            equal(logged(path), done + dead, "log")
            equal(failed(path), ["R"] * (moment == "within") + list("RRRRW"),
                  "accesses marked as failed")


@test
def unplug(scratch):
    """Unplug: the connection ends; plugged in again, it is traced again."""
    with server(scratch) as s, \
            machine(scratch, *trace(scratch, wait="on")) as m:
        place(m)
        done = drive(m, 300)
        m.qmp.execute("device_del", id="dut")
        m.eject(SLOT)
        m.qmp.wait_event("DEVICE_DELETED")
        wait_until(lambda: not s.dma and not s.irq_fds, "QEMU disconnects")
        m.read(AT[MEMORY], 4)           # no device there: not in the log
        m.qmp.execute("device_add", **device(scratch))
        equal(s.clients, 2, "connections")
        place(m)
        done += drive(m, 300, seed=2)
        m.quit()
        equal(logged(scratch), done, "log")
        equal(s.by_message(REGISTERS), of_bar(done, REGISTERS), "messages")
    equal(mmt.Log(f"{scratch}/log").marks("vfio-trace: detached"),
          ["vfio-trace: detached id=dut"], "mark")


class LoadMemory(loadguest.Memory):
    """A region of the server as the load guest's memory."""

    def __init__(self, region):     # pylint: disable=super-init-not-called
        self.map = region.memory

    def close(self):
        pass


class LoadMachine(loadguest.LoadMachine):
    """The load guest with a device behind a socket."""

    def __init__(self, scratch, region, smp):
        # pylint: disable=super-init-not-called,non-parent-init-called
        self.memory = LoadMemory(region)
        self.smp = smp
        image = loadguest.build(scratch)
        Machine.__init__(self, scratch, "-S", "-bios", image, "-smp", str(smp),
                         *trace(scratch), "-device",
                         json.dumps(device(scratch)), accel="tcg,thread=multi")


def load(scratch, seconds, pace, areas):
    """Four vCPUs at once; returns the accesses by message."""
    needs_vfio_user()
    region = Region(loadguest.BAR_SIZE, areas, MEM64_PREFETCH)
    with Server(f"{scratch}/device.sock", {2: region},
                ident=(0x1af4, 0x1110)) as s:
        with LoadMachine(scratch, region, 4) as m:
            m.memory.control(pace)
            m.wait_progress(100)
            time.sleep(seconds)
            ends_whole(m, f"{scratch}/log")
        return s.by_message(2)


@test
def load_mapped(scratch):
    """Four vCPUs at once on a mapped BAR: complete and in order."""
    messages = load(scratch, 2, 2000, [(0, loadguest.BAR_SIZE)])
    equal(messages, [], "messages")


@test
def load_by_message(scratch):
    """Four vCPUs at once by messages: server and log have the same order."""
    messages = load(scratch, 4, 20000, [])
    log = mmt.Log(f"{scratch}/log")
    base = log.of(mmt.Map)[0].phys
    got = [(a.op, a.addr - base, a.width, a.value) for a in log.accesses()]
    equal(len(got), len(messages), "accesses")
    equal(next((n for n, pair in enumerate(zip(got, messages))
                if pair[0] != pair[1]), None), None, "first difference")
    equal(len(got) > 2000, True, f"{len(got)} accesses: enough")


if __name__ == "__main__":
    tap.main()
