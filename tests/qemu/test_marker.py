#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# alone: measures rates
"""Markers made by the guest: lines, limits, and hostile guests."""

import os
import re
import subprocess
import sys
import time
from collections import Counter

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import bareguest, mmt, tap                           # noqa: E402
from common.qemu import (COMMAND_MEMORY, MMIO, PORTS, Machine,   # noqa: E402
                         QMPError, fails)
from common.tap import equal, matches, test                      # noqa: E402
from common.virtioserial import VirtioSerial                     # noqa: E402

PORT = 0x5e9
SIGNATURE = 0x4d
NAME = "org.vfio-trace.mark.0"
SLOT, SERIAL_SLOT = 5, 6
GUEST = "vfio-trace: guest-mark "

# Bytes of text in a mark of port "m": the room that the format leaves
ISA_ROOM = 900 - len(f"{GUEST}origin=isa port=m cut={2**64 - 1} text=")
BURST_SECONDS = 10

# Texts that imitate other lines than a marker's
HOSTILE = [
    b"W 4 1.000000 1 0x80000000 0x666 0x0 0",
    b"x\rW 4 1.000000 1 0x80000000 0x666 0x0 0",
    b"vfio-trace: end",
    b"vfio-trace: guest-mark origin=isa port=other text=not me",
    b"MARK 1.000000 vfio-trace: device id=x host=none type=x addresses=host",
    b"dropped=7 cut=x origin=serial port= text= text=x",
    b" ",
    b"%s%n%100000d",
    b"\x1b[2J\x1b]0;title\x07\x08\x08\x7f\x85",
    b"\xe2\x80\xa8VERSION 20070824\xe2\x80\xa9\xc2\x85next",
    b"\xff\xfe\xc3 \xed\xa0\x80 \xc0\x8aR 4 \xf0\x9f\x92",
    bytes(range(1, 10)) + bytes(range(11, 13)) + bytes(range(14, 256)),
    "zwölf Boxkämpfer €".encode(),
    b"A" * 3000,
]


def log_text(line, room=ISA_ROOM):
    """A line as it is in the log: its words after port=."""
    cut = ""
    if len(line) > room:
        cut = f" cut={len(line) - room}"
        line = line[:room]
    text = ""
    while line:
        for n in range(1, 5):
            try:
                char = line[:n].decode()
                break
            except UnicodeDecodeError:
                char = "?"
        else:
            n = 1
        text += "?" if re.match("[\0-\x1f\x7f-\x9f\u2028\u2029]", char) \
            else char
        line = line[n:]
    return f"{cut} text={text}"


def isa_log_text(line):
    return f"origin=isa port=m{log_text(line)}"


def machine(scratch, *args, isa="", virtio="", log=""):
    """A machine with a traced device, and both kinds of ports."""
    return Machine(scratch,
                   "-object", f"vfio-trace-log,id=log,file={scratch}/log{log}",
                   "-object", "pci-trace,id=trace,device=dut,log=log",
                   "-device", f"edu,id=dut,addr={SLOT}",
                   "-device", f"isa-vfio-trace-marker,id=m{isa}",
                   "-device", "virtio-serial-pci,ioeventfd=off,disable-legacy="
                   f"off,addr={SERIAL_SLOT}",
                   "-device", f"vfio-trace-marker,id=v{virtio}", *args)


def put(m, data, port=PORT):
    for byte in data:
        m.outp(port, 1, byte)


def second(m):
    """Let a second of the guest's time pass."""
    # pylint: disable=protected-access
    m._qtest("clock_step 1000000000")


def count(m, port="m"):
    """(marks, dropped)"""
    return tuple(m.qmp.execute("qom-get", path=port, property=name)
                 for name in ("marks", "dropped"))


def guest_marks(path):
    return [t.removeprefix(GUEST) for t in mmt.Log(path).marks(GUEST)]


def check(path):
    result = subprocess.run([tap.tool_binary(), "check", path], text=True,
                            capture_output=True, timeout=60, check=False)
    equal((result.returncode, result.stderr), (0, ""),
          f"check: {result.stdout}{result.stderr}")


def error_of(m, command, **args):
    try:
        m.qmp.execute(command, **args)
    except QMPError as e:
        return str(e)
    raise AssertionError(f"{command} was taken")


