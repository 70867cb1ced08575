#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 300
"""rings=: limits, commands, and the life of a device."""

import base64
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import tap  # noqa: E402
from common.qemu import MMIO, QMPError, fails  # noqa: E402
from common.ringsguest import (BASE, COUNT, counters, END, entry,  # noqa: E402
                               FOLLOWED, GO, OTHER, OTHER_MMIO, pattern, put,
                               RAM, REGISTERS, SEE, set_up, SLOT, start,
                               Story, TAIL, TAIL_RING, traced, WATCH,
                               WHILE_RING)
from common.tap import equal, matches, test  # noqa: E402

# --- limits --------------------------------------------------------------------

@test
def hostile(scratch):
    """Values that a guest may choose to do harm: bounded, and the log is whole."""
    rng = random.Random(9)
    special = [0, 1, 2**32 - 1, 2**64 - 1, 2**63, 2**31, END - 1, RAM, RAM + 8,
               MMIO, 0xfffffffffffffff0, 65536, 65537]

    def value():
        return rng.choice(special) if rng.randrange(3) else rng.getrandbits(64)

    text = FOLLOWED.replace("ring R", "ring F").replace("count   8",
                                                        "count   COUNT")
    text += TAIL_RING + WHILE_RING + """
watch W {
    at BASE
    len COUNT
    on write GO
}
snapshot S {
    at BASE
    len COUNT
    on write GO
    on read SEE
}
"""
    with traced(scratch, text, options=",irq=on") as m:
        start(m)
        for _ in range(400):
            put(m, RAM + rng.randrange(256) * 8, value().to_bytes(8, "little"))
            offset, width = rng.choice(((BASE, 8), (BASE + 4, 4), (COUNT, 4),
                                        (TAIL, 4), (GO, 4), (SEE, 4),
                                        (COUNT, 8), (TAIL - 2, 4)))
            m.write(MMIO + offset, width, value() & (1 << width * 8) - 1)
            m.read(MMIO + SEE, 4)
        equal(m.qmp.execute("query-status")["status"], "running", "state")
        m.quit()
    told = Story(scratch)
    equal(len(told.accesses), 800, "accesses")


@test
def endless_list(scratch):
    """A list whose entries point to themselves ends with its count."""
    text = FOLLOWED.replace("until   u32[12] == 1", "next    u64[0] when 1")
    text = text.replace("data    part at u64[0] len u32[8] max 64",
                        "data    part at u64[0] len 16")
    with traced(scratch, text) as m:
        start(m)
        m.write(MMIO + BASE, 8, RAM)
        put(m, RAM, entry(RAM + 64, 2**32 - 1, 2))
        put(m, RAM + 64, entry(RAM + 64, 0, 0))
        m.write(MMIO + TAIL, 4, 1)
        used = counters(m, "R")
        m.quit()
    equal(used["bytes"] <= 64 * 1024, True, f"bounded: {used}")
    told = Story(scratch)
    equal(len(told.of("data")) <= 2048, True, "data")


@test
def cuts(scratch):
    """What the limits of a trigger and of a second leave out is marked."""
    text = REGISTERS + "limit trigger 4K\nlimit second 16K\n" + \
        TAIL_RING.replace("entry   16", "entry   64")
    with traced(scratch, text) as m:
        start(m)
        set_up(m, 1024)
        for n in range(8):
            m.write(MMIO + TAIL, 4, (n + 1) * 128 % 1024)
        used = counters(m, "R")
        m.quit()
    told = Story(scratch)
    cut = told.of("memory-cut")
    equal({c.why for c in cut}, {"trigger", "second"}, "reasons")
    equal(used["cut"], len(cut), "cuts counted")
    got = told.of("entry")
    equal(len(got) + sum(c.left for c in cut), 1024, "entries and those left out")
    equal(used["bytes"], 64 * len(got), "bytes counted")


