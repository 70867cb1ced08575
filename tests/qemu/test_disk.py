#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# alone: measures how soon QEMU answers
"""Faults of a log on disk while the guest works: docs/faults.md."""

import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import loadguest, loadlog, mmt, tap                  # noqa: E402
from common.faults import (  # noqa: E402
    FULL, PACE, SMP, ends_whole, goes_on, loop_mounted, mounted, run,
    status_of, wait_event, wait_paused, wait_running, wait_stands)
from common.loadguest import LoadMachine                         # noqa: E402
from common.qemu import COMMAND_MEMORY, MMIO, Machine, fails     # noqa: E402
from common.tap import equal, matches, test, wait_until          # noqa: E402


@test
def disk_full(scratch):
    """ENOSPC under load: paused twice, and complete when there is room."""
    image = loadguest.build(scratch)
    with mounted(scratch, "-t", "tmpfs", "-o", "size=2M", "none") as where:
        log = f"{where}/log"
        with LoadMachine(scratch, image, f"file={log},ring-size=1M", smp=SMP,
                         pace=PACE) as m:
            for size in ("6M", "256M"):
                wait_event(m, "VFIO_TRACE_ERROR", FULL)
                wait_stands(m)
                equal(status_of(m)["error"], FULL, "error")
                before = m.progress()
                run("mount", "-o", f"remount,size={size}", where)
                m.qmp.wait_event("VFIO_TRACE_WELL")
                # 6M are full again in a tenth of a second: the guest may be
                # paused again before this has looked
                m.qmp.wait_event("RESUME")
                wait_until(lambda: m.progress() != before, "the guest goes on")
            equal(status_of(m)["pauses"] >= 2, True, "pauses")
            ends_whole(m, log)
            matches(m.stderr(), f"can't write '.*/log': {FULL}")
            matches(m.stderr(), "can be written again")


@test
def disk_full_at_the_end(scratch):
    """QEMU ends with a full disk: recover adds the rest."""
    image = loadguest.build(scratch)
    with mounted(scratch, "-t", "tmpfs", "-o", "size=2M", "none") as where:
        log = f"{where}/log"
        with LoadMachine(scratch, image, f"file={log},ring-size=1M", smp=SMP,
                         pace=PACE) as m:
            wait_event(m, "VFIO_TRACE_ERROR", FULL)
            wait_stands(m)
            m.qmp.execute("quit")
            m.process.wait(30)
            matches(m.stderr(), f"is incomplete: {FULL}")
            tool = [tap.tool_binary(), "recover", log]
            result = subprocess.run(tool, check=False, text=True,
                                    stdout=subprocess.PIPE,
                                    stderr=subprocess.STDOUT)
            equal(result.returncode != 0, True, "recover on a full disk fails")
            matches(result.stdout, FULL)
            run("mount", "-o", "remount,size=256M", where)
            subprocess.run(tool, check=True, stdout=subprocess.DEVNULL)
            loadlog.verify(log, m.memory.bytes(), SMP)


@test
def disk_stalls(scratch):
    """A disk that hangs: the guest waits, QMP does not, nothing is lost."""
    image = loadguest.build(scratch)
    with loop_mounted(scratch) as where:
        log = f"{where}/log"
        with LoadMachine(scratch, image, f"file={log},ring-size=256K", smp=SMP,
                         pace=PACE) as m:
            m.wait_progress()
            run("fsfreeze", "-f", where)
            try:
                wait_paused(m)
                start = time.monotonic()
                for _ in range(10):
                    status_of(m)
                seconds = time.monotonic() - start
                equal(seconds < 2, True, f"10 answers in {seconds:.1f} s")
            finally:
                run("fsfreeze", "-u", where)
            wait_running(m)
            m.wait_progress()
            ends_whole(m, log)


@test
def log_deleted(scratch):
    """The log is deleted: it is restored, complete."""
    image = loadguest.build(scratch)
    log = f"{scratch}/log"
    with LoadMachine(scratch, image, f"file={log}", smp=SMP, pace=PACE) as m:
        for _ in range(3):
            m.wait_progress()
            os.unlink(log)
            wait_event(m, "VFIO_TRACE_ERROR", "was deleted: it has been restored")
            equal(os.path.exists(log), True, "the log is there")
            m.wait_progress()
        ends_whole(m, log)
        matches(m.stderr(), "'.*/log' was deleted")


def cut_log(scratch, keep, quiet, more=""):
    """Truncate the log under load after KEEP(text) bytes; everything before that
    must be preserved.

    quiet: the guest is paused meanwhile, and the whole log is committed to the
    file: it is known how much is lost.
    """
    image = loadguest.build(scratch)
    log = f"{scratch}/log"
    with LoadMachine(scratch, image, f"file={log}{more}", smp=SMP,
                     pace=PACE) as m:
        m.wait_progress(4000)
        if quiet:
            m.qmp.execute("stop")
            wait_until(lambda: not status_of(m)["ring-used"], "all is written")
        with open(log, "rb") as f:
            before = f.read()
        kept = keep(before)
        os.truncate(log, kept)
        if quiet:
            m.qmp.execute("cont")
        wait_event(m, "VFIO_TRACE_ERROR", "the file was truncated")
        m.wait_progress(4000)
        m.stop_load()
        m.quit()
        matches(m.stderr(), r"'.*/log' was truncated: \d+ bytes")
    with open(log, "rb") as f:
        text = f.read()
    equal(text.count(b"\0"), 0, "NUL bytes in the log")
    whole = before.rfind(b"\n", 0, kept) + 1
    equal(text[:whole] == before[:whole], True, "the rest of the file is unchanged")
    mark = re.match(rb"MARK \d+\.\d{6} vfio-trace: cut bytes=(\d+)\n",
                    text[whole:])
    equal(mark is not None, True, f"{text[whole:whole + 60]!r} is the mark")
    rest = text[whole + mark.end():]
    # what was not committed to the file was written again
    again = before[whole + int(mark[1]):]
    equal(rest[:len(again)] == again, True, "the accesses after it are there")
    if quiet:
        equal(int(mark[1]), len(before) - whole, "lost bytes")
    equal(goes_on(rest), m.progress(), "last values in log and device")
    print(f"# {mark[1].decode()} bytes lost, {len(again)} written again",
          flush=True)


