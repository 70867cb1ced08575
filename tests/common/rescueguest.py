# SPDX-License-Identifier: GPL-2.0-or-later
"""A bare guest that tries instructions on RAM and on a traced BAR.

The guest is tests/qemu/guest/rescue.c, which explains the procedure; the
instructions are rescueinsn's. Its RAM is a file, which holds the program, the
cases and their results. The device's BAR is another file; a second, untraced
device maps the same file.
"""

import mmap
import os
import random
import re
import struct
import subprocess
import zlib
from collections import namedtuple

from . import rescueinsn, tap
from .qemu import TIMEOUT, Machine

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
GUEST = os.path.join(TOP, "tests", "qemu", "guest")
FLAGS = ("-std=gnu11 -O2 -ffreestanding -mgeneral-regs-only -mno-red-zone "
         "-fno-pic -no-pie -fno-stack-protector -fcf-protection=none "
         "-fno-asynchronous-unwind-tables -nostdlib -static -Wall -Wextra "
         "-Werror -Wl,--build-id=none -Wl,-z,noexecstack "
         "-Wl,--no-warn-rwx-segments").split()

SOURCES = ["rescue-entry.S", "rescue.c", "rescue-compare.c", "rescue-go.c",
           "rescue-machine.c", "rescue-place.c", "rescue-race.c",
           "rescue-times.c"]

RAM_SIZE, BAR_SIZE, PAGE = 64 << 20, 1 << 20, 4096


def _constants():
    """The numbers that guest/rescue.h defines, by name"""
    with open(os.path.join(GUEST, "rescue.h"), encoding="utf-8") as f:
        text = f.read()
    found = {name: int(value, 0) for name, value in
             re.findall(r"^#define (\w+) +(\w+)", text, re.M)}
    for names in re.findall(r"^enum \{([^}]*)\}", text, re.M):
        value = 0
        for name, given in re.findall(r"(\w+)(?: = (\d+))?", re.sub(
                r"/\*.*?\*/", "", names)):
            value = int(given) if given else value
            found[name] = value
            value += 1
    return found


C = _constants()
KINDS = sorted((value, name) for name, value in C.items()
               if name.startswith("DIFF_"))
GPRS = "rax rcx rdx rbx rsp rbp rsi rdi".split() + [f"r{n}"
                                                   for n in range(8, 16)]

JOB = struct.Struct("<6IQ4Q16Q")
Job = namedtuple("Job", "what status cases done rounds race xcr0 panic count")
CASE = struct.Struct("<HHHBB2B2BB3xI")
RESULT = struct.Struct("<IIQQIBBBBQQQQ")
Line = namedtuple("Line", "op width offset value pc")
Result = namedtuple("Result", "kind at want got crc vector events reference "
                    "first rip error cr2 dr6")

# The normal end of a case: INT3 follows the instruction
DB, DONE, UD, GP, AC, XM = 1, 3, 6, 13, 17, 19

# The timed accesses of Job.count, which holds the ticks of the quickest round of
# TIMES accesses each
TIMED = ("mov 8 bytes, store", "mov 8 bytes, load", "movaps, store",
         "movaps, load", "vmovdqu 32 bytes, store", "vmovdqu 32 bytes, load")

# CPU features to hide from the guest, to see the results of another machine:
# VFIO_TRACE_CPU_WITHOUT="avx512f vaes" tests/run qemu/rescue
MASKED = os.environ.get("VFIO_TRACE_CPU_WITHOUT", "").split()

BEHIND = 192                    # bytes compared: the reach of most rows


class Case(namedtuple("Case", "row offset cpl mode page protection")):
    """An instruction and its place: row is a rescueinsn.Row, offset is from the
    beginning of the lower page."""

    def __str__(self):
        pages = {C["ON_PLAIN"]: "RAM", C["ON_BAR"]: "BAR",
                 C["ON_REGISTERS"]: "registers", C["ON_FOREIGN"]: "foreign"}
        rights = ["", " missing", " read-only", " supervisor's"]
        words = " ".join(pages[p] + rights[q]
                         for p, q in zip(self.page, self.protection))
        return (f"{self.row.text} at {self.offset:#x} (CPL {self.cpl}, mode "
                f"{self.mode}, {words})")

    def behind(self):
        return min(0x2000 - self.offset, 0xc00 if self.row.step else BEHIND)

    def pack(self, number):
        return CASE.pack(number, self.behind(), self.row.poke, self.cpl,
                         self.mode, *self.page, *self.protection,
                         self.row.equal, self.offset)


