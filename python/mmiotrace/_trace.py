# SPDX-License-Identifier: GPL-2.0-or-later
"""A trace, and its entries."""

from __future__ import annotations

import bisect
import ctypes
import enum
import functools
import os
import struct
import threading
import time
from typing import Any, Callable, Iterable, Iterator, Mapping, NamedTuple, Union

from ._columns import MEMBERS, Buffers, Columns
from ._library import ENTRY_BYTES, LIBRARY, NO_REGION, Error, TotalsStruct, \
    raise_message, text_of

#: Entry.cpu of an entry whose processor is not known
NO_CPU = 0xffffffff

# After so much text without an entry, the library returns, and Python handles
# signals: ^C ends a search for what is not there.
_LIMIT = 64 << 20

# Rows that a column has room for at first
_ROWS = 1 << 16

_ENTRY = struct.Struct("=" + "".join(m.code for m in MEMBERS.values()))
assert _ENTRY.size == ENTRY_BYTES

Source = Union[str, bytes, "os.PathLike[str]", int, Any]
Option = Union[str, int, Iterable[Union[str, int]]]


class Kind(enum.IntEnum):
    """What an entry is: Entry.kind; the first three are accesses.

    Entry.kind is an int: later versions of the library may have more kinds.
    """
    READ = 0
    WRITE = 1
    UNKNOWN = 2     # an access whose direction is not known
    MARK = 3        # a mark, of a user or of the tracer
    MAP = 4         # the guest sees the region, value bytes
    UNMAP = 5
    DEVICE = 6      # a device is described
    LOST = 7        # value events are missing; 2**64 - 1: unknown
    OTHER = 8
    DAMAGED = 9     # with open(..., damaged=True)


class Flag(enum.IntFlag):
    """What is known about an entry: Entry.flags."""
    TIMED = 1       # ns is a time
    TRACER = 2      # a mark that the tracer wrote
    GUEST = 4       # a mark from the guest
    LSPCI = 8       # a device's line is one of lspci
    ASIDE = 16      # a mark of a ring that is not selected


class Entry(NamedTuple):
    """One entry of a trace."""
    kind: int       # Kind
    width: int      # of an access, bytes: 1 to 8; 0 if not known
    flags: int      # Flag
    region: int     # number for Trace.region(), or NO_REGION
    cpu: int        # processor that made the access, or NO_CPU
    phase: int      # index of Trace.phases
    ns: int         # time in nanoseconds, if Flag.TIMED
    offset: int     # of an access, offset in the region in bytes
    value: int      # of an access
    address: int    # of an access, in the trace, or made up: Region.synthetic
    pc: int         # of an access, program counter, or 0
    line: int       # number of its line, from 1 up, over all parts

    @property
    def is_access(self) -> bool:
        """It is a read, a write, or one of the two."""
        return self.kind <= Kind.UNKNOWN

    @property
    def is_read(self) -> bool:
        """It is a read."""
        return self.kind == Kind.READ

    @property
    def is_write(self) -> bool:
        """It is a write."""
        return self.kind == Kind.WRITE


class Mark(Entry):
    """An entry of kind Kind.MARK."""
    text: str       # what is not UTF-8 becomes \xNN


class Region(NamedTuple):
    """A region of a device."""
    device: str     # the device's ID, PCI address or name; "" if not known
    name: str       # "bar0" to "bar5", "rom", "config", ...
    number: int     # 0 to 5 for BARs, 6 ROM, 7 config space; -1: other
    vendor: int     # PCI vendor ID, or 0
    device_id: int  # PCI device ID, or 0
    base: int       # its address in the trace
    size: int       # bytes; 0 if not known
    synthetic: bool     # the trace has no addresses: base was made up


class Totals(NamedTuple):
    """What was read so far."""
    lines: int
    accesses: int       # selected or not
    selected: int       # entries that were given
    skipped: int        # lines of other programs, or without accesses
    damaged: int        # lines that begin like an access and are none
    bytes: int          # bytes of text
    first_damaged: int  # number of the first damaged line, or 0
    incomplete: int     # 1: the trace ends within a line or a compressed block


class _Batch(NamedTuple):
    """Entries that the library has given, copied, and where it has them."""
    address: int
    raw: bytes
    texts: dict[int, str]   # of its marks, by index


# Faster than Entry._make()
_make_entry: Callable[[tuple[int, ...]], Entry] = functools.partial(
    tuple.__new__, Entry)   # type: ignore


def _make_mark(fields: tuple[int, ...], text: str) -> Mark:
    mark: Mark = tuple.__new__(Mark, fields)
    mark.text = text
    return mark


def _entries_of(batch: _Batch) -> Iterator[Entry]:
    fields = _ENTRY.iter_unpack(batch.raw)
    if not batch.texts:
        return map(_make_entry, fields)
    return (_make_mark(each, batch.texts[i]) if i in batch.texts
            else _make_entry(each) for i, each in enumerate(fields))