@test
def full_ring(scratch):
    """A log that is too slow: what does not fit is marked, no record is lost."""
    text = REGISTERS + """limit second 1024M
snapshot S {
    at BASE
    len 64K
    on write GO
}
"""
    with traced(scratch, text, log=",ring-size=2M") as m:
        start(m)
        set_up(m, 8)
        for n in range(60):
            m.write(MMIO + GO, 4, n)
        m.quit()
    told = Story(scratch)
    equal({s.get("state") for s in told.of("snapshot")} <=
          {None, "ring-full"}, True, "states")
    equal(len(told.of("snapshot")), 60, "snapshots")
    equal(told.log.marks("Lost"), [], "losses")


@test
def full_ring_of_lines(scratch):
    """Lines that do not lie behind each other take more of the log's ring."""
    with traced(scratch, WATCH.format(trigger="64K"),
                log=",ring-size=64K,on-full=drop") as m:
        start(m)
        set_up(m, 64 * 1024)
        for n in range(2, 40):
            m.write(MMIO + GO, 4, n)
            if n % 6 == 0:                      # all lines are in the log
                for line in range(0, 1024, 2):
                    m.write(RAM + line * 64, 8, n)
            m.qmp.execute("vfio-trace-flush", log="log")
        m.quit()
    told = Story(scratch)
    equal({w.state for w in told.of("watch")} >= {"first", "cut"}, True,
          "states")
    equal(len(told.accesses), 38 + 2, "accesses")


# --- commands ------------------------------------------------------------------

def refused(m, error, command, **arguments):
    try:
        m.qmp.execute(command, **arguments)
    except QMPError as e:
        matches(str(e), error, f"error of {command}")
    else:
        raise AssertionError(f"{command} {arguments} was accepted")


@test
def memory_read(scratch):
    """vfio-trace-memory-read: RAM only, up to 64 KiB."""
    with traced(scratch, REGISTERS + TAIL_RING) as m:
        start(m)
        put(m, RAM, pattern(4096, 1))

        def read(address, length, **more):
            got = m.qmp.execute("vfio-trace-memory-read", device="dut",
                                address=address, length=length, **more)
            data = base64.b64decode(got["data"])
            equal(len(data), got["length"], "length")
            return data

        equal(read(RAM + 3, 1000), pattern(4096, 1)[3:1003], "memory")
        equal(read(RAM, 65536)[:4096], pattern(4096, 1), "64 KiB")
        equal(len(read(RAM, 65536)), 65536, "64 KiB")
        equal(read(END - 5, 100), bytes(5), "up to the end")
        equal(read(END - 5, 100, physical=True), bytes(5), "up to the end")
        for address in (MMIO, END, 2**64 - 1):
            equal(read(address, 16), b"", f"at {address:#x}")
        for length in (0, 65537, 2**32 - 1):
            refused(m, f"length is {length}; 1 to 65536 expected",
                    "vfio-trace-memory-read", device="dut", address=RAM,
                    length=length)
        refused(m, "there is no traced device 'nobody'",
                "vfio-trace-memory-read", device="nobody", address=RAM,
                length=1)
        m.quit()
    equal(Story(scratch).accesses, [], "accesses of the device")


