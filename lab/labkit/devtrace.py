# SPDX-License-Identifier: GPL-2.0-or-later
"""What the machine that emulates the target devices says of them: the outer
QEMU's own trace events.

Accesses that arrive at the devices are reduced to the targets' BARs and legacy
VGA. The result is a log in mmiotrace format, so that the same programs read it.
The trace event has no time; each access has the name of the region behind its
address as an extra field. Regions that are memory (ivshmem's, a framebuffer)
have no such events.

Other events, by which the devices say what they do, remain lines of text.
"""

import fnmatch
import re

from .errors import LabError

EVENT = re.compile(r"memory_region_ops_(read|write) cpu -?\d+ mr \S+ "
                   r"addr 0x([0-9a-f]+) value 0x([0-9a-f]+) size (\d+) "
                   r"name '(.*)'$")
IORESOURCE_IO, IORESOURCE_MEM = 0x100, 0x200
NO_EVENTS = ("this QEMU has no trace events in its log (build it with "
             "--enable-trace-backends=log)")


def qemu_args(path, accesses, events):
    """The outer QEMU's arguments.

    path: its log
    accesses: whether accesses are wanted
    events: names or patterns of other events
    """
    # the events need writes, too: posts are such
    ops = ["read", "write"] if accesses else ["write"]
    args = ["-D", path]
    for name in ["memory_region_ops_" + op for op in ops] + events:
        args += ["-trace", name]
    return args


def _ranges(resources):
    """(START, LEN) of each BAR that is there, in order.

    resources: BDF to "START,END,FLAGS" of its BARs
    """
    for bdf in sorted(resources):
        for word in resources[bdf]:
            start, end, flags = (int(x, 16) for x in word.split(",")[:3])
            if flags & (IORESOURCE_IO | IORESOURCE_MEM):
                yield start, end + 1 - start


def _is_post(match, arch):
    region, _, address = arch.post
    return match[1] == "write" and match[5] == region and \
        int(match[2], 16) == address


def convert(events, resources, out, arch):
    """Make a log of the outer QEMU's trace.

    events: path of its log
    resources: BDF to "START,END,FLAGS" of its BARs, as L1 has them
    out: path of the log to make
    arch: the machines'; no other device of the outer machine uses its ranges
        of a VGA
    """
    ranges = [*_ranges(resources), *arch.vga]
    seen = 0
    with open(events, errors="replace") as src, open(out, "w") as dst:
        dst.write("VERSION 20070824\n")
        for i, (start, size) in enumerate(ranges, 1):
            dst.write("MAP 0.000000 %d 0x%x 0x%x 0x%x 0x0 0\n" %
                      (i, start, start, size))
        for line in src:
            match = EVENT.match(line)
            if not match:
                continue
            seen += 1
            addr, size = int(match[2], 16), int(match[4])
            # a device may return a wider value than the access
            value = int(match[3], 16) & (1 << 8 * size) - 1
            if _is_post(match, arch):
                dst.write("MARK 0.000000 lab: post %d\n" % value)
                continue
            # no memory behind a region lies where port numbers are
            for i, (start, length) in enumerate(ranges, 1):
                if start <= addr < start + length:
                    dst.write("%s %d 0.000000 %d 0x%x 0x%x 0x0 0 region=%s\n" %
                              (match[1][0].upper(), size, i, addr, value,
                               match[5].replace(" ", "_") or "-"))
                    break
    if not seen:
        raise LabError("--device-trace: " + NO_EVENTS)


def select(events, patterns, out, arch):
    """Keep the lines of some events, and a line for each post.

    events: path of the outer QEMU's log
    patterns: names of events, or patterns
    out: path of the file to make
    arch: the machines'
    """
    wanted = re.compile("|".join(fnmatch.translate(p) for p in patterns))
    seen = False
    with open(events, errors="replace") as src, open(out, "w") as dst:
        for line in src:
            match = EVENT.match(line)
            if match and _is_post(match, arch):
                dst.write("lab: post %d\n" % (int(match[3], 16) & 0xff))
            elif wanted.match(line.partition(" ")[0].rstrip("\n")):
                dst.write(line)
            seen = seen or bool(match)
    if not seen:
        raise LabError("--device-event: " + NO_EVENTS)