def _words(options: Mapping[str, Option | None]) -> Iterator[tuple[str, str]]:
    """Each option of vfio-trace-selection(7) and its argument."""
    for name, given in options.items():
        if given is None:
            continue
        several = [given] if isinstance(given, (str, int)) else given
        for argument in several:
            yield name.rstrip("_").replace("_", "-"), str(argument)


def _new_selection(options: Mapping[str, Option | None]) -> Any:
    selection = LIBRARY.mmt_selection_new()
    message = ctypes.c_void_p()
    try:
        for name, argument in _words(options):
            if "\0" in argument:
                raise Error(f"--{name}: a NUL in the argument")
            if not LIBRARY.mmt_selection_add(
                    selection, name.encode(), os.fsencode(argument),
                    ctypes.byref(message)):
                raise_message(message)
    except BaseException:
        LIBRARY.mmt_selection_free(selection)
        raise
    return selection


def _open(source: Source) -> Any:
    """The library's trace of a path, a descriptor or an open file."""
    if hasattr(source, "fileno"):
        name = getattr(source, "name", "a file")
        return LIBRARY.mmt_trace_open_fd(source.fileno(), str(name).encode())
    if isinstance(source, int):
        return LIBRARY.mmt_trace_open_fd(source, b"descriptor %d" % source)
    path = os.fsencode(source)
    if b"\0" in path:
        raise Error("a NUL in the file's name")
    message = ctypes.c_void_p()
    trace = LIBRARY.mmt_trace_open(path, ctypes.byref(message))
    if not trace:
        raise_message(message)
    return trace


