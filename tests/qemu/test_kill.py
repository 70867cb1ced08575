#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# usual: 50
# timeout: 900
"""QEMU dies under load: the log lacks nothing that reached the device."""

import concurrent.futures
import contextlib
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import loadguest, loadlog, mmt, rings, tap           # noqa: E402
from common.loadguest import LoadMachine                         # noqa: E402
from common.qemu import TIMEOUT                                  # noqa: E402
from common.tap import equal, matches, test, wait_until          # noqa: E402

KILLS = 90
SMP = 4

# The kinds of log, used in turn: the log's name, other properties, the delay of the
# guest, and the longest run in seconds: records older than half a second are
# committed to the file, unless the ring is small.
KINDS = [
    ("log", "", 0, 0.15),
    ("log", "ring-size=64K", 0, 0.15),
    ("log.zst", "", 2000, 0.15),
    ("log", "max-size=128K", 2000, 0.15),
    ("log", "durability=write", 2000, 0.15),
    ("log.zst", "max-size=256K,ring-size=1M", 2000, 0.3),
    ("log", "durability=sync", 0, 0.3),
    ("log", "", 20000, 1.2),
    ("log.zst", "", 20000, 1.2),
    ("log", "pc=on,extra=cpu+ns", 2000, 0.3),
]


def no_core():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def properties(path, *more):
    return ",".join([f"file={path}", *filter(None, more)])


@contextlib.contextmanager
def own_rings():
    """The test's own ring-dir, in which nothing may be left."""
    with rings.directory() as where:
        yield where
        equal(os.listdir(where), [], "rings left behind")


