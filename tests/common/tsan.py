# SPDX-License-Identifier: GPL-2.0-or-later
"""A QEMU that was built with ThreadSanitizer (make build/qemu-tsan), and its
reports.

QEMU itself has many reports: it orders memory by barriers, which TSan does not
know, and some of its races are harmless.  A report is ours if the tracer's code
takes part: if a stack of one of its accesses, or of one of its locks, has a
frame of our sources, and the access is none of QEMU's that are known to be well.
"""

import glob
import os
import re
import subprocess

from . import lab, loadguest, loadlog, tap
from .tap import Skip, equal

OURS = re.compile(r"/(hw/vfio-trace|lib(?:mmiotrace|pcidev|guestmem|insn|a64|"
                  r"replay))/")
_RULE = re.compile(r"^=+$", re.M)
# What begins a section of a report; frames and empty lines do not.
_SECTION = re.compile(r"^(?:WARNING|  \S)")
# Sections whose stacks say where something comes from, not who took part
_ORIGIN = re.compile(r"  (Location is|Thread T\d+|As if synchronized|"
                     r"Mutex M\d+ (?:\(0x[0-9a-f]+\) )?created)")
_FRAME = re.compile(r" +#(\d+) (\S+)")
# Functions of QEMU that make such an access, and why it is none of ours
KNOWN = (
    # a compare and exchange checks what a plain load has read
    r"aio_bh_enqueue",
    # QMP's socket is served by a thread of its own
    r"(monitor|qmp|tcp_chr)_\w+",
)
_KNOWN = re.compile("|".join(KNOWN))
# QEMU's load from or store to a guest's memory, at most so many frames below what
# moves the bytes: two vCPUs that access the same memory are the guest's own race
_GUEST, _GUEST_FRAME = re.compile(r"flatview_(read|write)_continue_step"), 3
SHOWN = 10                      # maximum number of reports shown
# (op, address, value) of an access, whatever fields follow
ACCESS = re.compile(rb"([RW]) 4 \S+ \d+ 0x([0-9a-f]+) 0x([0-9a-f]+) 0x").match

# history_size: a report without the other access's stack says little.
# exitcode: QEMU's own reports are no failure.
OPTIONS = ("halt_on_error=0:exitcode=0:history_size=7:second_deadlock_stack=1:"
           "print_suppressions=0:log_path=")
# GLib's own allocator hands memory from thread to thread unseen.
GLIB = "G_SLICE=always-malloc"


def binary():
    path = os.path.join(tap.build_dir(), "qemu-tsan", "qemu-system-x86_64")
    if not os.path.exists(path):
        raise Skip("there is no QEMU with ThreadSanitizer: make build/qemu-tsan")
    return path


def command(reports):
    """Command and first arguments that start this QEMU; its reports go to files
    that begin with a path."""
    prefix = ["env", GLIB, f"TSAN_OPTIONS={OPTIONS}{reports}"]
    # TSan does not work with all of the kernel's address randomisation
    if subprocess.run(["setarch", "-R", "true"], check=False,
                      stderr=subprocess.DEVNULL).returncode == 0:
        prefix += ["setarch", "-R"]
    return [*prefix, binary()]


def essence(report):
    """The lines of a report that tell who took part"""
    origin = False
    for line in report.splitlines():
        if _SECTION.match(line):
            origin = bool(_ORIGIN.match(line))
        if not origin and line.strip():
            yield line


def is_ours(report):
    """Does the tracer's code take part in what a report tells?"""
    found = False
    for line in essence(report):
        frame = _FRAME.match(line)
        if frame:
            if frame[1] == "0" and _KNOWN.fullmatch(frame[2]) or \
                    int(frame[1]) <= _GUEST_FRAME and \
                    _GUEST.fullmatch(frame[2]):
                return False
            found = found or bool(OURS.search(line))
    return found


def split(text):
    """The reports in the text of a log."""
    return [part.strip("\n") for part in _RULE.split(text)
            if part.lstrip("\n").startswith("WARNING: ThreadSanitizer: ")]


def reports(prefix):
    """(ours, number of all others) of the reports in files with a prefix"""
    found = []
    for path in sorted(glob.glob(f"{glob.escape(prefix)}.*")):
        with open(path, encoding="utf-8", errors="replace") as f:
            found += split(f.read())
    ours = [report for report in found if is_ours(report)]
    return ours, len(found) - len(ours)


def _follows(new, old):
    """Does a value come after another of the same processor?"""
    _, boot, n = loadguest.split(new)
    _, boot_before, n_before = loadguest.split(old)
    later = boot - boot_before & 15     # the number of the boot has 4 bits
    return later < 8 if later else n > n_before


def _check_order(log):
    """Each processor's values go up, from boot to boot; returns the number of
    accesses."""
    newest, accesses = {}, 0
    for line in loadlog.lines(*loadlog.parts(log)):  # a rotated log has parts
        m = ACCESS(line)
        if not m:
            continue
        accesses += 1
        if m[1] == b"W" and \
                int(m[2], 16) % loadguest.BAR_SIZE >= loadguest.SLOTS:
            value = int(m[3], 16)
            before = newest.get(value >> 29)
            if before is not None and not _follows(value, before):
                raise AssertionError(f"{line}: after {before:#x}")
            newest[value >> 29] = value
    return accesses


def judge(log, prefix, memory, cpus):
    """After a run of the load guest: it was content, its log is whole, and no
    report is ours.

    prefix: the reports' path; memory: the device's
    """
    equal([memory.get(loadguest.WRONG + 4 * c) for c in range(cpus)],
          [0] * cpus, "values read back that differ")
    accesses = _check_order(log)
    equal(accesses > 1000, True, f"{accesses} accesses: plausible")
    lab.tool("check", log)
    ours, others = reports(prefix)
    print(f"# {accesses} accesses; {others} reports of QEMU's own", flush=True)
    for report in ours[:SHOWN]:
        for line in essence(report):
            print(f"# {line}", flush=True)
    equal(len(ours), 0, "reports of ours")
