#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# needs: vfio-trace
"""What vfio-trace convert --to pcapng writes, opened by tshark with the dissector.

The commands of docs/wireshark.md are run as they stand there, but for the
directory that the dissector is installed in.
"""

import collections
import json
import os
import random
import re
import shutil
import struct
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import exportlog, tap                                # noqa: E402
from common.tap import Skip, equal, test                         # noqa: E402

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
DOCUMENT = "wireshark.md"
INSTALLED = "/usr/share/vfio-trace/wireshark"
SCRIPT = os.path.join(TOP, "wireshark", "vfio-trace.lua")

# A log with what records can have; the second line makes times dates.
NIC = """VERSION 20070824
MARK 1.000000 vfio-trace: log format=1 qemu=10.0.0 extra=cpu+ns+latency
MARK 1.000000 vfio-trace: clock monotonic=1.000000000 \
realtime=1796000000.500000000
PCIDEV 0008 808610d3 b feb80000 fec00000 0 0 0 0 0 20000 1000 0 0 0 0 0 nic
MAP 1.000000 1 0xfeb80000 0x0 0x20000 0x0 0
W 4 1.000001 1 0xfeb80000 0x4000241 0x0 0 cpu=1 ns=1.000001500 latency=812
R 4 1.000012 1 0xfeb80000 0x241 0xffffffffc0123456 0
R 4 1.000020 1 0xfeb80008 0x281 0x0 0
MARK 1.000021 driver loads
R 4 1.000031 1 0xfeb80008 0x283 0x0 0
R 4 1.000040 1 0xfeb8e000 0x0 0x0 0
R 4 1.000041 1 0xfeb8e000 0x1 0x0 0
W 8 1.000050 1 0xfeb82800 0x1078f4000 0x0 0
W 1 1.000060 1 0xfeb80003 0x4 0x0 0
R 2 1.000061 1 0xfeb80009 0xffff 0x0 0
W 4 1.000062 1 0xfeb80000 0x241 0x0 0
MARK 1.000070 vfio-trace: irq device=nic msix vector=1
MARK 1.000071 vfio-trace: vm state=paused reason=paused
MARK 1.000072 vfio-trace: snapshot-data at=0x7876100 0001ff
R 4 1.000080 1 0xfeb80000 zzz 0x0 0
MARK 1.000100 vfio-trace: failed R width=4 map=1 addr=0xfeb80000
UNMAP 1.000190 1 0x0 0
"""

# Types of all kinds, for values that a table of C's types would not have
TYPES = """<?xml version="1.0"?>
<database>
<bitset name="inner"><bitfield pos="0" name="A"/>
<bitfield low="1" high="3" name="B" type="uint"/></bitset>
<enum name="color" inline="no"><value value="0" name="RED"/>
<value value="5" name="BLUE"/></enum>
<domain name="D" width="8" bare="yes" size="0x1000">
<reg32 offset="0x0" name="INTEGER" type="int"/>
<reg32 offset="0x4" name="UNSIGNED" type="uint"/>
<reg32 offset="0x8" name="SINGLE" type="float"/>
<reg64 offset="0x10" name="DOUBLE" type="float"/>
<reg32 offset="0x18" name="COLOR" type="color"/>
<reg32 offset="0x1c" name="FIX" type="fixed" radix="8"/>
<reg32 offset="0x20" name="UFIX" type="ufixed" radix="4"/>
<reg32 offset="0x24" name="TRUTH" type="boolean"/>
<reg64 offset="0x28" name="WIDE"><bitfield low="4" high="7" name="LOW"/>
<bitfield low="28" high="35" name="ACROSS"/>
<bitfield low="40" high="63" name="TOP" type="int"/>
<bitfield pos="39" name="FLAG"/></reg64>
<reg32 offset="0x30" name="FIELDS"><bitfield low="0" high="3" name="IN"
 type="inner"/><bitfield low="8" high="15" name="SHIFTED" shr="4"/>
<bitfield low="16" high="19" name="C" type="color"/>
<bitfield low="20" high="23" name="S" type="int"/></reg32>
</domain></database>
"""
INTERESTING = (0, 1, 5, 9, 10, 0x7fffffff, 0x80000000, 0xffffffff, 0x3f800000,
               0xc0490fdb, 0x12345678, 0x7fc00000, 0xff800000)