@test
def by_qmp(scratch):
    """Rings files added and removed while the machine runs."""
    text = REGISTERS + TAIL_RING.replace("ring R", "ring ADDED")
    with traced(scratch, REGISTERS + TAIL_RING) as m:
        start(m)

        def files():
            device, = m.qmp.execute("query-vfio-trace")[0]["devices"]
            return [f["name"] for f in device["rings"]]

        def go(tail):
            m.write(MMIO + TAIL, 4, tail)

        set_up(m, 8)
        go(1)
        m.qmp.execute("vfio-trace-rings-add", device="dut", name="more.rings",
                      text=text)
        equal(files(), ["t.rings", "more.rings"], "files")
        set_up(m, 8)                    # the new one has not seen it before
        go(2)
        m.qmp.execute("vfio-trace-rings-remove", device="dut", name="t.rings")
        equal(files(), ["more.rings"], "files")
        go(3)
        m.qmp.execute("vfio-trace-memory-now", device="dut", name="ADDED")
        matches(m.qmp.hmp("info vfio-trace"),
                r"rings more\.rings:\s+ring ADDED: \d+ triggers", "HMP")
        for error, name, source in (
                ("more.rings'", "more.rings", text),
                (r"bad.rings:1:1: ", "bad.rings", "register"),
                (r"bad.rings:\d+:\d+: ", "bad.rings", text + "ring {"),
                ("no register", "far.rings",
                 text.replace("bar0:0x1000", "bar0:0x1000000")),
                ("no register", "bar.rings", text.replace("bar0", "bar5")),
                ("the name", "", text), ("the name", "a/b", text),
                ("the name", "a b", text), ("the name", "x" * 64, text)):
            refused(m, error, "vfio-trace-rings-add", device="dut", name=name,
                    text=source)
        refused(m, "there is no traced device 'nobody'",
                "vfio-trace-rings-add", device="nobody", name="a", text=text)
        refused(m, "no rings file 't.rings'", "vfio-trace-rings-remove",
                device="dut", name="t.rings")
        refused(m, "no ring, watch or snapshot 'R'", "vfio-trace-memory-now",
                device="dut", name="R")
        equal(files(), ["more.rings"], "files afterwards")
        m.qmp.execute("vfio-trace-stop")
        refused(m, "not traced at the moment", "vfio-trace-memory-now",
                device="dut", name="ADDED")
        m.quit()
    told = Story(scratch)
    equal([(e.ring, e.index) for e in told.of("entry")][:3],
          [("R", 0), ("R", 1), ("ADDED", 0)], "entries")
    equal([f[1] for f in told.files()], ["t.rings", "more.rings"], "files in the log")


REFUSED = (
    ("", "", "rings is empty"),
    (",rings=nope", None, "nope"),
    (",rings=.", None, "not a regular file"),
    (",rings=pipe", None, "not a regular file"),
    ("", "rings 2\n", r"t\.rings:1:7: "),
    ("", REGISTERS + "ring R {\n    bass BASE\n}\n", r"t\.rings:8:5: "),
    ("", REGISTERS + "watch W {\n at 0\n len 64\n on irq\n}\n",
     r"line \d+: 'W' needs the interrupts of device 'dut': set irq=on"),
    (",windows=0:0x1000:4", None,
     r"writes of register BASE of device 'dut' are not traced: add the window "
     r"0:0x1000:0x8:w"),
    (",windows=0:0x1000:4K", None,
     r"reads of register SEE of device 'dut' are not traced"),
    (",exclude=0:0x1008:1:w", None, "writes of register COUNT"),
    ("", (REGISTERS + TAIL_RING).replace("bar0:0x1010", "bar3:0x1010"),
     "has no register GO: BAR 3"),
    ("", "rings 1\narea A capability 9 bar u8[4] offset u32[8]\n"
     "register X A:0:4\nsnapshot S {\n at 0\n len 8\n on write X\n}\n",
     "device 'dut'.* A"),
)


@test
def refused_options(scratch):
    """Invalid files, or such as the device can't have: one error line."""
    os.mkfifo(f"{scratch}/pipe")
    for options, text, error in REFUSED:
        with open(f"{scratch}/t.rings", "w", encoding="utf-8") as f:
            f.write(REGISTERS + TAIL_RING if text is None else text)
        rings = "" if "rings" in options else \
            ",rings=" if text == "" else ",rings=t.rings"
        said = fails(scratch, "-object",
                     f"vfio-trace-log,id=log,file={scratch}/log", "-object",
                     f"pci-trace,id=trace,device=dut{rings}{options}",
                     "-device", "edu,id=dut")
        matches(said, error, f"error for {options} {text!r}")
        equal(len(said.splitlines()), 1, f"lines of {said!r}")
        equal(os.path.exists(f"{scratch}/log"), False, "a log left behind")
    with open(f"{scratch}/t.rings", "w", encoding="utf-8") as f:
        f.write(REGISTERS + TAIL_RING.replace("entry   16", "entry   4K"))
    said = fails(scratch, "-object", f"vfio-trace-log,id=log,"
                 f"file={scratch}/log,ring-size=64K", "-object",
                 "pci-trace,id=trace,device=dut,rings=t.rings",
                 "-device", "edu,id=dut")
    matches(said, r"ring .* too small .* use ring-size=\d+", "error")