def build(directory, rows):
    """(path of the firmware, path of the program, address of each row)"""
    with open(os.path.join(directory, "rows.inc"), "w", encoding="utf-8") as f:
        f.write("        .text\n")
        for n, row in enumerate(rows):
            f.write(f"        .balign 16\nrow_{n}:\n        {row.text}\n"
                    "        int3\n")
        f.write("        .section .rodata\n        .balign 8\n"
                "        .global rows\nrows:\n")
        for n in range(len(rows)):
            f.write(f"        .quad row_{n}\n")
    elf = os.path.join(directory, "rescue.elf")
    subprocess.run(["gcc", *FLAGS, f"-I{directory}", f"-Wa,-I{GUEST}",
                    "-Wl,-T," + os.path.join(GUEST, "rescue.ld"), "-o", elf,
                    *(os.path.join(GUEST, name) for name in SOURCES)],
                   check=True)
    symbols = subprocess.run(["nm", elf], check=True, text=True,
                             stdout=subprocess.PIPE).stdout
    addresses = {int(m[2]): int(m[1], 16) for m in
                 re.finditer(r"^([0-9a-f]+) t row_(\d+)$", symbols, re.M)}
    paths = []
    for name, option in (("firmware", "-j"), ("program", "-R")):
        path = os.path.join(directory, name)
        subprocess.run(["objcopy", "-O", "binary", option, ".rom", elf, path],
                       check=True)
        paths.append(path)
    return *paths, [addresses[n] for n in range(len(rows))]


class File:
    """Memory of a guest, in a file."""

    def __init__(self, path, size):
        self.path = path
        with open(path, "a+b") as f:
            f.truncate(size)
            self.map = mmap.mmap(f.fileno(), size)

    def put(self, at, data):
        self.map[at:at + len(data)] = data

    def get(self, at, size):
        return self.map[at:at + size]


def pattern():
    """The initial contents of the two pages."""
    words = random.Random(20)
    return struct.pack("<2048I", *(
        words.getrandbits(1) << 31 | words.randint(118, 136) << 23 |
        words.getrandbits(23) for _ in range(2048)))


