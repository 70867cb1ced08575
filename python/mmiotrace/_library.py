# SPDX-License-Identifier: GPL-2.0-or-later
"""libmmiotrace, called by ctypes: the functions of mmiotrace.h."""

from __future__ import annotations

import ctypes
import os
from ctypes import POINTER, c_bool, c_char_p, c_int, c_size_t, c_uint, \
    c_uint16, c_uint32, c_uint64, c_void_p
from typing import Any, Iterator

try:
    # written by the installation
    from ._where import LIBRARY as _INSTALLED   # type: ignore
except ImportError:         # the package is used from the source tree
    _INSTALLED = ""

_NAME = "libmmiotrace.so.0"

ENTRY_BYTES = 64
NO_REGION = 0xffffffff


class Error(Exception):
    """A trace can't be read, or an argument is refused; the text says why."""


class RegionStruct(ctypes.Structure):
    """struct MmtRegion"""
    _fields_ = [("device", c_char_p), ("name", c_char_p),
                ("number", ctypes.c_int32), ("vendor", c_uint16),
                ("device_id", c_uint16), ("base", c_uint64),
                ("size", c_uint64), ("synthetic", c_bool)]


class TotalsStruct(ctypes.Structure):
    """struct MmtTotals"""
    _fields_ = [(name, c_uint64) for name in
                ("lines", "accesses", "selected", "skipped", "damaged",
                 "bytes", "first_damaged", "incomplete")] + \
        [("reserved", c_uint64 * 8)]


class ColumnStruct(ctypes.Structure):
    """struct MmtColumn"""
    _fields_ = [("id", c_uint32), ("size", c_uint32), ("data", c_void_p)]


# Name: type of the result, types of the arguments
_FUNCTIONS = {
    "mmt_version": (c_char_p,),
    "mmt_free": (None, c_void_p),
    "mmt_trace_open": (c_void_p, c_char_p, POINTER(c_void_p)),
    "mmt_trace_open_fd": (c_void_p, c_int, c_char_p),
    "mmt_trace_free": (None, c_void_p),
    "mmt_trace_select": (None, c_void_p, c_void_p),
    "mmt_trace_set_bar": (None, c_void_p, c_int, c_uint64, c_uint64),
    "mmt_trace_set_pci": (None, c_void_p, c_uint16, c_uint16),
    "mmt_trace_keep_damaged": (None, c_void_p, c_bool),
    "mmt_trace_follow": (None, c_void_p, c_bool),
    "mmt_trace_limit": (None, c_void_p, c_uint64),
    "mmt_trace_next": (c_size_t, c_void_p, POINTER(c_void_p)),
    "mmt_trace_columns": (c_size_t, c_void_p, POINTER(ColumnStruct), c_size_t,
                          c_size_t, c_uint),
    "mmt_trace_ended": (c_bool, c_void_p),
    "mmt_trace_error": (c_char_p, c_void_p),
    "mmt_trace_text": (c_void_p, c_void_p, c_void_p, POINTER(c_size_t)),
    "mmt_trace_line": (c_void_p, c_void_p, c_void_p, POINTER(c_size_t)),
    "mmt_trace_regions": (c_uint32, c_void_p),
    "mmt_trace_region": (POINTER(RegionStruct), c_void_p, c_uint32),
    "mmt_trace_phases": (c_uint32, c_void_p),
    "mmt_trace_phase": (c_char_p, c_void_p, c_uint32),
    "mmt_trace_totals": (None, c_void_p, POINTER(TotalsStruct)),
    "mmt_trace_format": (c_char_p, c_void_p),
    "mmt_selection_new": (c_void_p,),
    "mmt_selection_add": (c_bool, c_void_p, c_char_p, c_char_p,
                          POINTER(c_void_p)),
    "mmt_selection_free": (None, c_void_p),
}


def _places() -> Iterator[str]:
    """Where the library may be, the first choice first."""
    package = os.path.dirname(os.path.abspath(__file__))
    top = os.path.dirname(package)
    if os.path.exists(os.path.join(top, "pyproject.toml")):
        yield os.path.join(os.path.dirname(top), "build", "vfio-trace", "lib",
                           _NAME)
    if _INSTALLED:
        yield _INSTALLED


def _find() -> str:
    named = os.environ.get("MMIOTRACE_LIBRARY")
    if named:
        return named
    return next(filter(os.path.exists, _places()), _NAME)


def load() -> ctypes.CDLL:
    """Load the library, and declare its functions."""
    path = _find()
    try:
        library = ctypes.CDLL(path)
        for name, (result, *arguments) in _FUNCTIONS.items():
            function = getattr(library, name)
            function.restype = result
            function.argtypes = arguments
    except (OSError, AttributeError) as err:
        raise ImportError(
            f"{path}: can not load libmmiotrace ({err}); install vfio-trace, "
            "or name the library in the environment variable "
            "MMIOTRACE_LIBRARY") from err
    return library


LIBRARY: Any = load()


def text_of(raw: bytes | None) -> str:
    """A text of the library or of a trace; what is not UTF-8 becomes \\xNN."""
    return (raw or b"").decode("utf-8", "backslashreplace")


def raise_message(message: c_void_p) -> None:
    """Raise an error with a message that the library has stored."""
    text = text_of(ctypes.string_at(message.value) if message.value else b"")
    LIBRARY.mmt_free(message)
    raise Error(text)
