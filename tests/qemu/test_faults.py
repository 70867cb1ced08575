#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Whatever happens to the log while the guest works: docs/faults.md."""

import contextlib
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import loadguest, loadlog, loadlossy, tap            # noqa: E402
from common.loadguest import LoadMachine                         # noqa: E402
from common.qemu import QMPError, fails                          # noqa: E402
from common.tap import Skip, equal, matches, test, wait_until    # noqa: E402

SMP = 4
# Loops after 16 writes, so that seconds of load are no gigabytes of log.
PACE = 5000


def status_of(m):
    m.alive()
    return m.qmp.execute("query-vfio-trace")[0]


def run_state(m):
    return m.qmp.execute("query-status")["status"]


def wait_event(m, name, pattern):
    """An event about the log with these words; others of its kind may come
    before."""
    while True:
        data = m.qmp.wait_event(name)["data"]
        equal(data["log"], "log", "log of the event")
        if re.search(pattern, data.get("reason") or data.get("error") or ""):
            return


def wait_stands(m):
    """Until the guest is paused for its log, and stays so."""
    def stands():
        before = m.progress()
        time.sleep(0.1)
        return run_state(m) == "io-error" and m.progress() == before
    wait_until(stands, "the guest is paused")
    equal(status_of(m)["stopped"], True, "stopped")


def wait_paused(m):
    """Until the guest stands since nobody takes its log."""
    wait_event(m, "VFIO_TRACE_WAITING",
               "^(nobody reads it|it is slower than the guest)$")
    wait_stands(m)


def wait_running(m):
    wait_until(lambda: run_state(m) == "running", "the guest goes on")


def ends_whole(m, path):
    """Let the guest and QEMU end, and hold the log against the device."""
    m.stop_load()
    equal(status_of(m)["lost"], 0, "lost")
    m.quit()
    replay = loadlog.verify(path, m.memory.bytes(), SMP, whole=True)
    print(f"# {replay.accesses} accesses", flush=True)
    return replay


FULL = "No space left on device"


def goes_on(text, before=None):
    """Each processor's last value in a text that has all from some line on,
    which is after those before."""
    last = {}
    for op, addr, value in loadlog.ACCESS_LINES(text):
        if op == b"W" and int(addr, 16) & 0xfffff >= loadguest.SLOTS:
            value = int(value, 16)
            cpu = value >> 29
            if cpu in last:
                equal(value, last[cpu] + 1, f"value of processor {cpu}")
            elif before:
                equal(value > before[cpu], True, f"{value:#x} is new")
            last[cpu] = value
    return [last.get(c, 0) for c in range(SMP)]


# --- the disk ---------------------------------------------------------------

