# SPDX-License-Identifier: GPL-2.0-or-later
"""A second, independent reader of the marks of guest memory.

It puts the marks together to rings, entries, data, watches and snapshots, each
with its bytes, and replays watches.
"""

import hashlib
import re
from dataclasses import dataclass, field

from . import mmt

LINE = 64                       # bytes of a line of a watch
HEAD_BYTES = 256                # most bytes in the mark of an entry or datum
DATA_BYTES = 384                # most bytes in each mark behind it

MARK = re.compile(r"vfio-trace: (ring|entry|data|watch|memory-cut|snapshot)"
                  r"((?: [a-z0-9-]+=\S+)*)(?: ([0-9a-f]*))?$")
MORE = re.compile(r"vfio-trace: (watch|snapshot)-data at=0x([0-9a-f]+) "
                  r"([0-9a-f]*)$")
NUMBERS = ("index", "len", "of", "count", "entry", "lines", "left", "map")
ADDRESSES = ("at", "base", "addr", "sum")


@dataclass
class Item:
    """A mark of guest memory.

    kind: "ring", "entry", "data", "watch", "memory-cut" or "snapshot"
    place: its number among the log's events
    words: its other words; numbers as such
    data: the bytes of an entry, datum or snapshot
    lines: of a watch: [(address, bytes)]
    """

    kind: str
    place: int
    words: dict
    data: bytes = b""
    lines: list = field(default_factory=list)

    def __getattr__(self, name):
        try:
            return self.__dict__["words"][name]
        except KeyError:
            raise AttributeError(name) from None

    def get(self, name, default=None):
        return self.words.get(name, default)

    def number(self, offset, width):
        """A field of the entry, little endian."""
        return int.from_bytes(self.data[offset:offset + width], "little")


def _words(text):
    words = dict(w.split("=", 1) for w in text.split())
    for key, value in words.items():
        if key in NUMBERS:
            words[key] = int(value)
        elif key in ADDRESSES:
            if not value.startswith("0x"):
                raise AssertionError(f"{key}={value} is not hexadecimal")
            words[key] = int(value, 16)
    return words


def _more(item, kind, at, data):
    """Add the bytes of a mark that continues an item."""
    if (kind == "watch") != (item.kind == "watch"):
        raise AssertionError(f"{kind}-data behind {item}")
    if len(data) > DATA_BYTES:
        raise AssertionError(f"{len(data)} bytes in {kind}-data")
    if kind == "watch":
        item.lines.append((at, data))
        return
    if at != item.at + len(item.data):
        raise AssertionError(f"snapshot-data at {at:#x} behind {item}")
    item.data += data


def _judge(item):
    """What an item's words say of its bytes is true."""
    if item.kind in ("entry", "data", "snapshot"):
        if len(item.data) != item.len and not (
                item.kind == "snapshot" and item.get("state")):
            raise AssertionError(f"{len(item.data)} bytes in {item}")
    if item.kind == "snapshot":
        have = hashlib.sha256(item.data).hexdigest()
        if have != item.sha256:
            raise AssertionError(f"hash {have} of {item}")
    if item.kind == "data" and item.len > item.of:
        raise AssertionError(f"more bytes than there are: {item}")
    if item.kind == "watch":
        have = sum(-(-len(data) // LINE) for _, data in item.lines)
        if have != item.get("lines"):
            raise AssertionError(f"{have} lines in {item}")


def items(log):
    """A log's Items, in order.

    log: a mmt.Log
    """
    found = []
    open_ = None                # the item whose bytes may still follow
    for place, event in enumerate(log.events):
        if not isinstance(event, mmt.Mark):
            continue
        head, more = MARK.match(event.text), MORE.match(event.text)
        if head:
            open_ = Item(head[1], place, _words(head[2]),
                         bytes.fromhex(head[3] or ""))
            if len(open_.data) > HEAD_BYTES:
                raise AssertionError(f"{len(open_.data)} bytes in one mark")
            found.append(open_)
        elif more:
            if open_ is None:
                raise AssertionError(f"nothing before {event.text!r}")
            _more(open_, more[1], int(more[2], 16), bytes.fromhex(more[3]))
        else:
            open_ = None
    for item in found:
        _judge(item)
    return found


def line_sum(number, line):
    """What a line of a watch adds to its sum."""
    digest = hashlib.sha256(number.to_bytes(8, "little") + line).digest()
    return int.from_bytes(digest[:8], "little")


class Replay:
    """The memory of a watch, by the log alone.

    cut: whether a trigger may leave lines out
    """

    def __init__(self):
        self.at = None
        self.memory = bytearray()
        self.sums = []
        self.seen = []          # numbers of the lines handed out at the last one

    def _put(self, at, data):
        offset = at - self.at
        if offset % LINE or offset + len(data) > len(self.memory):
            raise AssertionError(f"{len(data)} bytes at {at:#x} of a watch "
                                 f"at {self.at:#x}")
        self.memory[offset:offset + len(data)] = data
        for number in range(offset // LINE, -(-(offset + len(data)) // LINE)):
            if self.seen and number <= self.seen[-1]:
                raise AssertionError(f"line {number} behind {self.seen[-1]}")
            self.seen.append(number)
            self.sums[number] = line_sum(
                number,
                bytes(self.memory[number * LINE:(number + 1) * LINE]))

    def take(self, watch):
        """Apply the lines of an Item; its sum must be that of the memory."""
        if watch.state == "first":
            self.at = watch.at
            self.memory = bytearray(watch.len)
            self.sums = [0] * -(-watch.len // LINE)
        if (watch.at, watch.len) != (self.at, len(self.memory)):
            raise AssertionError(f"not first, and elsewhere: {watch.words}")
        self.seen = []
        for at, data in watch.lines:
            self._put(at, data)
        have = sum(self.sums) % 2 ** 64
        if have != watch.get("sum"):
            raise AssertionError(f"sum {have:#x} of {watch.words}")
