# SPDX-License-Identifier: GPL-2.0-or-later
"""Columns: one array for each member of many entries."""

from __future__ import annotations

import ctypes
import mmap
from collections.abc import Mapping
from typing import Any, Iterator, NamedTuple

from ._library import ColumnStruct


class _Member(NamedTuple):
    number: int     # MmtColumnId
    code: str       # of struct, array and memoryview
    size: int


_CODES = (("kind", "B"), ("width", "B"), ("flags", "H"), ("region", "I"),
          ("cpu", "I"), ("phase", "I"), ("ns", "Q"), ("offset", "Q"),
          ("value", "Q"), ("address", "Q"), ("pc", "Q"), ("line", "Q"))

MEMBERS = {name: _Member(number, code, {"B": 1, "H": 2, "I": 4, "Q": 8}[code])
           for number, (name, code) in enumerate(_CODES)}


class Columns(Mapping[str, memoryview]):
    """Arrays of equal length, by name: columns["ns"], or columns.ns.

    Each is a memoryview whose items are unsigned integers.  It can be indexed,
    sliced, compared and iterated, and every program that knows Python's
    buffers reads it without a copy: numpy.asarray(columns.ns) does so, and
    array.array("Q", columns.ns) makes an array of its own.
    """

    def __init__(self, arrays: dict[str, memoryview], rows: int):
        self._arrays = arrays
        #: number of entries, the length of each array
        self.rows = rows

    def __getitem__(self, name: str) -> memoryview:
        return self._arrays[name]

    def __getattr__(self, name: str) -> memoryview:
        arrays: dict[str, memoryview] = self.__dict__.get("_arrays", {})
        if name not in arrays:
            raise AttributeError(f"there is no column {name!r}")
        return arrays[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __len__(self) -> int:
        return len(self._arrays)

    def __repr__(self) -> str:
        return f"<Columns {' '.join(self._arrays)}: {self.rows} rows>"

    def numpy(self) -> dict[str, Any]:
        """The columns as numpy arrays, which share their memory.

        pandas.DataFrame(columns.numpy()) makes a data frame of them.
        """
        import numpy    # pylint: disable=import-outside-toplevel
        return {name: numpy.asarray(array)
                for name, array in self._arrays.items()}


def _new_memory(size: int) -> mmap.mmap:
    memory = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    try:
        # a third of the time is the kernel's, for small pages
        memory.madvise(mmap.MADV_HUGEPAGE)
    except (AttributeError, OSError):
        pass    # the kernel has none
    return memory


class Buffers:
    """Memory that the library fills, for some columns; it can grow.

    It is mapped from the kernel: what is not filled takes no memory, and growing
    moves pages without copying them.
    """

    def __init__(self, names: tuple[str, ...], rows: int):
        for name in names:
            if name not in MEMBERS:
                raise ValueError(f"there is no column {name!r}; the columns "
                                 f"are {', '.join(MEMBERS)}")
        self.rows = 0       # rows that were filled in
        self.room = rows    # rows that there is room for
        self._memory = {name: _new_memory(rows * MEMBERS[name].size)
                        for name in names}

    def grow(self) -> None:
        """Make room for twice as many rows."""
        self.room *= 2
        for name, memory in self._memory.items():
            memory.resize(self.room * MEMBERS[name].size)

    def structures(self) -> ctypes.Array[ColumnStruct]:
        """For mmt_trace_columns(): where the free rows are."""
        structures = (ColumnStruct * len(self._memory))()
        for structure, (name, memory) in zip(structures,
                                             self._memory.items()):
            member = MEMBERS[name]
            structure.id = member.number
            structure.size = member.size
            # the address stays valid until the memory is resized
            first = ctypes.c_char.from_buffer(memory)
            structure.data = ctypes.addressof(first) + self.rows * member.size
        return structures

    def columns(self) -> Columns:
        """The rows that were filled in, without a copy."""
        arrays = {}
        for name, memory in self._memory.items():
            used = memoryview(memory)[:self.rows * MEMBERS[name].size]
            arrays[name] = used.cast(MEMBERS[name].code)
        return Columns(arrays, self.rows)