def run(*command):
    """Something that not every machine lets us do."""
    if not shutil.which(command[0]):
        raise Skip(f"there is no {command[0]}")
    result = subprocess.run(command, text=True, check=False,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if result.returncode:
        raise Skip(f"{' '.join(command)}: {result.stdout.strip()}")


@contextlib.contextmanager
def mounted(scratch, *args):
    """A file system of the test's own; without the right to mount: skip."""
    if os.geteuid():
        raise Skip("only root can mount")
    where = os.path.join(scratch, "mnt")
    os.mkdir(where)
    run("mount", *args, where)
    try:
        yield where
    finally:
        # what a process has not let go yet is none of ours
        subprocess.run(["umount", "-l", where], check=True)


@test
def disk_full(scratch):
    """ENOSPC under load: paused twice, and whole when there is room."""
    image = loadguest.build(scratch)
    with mounted(scratch, "-t", "tmpfs", "-o", "size=2M", "none") as where:
        log = f"{where}/log"
        with LoadMachine(scratch, image, f"file={log},ring-size=1M", smp=SMP,
                         pace=PACE) as m:
            for size in ("6M", "256M"):
                wait_event(m, "VFIO_TRACE_ERROR", FULL)
                wait_stands(m)
                equal(status_of(m)["error"], FULL, "error")
                run("mount", "-o", f"remount,size={size}", where)
                m.qmp.wait_event("VFIO_TRACE_WELL")
                wait_running(m)
                m.wait_progress()
            equal(status_of(m)["pauses"] >= 2, True, "pauses")
            ends_whole(m, log)
            matches(m.stderr(), f"can't write '.*/log': {FULL}")
            matches(m.stderr(), "can be written again")


@test
def disk_full_at_the_end(scratch):
    """QEMU ends with a full disk: recover brings the rest."""
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


@contextlib.contextmanager
def loop_mounted(scratch):
    """A disk of the test's own."""
    disk = f"{scratch}/disk"
    with open(disk, "wb") as f:
        f.truncate(128 << 20)
    run("mkfs.ext4", "-q", disk)
    with mounted(scratch, "-o", "loop", disk) as where:
        yield where


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


# --- readers ----------------------------------------------------------------

class Cat:
    """A reader that copies a FIFO into a file, all of it or some blocks."""

    def __init__(self, fifo, out, blocks=None):
        command = ["dd", f"if={fifo}", f"of={out}", "status=none"]
        if blocks:
            # exactly these bytes are taken from the FIFO
            command += ["bs=4k", f"count={blocks}", "iflag=fullblock"]
        self.process = subprocess.Popen(command)

    def stop(self):
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    def wait(self):
        equal(self.process.wait(60), 0, "exit status of the reader")

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.process.kill()
        self.process.wait()


def fifo(scratch):
    path = f"{scratch}/fifo"
    os.mkfifo(path)
    return path


@test
def fifo_reader_stops(scratch):
    """A FIFO's reader is stopped by SIGSTOP: the guest waits for it."""
    image = loadguest.build(scratch)
    path = fifo(scratch)
    with Cat(path, f"{scratch}/log") as cat, \
            LoadMachine(scratch, image, f"file={path},ring-size=256K",
                        smp=SMP, pace=PACE) as m:
        for _ in range(3):
            m.wait_progress()
            cat.stop()
            wait_paused(m)
            cat.go_on()
            wait_running(m)
        ends_whole_fifo(m, cat, f"{scratch}/log")


def ends_whole_fifo(m, cat, *paths):
    m.stop_load()
    m.quit()
    cat.wait()
    loadlog.verify(paths, m.memory.bytes(), SMP, whole=True)


@test
def fifo_reader_late(scratch):
    """A FIFO without a reader: the guest waits for one, then goes on."""
    image = loadguest.build(scratch)
    path = fifo(scratch)
    with LoadMachine(scratch, image, f"file={path},ring-size=256K", smp=SMP,
                     pace=PACE) as m:
        # the event may have come before anybody listened
        wait_stands(m)
        with Cat(path, f"{scratch}/log") as cat:
            wait_running(m)
            m.wait_progress()
            ends_whole_fifo(m, cat, f"{scratch}/log")


@test
def fifo_readers_change(scratch):
    """A FIFO's reader goes, another comes: together they have all."""
    image = loadguest.build(scratch)
    path = fifo(scratch)
    with LoadMachine(scratch, image, f"file={path},ring-size=256K", smp=SMP,
                     pace=PACE) as m:
        for n in range(3):
            with Cat(path, f"{scratch}/{n}", blocks=500 + n) as cat:
                cat.wait()
            wait_paused(m)
        with Cat(path, f"{scratch}/3") as cat:
            wait_running(m)
            m.wait_progress()
            m.stop_load()
            m.quit()
            cat.wait()
    with open(f"{scratch}/log", "wb") as log:
        for n in range(4):
            with open(f"{scratch}/{n}", "rb") as f:
                log.write(f.read())
    loadlog.verify(f"{scratch}/log", m.memory.bytes(), SMP, whole=True)


@test
def fifo_killed(scratch):
    """QEMU is killed, the log is a FIFO: reader and recover --output have all."""
    image = loadguest.build(scratch)
    path = fifo(scratch)
    with Cat(path, f"{scratch}/log") as cat:
        with LoadMachine(scratch, image, f"file={path}", smp=SMP,
                         pace=PACE) as m:
            m.wait_progress()
            m.kill()
        cat.wait()
    tool = [tap.tool_binary(), "recover", path]
    result = subprocess.run(tool, check=False, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    equal(result.returncode, 1, "exit status without --output")
    matches(result.stdout, "is a pipe or a socket.*name one with --output")
    said = subprocess.run([*tool, "--output", f"{scratch}/rest"], text=True,
                          check=True, stdout=subprocess.PIPE).stdout
    seam = re.search(r"goes on behind the first (\d+) bytes", said)
    equal(seam is not None, True, f"{said!r} says where the rest belongs")
    with open(f"{scratch}/log", "r+b") as log, \
            open(f"{scratch}/rest", "rb") as rest:
        log.truncate(int(seam[1]))
        log.seek(0, os.SEEK_END)
        log.write(rest.read())
    loadlog.verify(f"{scratch}/log", m.memory.bytes(), SMP)


class Caller(threading.Thread):
    """Reads at a UNIX socket into a file; can be told to wait, or to leave
    when it has read so much."""

    def __init__(self, path, out, most=None):
        super().__init__(daemon=True)
        self.sock = socket.socket(socket.AF_UNIX)
        self.path = path
        self.out = out
        self.most = most
        self.may_read = threading.Event()
        self.may_read.set()
        self.start()

    def run(self):
        wait_until(lambda: os.path.exists(self.path), "the socket is there")
        self.sock.connect(self.path)
        total = 0
        with open(self.out, "wb") as f:
            while self.most is None or total < self.most:
                self.may_read.wait()
                data = self.sock.recv(4096)
                if not data:
                    break
                f.write(data)
                total += len(data)
        self.sock.close()

    def wait(self):
        self.join(60)
        equal(self.is_alive(), False, "the reader still reads")


@test
def socket_reader_stops(scratch):
    """A reader at the socket stops reading: the guest waits for it."""
    image = loadguest.build(scratch)
    path = f"{scratch}/sock"
    with LoadMachine(scratch, image, f"file=unix:{path},ring-size=256K",
                     smp=SMP, pace=PACE) as m:
        equal(stat.S_IMODE(os.stat(path).st_mode) & 0o077, 0,
              "who else may read")
        caller = Caller(path, f"{scratch}/log")
        for _ in range(3):
            m.wait_progress()
            caller.may_read.clear()
            wait_paused(m)
            caller.may_read.set()
            wait_running(m)
        m.stop_load()
        m.quit()
        caller.wait()
    loadlog.verify(f"{scratch}/log", m.memory.bytes(), SMP, whole=True)


@test
def socket_readers_change(scratch):
    """A reader at the socket goes, another comes: it is told of that."""
    image = loadguest.build(scratch)
    path = f"{scratch}/sock"
    with LoadMachine(scratch, image, f"file=unix:{path},ring-size=256K",
                     smp=SMP, pace=PACE) as m:
        Caller(path, f"{scratch}/0", 1 << 20).wait()
        wait_paused(m)
        caller = Caller(path, f"{scratch}/1")
        wait_running(m)
        m.wait_progress()
        m.stop_load()
        m.quit()
        caller.wait()
    with open(f"{scratch}/0", "rb") as f, open(f"{scratch}/1", "rb") as g:
        first, second = f.read(), g.read()
    matches(second[:80].decode(), "^MARK 0.000000 vfio-trace: reader changed: ")
    had = goes_on(first[:first.rfind(b"\n") + 1])
    equal(goes_on(second, had), m.progress(), "last values")


# --- hands on the file ------------------------------------------------------

@test
def log_deleted(scratch):
    """Somebody deletes the log: it is put back, whole."""
    image = loadguest.build(scratch)
    log = f"{scratch}/log"
    with LoadMachine(scratch, image, f"file={log}", smp=SMP, pace=PACE) as m:
        for _ in range(3):
            m.wait_progress()
            os.unlink(log)
            wait_event(m, "VFIO_TRACE_ERROR", "has deleted it: it was put back")
            equal(os.path.exists(log), True, "the log is there")
            m.wait_progress()
        ends_whole(m, log)
        matches(m.stderr(), "has deleted '.*/log'")


def cut_log(scratch, keep, quiet, more=""):
    """Cut the log off under load after KEEP(text) bytes; everything that was
    not cut off must be there.

    quiet: the guest stands meanwhile, and all of the log is in the file for
    good: it is known how much is lost.
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
        wait_event(m, "VFIO_TRACE_ERROR", "has cut it off")
        m.wait_progress(4000)
        m.stop_load()
        m.quit()
        matches(m.stderr(), r"has cut \d+ bytes off '.*/log'")
    with open(log, "rb") as f:
        text = f.read()
    equal(text.count(b"\0"), 0, "NUL bytes in the log")
    whole = before.rfind(b"\n", 0, kept) + 1
    equal(text[:whole] == before[:whole], True, "what was left is there")
    mark = re.match(rb"MARK \d+\.\d{6} vfio-trace: cut bytes=(\d+)\n",
                    text[whole:])
    equal(mark is not None, True, f"{text[whole:whole + 60]!r} is the mark")
    rest = text[whole + mark.end():]
    # what was not in the file for good was written again
    again = before[whole + int(mark[1]):]
    equal(rest[:len(again)] == again, True, "what follows is there")
    if quiet:
        equal(int(mark[1]), len(before) - whole, "lost bytes")
    equal(goes_on(rest), m.progress(), "last values in log and device")
    print(f"# {mark[1].decode()} bytes lost, {len(again)} written again",
          flush=True)


@test
def log_emptied(scratch):
    """Somebody empties the log under load: the log says so, the rest is there."""
    cut_log(scratch, lambda text: 0, False, ",durability=write")


@test
def log_cut(scratch):
    """Somebody cuts the log off within a line: no line is spoilt."""
    cut_log(scratch, lambda text: text.rfind(b"\n", 0, len(text) // 2) + 8,
            True)


@test
def log_cut_zst(scratch):
    """Somebody cuts a compressed log off within a frame: it can be read."""
    image = loadguest.build(scratch)
    log = f"{scratch}/log.zst"
    with LoadMachine(scratch, image, f"file={log},durability=write", smp=SMP,
                     pace=PACE) as m:
        m.wait_progress(4000)
        wait_until(lambda: os.path.getsize(log) > 20000, "there is a frame")
        os.truncate(log, os.path.getsize(log) - 100)
        wait_event(m, "VFIO_TRACE_ERROR", "has cut it off")
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
        equal(size < 1100 << 10, True, f"{size} bytes of part {n + 1}: few enough")
    with open(f"{scratch}/one", "wb") as f:
        subprocess.run([tap.tool_binary(), "cat", log], check=True, stdout=f)
    one = loadlog.verify(f"{scratch}/one", m.memory.bytes(), SMP, whole=True)
    equal(one.accesses, replay.accesses, "accesses by vfio-trace cat")
    subprocess.run([tap.tool_binary(), "check", "--complete", log], check=True,
                   stdout=subprocess.DEVNULL)


# --- a full ring ------------------------------------------------------------

@test
def ring_full_pause(scratch):
    """The smallest ring, the fastest guest: paused again and again, whole."""
    image = loadguest.build(scratch)
    log = f"{scratch}/log"
    with LoadMachine(scratch, image, f"file={log},ring-size=64K", smp=SMP) as m:
        time.sleep(1)
        m.stop_load()
        m.qmp.execute("query-status")
        stops = sum(e["event"] == "STOP" for e in m.qmp.events)
        equal(stops > 10, True, f"paused {stops} times: often")
        ends_whole(m, log)


@test
def ring_full_drop(scratch):
    """on-full=drop: the guest goes on; what is lost is told to the last."""
    image = loadguest.build(scratch)
    path = fifo(scratch)
    with Cat(path, f"{scratch}/log") as cat, \
            LoadMachine(scratch, image, f"file={path},ring-size=64K,"
                        "on-full=drop,extra=cpu", smp=SMP, pace=PACE) as m:
        for _ in range(4):
            m.wait_progress()
            cat.stop()
            lost = status_of(m)["lost"]
            wait_until(lambda: status_of(m)["lost"] > lost, "some are lost")
            m.wait_progress(5000)
            equal(run_state(m), "running", "the guest")
            cat.go_on()
            wait_until(lambda: not status_of(m)["ring-used"] > 100,
                       "the ring empties")
        m.stop_load()
        lost = status_of(m)["lost"]
        m.quit()
        cat.wait()
    judged = loadlossy.verify([f"{scratch}/log"], m.memory.bytes(), SMP)
    equal(sum(judged.notices), lost, "lost by the log and by QMP")
    equal(len(judged.notices) >= 4, True, "notices")
    print(f"# {judged.accesses} accesses, lost {judged.notices}")


# --- the machine ------------------------------------------------------------

@test
def unplug(scratch):
    """The device is unplugged under load, plugged in again, the guest reset."""
    image = loadguest.build(scratch)
    log = f"{scratch}/log"
    with LoadMachine(scratch, image, f"file={log}", smp=SMP, pace=PACE) as m:
        for _ in range(3):
            m.wait_progress()
            m.unplug()
            equal(status_of(m)["devices"], [], "traced devices")
            gone = m.progress()
            time.sleep(0.1)
            equal(m.progress(), gone, "what reaches a device that has gone")
            m.plug_again()
            m.qmp.execute("system_reset")
        m.wait_progress()
        replay = ends_whole(m, log)
    equal(replay.marks.count("vfio-trace: detached id=dut"), 3, "detached")
    equal(replay.boots, 4, "boots")


@test
def guest_reset(scratch):
    """The guest is reset under load, ten times."""
    image = loadguest.build(scratch)
    log = f"{scratch}/log"
    with LoadMachine(scratch, image, f"file={log}", smp=SMP, pace=PACE) as m:
        for _ in range(10):
            m.wait_progress()
            m.qmp.execute("system_reset")
            m.qmp.wait_event("RESET")
        m.wait_progress()
        replay = ends_whole(m, log)
    equal(replay.boots, 11, "boots")


@test
def guest_reset_while_paused(scratch):
    """A reset while the guest waits for its reader."""
    image = loadguest.build(scratch)
    path = fifo(scratch)
    with Cat(path, f"{scratch}/log") as cat, \
            LoadMachine(scratch, image, f"file={path},ring-size=256K",
                        smp=SMP, pace=PACE) as m:
        m.wait_progress()
        cat.stop()
        wait_paused(m)
        m.qmp.execute("system_reset")
        m.qmp.wait_event("RESET")
        cat.go_on()
        wait_running(m)
        m.wait_progress()
        ends_whole_fifo(m, cat, f"{scratch}/log")


@test
def migration(scratch):
    """Migration is refused with a reason; the guest works on."""
    image = loadguest.build(scratch)
    log = f"{scratch}/log"
    with LoadMachine(scratch, image, f"file={log}", smp=SMP, pace=PACE) as m:
        m.wait_progress()
        try:
            m.qmp.execute("migrate", uri=f"file:{scratch}/state")
        except QMPError as e:
            matches(str(e), "trace log 'log'.*can't be migrated")
        else:
            raise AssertionError("migration was started")
        m.wait_progress()
        ends_whole(m, log)


# --- where the log goes -----------------------------------------------------

@contextlib.contextmanager
def log_file(scratch):
    """A plain file."""
    yield f"file={scratch}/log", (), lambda: loadlog.parts(f"{scratch}/log")


@contextlib.contextmanager
def log_sync(scratch):
    """A plain file on stable storage."""
    yield (f"file={scratch}/log,durability=sync", (),
           lambda: loadlog.parts(f"{scratch}/log"))


@contextlib.contextmanager
def log_zst(scratch):
    """A compressed log in parts."""
    path = f"{scratch}/log.zst"
    yield f"file={path},max-size=64K", (), lambda: loadlog.parts(path)


@contextlib.contextmanager
def log_fifo(scratch):
    """A FIFO."""
    path = fifo(scratch)
    with Cat(path, f"{scratch}/log") as cat:
        def end():
            cat.wait()
            return [f"{scratch}/log"]
        yield f"file={path}", (), end


@contextlib.contextmanager
def log_socket(scratch):
    """A UNIX socket."""
    path = f"{scratch}/sock"
    caller = Caller(path, f"{scratch}/log")

    def end():
        caller.wait()
        return [f"{scratch}/log"]
    yield f"file=unix:{path}", (), end


@contextlib.contextmanager
def log_fdset(scratch):
    """A file that somebody else has opened."""
    with open(f"{scratch}/log", "w+b") as f:
        yield ("file=/dev/fdset/7", ("-add-fd", f"fd={f.fileno()},set=7"),
               lambda: [f"{scratch}/log"], (f.fileno(),))


SINKS = [log_file, log_sync, log_zst, log_fifo, log_socket, log_fdset]


def every_sink(scratch, *args):
    image = loadguest.build(scratch)
    for sink in SINKS:
        own = os.path.join(scratch, sink.__name__)
        os.mkdir(own)
        with sink(own) as (log, more, end, *fds):
            with LoadMachine(own, image, log, *more, *args, smp=SMP, pace=PACE,
                             pass_fds=fds[0] if fds else ()) as m:
                m.wait_progress(200)
                m.stop_load()
                m.quit()
                said = m.stderr()
            equal(said, "", f"{sink.__doc__} What QEMU says")
            try:
                loadlog.verify(end(), m.memory.bytes(), SMP, whole=True)
            except loadlog.Wrong as e:
                raise AssertionError(f"{sink.__doc__} {e}") from e
        print(f"# {sink.__doc__} {m.progress()}", flush=True)


@test
def sinks(scratch):
    """Files, parts, FIFO, socket, descriptor: each has the whole log."""
    every_sink(scratch)


@test
def sandbox(scratch):
    """The same in QEMU's sandbox, with all that it can deny."""
    said = subprocess.run([tap.qemu_binary(), "-sandbox", "on", "-machine",
                           "none", "-version"], text=True, check=False,
                          stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
    if said.returncode:
        raise Skip("this QEMU was built without seccomp")
    every_sink(scratch, "-sandbox", "on,obsolete=deny,elevateprivileges=deny,"
               "spawn=deny,resourcecontrol=deny")


# --- durability=sync --------------------------------------------------------

class Tail:
    """Knows each processor's last write in a growing log."""

    BYTES = 128 << 10           # of the log's end, which hold all of them

    def __init__(self, path):
        self.file = open(path, "rb")
        self.last = {}

    def look(self):
        size = self.file.seek(0, os.SEEK_END)
        self.file.seek(max(0, size - self.BYTES))
        text = self.file.read()
        for op, addr, value in loadlog.ACCESS_LINES(text, 0,
                                                    text.rfind(b"\n") + 1):
            if op == b"W" and int(addr, 16) & 0xfffff >= loadguest.SLOTS:
                value = int(value, 16)
                self.last[value >> 29] = value


def device_ahead(scratch, image, durability, samples):
    """How often the device had a write that the log's file had not."""
    own = os.path.join(scratch, durability)
    os.mkdir(own)
    log = f"{own}/log"
    ahead = 0
    with LoadMachine(own, image, f"file={log},durability={durability}",
                     smp=SMP, pace=10 * PACE) as m:
        m.wait_progress(20)
        tail = Tail(log)
        for _ in range(samples):
            device = m.progress()
            tail.look()
            ahead += any(value > tail.last.get(c, 0)
                         for c, value in enumerate(device))
        m.stop_load()
        m.quit()
    replay = loadlog.verify(log, m.memory.bytes(), SMP, whole=True)
    equal([m for m in replay.marks if "unsynced" in m], [], "unsynced writes")
    return ahead


@test
def sync_order(scratch):
    """durability=sync: a write is in the file before the device has it."""
    image = loadguest.build(scratch)
    equal(device_ahead(scratch, image, "sync", 300), 0,
          "samples in which the device was ahead of the log")
    # and these samples would show it
    ahead = device_ahead(scratch, image, "process", 30)
    equal(ahead > 0, True, "with durability=process it is ahead")


@test
def sync_disk_stalls(scratch):
    """durability=sync on a disk that hangs for long: whole, and it is told
    which writes did not wait for it."""
    image = loadguest.build(scratch)
    with loop_mounted(scratch) as where:
        log = f"{where}/log"
        with LoadMachine(scratch, image, f"file={log},durability=sync",
                         smp=SMP) as m:
            m.wait_progress(20)
            run("fsfreeze", "-f", where)
            try:
                # a vCPU waits for the disk for five seconds, and QMP with it
                wait_event(m, "VFIO_TRACE_ERROR", "timed out")
                wait_stands(m)
                start = time.monotonic()
                status_of(m)
                seconds = time.monotonic() - start
                equal(seconds < 2, True, f"an answer in {seconds:.1f} s")
            finally:
                run("fsfreeze", "-u", where)
            m.qmp.wait_event("VFIO_TRACE_WELL")
            wait_running(m)
            m.wait_progress(20)
            replay = ends_whole(m, log)
            matches(m.stderr(), "the disk of '.*/log' does not answer")
    unsynced = [mark for mark in replay.marks
                if mark.startswith("vfio-trace: unsynced W width=4 map=2 addr=")]
    equal(1 <= len(unsynced) <= 2 * SMP, True,
          f"{len(unsynced)} writes that did not wait: one or two per vCPU")


# --- the ring's place -------------------------------------------------------

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


if __name__ == "__main__":
    tap.main()