@test
def several_files(scratch):
    """Two files in rings=, and snapshot= beside them."""
    with open(f"{scratch}/two.rings", "w", encoding="utf-8") as f:
        f.write(REGISTERS + TAIL_RING.replace("ring R", "ring TWO"))
    with traced(scratch, REGISTERS + TAIL_RING,
                options=f":{scratch}/two.rings,snapshot=0:{BASE:#x}:16") as m:
        start(m)
        put(m, RAM, pattern(16, 1))
        set_up(m, 8)
        m.write(MMIO + TAIL, 4, 1)
        m.quit()
    told = Story(scratch)
    equal([f[1] for f in told.files()], ["t.rings", "two.rings"], "files")
    equal([e.ring for e in told.of("entry")], ["R", "TWO"],
          "entries")
    shot, = told.of("snapshot")
    equal((shot.get("name"), shot.get("on"), shot.data),
          (None, None, pattern(16, 1)), "snapshot")


# --- life ----------------------------------------------------------------------

@test
def stop_and_start(scratch):
    """While tracing is stopped, nothing is read; what was missed is unknown."""
    with traced(scratch, REGISTERS + TAIL_RING + WATCH[len(REGISTERS):].format(
            trigger="64K")) as m:
        start(m)
        put(m, RAM, pattern(128, 1))
        set_up(m, 8)
        m.write(MMIO + TAIL, 4, 1)
        m.qmp.execute("vfio-trace-stop")
        m.qmp.execute("vfio-trace-mark", text="look")
        set_up(m, 8, base=RAM + 64)
        m.write(MMIO + TAIL, 4, 2)
        m.qmp.execute("vfio-trace-start")
        m.write(MMIO + TAIL, 4, 3)              # base and count are unknown
        set_up(m, 4, base=RAM + 64)
        m.write(MMIO + GO, 4, 0)
        m.write(MMIO + TAIL, 4, 1)
        m.quit()
    told = Story(scratch)
    equal([(e.at, e.len) for e in told.of("entry") if e.len],
          [(RAM, 16), (RAM + 64, 16)], "entries")
    stopped, started = (
        [getattr(e, "text", "") for e in told.log.events].index(text)
        for text in ("vfio-trace: stop device=dut",
                     "vfio-trace: start device=dut"))
    equal([i for i in told.items if stopped < i.place < started], [],
          "between")


@test
def window_removed(scratch):
    """A register whose window is removed is unknown from then on."""
    with traced(scratch, REGISTERS + TAIL_RING) as m:
        start(m)
        put(m, RAM, pattern(128, 1))
        set_up(m, 8)
        m.write(MMIO + TAIL, 4, 1)
        window = {"device": "dut", "region": "bar0", "offset": BASE,
                  "length": 8, "direction": "write"}
        m.qmp.execute("vfio-trace-window-remove", **window)
        m.write(MMIO + TAIL, 4, 2)
        refused(m, "writes of register BASE", "vfio-trace-rings-add",
                device="dut", name="again", text=REGISTERS + TAIL_RING)
        m.qmp.execute("vfio-trace-window-add", **window)
        set_up(m, 8)
        m.write(MMIO + TAIL, 4, 3)
        m.quit()
    equal([(e.index, e.len, e.get("state")) for e in Story(scratch).of("entry")],
          [(0, 16, None), (0, 0, "address-unknown"), (1, 16, None),
           (2, 16, None)], "entries")


