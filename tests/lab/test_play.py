#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# usual: 45
# timeout: 900
"""`vfio-trace play` on real VFIO: a sequence brings an e1000e up and sends a
frame, without a driver and without a guest.

One boot of L1 for all. The frame must arrive at the backend of the outer QEMU.
The device is given back to L1's driver after each play, whatever ended it.
"""

import hashlib
import json
import os
import re
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "lab"))
from common import lab, pcap, tap                          # noqa: E402
from common.tap import equal, matches, test                     # noqa: E402

SCRIPT = r"""
. /extra/run.sh
bind "$BDF" none
echo > $DEV/driver_override
modprobe e1000e
before=$(device)

# play FILE [OPTION...]: whoever asks, the answer is yes
play()
{
    file=$1
    shift
    timeout 200 vfio-trace play "/extra/$file" "$BDF" --yes "$@" \
        > "$OUT/$name.out" 2>&1 < /dev/null
}

name=send
mkdir "$OUT/buffers" "$OUT/built"
play send.json --log "$OUT/send.mmt" --buffers "$OUT/buffers"
verdict "all is carried out" equal $? 0
verdict "and says so" said '^done: '
verdict "log is sound" vfio-trace check --complete "$OUT/send.mmt"
back

name=built
play built.json --log "$OUT/built.mmt" --buffers "$OUT/built"
verdict "memory is written in pieces" equal $? 0
verdict "log is sound" vfio-trace check --complete "$OUT/built.mmt"
back

name=again
play send.json --log "$OUT/again.mmt" --to probe
verdict "the first phase alone" equal $? 0
back

name=changed
play changed.json
verdict "a check fails" equal $? 1
back

name=bits
play bits.json
verdict "a poll fails" equal $? 1
back

name=off
play off.json --log "$OUT/off.mmt"
verdict "the device's memory is off" equal $? 2
verdict "and says so" said "the device's memory is switched off"
verdict "log is sound" vfio-trace check --complete "$OUT/off.mmt"
back

name=another
play another.json
verdict "another device is refused" equal $? 2
verdict "and says so" said 'the sequence is for 8086:10d4, and .* use --any-device'
back
play another.json --any-device
verdict "it may be asked for" equal $? 0
back

for number in 2 15 9; do
    name=signal-$number
    play long.json &
    tool=$!
    verdict "it is taken" within 60 is_state vfio-pci vfio-pci
    verdict "its line is held" within 20 grep -q vfio-intx /proc/interrupts
    [ $number = 2 ] || verdict "and another play is refused" \
        [ "$(vfio-trace play -y /extra/long.json "$BDF" < /dev/null 2>&1 |
             grep -c 'end it first')" = 1 ]
    kill -$number "$(tool_pid)"
    wait $tool
    status=$?
    if [ $number = 9 ]; then
        verdict "killed" equal $status 137
        restore
        verdict "restore succeeds" equal $? 0
    else
        verdict "ended" equal $status 1
        verdict "and says where" said 'ended by the user at operation 0 (delay)'
    fi
    back
done

echo finished
"""

STATUS, CTRL, RAL = 0x8, 0x0, 0x5400
LINK_UP, SET_LINK_UP = 2, 0x40
ADDRESS = 0x10000000
FRAME_AT = 0x1000
END_AND_REPORT = 0x0b           # EOP, IFCS, RS
PAYLOAD = b"played by vfio-trace"
FRAME = (b"\xff" * 6 + bytes.fromhex("525400123456") + b"\x88\xb5" +
         PAYLOAD).ljust(60, b"\0")


def place(op, offset, width=4, **more):
    """An operation on bar0."""
    return {"op": op, "region": "bar0", "offset": hex(offset), "width": width,
            **more}


def write(offset, value, **more):
    return place("write", offset, value=hex(value), **more)


def check(offset, value, mask, **more):
    return place("check", offset, value=hex(value), mask=hex(mask), **more)


def poll(offset, value, mask, us=5000000):
    return place("poll", offset, value=hex(value), mask=hex(mask),
                 until="equal", timeout_us=us)