def recover(path, *options):
    """vfio-trace recover; returns its result."""
    return subprocess.run([tap.tool_binary(), "recover", *options, path],
                          text=True, check=False, timeout=60,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def recovered(path):
    """Recover a log that must be recoverable."""
    result = recover(path)
    equal(result.returncode, 0, f"recover: {result.stdout!r}: exit status")
    return result.stdout


def checked(path):
    """The tool's own reader finds the log complete, too."""
    result = subprocess.run([tap.tool_binary(), "check", "--complete", path],
                            text=True, check=False, timeout=60,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    equal(result.returncode, 0, f"check: {result.stdout!r}: exit status")


def from_ring(replay):
    """The number of records that recover reported to have added."""
    for mark in reversed(replay.marks):
        m = re.match(r"vfio-trace: recovered records=(\d+)", mark)
        if m:
            return int(m[1])
    return 0


def under_load(m, rng, most=0.15):
    """Wait until all of the guest's processors have begun, and a while longer."""
    wait_until(lambda: all(m.progress()), "the guest accesses the device")
    time.sleep(rng.random() * most)


def kill_once(scratch, image, ring_dir, number):
    """One kill and its recovery; returns statistics, or raises."""
    rng = random.Random(number)
    name, more, pace, most = KINDS[number % len(KINDS)]
    sig = signal.SIGABRT if number % 7 == 6 else signal.SIGKILL
    path = os.path.join(scratch, name)
    try:
        log = properties(path, f"ring-dir={ring_dir}", more)
        with LoadMachine(scratch, image, log, smp=SMP, pace=pace,
                         preexec=no_core) as m:
            under_load(m, rng, most)
            m.kill(sig)
        recovered(path)
        replay = loadlog.verify(loadlog.parts(path), m.memory.bytes(), SMP)
        equal(replay.marks[-1], "vfio-trace: end", "last mark")
        equal(os.path.exists(path + ".ring"), False, "the sidecar is there")
        checked(path)
        m.memory.close()
        return replay.accesses, from_ring(replay), len(replay.pending)
    except Exception as e:
        raise AssertionError(f"kill {number}, {sig.name}, {name}, {more}, pace "
                             f"{pace}: {e}") from e


def kill_many(scratch, ring_dir):
    """All kills; returns their statistics, and the errors."""
    image = loadguest.build(scratch)
    figures = []
    wrong = []
    with concurrent.futures.ProcessPoolExecutor(2) as pool:
        runs = {}
        for number in range(KILLS):
            own = os.path.join(scratch, str(number))
            os.mkdir(own)
            runs[pool.submit(kill_once, own, image, ring_dir, number)] = own
        for run in concurrent.futures.as_completed(runs):
            if run.exception():
                wrong.append(str(run.exception()))
            else:
                figures.append(run.result())
                shutil.rmtree(runs[run])
    return figures, wrong


@test
def killed_at_any_moment(scratch):
    """90 kills at random moments under load, 0 lost, 0 duplicated"""
    with own_rings() as ring_dir:
        figures, wrong = kill_many(scratch, ring_dir)
        equal(wrong, [], f"{len(wrong)} of {KILLS} kills: errors")
    accesses, recovered_, pending = (sum(f) for f in zip(*figures))
    had_ring = sum(f[1] > 0 for f in figures)
    print(f"# {KILLS} kills: {accesses} accesses, {recovered_} records out of "
          f"{had_ring} rings, {pending} pending", flush=True)
    # a test of recovery needs something to recover
    equal(had_ring >= KILLS // 2, True, f"{had_ring} rings with records")


def die(scratch, image, more="", memory=None, pace=2000):
    """A machine that has been killed under load; returns its log's path."""
    path = os.path.join(scratch, "log")
    with LoadMachine(scratch, image, properties(path, more), smp=SMP,
                     pace=pace, memory=memory, preexec=no_core) as m:
        under_load(m, random.Random(1))
        m.kill()
    return path, m.memory


@test
def next_start_completes(scratch):
    """The next start with the same log completes it first."""
    image = loadguest.build(scratch)
    found = []
    # A guest that got no processor since the last commit has left none.
    while sum(n > 0 for n in found) < 5 and len(found) < 15:
        path, memory = die(scratch, image)
        before = memory.bytes()
        # The start is refused, since the log exists; but it is complete now.
        with open(os.path.join(scratch, "said"), "w+", encoding="utf-8") as f:
            m = LoadMachine(scratch, image, properties(path), memory=memory)
            subprocess.run(m.args, stdin=subprocess.DEVNULL, stderr=f,
                           check=False, timeout=60)
            f.seek(0)
            said = f.read()
        matches(said, "log': File exists", "QEMU's message")
        matches(said, r"left by a QEMU that died: \d+ records were added",
                "QEMU's message")
        replay = loadlog.verify(path, before, SMP)
        equal(replay.marks[-1], "vfio-trace: end", "last mark")
        found.append(from_ring(replay))
        equal(os.path.exists(path + ".ring"), False, "the sidecar is there")
        os.unlink(path)
        memory.close()
        os.unlink(memory.path)
        print(f"# {replay.accesses} accesses, {found[-1]} from the ring")
    equal(sum(n > 0 for n in found), 5, "rings with records")


@test
def goes_on_after_death(scratch):
    """Killed, recovered, started again on the same device: two complete logs."""
    image = loadguest.build(scratch)
    path, memory = die(scratch, image)
    recovered(path)
    first = memory.bytes()
    loadlog.verify(path, first, SMP)
    second = os.path.join(scratch, "log2")
    with LoadMachine(scratch, image, properties(second), smp=SMP,
                     pace=2000, memory=memory) as m:
        m.wait_progress()
        m.stop_load()
        m.quit()
    loadlog.verify(second, memory.bytes(), SMP, before=first, whole=True)


@test
def recover_twice(scratch):
    """A second recover has nothing to do and changes nothing."""
    image = loadguest.build(scratch)
    path, memory = die(scratch, image)
    recovered(path)
    with open(path, "rb") as f:
        text = f.read()
    result = recover(path)
    print(f"# {result.returncode} {result.stdout!r}")
    with open(path, "rb") as f:
        equal(f.read() == text, True, "the log is unchanged")
    loadlog.verify(path, memory.bytes(), SMP)


@test
def recover_is_interrupted(scratch):
    """recover is killed and repeated: the log is complete all the same."""
    image = loadguest.build(scratch)
    rng = random.Random(2)
    interrupted = 0
    for _ in range(8):
        path, memory = die(scratch, image, "ring-size=4M", pace=0)
        for _ in range(3):
            with subprocess.Popen([tap.tool_binary(), "recover", path],
                                  stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL) as tool:
                time.sleep(rng.random() * 0.006)
                tool.kill()
                interrupted += tool.wait() < 0
        if os.path.exists(path + ".ring"):
            recovered(path)
        loadlog.verify(path, memory.bytes(), SMP)
        os.unlink(path)
        memory.close()
        os.unlink(memory.path)
    equal(interrupted >= 8, True, f"{interrupted} recoveries interrupted")


@test
def recover_refuses_the_living(scratch):
    """The log of a running QEMU is not touched; recover names its process."""
    image = loadguest.build(scratch)
    path = os.path.join(scratch, "log")
    with LoadMachine(scratch, image, properties(path), smp=SMP,
                     pace=2000) as m:
        for _ in range(5):
            m.wait_progress()
            result = recover(path)
            equal(result.returncode != 0, True, "recover is refused")
            matches(result.stdout, r"in use|running|lives", "what it says")
        m.stop_load()
        m.quit()
    loadlog.verify(path, m.memory.bytes(), SMP, whole=True)


@test
def killed_while_it_ends(scratch):
    """Killed during its orderly end."""
    image = loadguest.build(scratch)
    rng = random.Random(3)
    for _ in range(10):
        path = os.path.join(scratch, "log")
        with LoadMachine(scratch, image, properties(path), smp=SMP,
                         pace=2000) as m:
            under_load(m, rng)
            m.process.terminate()
            time.sleep(rng.random() * 0.03)
            m.kill()
        if os.path.exists(path + ".ring"):
            recovered(path)
        loadlog.verify(path, m.memory.bytes(), SMP)
        m.memory.close()
        for name in (path, m.memory.path):
            os.unlink(name)


@test
def killed_by_the_access(scratch):
    """A store kills QEMU (SIGBUS): the log does not claim to know what the
    hardware got."""
    tap.need_kvm()                      # TCG's stores to RAM take another way
    image = loadguest.build(scratch)
    path = os.path.join(scratch, "log")
    with LoadMachine(scratch, image, properties(path, "extra=hw"), smp=1,
                     accel="kvm", preexec=no_core) as m:
        under_load(m, random.Random(5))
        os.truncate(m.memory.path, loadguest.SLOTS)
        equal(-m.process.wait(TIMEOUT), signal.SIGBUS, "QEMU's end")
    recovered(path)
    checked(path)
    log = mmt.Log(path)
    *others, last = log.accesses()
    matches(log.marks("vfio-trace: pending")[0], "pending [RW] width=4",
            "mark of the last access")
    equal(last.extra["hw"], "?", "the last access's hardware value")
    wrong = [a for a in others if a.extra["hw"] != f"{a.value:#x}"]
    equal((len(others) > 100, wrong[:3]), (True, []),
          f"{len(others)} other accesses: those with other hardware values")


def start_and_kill(scratch, image, ring_dir, seconds):
    """Kill QEMU some seconds after its start; returns whether there is a log."""
    path = os.path.join(scratch, "log")
    m = LoadMachine(scratch, image, properties(path, f"ring-dir={ring_dir}"),
                    smp=SMP)
    with subprocess.Popen(m.args, stdin=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as qemu:
        time.sleep(seconds)
        qemu.kill()
    if os.path.exists(path + ".ring"):
        result = recover(path)
        # a sidecar may exist before its ring; its log is empty then
        if result.returncode:
            matches(result.stdout, "its ring is lost", "recover's message")
            equal(os.path.getsize(path), 0, "size of the log")
        equal(os.path.exists(path + ".ring"), False, "the sidecar is there")
    there = os.path.exists(path) and os.path.getsize(path) > 0
    if there:
        loadlog.verify(path, m.memory.bytes(), SMP)
    else:
        equal(any(m.progress()), False, "the device was written to")
    m.memory.close()
    for name in (path, m.memory.path, m.qmp_path):
        if os.path.exists(name):
            os.unlink(name)
    return there


@test
def killed_while_it_starts(scratch):
    """Killed at any moment of its start: no log, or a complete one."""
    image = loadguest.build(scratch)
    rng = random.Random(4)
    with own_rings() as ring_dir:
        # how long a start takes depends on the machine, and on what else it does
        seconds = 0.05
        there = []
        while len(there) < 60:
            there.append(start_and_kill(scratch, image, ring_dir,
                                        rng.random() * 1.5 * seconds))
            seconds *= 0.9 if there[-1] else 1.15
    print(f"# {sum(there)} of {len(there)} had begun a log")
    equal(0 < sum(there) < len(there), True, "some with and some without a log")


if __name__ == "__main__":
    tap.main()