@test
def in_order(scratch):
    """A guest's marker is between the accesses before and after it."""
    with machine(scratch) as m:
        m.set_bar(SLOT, 0, MMIO)
        m.command(SLOT, COMMAND_MEMORY)
        serial = VirtioSerial(m, SERIAL_SLOT, PORTS)
        equal(m.inp(PORT, 1), SIGNATURE, "value read from the port")
        equal(m.inp(PORT + 1, 1), 0xff, "value read from the next port")
        m.write(MMIO + 4, 4, 1)
        put(m, b"one\n")
        m.write(MMIO + 4, 4, 2)
        serial.open(1)
        serial.write(1, b"two\n")
        m.write(MMIO + 4, 4, 3)
        equal((count(m), count(m, "v")), ((1, 0), (1, 0)), "counts")
        m.quit()
    got = [e.value if isinstance(e, mmt.Access) else e.text.removeprefix(GUEST)
           for e in mmt.Log(f"{scratch}/log").events
           if isinstance(e, mmt.Access) or
           isinstance(e, mmt.Mark) and e.text.startswith(GUEST)]
    equal(got, [1, "origin=isa port=m text=one",
                2, "origin=virtio-serial port=v text=two", 3], "log")
    check(f"{scratch}/log")


@test
def ends_of_lines(scratch):
    """LF, CRLF, NUL, a second, a reset and the end of QEMU end a marker."""
    with machine(scratch) as m:
        put(m, b"lf\ncrlf\r\nnul\0\n\r\n\0\r\r\ncr\rin\r\rit\n")
        put(m, b"a se")
        second(m)
        put(m, b"cond\rlater\r")
        second(m)
        put(m, b"before the reset")
        m.qmp.execute("system_reset")
        m.qmp.wait_event("RESET")
        put(m, b"not joined\n")
        put(m, b"no end")
        equal(count(m), (9, 0), "counts")
        m.quit()
    equal(guest_marks(f"{scratch}/log"),
          [f"origin=isa port=m text={t}" for t in
           ("lf", "crlf", "nul", "?", "cr?in??it", "a se", "cond?later",
            "before the reset", "not joined", "no end")], "markers")
    equal(mmt.Log(f"{scratch}/log").marks()[-1], "vfio-trace: end",
          "the last line")
    check(f"{scratch}/log")


@test
def slow_line(scratch):
    """A line is held for a second after its last byte, not after its first."""
    with machine(scratch) as m:
        for byte in b"slow":
            put(m, [byte])
            # pylint: disable=protected-access
            m._qtest("clock_step 900000000")
        equal(count(m), (0, 0), "counts")
        second(m)
        equal(count(m), (1, 0), "counts")
        m.quit()
    equal(guest_marks(f"{scratch}/log"), ["origin=isa port=m text=slow"],
          "markers")


@test
def long_lines(scratch):
    """An over-long line is cut at a character boundary, and the mark says so."""
    with machine(scratch) as m:
        put(m, b"A" * ISA_ROOM + b"\r\n")
        put(m, b"B" * ISA_ROOM + b"B\n")
        put(m, "€".encode() * 600 + b"\n")
        put(m, b"next\n")
        m.quit()
    euros = ISA_ROOM // 3
    equal(guest_marks(f"{scratch}/log"),
          [f"origin=isa port=m text={'A' * ISA_ROOM}",
           f"origin=isa port=m cut=1 text={'B' * ISA_ROOM}",
           f"origin=isa port=m cut={1800 - 3 * euros} text={'€' * euros}",
           "origin=isa port=m text=next"], "markers")
    check(f"{scratch}/log")