class Trace:
    """A trace that is read once, from its beginning to its end.

    Iterate it for its entries, or get columns() or column_batches().  It may be
    used by several threads, one of which reads at a time.  Close it, or use it
    in a with statement.
    """

    def __init__(self, source: Source, *, damaged: bool = False,
                 bars: Mapping[int, tuple[int, int]] | None = None,
                 pci: tuple[int, int] | None = None, **selection: Option):
        """See open()."""
        self._trace: int | None = None
        self._lock = threading.Lock()
        self._batch: _Batch | None = None
        self._entries: Iterator[Entry] | None = None
        self._iterated = False
        self._filled = False
        self._following = False
        self._source = source       # an open file stays open
        selected = _new_selection(selection)
        try:
            self._trace = _open(source)
            LIBRARY.mmt_trace_select(self._trace, selected)
        finally:
            LIBRARY.mmt_selection_free(selected)
        LIBRARY.mmt_trace_keep_damaged(self._trace, damaged)
        LIBRARY.mmt_trace_limit(self._trace, _LIMIT)
        for number, (base, size) in (bars or {}).items():
            if number not in range(7):
                raise ValueError(f"there is no BAR {number}; the ROM is 6")
            LIBRARY.mmt_trace_set_bar(self._trace, number, base, size)
        if pci:
            LIBRARY.mmt_trace_set_pci(self._trace, *pci)

    # -- closing -------------------------------------------------------------

    def close(self) -> None:
        """Close the trace; it can be called again."""
        with self._lock:
            trace, self._trace = self._trace, None
            self._batch = None
            self._entries = None
            if trace:
                LIBRARY.mmt_trace_free(trace)

    def __enter__(self) -> Trace:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_trace", None):
            LIBRARY.mmt_trace_free(self._trace)
            self._trace = None

    def _opened(self) -> int:
        if not self._trace:
            raise ValueError("the trace is closed")
        return self._trace

    # -- entries -------------------------------------------------------------

    def _raise_error(self, trace: int) -> None:
        error = LIBRARY.mmt_trace_error(trace)
        if error:
            raise Error(text_of(error))

    def _texts(self, trace: int, address: int, raw: bytes) -> dict[int, str]:
        kinds = raw[::ENTRY_BYTES]
        texts: dict[int, str] = {}
        size = ctypes.c_size_t()
        i = kinds.find(Kind.MARK)
        while i >= 0:
            at = LIBRARY.mmt_trace_text(trace, address + i * ENTRY_BYTES,
                                        ctypes.byref(size))
            texts[i] = text_of(ctypes.string_at(at, size.value))
            i = kinds.find(Kind.MARK, i + 1)
        return texts

    def _next_batch(self) -> _Batch | None:
        """The next entries; None if there are no more, or not at the moment."""
        entries = ctypes.c_void_p()
        while True:
            # Python handles signals here, between two calls of the library
            with self._lock:
                trace = self._opened()
                n = LIBRARY.mmt_trace_next(trace, ctypes.byref(entries))
                if n:
                    address = entries.value or 0
                    raw = ctypes.string_at(address, n * ENTRY_BYTES)
                    self._batch = _Batch(address, raw,
                                         self._texts(trace, address, raw))
                    return self._batch
                if LIBRARY.mmt_trace_ended(trace):
                    self._raise_error(trace)
                    return None
                if self._following:
                    return None

    def _iterate(self) -> Iterator[Entry]:
        try:
            while (batch := self._next_batch()) is not None:
                yield from _entries_of(batch)
        finally:
            self._entries = None

    def __iter__(self) -> Iterator[Entry]:
        """The entries that were not given yet; marks are of class Mark."""
        self._opened()
        self._iterated = True
        if self._entries is None:
            self._entries = self._iterate()
        return self._entries

    def follow(self, interval: float = 0.2) -> Iterator[Entry]:
        """The entries, also those that the file gets later, without an end.

        Look for more every interval seconds.
        """
        if self._iterated or self._filled:
            raise ValueError("the trace was read: open it again to follow it")
        with self._lock:
            LIBRARY.mmt_trace_follow(self._opened(), True)
            LIBRARY.mmt_trace_limit(self._trace, 0)
            self._following = True
        while True:
            yield from self
            time.sleep(interval)

    def line(self, entry: Entry) -> bytes:
        """The line of an entry as it stands in the trace, without newline.

        It must be the entry that was given last.
        """
        with self._lock:
            trace = self._opened()
            batch = self._batch
            n = len(batch.raw) // ENTRY_BYTES if batch else 0
            at = bisect.bisect_left(range(n), entry.line,
                                    key=lambda i: self._fields(i)[-1])
            if not batch or at == n or self._fields(at) != tuple(entry):
                raise ValueError("the entry is not the one that was given last")
            size = ctypes.c_size_t()
            line = LIBRARY.mmt_trace_line(
                trace, batch.address + at * ENTRY_BYTES, ctypes.byref(size))
            return ctypes.string_at(line, size.value)

    def _fields(self, i: int) -> tuple[int, ...]:
        assert self._batch
        return _ENTRY.unpack_from(self._batch.raw, i * ENTRY_BYTES)

    # -- columns -------------------------------------------------------------

    def _fill(self, buffers: Buffers, flags: int) -> bool:
        """Fill the room; return False at the end of the trace."""
        while buffers.rows < buffers.room:
            with self._lock:
                trace = self._opened()
                structures = buffers.structures()
                filled = LIBRARY.mmt_trace_columns(
                    trace, structures, len(structures),
                    buffers.room - buffers.rows, flags)
                buffers.rows += filled
                if LIBRARY.mmt_trace_ended(trace):
                    # an error comes after what was read before it
                    if filled and LIBRARY.mmt_trace_error(trace):
                        return True
                    self._raise_error(trace)
                    return False
        return True

    def _new_buffers(self, names: tuple[str, ...], rows: int) -> Buffers:
        self._opened()
        if self._iterated:
            raise ValueError("the trace was iterated: open it again for columns")
        self._filled = True
        return Buffers(names or tuple(MEMBERS), rows)

    def columns(self, *names: str, accesses: bool = True) -> Columns:
        """All entries that were not given yet, as one array for each name.

        Names are those of Entry's members; without names, all of them.
        Without accesses=False, only accesses are given.  The library writes the
        numbers into the arrays themselves, and nothing is copied.  An error is
        raised without what came before it: column_batches() gives that.
        """
        buffers = self._new_buffers(names, _ROWS)
        while self._fill(buffers, accesses):
            if buffers.rows == buffers.room:
                buffers.grow()
        return buffers.columns()

    def column_batches(self, *names: str, accesses: bool = True,
                       rows: int = 1 << 18) -> Iterator[Columns]:
        """As columns(), but at most that many rows at a time.

        This is for traces that do not fit into the memory.  Each batch has
        arrays of its own.
        """
        if rows < 1:
            raise ValueError("rows must be at least 1")
        more = True
        while more:
            buffers = self._new_buffers(names, rows)
            more = self._fill(buffers, accesses)
            if buffers.rows:
                yield buffers.columns()

    # -- what is known about the trace ---------------------------------------

    def region(self, number: int) -> Region | None:
        """The region of an Entry.region, or None if it has none.

        Its IDs, address and size may change while the trace is read.
        """
        with self._lock:
            found = LIBRARY.mmt_trace_region(self._opened(),
                                             number & NO_REGION)
            if not found:
                return None
            r = found.contents
            return Region(text_of(r.device), text_of(r.name), r.number,
                          r.vendor, r.device_id, r.base, r.size, r.synthetic)

    @property
    def regions(self) -> list[Region]:
        """The regions found so far; Entry.region is an index."""
        with self._lock:
            n = LIBRARY.mmt_trace_regions(self._opened())
        return [r for r in map(self.region, range(n)) if r]

    @property
    def phases(self) -> list[str]:
        """Names of the phases so far; Entry.phase is an index."""
        with self._lock:
            trace = self._opened()
            return [text_of(LIBRARY.mmt_trace_phase(trace, i))
                    for i in range(LIBRARY.mmt_trace_phases(trace))]

    @property
    def totals(self) -> Totals:
        """What was read so far."""
        totals = TotalsStruct()
        with self._lock:
            LIBRARY.mmt_trace_totals(self._opened(), ctypes.byref(totals))
        return Totals._make(getattr(totals, name) for name in Totals._fields)

    @property
    def format(self) -> str | None:
        """Name of the format; None as long as no line was recognised."""
        with self._lock:
            name = LIBRARY.mmt_trace_format(self._opened())
        return text_of(name) if name else None
