# SPDX-License-Identifier: GPL-2.0-or-later
"""Read MMIO traces of every format that vfio-trace reads.

    import mmiotrace

    with mmiotrace.open("gpu.mmt", range="0:0x100:0x40", op="w") as trace:
        for entry in trace:
            print(entry.ns, hex(entry.offset), hex(entry.value))

    columns = mmiotrace.open("gpu.mmt").columns("ns", "offset", "value")
    values = columns.numpy()["value"]

It calls libmmiotrace, which is looked for at the path in the environment
variable MMIOTRACE_LIBRARY, in the build of the source tree that the package is
part of or was installed from, and where the system's loader finds it.
"""

from __future__ import annotations

from typing import Any

from ._columns import Columns
from ._library import LIBRARY as _LIBRARY
from ._library import NO_REGION, Error
from ._trace import NO_CPU, Entry, Flag, Kind, Mark, Option, Region, Source, \
    Totals, Trace

__all__ = ["NO_CPU", "NO_REGION", "Columns", "Entry", "Error", "Flag", "Kind",
           "Mark", "Region", "Totals", "Trace", "open"]

#: version of the library
__version__ = _LIBRARY.mmt_version().decode()


def open(source: Source,     # pylint: disable=redefined-builtin
         **options: Any) -> Trace:
    """Open a trace: a path, a descriptor, or an open binary file.

    A descriptor or file stays the caller's, and is read from its position; "-"
    is standard input.  Options:

    damaged=True             damaged lines are entries, Kind.DAMAGED
    bars={0: (BASE, SIZE)}   where BARs are, for a trace that does not say
    pci=(VENDOR, DEVICE)     IDs of the device, for a trace that has none

    The others are those of vfio-trace-selection(7): device, range, reg, op,
    width, value, cpu, pc, from_, to, phase and phase_at.  Each is a string, a
    number, or several of them.
    """
    return Trace(source, **options)