class Guest(Machine):
    """A machine with the guest and a list of cases.

    traced: the log's options, or None for no trace objects.
    """

    def __init__(self, scratch, accel, rows, cases=(), traced="", trace="",
                 smp=1, what="WHAT_CASES", rounds=0, race=0, args=()):
        self.rows, self.cases = rows, list(cases)
        firmware, program, self.addresses = build(scratch, rows)
        self.ram = File(os.path.join(scratch, "ram"), RAM_SIZE)
        self.bar = File(os.path.join(scratch, "device"), BAR_SIZE)
        with open(program, "rb") as f:
            self.ram.put(C["PROGRAM"], f.read())
        self.ram.put(C["PATTERN"], pattern())
        self.ram.put(C["STATE"], rescueinsn.xsave_image())
        numbers = {id(row): n for n, row in enumerate(rows)}
        self.ram.put(C["CASES"], b"".join(
            case.pack(numbers[id(case.row)]) for case in self.cases))
        self.ram.put(C["JOB"], JOB.pack(C[what], 0, len(self.cases), 0, rounds,
                                        race, *[0] * 21))
        self.log_path = os.path.join(scratch, "log")
        objects = []
        if traced is not None:
            objects = ["-object", f"vfio-trace-log,id=log,file={self.log_path}"
                       + traced, "-object",
                       "pci-trace,id=trace,device=dut,log=log" + trace]
        for name, path, size in (("ram", self.ram.path, RAM_SIZE),
                                 ("bar", self.bar.path, BAR_SIZE),
                                 ("again", self.bar.path, BAR_SIZE)):
            objects += ["-object", f"memory-backend-file,id={name},share=on,"
                        f"size={size},mem-path={path}"]
        super().__init__(
            scratch, "-cpu",
            "host,arch-capabilities=off" + "".join(
                f",-{flag}" for flag in MASKED) if accel == "kvm" else "max",
            "-smp", str(smp), "-bios", firmware, *objects,
            "-device", f"ivshmem-plain,id=dut,memdev=bar,addr={C['DUT_SLOT']}",
            "-device",
            f"ivshmem-plain,id=other,memdev=again,addr={C['ALIAS_SLOT']}",
            *args, machine="pc,memory-backend=ram", accel=accel)

    def job(self):
        words = JOB.unpack(self.ram.get(C["JOB"], JOB.size))
        return Job(*words[:7], words[7:11], words[11:])

    def stray(self):
        """Offsets of nonzero bytes in the BAR outside the pages and markers"""
        data = bytearray(self.bar.get(0, BAR_SIZE))
        for first, size in ((C["BAR_FIRST"], PAGE), (C["BAR_SECOND"], PAGE),
                            (C["BAR_CASE"], 4), (C["BAR_FAULT"], 4)):
            data[first:first + size] = bytes(size)
        return [hex(m.start()) for m in re.finditer(rb"[^\0]", data)]

    def said(self, text):
        """Whether QEMU's standard error has this text near its start"""
        with open(self.stderr_path, encoding="utf-8") as f:
            return text in f.read(10000)

    def results(self):
        data = self.ram.get(C["RESULTS"], RESULT.size * len(self.cases))
        return [Result(*words) for words in RESULT.iter_unpack(data)]

    def wait(self, seconds=TIMEOUT):
        """Wait until the guest has finished; returns its job."""
        def over():
            if self.process.poll() is not None:
                raise AssertionError("QEMU has ended with "
                                     f"{self.process.returncode}: "
                                     f"{self.stderr()}")
            return self.job().status in (C["FINISHED"], C["PANIC"]) or \
                self.qmp.execute("query-status")["status"] != "running"
        tap.wait_until(over, "the guest ends", seconds)
        job = self.job()
        if job.status == C["PANIC"]:
            raise AssertionError("the guest itself has raised an exception: " +
                                 ", ".join(f"{v:#x}" for v in job.panic))
        if job.status != C["FINISHED"]:
            at = ""
            if self.cases and job.done < len(self.cases):
                at = f" at {self.cases[job.done]}"
            raise AssertionError(
                "the VM has stopped" + at + ": " +
                self.qmp.execute("query-status")["status"] + "\n" +
                self.stderr()[:2000])
        return job


def explain(case, result):
    """A description of the difference from RAM"""
    name = dict(KINDS)[result.kind]
    at = GPRS[result.at] if name == "DIFF_GPR" else f"{result.at:#x}"
    return (f"{case}: {name} {at}: RAM has {result.want:#x}, the BAR "
            f"{result.got:#x}")


class Told:
    """The log's lines of one case: accesses since the last page fault, those
    before it, and the number of single steps."""

    def __init__(self):
        self.before = []
        self.lines = []
        self.unknown = 0


def tell(path, count):
    """The log as [Told], one per case; `vfio-trace check` checks the rest."""
    told = [Told() for _ in range(count + 1)]
    current, base, number = None, None, None
    with open(path, encoding="utf-8") as f:
        for line in f:
            words = line.split()
            if words[0] == "MAP" and int(words[4], 16) == C["BAR"]:
                number, base = words[2], int(words[3], 16)
            elif words[0] in "RW" and words[3] == number:
                op, width = words[0], int(words[1])
                offset, value = int(words[4], 16) - base, int(words[5], 16)
                if offset == C["BAR_CASE"]:
                    current = told[value]
                elif offset == C["BAR_FAULT"]:
                    current.before += current.lines
                    current.lines = []
                else:
                    current.lines.append(Line(op, width, offset, value,
                                              int(words[6], 16)))
            elif words[0] == "UNKNOWN":
                current.unknown += 1
    return told


def place_of(offset):
    """The position of a byte of the BAR in the two pages, or None"""
    for page, first in ((0, C["BAR_FIRST"]), (1, C["BAR_SECOND"])):
        if first <= offset < first + PAGE:
            return page * PAGE + offset - first
    return None