def sequence(operations, **more):
    """A sequence for e1000e, numbered as if each operation was a line."""
    for line, op in enumerate(operations, 1):
        op["line"] = line
    return {"format": "vfio-trace-sequence", "version": 1, "trace": "hand.mmt",
            "device": {"vendor": "0x8086", "device": "0x10d3",
                       "revision": "0x00"},
            "regions": [{"region": "bar0", "size": "0x20000",
                         "kind": "memory"},
                        {"region": "config", "size": "0x100",
                         "kind": "memory"}],
            "buffers": [], "files": [], "operations": operations, **more}


def buffer_part(offset, part):
    return place("write", offset, buffer="dma0", part=part, add="0x0")


def sends_a_frame():
    """Bring the link up, make a ring of eight descriptors, send the first."""
    return [
        {"op": "mark", "text": "probe"},
        check(RAL, 0x12005452, 0xffffffff, name="RAL0"),
        place("read", CTRL, name="CTRL"),
        place("write", CTRL, **{"from": 2, "or": hex(SET_LINK_UP),
                                "name": "CTRL"}),
        poll(STATUS, LINK_UP, LINK_UP),
        {"op": "mark", "text": "send"},
        # the multicast table
        {"op": "loop", "rounds": 128,
         "body": [dict(write(0x5200, 0), stride=[4], line=6)]},
        buffer_part(0x3800, "low"),
        buffer_part(0x3804, "high"),
        write(0x3808, 8 * 16),          # TDLEN
        write(0x3810, 0),               # TDH
        write(0x3818, 0),               # TDT
        write(0xe4, 0x900),             # IVAR: the queue has vector 1
        write(0xd0, 0x400000),          # IMS: the queue
        write(0x400, 0x0a),             # TCTL: on, short frames are padded
        write(0x3818, 1),
        {"op": "irq", "vector": 1, "timeout_us": 5000000},
        poll(0x3810, 1, 0xffff),
    ]


BUILT = FRAME.replace(PAYLOAD, b"memory and a pointer")


def builds_a_frame():
    """The same with buffers that are filled here, wherever they are."""
    operations = [op for op in sends_a_frame() if op["op"] != "irq"]
    at = operations.index({"op": "mark", "text": "send"}) + 1
    operations[at:at] = [
        {"op": "memory", "memory": "dma0", "offset": "0x0", "name": "DESC",
         "bytes": struct.pack("<QHBBBBH", 0, len(BUILT), 0, END_AND_REPORT, 0,
                              0, 0).hex()},
        {"op": "pointer", "memory": "dma0", "offset": "0x0", "width": 8,
         "buffer": "dma1", "part": "whole", "add": "0x40"},
        {"op": "memory", "memory": "dma1", "offset": "0x40",
         "bytes": BUILT.hex()}]
    return sequence(operations, buffers=[
        {"name": "dma0", "size": 4096, "below_4g": True, "address": "0x0"},
        {"name": "dma1", "size": 8192, "below_4g": False, "address": "0x0"}])


def with_buffer(scratch):
    """The frame's sequence, and the file with the ring and the frame."""
    descriptor = struct.pack("<QHBBBBH", ADDRESS + FRAME_AT, len(FRAME), 0,
                             END_AND_REPORT, 0, 0, 0)
    data = descriptor.ljust(FRAME_AT, b"\0") + FRAME.ljust(0x1000, b"\0")
    path = os.path.join(scratch, "send-dma0.bin")
    with open(path, "wb") as f:
        f.write(data)
    return path, sequence(
        sends_a_frame(),
        buffers=[{"name": "dma0", "size": len(data), "below_4g": False,
                  "address": hex(ADDRESS), "file": "send-dma0.bin",
                  "line": 7}],
        files=[{"name": "send-dma0.bin",
                "sha256": hashlib.sha256(data).hexdigest(),
                "size": len(data)}])


