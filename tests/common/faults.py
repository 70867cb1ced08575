# SPDX-License-Identifier: GPL-2.0-or-later
"""Code of the fault tests: a guest under load that is paused and goes on."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import threading
import time

from . import loadguest, loadlog, qemu
from .tap import Skip, equal, wait_until

SMP = 4
# Loops after 16 writes, so that seconds of load do not fill gigabytes of log.
PACE = 5000

FULL = "No space left on device"


def status_of(m):
    m.alive()
    return m.qmp.execute("query-vfio-trace")[0]


def run_state(m):
    return m.qmp.execute("query-status")["status"]


def wait_event(m, name, pattern):
    """Wait for an event about the log that matches; others of its kind may come
    before."""
    while True:
        data = m.qmp.wait_event(name)["data"]
        equal(data["log"], "log", "log of the event")
        if re.search(pattern, data.get("reason") or data.get("error") or ""):
            return


def wait_stands(m):
    """Wait until the guest is paused for its log, and stays paused."""
    def stands():
        before = m.progress()
        time.sleep(0.1)
        return run_state(m) == "io-error" and m.progress() == before
    wait_until(stands, "the guest is paused")
    equal(status_of(m)["stopped"], True, "stopped")


def wait_paused(m):
    """Wait until the guest is paused because its log is not read."""
    wait_event(m, "VFIO_TRACE_WAITING",
               "^(it is not being read|it is slower than the guest)$")
    wait_stands(m)


def wait_running(m):
    wait_until(lambda: run_state(m) == "running", "the guest goes on")


def ends_whole(m, path):
    """Let the guest and QEMU end, and compare the log with the device."""
    m.stop_load()
    equal(status_of(m)["lost"], 0, "lost")
    m.quit()
    replay = loadlog.verify(path, m.memory.bytes(), SMP, whole=True)
    print(f"# {replay.accesses} accesses", flush=True)
    return replay


def goes_on(text, before=None):
    """Check that each processor's values in a text increase by one, and follow
    those before it. Return: the last values."""
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


def run(*command):
    """Run a command that some machines forbid; skip if it fails."""
    if not shutil.which(command[0]):
        raise Skip(f"there is no {command[0]}")
    result = subprocess.run(command, text=True, check=False,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if result.returncode:
        raise Skip(f"{' '.join(command)}: {result.stdout.strip()}")


@contextlib.contextmanager
def mounted(scratch, *args):
    """A file system of the test's own; skip without the right to mount."""
    if os.geteuid():
        raise Skip("only root can mount")
    where = os.path.join(scratch, "mnt")
    os.mkdir(where)
    run("mount", *args, where)
    try:
        yield where
    finally:
        # another process may still keep it busy
        subprocess.run(["umount", "-l", where], check=True)


@contextlib.contextmanager
def loop_mounted(scratch):
    """A file system on the test's own disk."""
    disk = f"{scratch}/disk"
    with open(disk, "wb") as f:
        f.truncate(128 << 20)
    run("mkfs.ext4", "-q", disk)
    with mounted(scratch, "-o", "loop", disk) as where:
        yield where


class Cat:
    """A reader that copies a FIFO into a file, all of it or some blocks."""

    def __init__(self, fifo, out, blocks=None):
        command = ["dd", f"if={fifo}", f"of={out}", "status=none"]
        if blocks:
            # takes exactly these bytes from the FIFO
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


def ends_whole_fifo(m, cat, *paths):
    m.stop_load()
    m.quit()
    cat.wait()
    loadlog.verify(paths, m.memory.bytes(), SMP, whole=True)


class Caller(threading.Thread):
    """Copies from a UNIX socket into a file; can be told to wait, or to leave
    after some number of bytes."""

    def __init__(self, path, out, most=None):
        super().__init__(daemon=True)
        self.path = path
        self.out = out
        self.most = most
        self.may_read = threading.Event()
        self.may_read.set()
        self.start()

    def run(self):
        sock = qemu.connected(self.path)
        total = 0
        with open(self.out, "wb") as f:
            while self.most is None or total < self.most:
                self.may_read.wait()
                data = sock.recv(4096)
                if not data:
                    break
                f.write(data)
                total += len(data)
        sock.close()

    def wait(self):
        self.join(60)
        equal(self.is_alive(), False, "the reader still reads")