def run(*words, cwd=None, status=0, regdb=os.path.join(TOP, "regdb"), **more):
    if not os.path.exists(tap.tool_binary()):
        raise Skip("the tool is not built")
    done = subprocess.run(
        [tap.tool_binary(), *words], capture_output=True, check=False, cwd=cwd,
        timeout=tap.patience(120),
        env={**os.environ, "LC_ALL": "C.UTF-8",
             "VFIO_TRACE_REGDB_PATH": regdb}, **more)
    equal((done.returncode, done.stderr if done.returncode == 2 else b""),
          (status, b""), f"end of {' '.join(words)}")
    return done.stdout


def tshark(path, *words, **more):
    """Read a file with the dissector; return what tshark prints."""
    if not shutil.which("tshark"):
        raise Skip("no tshark")
    done = subprocess.run(
        ["tshark", "-n", "-X", f"lua_script:{SCRIPT}", "-r", path, *words],
        capture_output=True, check=False, timeout=tap.patience(120),
        env={**os.environ, "LC_ALL": "C.UTF-8", "TZ": "UTC",
             "HOME": os.path.dirname(os.path.abspath(path))}, **more)
    out = done.stdout.decode("utf-8", "replace")
    said = done.stderr.decode("utf-8", "replace")
    equal(done.returncode, 0, f"end of tshark ({said})")
    equal([line for line in (out + said).splitlines()
           if re.search(r"lua\b.*error|error.*\blua\b", line, re.I)], [],
          "errors of the dissector")
    return out


def fields(path, *names, select=None):
    """Values of fields, of each packet a list."""
    out = tshark(path, "-T", "fields", *(["-Y", select] if select else []),
                 *(word for name in names for word in ("-e", name)))
    return [line.split("\t") for line in out.splitlines()]


def infos(path, select="mmio"):
    return tshark(path, "-o", 'gui.column.format:"Info","%i"', "-Y",
                  select).splitlines()


def nic(scratch, ending="pcapng"):
    log, out = f"{scratch}/nic.mmt", f"{scratch}/nic.{ending}"
    with open(log, "w", encoding="utf-8") as file:
        file.write(NIC)
    # the log has a damaged line
    run("convert", log, "-o", out, status=1)
    return log, out


def equal_lines(got, want):
    """As equal(), and says only which lines differ first."""
    for number, (one, other) in enumerate(zip(got, want)):
        equal(one, other, f"line {number}")
    equal(len(got), len(want), "number of lines")


def decoded(log, *options, status=0):
    """The lines of decode without times."""
    out = run("decode", *options, log, status=status).decode()
    return [line.split(None, 1)[1] for line in out.splitlines()
            if line[:1] == " "]


@test
def counts(scratch):
    """tshark counts what stat counts"""
    log = exportlog.write(f"{scratch}/gpu.mmt", 3000)
    out = f"{scratch}/gpu.pcapng"
    run("convert", log, "-o", out)
    summary, _ = exportlog.stat(log)
    rows = fields(out, "mmio.kind", "mmio.mark", "mmio.line")
    n = collections.Counter(row[0] for row in rows)
    equal((n["1"], n["2"]), (summary["reads"], summary["writes"]), "accesses")
    equal([row[1] for row in rows if row[0] == "4"],
          [h.replace("\033", "?").replace("\007", "?")
           for h in exportlog.HOSTILE], "marks")
    lines = [int(row[2]) for row in rows if row[2]]
    equal(lines, sorted(lines), "order")


@test
def lines(scratch):
    """the column Info has the lines of decode"""
    log, out = nic(scratch)
    want = [line for line in decoded(log, status=1)
            if line[:1] in "RW" and line[1:2].isdigit()]
    got = [re.sub(r"  \(\d+ ns\)$", "", line)
           for line in infos(out, "mmio.read || mmio.write")]
    equal_lines(got, want)


def values(scratch):
    """(lines of decode, a file) with values of all kinds of types."""
    log, out = f"{scratch}/all.mmt", f"{scratch}/all.pcapng"
    with open(f"{scratch}/all.xml", "w", encoding="utf-8") as file:
        file.write(TYPES)
    pick = random.Random(3)
    with open(log, "w", encoding="utf-8") as file:
        file.write(exportlog.HEAD)
        for i in range(1500):
            width = pick.choice((4, 4, 4, 8, 2, 1))
            value = pick.choice(INTERESTING) | pick.choice(INTERESTING) << 32
            value = pick.choice((value, pick.getrandbits(64)))
            offset = pick.randrange(0, 0x34, width)
            file.write(f"{pick.choice('RW')} {width} 1.{i:06d} 1 "
                       f"{0xfeb80000 + offset:#x} "
                       f"{value % (1 << 8 * width):#x} 0x0 0\n")
    run("convert", "--db", f"{scratch}/all.xml", log, "-o", out)
    want = [line for line in decoded(log, "--db", f"{scratch}/all.xml")
            if line[:1] in "RW" and line[1:2].isdigit()]
    equal(len(want), 1500, "accesses")
    return want, out