@test
def reset(scratch):
    """A reset of the machine: the registers' values are forgotten."""
    with traced(scratch, REGISTERS + TAIL_RING) as m:
        start(m)
        set_up(m, 8)
        m.write(MMIO + TAIL, 4, 2)
        m.qmp.execute("system_reset")
        m.qmp.wait_event("RESET")
        start(m)
        m.write(MMIO + TAIL, 4, 3)
        set_up(m, 8)
        m.write(MMIO + TAIL, 4, 1)
        m.quit()
    equal([e.index for e in Story(scratch).of("entry") if e.len],
          [0, 1, 0], "entries")


@test
def reset_while_stopped(scratch):
    """What a reset ends is not there when tracing goes on."""
    with traced(scratch, REGISTERS + TAIL_RING) as m:
        start(m)
        set_up(m, 8)
        m.write(MMIO + TAIL, 4, 6)
        m.qmp.execute("vfio-trace-stop")
        m.qmp.execute("system_reset")
        m.qmp.wait_event("RESET")
        m.qmp.execute("vfio-trace-start")
        start(m)
        m.write(MMIO + BASE, 8, RAM)
        m.write(MMIO + COUNT, 4, 8)
        m.write(MMIO + TAIL, 4, 1)
        m.quit()
    equal([e.index for e in Story(scratch).of("entry") if e.len],
          [0, 1, 2, 3, 4, 5, 0], "entries")


@test
def unplug(scratch):
    """The device is unplugged; one that is plugged in later has the file, too."""
    with traced(scratch, REGISTERS + TAIL_RING, options=",wait=on") as m:
        for turn in range(3):
            start(m)
            put(m, RAM, pattern(128, turn))
            set_up(m, 8)
            m.write(MMIO + TAIL, 4, 7)
            m.qmp.execute("device_del", id="dut")
            m.write(MMIO + TAIL, 4, 3)
            m.eject(SLOT)
            m.qmp.wait_event("DEVICE_DELETED")
            m.qmp.execute("vfio-trace-mark", text="go on")
            if turn < 2:
                m.qmp.execute("device_add", driver="edu", id="dut",
                              addr=f"{SLOT:#x}")
        m.quit()
    told = Story(scratch)
    equal(len(told.files()), 3, "files")
    # 7 of each turn, and 4 more across the wrap
    equal([e.data for e in told.of("entry")][::11],
          [pattern(128, turn)[:16] for turn in range(3)], "first entries")


@test
def two_devices(scratch):
    """Two devices on one log, each with its own state; markers are for both."""
    text = REGISTERS + TAIL_RING + 'snapshot S {\n at 0x100000\n len 8\n ' \
        'on marker "go"\n}\n'
    with traced(scratch, text,
                "-object", f"pci-trace,id=t2,device=two,rings={scratch}/t.rings",
                "-device", f"edu,id=two,addr={OTHER}") as m:
        start(m)
        start(m, OTHER, OTHER_MMIO)
        put(m, RAM, pattern(256, 1))
        set_up(m, 8)
        m.write(OTHER_MMIO + BASE, 8, RAM + 128)
        m.write(OTHER_MMIO + COUNT, 4, 4)
        m.write(MMIO + TAIL, 4, 1)
        m.write(OTHER_MMIO + TAIL, 4, 2)
        m.write(MMIO + TAIL, 4, 2)
        m.qmp.execute("vfio-trace-mark", text="go")
        m.quit()
    told = Story(scratch)
    equal([(e.device, e.at - RAM) for e in told.of("entry")],
          [("dut", 0), ("two", 128), ("two", 144), ("dut", 16)], "entries")
    equal({s.device for s in told.of("snapshot")}, {"dut", "two"},
          "snapshots")


if __name__ == "__main__":
    tap.main()