@test
def virtio_port(scratch):
    """virtio-serial: buffers are not lines; closing and reset end a line."""
    with machine(scratch) as m:
        serial = VirtioSerial(m, SERIAL_SLOT, PORTS)
        matches(m.qmp.hmp("info qtree"), f'name = "{NAME}"')
        serial.open(1)
        serial.write(1, b"begun, ")
        serial.write(1, b"ended\nnext ")
        serial.write(1, b"one")
        serial.open(1, False)
        serial.open(1)
        serial.write(1, b"unfinished")
        serial.reset()
        serial.write(1, b"again\n" * 3)
        serial.write(1, b"\r")
        serial.write(1, b"\n" + b"C" * 40000)
        serial.write(1, b"C" * 50000 + b"\nleft")
        m.qmp.execute("device_del", id="v")
        m.qmp.wait_event("DEVICE_DELETED")
        m.qmp.execute("device_add", driver="vfio-trace-marker", id="v2", nr=1)
        serial.write(1, b"back\n")
        equal(count(m, "v2"), (1, 0), "counts")
        m.quit()
    room = ISA_ROOM - len("virtio-serial") + len("isa")
    equal(guest_marks(f"{scratch}/log"),
          [f"origin=virtio-serial port={t}" for t in
           ("v text=begun, ended", "v text=next one", "v text=unfinished",
            "v text=again", "v text=again", "v text=again",
            "v" + log_text(b"C" * 90000, room), "v text=left",
            "v2 text=back")], "markers")
    check(f"{scratch}/log")


@test
def line_longer_than_budget(scratch):
    """A line that the port reads in several turns stays one marker, although a
    second passes on a busy host, or the program has closed the port."""
    room = ISA_ROOM - len("virtio-serial") + len("isa")
    line = b"L" * 100000
    with machine(scratch, "-m", "512") as m:
        serial = VirtioSerial(m, SERIAL_SLOT, PORTS)
        serial.open(1)
        serial.store(64 << 20, line + b"\n")
        for n in range(8):
            # Even lines have no newline: closing the port ends them.
            serial.queue_to(1).submit([(64 << 20, len(line) + n % 2)])
            if n % 2:
                second(m)
            else:
                serial.open(1, False)
                serial.open(1)
            tap.wait_until(serial.queue_to(1).taken, f"end of line {n}")
        m.quit()
    equal(guest_marks(f"{scratch}/log"),
          [f"origin=virtio-serial port=v{log_text(line, room)}"] * 8,
          "markers")


@test
def endless_buffer(scratch):
    """A chain of buffers that takes hours to read blocks nothing else."""
    room = ISA_ROOM - len("virtio-serial") + len("isa")
    with machine(scratch, "-m", "512") as m:
        serial = VirtioSerial(m, SERIAL_SLOT, PORTS)
        serial.open(1)
        serial.write(1, b"before\n")
        # Its beginning is known; the rest is 15 GiB of zeros.
        serial.store(64 << 20, b"D" * 100000 + b"\nbegun\n")
        queue = serial.queue_to(1)
        queue.submit([(64 << 20, 384 << 20)] * 40)
        begin = time.monotonic()
        for _ in range(20):
            m.qmp.execute("query-status")
        took = time.monotonic() - begin
        print(f"# 20 QMP commands meanwhile: {took:.2f} s", flush=True)
        equal(took < 20, True, f"{took:.1f} s for QMP: it is answered")
        equal(queue.taken(), False, "the chain is done")
        tap.wait_until(lambda: count(m, "v")[0] == 3, "three marks")
        serial.open(1, False)
        serial.open(1)
        serial.reset()
        serial.open(1)
        serial.write(1, b"after\n")
        m.quit()
    equal(guest_marks(f"{scratch}/log"),
          [f"origin=virtio-serial port=v{t}" for t in
           (" text=before", log_text(b"D" * 100000, room), " text=begun",
            " text=after")], "markers")
    check(f"{scratch}/log")


@test
def which_log(scratch):
    """log= names a log, which may come and go; without it all get the marker."""
    second_log = f"vfio-trace-log,id=two,file={scratch}/two,overwrite=on"
    with machine(scratch, "-object", second_log, virtio=",log=two") as m:
        serial = VirtioSerial(m, SERIAL_SLOT, PORTS)
        put(m, b"all\n")
        serial.write(1, b"this one\n")
        put(m, b"held")
        m.qmp.execute("object-del", id="two")
        os.rename(f"{scratch}/two", f"{scratch}/two.1st")
        put(m, b"what is left\n")
        serial.write(1, b"to nowhere\n" * 3)
        equal((count(m), count(m, "v")), ((3, 0), (1, 3)), "counts")
        m.qmp.execute("object-add", qom_type="vfio-trace-log", id="two",
                      file=f"{scratch}/two")
        serial.write(1, b"here again\n")
        m.quit()
        warnings = m.stderr()
    one, other = "origin=isa port=m text=", "origin=virtio-serial port=v text="
    equal(guest_marks(f"{scratch}/log"),
          [one + "all", one + "held", one + "what is left"], "all logs")
    equal(guest_marks(f"{scratch}/two.1st"),
          [one + "all", other + "this one", one + "held"], "log two")
    equal(guest_marks(f"{scratch}/two"), [other + "here again"],
          "log two, the second")
    equal(warnings.count("there is no trace log two"), 1, "warnings")


