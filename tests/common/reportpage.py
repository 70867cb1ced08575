# SPDX-License-Identifier: GPL-2.0-or-later
"""A reader of the data in pages of vfio-trace report.

It was written by docs/report-format.md alone, and takes nothing for granted that is
not in it.
"""

import array
import base64
import gzip
import json
import re
import sys

BLOCK = re.compile(r'<script type="application/octet-stream;base64" id="([a-z0-9-]+)">'
                   r'([A-Za-z0-9+/=]*)</script>')
ARRAYS = {"u8": "B", "u16": "H", "u32": "I", "f64": "d"}
OTHER_REGION = NO_CPU = 0xffff
NO_LATENCY = 0xffffffff


class Page:
    """A page: `index`, and blocks by reference."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.text = file.read()
        self.blocks = {}
        for found in BLOCK.finditer(self.text):
            if found[1] in self.blocks:
                raise ValueError(f"two blocks {found[1]}")
            self.blocks[found[1]] = found[2]
        self.index = json.loads(self.bytes_of("report-index"))
        if self.index["format"] != 1:
            raise ValueError(f"format {self.index['format']}")
        self.logs = [Log(self, log) for log in self.index["logs"]]

    def bytes_of(self, name):
        return gzip.decompress(base64.b64decode(self.blocks[name], validate=True))

    def get(self, ref):
        """What a reference is of: a list, a tree of JSON, or bytes"""
        data = self.bytes_of(ref["id"])
        kind, n = ref["type"], ref["n"]
        if kind in ARRAYS:
            items = array.array(ARRAYS[kind])
            items.frombytes(data)
            if sys.byteorder == "big":
                items.byteswap()
            if len(items) != n:
                raise ValueError(f"{ref}: {len(items)} items")
            return items.tolist()
        if kind in ("json", "bytes"):
            if len(data) != n:
                raise ValueError(f"{ref}: {len(data)} bytes")
            return json.loads(data) if kind == "json" else data
        return data


class Access:
    """A single access"""

    __slots__ = ("t", "line", "region", "op", "width", "cpu", "offset", "value", "latency",
                 "pc", "text")

    def __init__(self, **members):
        for name, value in members.items():
            setattr(self, name, value)


class Log:
    """A log of a page: its object in the index is `get`."""

    def __init__(self, page, members):
        self.page = page
        self.members = members

    def __getitem__(self, name):
        return self.members[name]

    def table(self, name):
        return self.page.get(self.members[name])

    def array(self, ref):
        return self.page.get(ref)

    def lanes(self, kind):
        return [lane for lane in self["lanes"] if lane["kind"] == kind]

    def _columns(self, planes, n):
        at = 0
        columns = {}
        for name, size in self["columns"]:
            items = [0] * n
            for byte in range(size):
                plane = planes[at:at + n]
                at += n
                if any(plane):
                    for i, value in enumerate(plane):
                        items[i] |= value << 8 * byte
            columns[name] = items
        if at != len(planes):
            raise ValueError(f"{len(planes)} bytes of planes, not {at}")
        return columns

    def _texts(self, chunk):
        if not chunk.get("lines"):
            return [None] * chunk["n"]
        lines = self.page.get(chunk["lines"]).split(b"\n")
        if lines.pop() != b"" or len(lines) != chunk["n"]:
            raise ValueError(f"{len(lines)} lines in {chunk}")
        return lines

    def _chunk(self, chunk):
        n = chunk["n"]
        c = self._columns(self.page.get(chunk["planes"]), n)
        texts = self._texts(chunk)
        t, line = chunk["t"], chunk["line"]
        for i in range(n):
            if i:
                t += c["delta"][i]
                line += c["line"][i]
            latency = c["latency"][i]
            yield Access(t=t, line=line, region=c["region"][i], op=c["op"][i] & 3,
                         width=c["op"][i] >> 2 & 15, cpu=c["cpu"][i], offset=c["offset"][i],
                         value=c["value"][i], pc=c["pc"][i], text=texts[i],
                         latency=None if latency == NO_LATENCY else latency)
        if (t, line) != (chunk["end"], chunk["last-line"]):
            raise ValueError(f"{chunk} ends at {t}, line {line}")

    def accesses(self):
        """The single accesses, in the order of the log"""
        number = 0
        for chunk in self["chunks"]:
            if chunk["first"] != number:
                raise ValueError(f"chunk begins at {chunk['first']}, not {number}")
            number += chunk["n"]
            yield from self._chunk(chunk)
        if number != self["single"]:
            raise ValueError(f"{number} single accesses, not {self['single']}")
