# SPDX-License-Identifier: GPL-2.0-or-later
"""A second, independent reader of the log, so that the tests do not check
the library's formatter with the library's own parser."""

import re
from collections import namedtuple

Access = namedtuple("Access", "op width time map addr value pc extra")
Map = namedtuple("Map", "time map phys virt len")
Unmap = namedtuple("Unmap", "time map")
Mark = namedtuple("Mark", "time text")
Pcidev = namedtuple("Pcidev", "bus devfn vendor device irq start size driver")

HEX = r"0x([0-9a-f]+)"
TIME = r"(\d+\.\d{6})"


def _hex(text):
    return int(text, 16)


def _words(text):
    """The fields after the kernel's: {key: value}."""
    return dict(word.split("=") for word in text.split())


_GRAMMAR = [
    (re.compile(rf"([RW]) ([1248]) {TIME} (\d+) {HEX} {HEX} {HEX} 0"
                r"((?: [a-z0-9]+=\S+)*)$"),
     lambda m: Access(m[1], int(m[2]), float(m[3]), int(m[4]), _hex(m[5]),
                      _hex(m[6]), _hex(m[7]), _words(m[8]))),
    (re.compile(rf"MAP {TIME} (\d+) {HEX} {HEX} {HEX} {HEX} 0$"),
     lambda m: Map(float(m[1]), int(m[2]), _hex(m[3]), _hex(m[4]),
                   _hex(m[5]))),
    (re.compile(rf"UNMAP {TIME} (\d+) {HEX} 0$"),
     lambda m: Unmap(float(m[1]), int(m[2]))),
    (re.compile(rf"MARK {TIME} (.*)$"),
     lambda m: Mark(float(m[1]), m[2])),
    (re.compile(r"PCIDEV ([0-9a-f]{2})([0-9a-f]{2}) ([0-9a-f]{4})([0-9a-f]{4})"
                r" ([0-9a-f]+)((?: [0-9a-f]+){7})((?: [0-9a-f]+){7}) (\S*)$"),
     lambda m: Pcidev(_hex(m[1]), _hex(m[2]), _hex(m[3]), _hex(m[4]),
                      _hex(m[5]), [_hex(x) for x in m[6].split()],
                      [_hex(x) for x in m[7].split()], m[8])),
    (re.compile(r"VERSION (\d+)$"), lambda m: m[1]),
]


class Log:
    """A log file, read whole; anything outside the grammar raises."""

    def __init__(self, path):
        with open(path, encoding="utf-8", newline="\n") as f:
            text = f.read()
        if text and not text.endswith("\n"):
            raise AssertionError(f"{path} ends within a line")
        self.lines = text.splitlines()
        if text.count("\n") != len(self.lines):
            raise AssertionError(f"{path} has line breaks within a line")
        self.events = [self._parse(path, n, line)
                       for n, line in enumerate(self.lines, 1)]

    @staticmethod
    def _parse(path, number, line):
        for regex, make in _GRAMMAR:
            m = regex.match(line)
            if m:
                return make(m)
        raise AssertionError(f"{path}:{number}: not mmiotrace: {line!r}")

    def of(self, kind):
        return [e for e in self.events if isinstance(e, kind)]

    def accesses(self):
        return self.of(Access)

    def marks(self, prefix=""):
        return [m.text for m in self.of(Mark) if m.text.startswith(prefix)]


def replay(accesses, base, size):
    """The memory of a BAR of RAM, at first zeros, according to a log; raises at a
    read of something else."""
    memory = bytearray(size)
    for a in accesses:
        at = slice(a.addr - base, a.addr - base + a.width)
        value = a.value.to_bytes(a.width, "little")
        if a.op == "W":
            memory[at] = value
        elif value != memory[at]:
            raise AssertionError(f"{a} read {value.hex()}, not "
                                 f"{memory[at].hex()}")
    return bytes(memory)