@test
def only_markers(scratch):
    """A log with only a guest's markers is kept."""
    with Machine(scratch, "-device", "isa-vfio-trace-marker,iobase=0x402",
                 "-object", f"vfio-trace-log,id=log,file={scratch}/log") as m:
        put(m, b"firmware\n", 0x402)
        m.quit()
    equal(guest_marks(f"{scratch}/log"), ["origin=isa port=/machine/"
          "peripheral-anon/device[0] text=firmware"], "markers")
    check(f"{scratch}/log")


@test
def no_log(scratch):
    """Without any log the markers are counted, and QEMU says so once."""
    with Machine(scratch, "-device", "isa-vfio-trace-marker,id=m") as m:
        put(m, b"one\ntwo\n")
        equal(count(m), (0, 2), "counts")
        matches(error_of(m, "migrate", uri=f"file:{scratch}/state"),
                "non-migratable device.*vfio-trace-marker")
        m.quit()
        equal(m.stderr().count("there is no trace log"), 1, "warnings")


@test
def refused(scratch):
    """Invalid properties are refused."""
    isa, port = "isa-vfio-trace-marker,id=m", "vfio-trace-marker,id=v"
    for device, says in (
            (f"{isa},rate=0", "rate=0: use 1 to 10000 marks per second"),
            (f"{isa},rate=10001", "rate=10001: use 1 to 10000"),
            (f"{isa},log=nope", "there is no trace log 'nope'.*must be defined before"),
            (f"{isa},iobase=0x10000", "iobase=0x10000: the highest port is 0xffff"),
            (f"isa-vfio-trace-marker,id={'x' * 129}", "is too long for a marker port"),
            (f"{port},name=x,rate=0", "rate=0: use 1 to 10000"),
            (f"{port},name=x,log=nope", "there is no trace log 'nope'"),
            (f"{port},name=x,nr=0", "port number 0 of virtio-serial is for"),
            (port, "A port already exists by name " + NAME)):
        matches(fails(scratch, "-device", "virtio-serial",
                      "-device", "vfio-trace-marker,nr=5", "-device", device),
                says, device)
    with machine(scratch) as m:
        for prop in ("marks", "dropped", "log", "rate"):
            error_of(m, "qom-set", path="m", property=prop, value=1)
        m.quit()


@test
def rate(scratch):
    """Above the rate markers are dropped; the log says how many and where."""
    with machine(scratch, isa=",rate=2") as m:
        for n in range(30):
            put(m, b"%d\n" % n)
        marks, dropped = count(m)
        equal(marks + dropped, 30, "markers")
        # Two a second, and the unused rest of ten seconds
        equal(20 <= marks <= 22, True, f"markers at once: {marks}")
        log = f"{scratch}/log"
        tap.wait_until(lambda: " dropped=" in open(log, encoding="utf-8").read(),
                       "the log reports the dropped markers", 5)
        put(m, b"after\n")
        for _ in range(8):
            put(m, b"lost\n")
        m.quit()
    got = guest_marks(log)
    equal(got[:marks], [f"origin=isa port=m text={n}" for n in range(marks)],
          "markers logged at first")
    equal(got[marks:marks + 2],
          [f"origin=isa port=m dropped={dropped}",
           "origin=isa port=m text=after"], "markers logged later")
    matches(got[-1], "^origin=isa port=m dropped=[67]$", "the end")
    check(log)