@test
def kinds_of_values(scratch):
    """values of all kinds of types are those of decode"""
    want, out = values(scratch)
    equal_lines(infos(out, "mmio.read || mmio.write"), want)


def with_lua(program):
    """The same without Wireshark, in a version of Lua that it may have."""
    def check(scratch):
        if not shutil.which(program):
            raise Skip(f"no {program}")
        want, out = values(scratch)
        path = f"{scratch}/records"
        with open(path, "wb") as file:
            for record in records(out)[1]:
                file.write(struct.pack("<I", len(record)) + record)
        done = subprocess.run(
            [program, os.path.join(TOP, "tests/static/wireshark-stub.lua"),
             SCRIPT, path], text=True, capture_output=True, check=False,
            timeout=tap.patience(60))
        equal((done.returncode, done.stderr), (0, ""), "end of Lua")
        equal_lines([line for line in done.stdout.splitlines()
                     if line[:1] in "RW" and line[1:2].isdigit()], want)
    check.__name__ = program.replace(".", "_")
    check.__doc__ = f"{program}: values are those of decode"
    return test(check)


with_lua("lua5.2")
with_lua("lua5.4")


FILTERS = {
    "mmio.read": 6, "mmio.write": 4, 'mmio.reg == "CTRL"': 4,
    "mmio.offset == 0x8": 2, "mmio.value == 0x241": 2, "mmio.bar == 0": 10,
    "mmio.cpu == 1": 1, "mmio.latency > 800": 1,
    'mmio.mark contains "loads"': 1, 'mmio.field == "SPEED = 1000"': 5,
    'mmio.change == "+LU"': 1, 'mmio.phase == "driver loads" && mmio.read': 4,
    'mmio.irq contains "vector=1"': 1, "mmio.machine": 1,
    "mmio.data == 00:01:ff": 1, "mmio.pc == 0xffffffffc0123456": 1,
    'mmio.device == "00:01.0"': 12, "mmio.damaged": 1, "mmio.warned": 1,
    "mmio.noted": 1, "mmio.width == 8": 1, "mmio.before == 0x4000241": 2,
    "frame.packet_flags_direction == 1": 6,
    'frame.comment == "driver loads"': 1, "mmio.malformed": 0,
    "mmio.tracer.name == \"failed\"": 1,
}


@test
def filters(scratch):
    """each field selects what it says"""
    _, out = nic(scratch)
    # a reading for all of them: a row has packets and bytes of each filter
    said = tshark(out, "-q", "-z", "io,stat,0," + ",".join(FILTERS))
    row = re.search(r"<>[^|]*\|([ |\d]+)\|$", said, re.M)[1].split("|")
    got = dict(zip(FILTERS, (int(n) for n in row[::2])))
    equal(got, FILTERS, "packets")


@test
def tree(scratch):
    """the tree is JSON, with bit fields, for other programs"""
    _, out = nic(scratch)
    packets = json.loads(tshark(out, "-T", "json", "-Y",
                                'mmio.reg == "CTRL" && mmio.cpu == 1'))
    layer = packets[0]["_source"]["layers"]["mmio"]
    equal((layer["mmio.device"], layer["mmio.region"], layer["mmio.reg"],
           layer["mmio.line"], layer["mmio.latency"]),
          ("00:01.0", "bar0", "CTRL", "6", "812"), "fields")
    text = tshark(out, "-O", "mmio", "-Y", "mmio.cpu == 1")
    for line in ("Value: 0x4000241", "[9:8] SPEED = 1000", "[26:26] RST = 1",
                 "[2:2] GIO_MASTER_DISABLE = 0"):
        equal(line in [part.strip() for part in text.splitlines()], True,
              f"{line} in {text}")


