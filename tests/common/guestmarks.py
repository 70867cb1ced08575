# SPDX-License-Identifier: GPL-2.0-or-later
"""What vfio-trace-mark is given in tests, and the lines that it must write.

The same for Linux and Windows guests, and for each kind of port.
"""

import os
import re

from . import tap

NAME = "vfio-trace-mark"
GUEST = "vfio-trace: guest-mark "
LINE_MAX = 4096                 # MARK_LINE_MAX in guest-images/marker/text.h

# Words that the program must find by itself, on each system
AGAIN = ["--", NAME]


class Case:
    """One call of the program.

    words: its arguments; stdin: its standard input; lines: what it must write;
    status: its exit status; says: patterns of its messages, in order
    """

    def __init__(self, words, lines, stdin=b"", status=0, says=()):
        self.words, self.lines, self.stdin = words, lines, stdin
        self.status, self.says = status, says

    def check(self, status, messages):
        tap.equal(status, self.status, f"status of {self.words}: {messages}")
        said = [m for m in messages.splitlines() if m.startswith(NAME + ": ")]
        tap.equal(len(said), len(self.says), f"messages of {self.words}: {said}")
        for message, pattern in zip(said, self.says):
            tap.matches(message, pattern, f"message of {self.words}")


def command(words, lines=(), **how):
    """What -- writes for a command that writes lines itself."""
    shown = " ".join(f'"{w}"' if " " in w or not w else w for w in words)
    end = " ".join(f"{key}={value}" for key, value in how.items())
    return [f"command-begin id=N command={shown}".encode(), *lines,
            f"command-end id=N {end} seconds=S command={shown}".encode()]


CONTROL = r"'\?' for control characters"
ENCODING = r"'\?' for bytes that are not UTF-8"
LENGTH = "longer than a mark"

CASES = [
    Case(["frame", "17"], [b"frame 17"]),
    Case(["zwölf Boxkämpfer €"], ["zwölf Boxkämpfer €".encode()]),
    Case([" a", "b "], [b" a b "]),
    Case(["say \"it's\" C:\\dir\\", "%s%n $HOME `x` ;|&<>"],
         [b"say \"it's\" C:\\dir\\ %s%n $HOME `x` ;|&<>"]),
    Case(["after", "--", "a", "text", "-h"], [b"after -- a text -h"]),
    Case(["tab\there \x1b[2J\u202e\u0085"],
         ["tab\there \x1b[2J\u202e\u0085".encode()], says=[CONTROL]),
    Case(["A" * 3000], [b"A" * 3000], says=[LENGTH]),
    Case(["two\nlines"], [], status=2, says=["one line"]),
    Case(["cr\r"], [], status=2, says=["one line"]),
    Case([""], [], status=2, says=["empty"]),
    Case(["--nope", "x"], [], status=2, says=["unknown option '--nope'"]),
    Case(["--wait=x", "x"], [], status=2, says=["--wait=x: use a number"]),
    Case(["--"], [], status=2, says=["must follow '--'"]),

    Case([], [b"lf", b"crlf", b"nul", b"cr\rin", b"no end"],
         b"lf\ncrlf\r\nnul\0\n\r\n\0cr\rin\n\r\nno end", says=[CONTROL]),
    Case(["-"], [b"x"], b"x\r"),
    Case(["-"], [], b"\n\n\0\r\n"),
    Case([], [], b""),
    Case([], [b"\xff\xfe \xc3", b"\xed\xa0\x80 \xc0\x8a"],
         b"\xff\xfe \xc3\n\xed\xa0\x80 \xc0\x8a\n", says=[ENCODING]),
    Case([], [b"B" * LINE_MAX, "ö".encode() * 2048, b"next"],
         b"B" * 10000 + b"\n" + "ö".encode() * 2048 + b"\nnext\n",
         says=[LENGTH, "a line has 10000 bytes: the last 5904 were not"]),
    Case([], [b"line %d" % n for n in range(300)],
         b"".join(b"line %d\r\n" % n for n in range(300))),

    Case([*AGAIN, "in", "the command"],
         command([NAME, "in", "the command"], [b"in the command"], exit=0)),
    Case([*AGAIN, "--nope"], command([NAME, "--nope"], exit=2), status=2,
         says=["unknown option"]),
    Case([*AGAIN, *AGAIN, "", "x"],
         command([NAME, *AGAIN, "", "x"],
                 command([NAME, "", "x"], [b" x"], exit=0), exit=0)),
    Case(["--", "no such program"], command(["no such program"], exit=127),
         status=127, says=["can not start 'no such program'"]),
]

# Cases whose command is the program itself need a port that it finds by itself.
PLAIN = [case for case in CASES if NAME not in case.words]


def normal(line):
    """A line without what differs from run to run."""
    line = re.sub(rb"^(command-\w+ id=)\d+ ", rb"\1N ", line)
    return re.sub(rb"( seconds=)\d+\.\d{6} ", rb"\1S ", line)


def expected():
    """All lines of all cases."""
    return [line for case in CASES for line in case.lines]


def same(got, want, what):
    """Fail with the first difference of two lists."""
    for n, pair in enumerate(zip(got, want)):
        tap.equal(*pair, f"{what}, number {n}")
    tap.equal(len(got), len(want), f"number of times: {what}")


def in_log(line, origin, port):
    """The end of the mark that the tracer makes of a line."""
    head = f"origin={origin} port={port}"
    room = 900 - len(f"{GUEST}{head} cut={2 ** 64 - 1} text=")
    cut = ""
    if len(line) > room:
        kept = line[:room]
        # a character that is cut is left out as a whole
        while kept and kept.decode(errors="ignore") != \
                kept.decode(errors="replace"):
            kept = kept[:-1]
        cut = f" cut={len(line) - len(kept)}"
        line = kept
    text = line.decode(errors="surrogateescape")
    return f"{head}{cut} text=" + re.sub(
        "[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
        "\udc80-\udcff]", "?", text)


def normal_mark(text):
    """normal() for a mark in the log."""
    head, text, line = text.partition(" text=")
    return head + text + normal(line.encode()).decode()


def program(windows=False):
    """The built program."""
    name = NAME + (".exe" if windows else "")
    path = os.path.join(tap.build_dir(), "vfio-trace", "guest-images", "marker",
                        name)
    if not os.path.exists(path):
        if windows:
            raise tap.Skip("vfio-trace-mark.exe is not built: install "
                           "gcc-mingw-w64-x86-64-win32")
        raise AssertionError(f"{path} is not built")
    return path