def sequences(scratch):
    """The files of all sequences."""
    data, send = with_buffer(scratch)
    off = {"op": "write", "region": "config", "offset": "0x4", "width": 2,
           "value": "0x0"}
    another = sequence([place("read", STATUS)])
    another["device"]["device"] = "0x10d4"
    paths = [data]
    for name, value in (
            ("send", send),
            ("built", builds_a_frame()),
            ("changed", sequence([check(RAL, 0x12345678, 0xffff0000,
                                        name="RAL0")])),
            ("bits", sequence([poll(STATUS, 0x80000000, 0x80000002, 20000)])),
            ("off", sequence([place("read", STATUS), off,
                              place("read", STATUS)])),
            ("another", another),
            ("long", sequence([{"op": "delay", "us": 3000000000}]))):
        paths.append(os.path.join(scratch, f"{name}.json"))
        with open(paths[-1], "w", encoding="utf-8") as f:
            json.dump(value, f)
    return paths


def words(run):
    """A failed check, a poll that timed out"""
    matches(run.text("host/changed.out"),
            r"operation 0 \(check\) failed: .*\n"
            r"    register  RAL0 \(bar0\+0x5400, 4 bytes\)\n"
            r"    expected  0x12345678\n"
            r"    got       0x12005452\n"
            r"    mask      0xffff0000, of which 0x00340000 differ\n"
            r"    trace     hand.mmt, line 1\n"
            r"    after     1 read and 0 writes in ")
    matches(run.text("host/bits.out"),
            r"operation 0 \(poll\) failed: the register did not get the value "
            r"within 20 ms\n(?s:.*)\n    expected  0x80000000\n")


def built(run):
    """What the device was given, in the log and in the end"""
    with open(run.path("host/built/dma0.bin"), "rb") as f:
        ring = f.read()
    address, = struct.unpack("<Q", ring[:8])
    equal((address % 4096, ring[12] & 1), (0x40, 1), "the descriptor")
    text = run.text("host/built.mmt")
    matches(text, fr"snapshot device=\S+ name=dma0 on=write \S+ \S+ at=\S+ "
            fr"len=16 .*\n.* {ring[:8].hex()}3c00000b00000000\n.* name=dma1 "
            fr".* at={address:#x} len=60 .*\n.* {BUILT.hex()}\n")


def sent(run, capture):
    """The frame, what the device wrote into the ring, and the log"""
    frames = [frame for frame in pcap.frames(capture)
              if frame[14:34] in (PAYLOAD, BUILT[14:34])]
    equal(frames, [FRAME, BUILT], "frames that went out")
    with open(run.path("host/buffers/dma0.bin"), "rb") as f:
        ring = f.read()
    equal((len(ring), ring[12] & 1, ring[16:FRAME_AT]),
          (0x2000, 1, bytes(FRAME_AT - 16)), "the ring: the first is done")
    text = run.text("host/send.mmt")
    matches(text, r"MARK \S+ vfio-trace: irq device=\S+ msix vector=1\n")
    equal(len(re.findall(r"^W 4 \S+ 1 \S+ 0x0 ", text, re.M)) >= 128, True,
          "the multicast table")
    equal(re.findall(r"^MARK \S+ (?!vfio-trace)(.*)", text, re.M),
          ["probe", "send"], "marks")
    equal(re.findall(r"^MARK \S+ (?!vfio-trace)(.*)",
                     run.text("host/again.mmt"), re.M), ["probe"],
          "marks of one phase")


@test
def plays(scratch):
    """A frame is sent, what differs is found, the driver comes back."""
    capture = os.path.join(scratch, "frames.pcap")
    run = lab.Run(
        scratch, device="e1000e", host_only=True, host_module="e1000e",
        outer_arg=["-object",
                   f"filter-dump,id=dump,netdev=backend0,file={capture}"],
        extra=[lab.guest_file("run.sh"), *sequences(scratch)],
        host_script=SCRIPT, timeout=600)
    said = run.text("host/host-script.log")
    print("".join(f"# {line}\n" for line in said.splitlines()
                  if line.startswith(("ok", "not ok", "    "))), flush=True)
    matches(said, "(?m)^finished$", "end of the script's output")
    equal(re.findall("^not ok.*", said, re.M), [], "failed verdicts")
    sent(run, capture)
    built(run)
    words(run)


if __name__ == "__main__":
    tap.main()