@test
def times(scratch):
    """times are dates by the mark of the clocks, and else the log's"""
    log, out = nic(scratch)
    equal(fields(out, "frame.time_epoch", "mmio.time", select="mmio.write")[0],
          ["1796000000.500001500", "1.000001500"], "time of the first write")
    equal(fields(out, "frame.time_epoch")[0], ["1796000000.500000000"],
          "time of the first packet")
    run("convert", "-f", "--op", "w", log, "-o", out, "--from", "1.00005",
        status=1)
    equal(fields(out, "frame.time_epoch", select="mmio.write")[0],
          ["1.000050000"], "without the mark")


@test
def capinfos(scratch):
    """capinfos finds an interface for each device"""
    if not shutil.which("capinfos"):
        raise Skip("no capinfos")
    _, out = nic(scratch)
    said = subprocess.run(["capinfos", out], text=True, capture_output=True,
                          check=True, timeout=tap.patience(60)).stdout
    for words in ("Name = trace", "Name = 00:01.0", "Description = 8086:10d3",
                  "Strict time order:   True",
                  "times are the wall clock's, by the log's clock mark"):
        equal(words in said, True, f"{words} in {said}")


@test
def compressed(scratch):
    """a compressed file, and standard output, are read as they come"""
    log, out = nic(scratch)
    want = infos(out)
    equal(len(want), 22, "packets")
    for ending in ("pcapng.gz", "pcapng.zst"):
        _, packed = nic(scratch, ending)
        equal(infos(packed), want, ending)
    bytes_ = run("convert", "--to", "pcapng", log, "-o", "-", status=1)
    with open(out, "rb") as file:
        equal(bytes_ == file.read(), True, "standard output is the file")
    got = tshark("-", "-o", 'gui.column.format:"Info","%i"', input=bytes_)
    equal(got.splitlines(), want, "a pipe")


def blocks(data):
    """(type, body) of each block."""
    at = 0
    while at < len(data):
        kind, length = struct.unpack_from("<II", data, at)
        yield kind, data[at + 8:at + length - 4]
        at += length


def block(kind, body):
    body += bytes(-len(body) % 4)
    length = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + length + body + length


def packet(record):
    return block(6, struct.pack("<IIIII", 0, 0, 1, len(record), len(record)) +
                 record)


def records(path):
    """(the file up to the first packet, the bytes of each packet)."""
    head, found = b"", []
    with open(path, "rb") as file:
        for kind, body in blocks(file.read()):
            if kind == 6:
                length = struct.unpack_from("<I", body, 12)[0]
                found.append(body[20:20 + length])
            else:
                head += block(kind, body)
    return head, found


@test
def hostile(scratch):
    """damaged records are marked as such, and no error of Lua's is shown"""
    _, out = nic(scratch)
    head, found = records(out)
    pick = random.Random(4)
    path = f"{scratch}/hostile.pcapng"
    cut = [found[i][:n] for i in (0, 5, 8) for n in range(len(found[i]))]
    turned = []
    for _ in range(1500):
        record = bytearray(pick.choice(found))
        for _ in range(pick.randrange(1, 4)):
            at = pick.randrange(5, len(record))
            record[at] = pick.choice((0, 1, 0x7f, 0x80, 0xff,
                                      pick.getrandbits(8)))
        turned.append(bytes(record))
    version = found[5][:4] + b"\2" + found[5][5:]
    longer = found[5][:80] + b"\4\xff\xff\xff" + found[5][84:]
    markup = found[8].replace(b"driver loads", b"<b>\xff\033[1m\xc2\x9b1m")
    everything = found[:1] + [version, longer, markup] + cut + turned
    with open(path, "wb") as file:
        file.write(head + b"".join(packet(r) for r in everything))
    text = tshark(path, "-V")
    equal(text.count("\nFrame ") + text.startswith("Frame "), len(everything),
          "packets")
    equal("<b>" in text, True, "the text of the mark")
    equal("\033" in text or "\x9b" in text, False, "an escape sequence")
    rows = fields(path, "frame.number", select="mmio.malformed")
    got = {int(row[0]) for row in rows}
    equal({2, 3} & got, {3}, "the longer item is malformed")
    # what is cut within the head or an item; four bytes are not ours
    first = len(found[:1]) + 4
    equal(set(range(first + 8, first + 80)) <= got, True,
          "records that are cut off")
    equal([int(row[0]) for row in fields(path, "frame.number",
                                         select="mmio.version")][:1], [2],
          "another version")