class Replay:
    """The two pages in the BAR after a case's lines."""

    def __init__(self, begin):
        self.begin = begin
        self.memory = bytearray(begin)
        self.touched = ({}, {})     # {place: count}: read, written
        self.values = ({}, {})      # {place: the last value}
        self.problems = []
        self.poked = slice(0, 0)

    def reset(self):
        for place in self.touched[1]:
            self.memory[place] = self.begin[place]
        self.memory[self.poked] = self.begin[self.poked]
        self.touched, self.values = ({}, {}), ({}, {})
        self.problems = []

    def poke(self, case):
        if case.row.poke:
            self.poked = slice(case.offset, case.offset + 4)
            self.memory[self.poked] = struct.pack("<I", case.row.poke)

    def feed(self, line):
        op, width, offset, value, _ = line
        which = "RW".index(op)
        for i, byte in enumerate(value.to_bytes(width, "little")):
            place = place_of(offset + i)
            if place is None:
                self.problems.append(f"{op} {width} {offset:#x} is nowhere "
                                     "in its pages")
                continue
            if op == "W":
                self.memory[place] = byte
            elif self.memory[place] != byte:
                self.problems.append(
                    f"{op} {width} {offset:#x} has {value:#x} where there was "
                    f"{self.memory[place]:#x}")
            seen = self.touched[which]
            seen[place] = seen.get(place, 0) + 1
            self.values[which][place] = byte

    def crc(self, case):
        """The checksum of the BAR around the operand, as the guest saw it"""
        begin = max(case.offset - C["BEFORE"], 0)
        end = case.offset + case.behind()
        crc = 0
        for page in (0, 1):
            if case.page[page] == C["ON_BAR"]:
                crc = zlib.crc32(self.memory[
                    max(begin, page * PAGE):
                    max(min(end, (page + 1) * PAGE), page * PAGE)], crc)
        return crc


def expected(case):
    """({place: number of reads}, {place: number of writes}) of the bytes that
    are in the BAR"""
    counts = []
    for offsets in (case.row.reads, case.row.writes):
        count = {}
        for offset in offsets:
            place = case.offset + offset
            if case.page[place // PAGE] == C["ON_BAR"]:
                count[place] = count.get(place, 0) + 1
        counts.append(count)
    return tuple(counts)


def _bytes_wrong(case, touched, want, accel):
    """A description of the error, or None"""
    if case.row.step:
        return None
    for what, w, got in zip(("read", "written"), want, touched):
        if accel == "tcg" and "tcg-more" in case.row.quirks:
            got = {place: n for place, n in got.items() if place in w}
        if accel == "kvm" and "kvm-twice" in case.row.quirks and \
                set(got.values()) == {2} and what == "read":
            got = {place: 1 for place in got}
        if w != got:
            return f"bytes {what} {got}, expected {w}"
    return None


def _expected(case, result):
    if result.vector in (DONE, DB):
        return expected(case)
    if result.vector == XM:
        return expected(case)[0], {}
    return {}, {}


def judge(guest, accel, own=()):
    """Return: [description of an error]; and (bytes read, bytes written) of
    each case: {place: value}.

    own: the rows that KVM emulates itself, some partly before a page fault of
    another part, and some without the trap that a program requests with TF.
    """
    told = tell(guest.log_path, len(guest.cases))
    replay = Replay(pattern())
    wrong, values = [], []
    for case, result, of in zip(guest.cases, guest.results(), told):
        replay.reset()
        replay.poke(case)
        for line in of.before:
            replay.feed(line)
        if case.row in own and case.row.reads:
            replay.touched[0].clear()   # these are read again after the fault
        for line in of.lines:
            replay.feed(line)
        values.append(replay.values)
        if accel == "kvm" and "kvm-own" in case.row.quirks:
            continue
        if result.kind:
            wrong.append(explain(case, result))
            continue
        if accel == "kvm" and of.before and case.row not in own:
            wrong.append(f"{case}: the device was accessed before a page "
                         f"fault: {of.before}")
        wrong += [f"{case}: {problem}" for problem in replay.problems]
        if case.row.step and of.unknown:
            continue            # the log does not have its accesses
        text = _bytes_wrong(case, replay.touched, _expected(case, result),
                            accel)
        if text:
            wrong.append(f"{case}: {text}")
        if result.crc != replay.crc(case):
            wrong.append(f"{case}: the log does not lead to the BAR's contents")
    return wrong, values