@test
def log_emptied(scratch):
    """The log is emptied under load: a mark says so, the rest is there."""
    cut_log(scratch, lambda text: 0, False, ",durability=write")


@test
def log_cut(scratch):
    """The log is truncated within a line: no line is damaged."""
    cut_log(scratch, lambda text: text.rfind(b"\n", 0, len(text) // 2) + 8,
            True)


@test
def log_cut_zst(scratch):
    """A compressed log is truncated within a frame: it can be read."""
    image = loadguest.build(scratch)
    log = f"{scratch}/log.zst"
    with LoadMachine(scratch, image, f"file={log},durability=write", smp=SMP,
                     pace=PACE) as m:
        m.wait_progress(4000)
        wait_until(lambda: os.path.getsize(log) > 20000, "there is a frame")
        os.truncate(log, os.path.getsize(log) - 100)
        wait_event(m, "VFIO_TRACE_ERROR", "the file was truncated")
        m.wait_progress()
        m.stop_load()
        m.quit()
    before, mark, after = b"".join(loadlog.lines(log)).partition(
        b" vfio-trace: cut bytes=")
    equal(mark != b"", True, "the cut is marked")
    had = goes_on(before) if loadlog.ACCESS_LINES(before) else None
    equal(goes_on(after, had), m.progress(), "last values")


@test
def rotate(scratch):
    """vfio-trace-rotate and max-size= under load: the parts are one log."""
    image = loadguest.build(scratch)
    log = f"{scratch}/log"
    with LoadMachine(scratch, image, f"file={log},max-size=1M", smp=SMP,
                     pace=PACE) as m:
        for _ in range(5):
            m.wait_progress(200)
            m.qmp.execute("vfio-trace-rotate")
            m.qmp.wait_event("VFIO_TRACE_PART")
        m.wait_progress(4000)
        m.stop_load()
        m.quit()
    parts = loadlog.parts(log)
    replay = loadlog.verify(parts, m.memory.bytes(), SMP, whole=True)
    equal(len(parts) > 6, True, f"{len(parts)} parts: by rotation and by size")
    for n, path in enumerate(parts):
        size = os.path.getsize(path)
        equal(size < 1100 << 10, True, f"{size} bytes of part {n + 1}: limited")
    with open(f"{scratch}/one", "wb") as f:
        subprocess.run([tap.tool_binary(), "cat", log], check=True, stdout=f)
    one = loadlog.verify(f"{scratch}/one", m.memory.bytes(), SMP, whole=True)
    equal(one.accesses, replay.accesses, "accesses by vfio-trace cat")
    subprocess.run([tap.tool_binary(), "check", "--complete", log], check=True,
                   stdout=subprocess.DEVNULL)


@test
def ring_dir_full(scratch):
    """No room for the ring: refused at the start, nothing is left behind."""
    with mounted(scratch, "-t", "tmpfs", "-o", "size=1M", "none") as where:
        said = fails(scratch, "-object", f"vfio-trace-log,id=log,"
                     f"file={scratch}/log,ring-size=16M,ring-dir={where}")
        matches(said, "No space left on device|ring")
        equal(os.listdir(where), [], "files in ring-dir")
    equal(os.path.exists(f"{scratch}/log"), False, "the log was created")
    equal(os.path.exists(f"{scratch}/log.ring"), False, "the sidecar")


@test
def unplug_with_a_hung_disk(scratch):
    """A log whose disk hangs is removed without delaying QEMU, and is complete."""
    with loop_mounted(scratch) as where:
        path = f"{where}/log"
        with Machine(scratch, "-object", f"vfio-trace-log,id=log,file={path}",
                     "-object", "pci-trace,id=trace,device=dut",
                     "-device", "edu,id=dut,addr=5") as m:
            m.set_bar(5, 0, MMIO)
            m.command(5, COMMAND_MEMORY)
            run("fsfreeze", "-f", where)
            try:
                for value in range(100):
                    m.write(MMIO + 4, 4, value)
                # so that the writer is in the middle of writing
                time.sleep(1)
                m.qmp.execute("device_del", id="dut")
                m.eject(5)
                m.qmp.wait_event("DEVICE_DELETED")
                m.qmp.execute("object-del", id="trace")
                begin = time.monotonic()
                m.qmp.execute("object-del", id="log")
                m.qmp.execute("query-status")
                took = time.monotonic() - begin
                print(f"# object-del of the log: {took:.2f} s", flush=True)
                equal(took < 4, True, f"{took:.1f} s: no wait")
                equal(m.qmp.execute("query-vfio-trace"), [], "logs left")
                equal(os.path.exists(f"{path}.ring"), True, "the log's sidecar")
            finally:
                run("fsfreeze", "-u", where)
            wait_until(lambda: not os.path.exists(f"{path}.ring"),
                       "the log becomes complete")
            m.quit()
        log = mmt.Log(path)
        equal([a.value for a in log.accesses()], list(range(100)), "writes")
        equal(len(log.marks("vfio-trace: end")), 1, "end mark")


if __name__ == "__main__":
    tap.main()