@test
def nested(scratch):
    """fields of fields that a file has thousands of are cut"""
    _, out = nic(scratch)
    head, found = records(out)
    path = f"{scratch}/nested.pcapng"

    def item(kind, data):
        return struct.pack("<I", len(data) << 8 | kind) + data

    def fields_of(number, kind):
        field = struct.pack("<BBI", 0, 63, kind) + b"\1f"
        return item(10, struct.pack("<IBBQBBH", number, 8, 0, 0, 0, 0, 256) +
                    256 * field)

    shape = item(11, struct.pack("<IB", 1, 1) +
                 struct.pack("<BBBBQI", 0, 0, 64, 64, 0, 2) + b"\1R")
    access = bytearray(found[5][:80])
    access[5] = 1
    access[12] |= 2
    access[72:76] = struct.pack("<I", 1)
    start = bytes(access[:5]) + b"\0" + bytes(access[6:])
    with open(path, "wb") as file:
        file.write(head + packet(start + fields_of(1, 0) + fields_of(2, 1) +
                                 shape) + packet(bytes(access)))
    text = fields(path, "mmio.meaning", select="mmio.read")[0][0]
    equal(text.endswith(" | ... }"), True, "the end of the text")
    equal(text.count("f = 0x"), 4096 - 16, "fields without fields")


@test
def numbers_agree(_):
    """kinds and items have the same numbers in C and in Lua"""
    with open(os.path.join(TOP, "tools/export/pcapng-record.h"),
              encoding="utf-8") as file:
        header = file.read()
    with open(SCRIPT, encoding="utf-8") as file:
        script = file.read()
    with open(os.path.join(TOP, "docs", DOCUMENT), encoding="utf-8") as file:
        text = file.read()

    def enumerators(name):
        body = re.search(rf"typedef enum {name} {{(.*?)}} {name};", header,
                         re.S)[1]
        return re.findall(r"PCAPNG_(\w+)\b(?= =|,)", body)

    for name, prefix, first in (("PcapngKind", "", 0), ("PcapngItem", "ITEM_",
                                                        1)):
        words = [word.removeprefix(prefix) for word in enumerators(name)]
        for number, word in enumerate(words, first):
            if f"{prefix}{word}" not in script:
                continue
            names = re.search(rf"local ([A-Z_, ]*\b{prefix}{word}\b[A-Z_, ]*) "
                              r"= ([\d, ]+)", script)
            at = names[1].split(", ").index(prefix + word)
            equal(int(names[2].split(", ")[at]), number, prefix + word)
            row = rf"^\| {number} \| `{word.lower()}` \|"
            equal(bool(re.search(row, text, re.M)), True,
                  f"{row} in {DOCUMENT}")
    wanted = set(re.findall(r'"(mmio\.[\w.]+)"', script))
    equal({f"`{name}`" for name in wanted} -
          set(re.findall(r"`mmio\.[\w.]+`", text)), set(),
          "fields that the document has not")


@test
def document(scratch):
    """the commands of docs/wireshark.md do what it says"""
    if not shutil.which("tshark"):
        raise Skip("no tshark")
    programs = f"{scratch}/bin"
    os.makedirs(programs)
    if not os.path.exists(tap.tool_binary()):
        raise Skip("the tool is not built")
    os.symlink(tap.tool_binary(), f"{programs}/vfio-trace")
    with open(f"{scratch}/nic.mmt", "w", encoding="utf-8") as file:
        file.write(NIC)
    found = exportlog.blocks(DOCUMENT, "## A walk through a log")
    for commands in found:
        commands = commands.replace(INSTALLED, os.path.dirname(SCRIPT))
        said = [line[2:] for line in commands.splitlines()
                if line.startswith("$ ")]
        want = [line for line in commands.splitlines()
                if not line.startswith("$ ")]
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", "\n".join(said)], text=True,
            cwd=scratch, capture_output=True, check=False,
            timeout=tap.patience(120),
            env={**os.environ, "PATH": f"{programs}:{os.environ['PATH']}",
                 "HOME": scratch, "TZ": "UTC", "LC_ALL": "C.UTF-8",
                 "VFIO_TRACE_REGDB_PATH": os.path.join(TOP, "regdb")})
        # columns are tabs or blanks
        equal([line.split() for line in done.stdout.splitlines()],
              [line.split() for line in want], f"{said}: {done.stderr}")
    equal(len(found) >= 3, True, "blocks")


if __name__ == "__main__":
    tap.main()