def build(scratch, once, flood, floods):
    """Assemble the guest; returns the path of the image."""
    for name, data in (("once", once), ("flood", flood)):
        with open(f"{scratch}/marker-{name}.bin", "wb") as f:
            f.write(data)
    objfile, image = f"{scratch}/marker.o", f"{scratch}/marker.bin"
    bareguest.assemble("marker.S", objfile, 32,
                       {"PORT": PORT, "FLOODS": floods}, f"-I{scratch}")
    subprocess.run(["ld", "-m", "elf_i386", "-Ttext", "0", "-e", "0",
                    "--oformat", "binary", "-o", image, objfile], check=True)
    return image


def run_firmware(scratch, image, lines, *, rate_of=100):
    """Run it until it has written that many lines; returns the time taken, the
    counts, and QEMU's messages."""
    with Machine(scratch, "-bios", image,
                 "-object", f"vfio-trace-log,id=log,file={scratch}/log",
                 "-device", f"isa-vfio-trace-marker,id=m,rate={rate_of}",
                 accel="tcg") as m:
        begun = time.monotonic()
        tap.wait_until(lambda: sum(count(m)) >= lines,
                       "the firmware writes its markers", 120)
        taken = time.monotonic() - begun
        counts = count(m)
        m.quit()
        return taken, counts, m.stderr()


@test
def hostile(scratch):
    """No text from firmware becomes a line, a record or another mark."""
    lines = [line for line in HOSTILE if line]
    image = build(scratch, b"\n".join(lines) + b"\n", b"", 0)
    _, counts, stderr = run_firmware(scratch, image, len(lines))
    equal(counts, (len(lines), 0), "counts")
    equal(stderr, "", "QEMU's messages")
    equal(guest_marks(f"{scratch}/log"), [isa_log_text(line) for line in lines],
          "markers")
    log = mmt.Log(f"{scratch}/log")
    equal([re.sub("[0-9.]+", "N", line.split("vfio-trace: ")[0]
                  if line.startswith("MARK") else line) for line in log.lines],
          ["VERSION N"] + ["MARK N "] * (len(log.lines) - 1), "lines")
    equal([t.split()[1] for t in log.marks() if not t.startswith(GUEST)],
          ["log", "clock", "vm", "vm", "end"], "the tracer's own marks")
    equal(max(len(line.encode()) for line in log.lines) < 1000, True,
          "lines stay short")
    check(f"{scratch}/log")


@test
def flood(scratch):
    """A flood is bounded by the rate; each marker is logged or counted."""
    per_second, floods = 20, tap.rounds(30000, 100000)
    # Only 64 KiB of image: the longest lines just once
    lines = [line for line in HOSTILE if len(line) < 1000]
    image = build(scratch, b"", b"\n".join(lines) + b"\n", floods)
    taken, (marks, dropped), stderr = run_firmware(
        scratch, image, floods * len(lines), rate_of=per_second)
    equal(marks + dropped, floods * len(lines), "markers")
    # The initial contents of the bucket, and its refill during the run
    most = per_second * (BURST_SECONDS + taken + 1)
    equal(BURST_SECONDS * per_second <= marks <= most, True,
          f"{marks} marks in {taken:.1f} s")
    equal(os.path.getsize(f"{scratch}/log") <= 1000 * (most + taken + 10), True,
          "size of the log")

    got = guest_marks(f"{scratch}/log")
    texts = [t for t in got if "port=m dropped=" not in t]
    told = [int(t.split("=")[-1]) for t in got if "port=m dropped=" in t]
    equal((len(texts), sum(told)), (marks, dropped), "marks, dropped")
    equal(1 <= len(told) <= taken + 2, True,
          f"{len(told)} marks of dropping in {taken:.1f} s")
    equal(Counter(texts).keys() <= {isa_log_text(line) for line in lines}, True,
          "texts as written")
    equal(stderr.count("more than 20 markers a second to 'm'"), 1, "warnings")
    equal([t.split()[1] for t in mmt.Log(f"{scratch}/log").marks()
           if not t.startswith(GUEST)], ["log", "clock", "vm", "vm", "end"],
          "the tracer's own marks")
    check(f"{scratch}/log")
    print(f"# {len(lines) * floods} markers in {taken:.1f} s: {marks} logged, "
          f"{os.path.getsize(f'{scratch}/log')} bytes", flush=True)


if __name__ == "__main__":
    tap.main()
