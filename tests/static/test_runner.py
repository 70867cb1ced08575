#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What tests/run leaves of programs that fail or are killed: nothing."""

import contextlib
import glob
import os
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import rings, tap                                    # noqa: E402
from common.tap import Skip, equal, test                         # noqa: E402
from runner.jobs import Job                                      # noqa: E402
from runner.places import Places                                 # noqa: E402
from runner.program import Runner, Tally                         # noqa: E402
from runner.schedule import Scheduler                            # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))

# A test program that makes what a test with a QEMU makes: a log and its ring, a
# directory for rings, and a process in the background, and then ends in some way
PROGRAM = """#!/usr/bin/python3
import os, signal, subprocess, sys, tempfile, time
sys.path.insert(0, {tests!r})
from common import rings
way = {way!r}
def make(pid, name, log):
    with open(os.path.join(rings.SHM, name), "xb") as f:
        f.write(rings.HEADER.pack(pid, os.fsencode(log)).ljust(8192))
print("TAP version 13\\n1..1", flush=True)
scratch = tempfile.mkdtemp(prefix="vfio-trace-test-%d-" % os.getpid())
shm = tempfile.mkdtemp(dir=os.environ[rings.SHM_VARIABLE])
daemon = subprocess.Popen(["sleep", "1000"], start_new_session=True,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
ring = "vfio-trace-test%d" % os.getpid()
if way != "clean":
    make(daemon.pid, ring + "a.ring", scratch + "/log")
    make(daemon.pid, ring + "b.ring", "/dev/fdset/1")
make(os.getpid(), ring + "c.ring", "/home/user/log")
with open({out!r}, "w") as f:
    f.write("%s %s %d %s" % (scratch, shm, daemon.pid, ring))
if way == "killed":
    os.kill(os.getpid(), signal.SIGKILL)
if way == "hangs":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(1000)
if way == "clean":
    daemon.kill()
    os.rmdir(shm)
os.unlink(os.path.join(rings.SHM, ring + "c.ring"))
print("not ok 1 - it" if way == "fails" else "ok 1 - it")
sys.exit(way == "fails")
"""


class Silent:
    """A console that prints nothing"""
    def __init__(self):
        self.lock = threading.RLock()
        self.lines = []

    def say(self, name, line):
        self.lines.append(f"{name}: {line}")

    def begin(self, name):
        pass

    def end(self, name):
        pass

    def heartbeat(self):
        pass


def need_shm():
    if not os.access(rings.SHM, os.W_OK):
        raise Skip(f"no {rings.SHM}")


def run(scratch, way, **more):
    """Run such a program; returns what it made and whether it passed."""
    need_shm()
    path, out = f"{scratch}/test_{way}", f"{scratch}/made"
    with open(path, "w", encoding="utf-8") as f:
        f.write(PROGRAM.format(tests=os.path.dirname(HERE), way=way, out=out))
    os.chmod(path, 0o755)
    console = Silent()
    with Places() as places:
        runner = Runner(console, Tally(),
                        lambda job, base: dict(os.environ),
                        f"{scratch}/check", places, threading.Event())
        passed = runner.run(Job(f"qemu/{way}", [path], more.get("timeout", 60)))
        tops = list(places.tops)
    equal([t for t in tops if os.path.exists(t)], [], "directories of the run")
    with open(out, encoding="utf-8") as f:
        made = f.read().split()
    # the log of a user, even if its QEMU ran here
    with contextlib.suppress(FileNotFoundError):
        os.unlink(f"{rings.SHM}/{made[3]}c.ring")
    return made, passed, "\n".join(console.lines)


def nothing_left(made):
    scratch, shm, pid, ring = made
    equal([p for p in (scratch, shm) if os.path.exists(p)], [], "directories")
    equal(rings.alive(int(pid)), False, "the process in the background runs")
    equal([p for p in rings.listing() if ring in p], [], "rings")


@test
def executable(_scratch):
    """Each test program can be executed."""
    paths = glob.glob(os.path.join(HERE, "..", "*", "test_*.py"))
    equal(len(paths) > 50, True, "test programs that were found")
    equal([path for path in paths if not os.access(path, os.X_OK)], [],
          "programs without the permission")


@test
def clean(scratch):
    """A program that cleans up passes."""
    made, passed, said = run(scratch, "clean")
    equal(passed, True, said)
    nothing_left(made)


@test
def passes(scratch):
    """A program that leaves rings fails for that, and they are removed."""
    made, passed, said = run(scratch, "passes")
    equal([passed, f"it has left {made[1]}, /dev/shm/{made[3]}a.ring" in said],
          [False, True], said)
    nothing_left(made)


@test
def fails(scratch):
    """A program that fails leaves nothing."""
    made, passed, _ = run(scratch, "fails")
    equal(passed, False, "success")
    nothing_left(made)


@test
def killed(scratch):
    """A program that is killed leaves nothing."""
    made, passed, _ = run(scratch, "killed")
    equal(passed, False, "success")
    nothing_left(made)


@test
def hangs(scratch):
    """A program beyond its time limit that ignores SIGTERM leaves nothing."""
    need_shm()
    child = subprocess.Popen(
        [sys.executable, "-c", f"""
import os, sys
sys.path[:0] = [{os.path.dirname(HERE)!r}, {HERE!r}]
import test_runner
from runner import program
program.GRACE = 0
test_runner.run({scratch!r}, "hangs", timeout=3)
"""], stderr=subprocess.DEVNULL)
    equal(child.wait(60), 0, "exit status")
    with open(f"{scratch}/made", encoding="utf-8") as f:
        nothing_left(f.read().split())


@test
def apart(_scratch):
    """A program that ends does not end those of others."""
    need_shm()
    with Places() as places:
        one, other = places.place(), places.place()
        with subprocess.Popen(["sleep", "1000"],
                              env={**os.environ, **other.environment()}) as child:
            try:
                equal(one.clean(), [], "what one has left")
                equal(child.poll(), None, "exit status of the other's process")
            finally:
                other.clean()
                equal(child.wait(60), -9, "the same when that ends")


@test
def executing(_scratch):
    """A process is found while it executes its program."""
    need_shm()
    processors = os.sched_getaffinity(0)
    with Places() as places:
        place = places.place()
        # On one processor Popen() returns before the kernel has set up the
        # child's environment, nearly always
        os.sched_setaffinity(0, {min(processors)})
        try:
            for _ in range(20):
                with subprocess.Popen(["sleep", "1000"],
                                      env={**os.environ,
                                           **place.environment()}) as child:
                    found = place.owns(child.pid)
                    child.kill()
                equal(found, True, "it was found")
        finally:
            os.sched_setaffinity(0, processors)


def dead_pid():
    child = subprocess.Popen(["true"])
    child.wait()
    return child.pid


@test
def swept(scratch):
    """What a killed test has left goes with the next one; no user's ring does."""
    need_shm()
    dead, here = dead_pid(), os.getpid()
    cases = [(dead, f"/tmp/vfio-trace-test-{dead}-x/log", False),
             (dead, f"unix:/tmp/vfio-trace-check-{dead}/3/log", False),
             (dead, f"/tmp/vfio-trace-check-{here}/3/log", True),
             (dead, "/home/user/vfio-trace-test/log", True),
             (dead, "/home/user/gpu.mmt", True), (dead, "/dev/fdset/1", True),
             (here, f"/tmp/vfio-trace-test-{dead}-x/log", True)]
    paths = [f"{rings.SHM}/vfio-trace-swept{here}-{n}.ring"
             for n in range(len(cases))]
    names = [f"vfio-trace-check-{dead}", f"vfio-trace-test-{dead}-abc",
             f"vfio-trace-unit-{here}-abc", f"vfio-trace-libvirt-{dead}"]
    try:
        for path, (pid, log, _) in zip(paths, cases):
            with open(path, "xb") as f:
                f.write(rings.HEADER.pack(pid, os.fsencode(log)))
        for name in names:
            os.makedirs(f"{scratch}/{name}/below")
        rings.sweep(scratch)
        equal([os.path.exists(p) for p in paths], [c[2] for c in cases],
              "rings that stay")
        equal([os.path.exists(f"{scratch}/{n}") for n in names],
              [False, False, True, True], "directories that stay")
    finally:
        for path in paths:
            rings.remove(path)


@test
def left_out(scratch):
    """What is left out is named, counted as skipped, and does not run."""
    run = subprocess.run(
        [os.path.join(HERE, "..", "run"), "--level", "distro",
         "--leave-out", "distro/debian*", "--leave-out", "/packages"],
        capture_output=True, text=True, check=False)
    equal(run.returncode, 1, "exit status, as nothing remains")
    lines = run.stdout.splitlines()
    equal(len(lines), 5, "lines")
    equal([line for line in lines[:-1]
           if not line.startswith("skip") or
           not line.endswith("(left out by --leave-out)")], [], "other lines")
    equal(lines[-1], f"0 passed, 1 failed, {len(lines) - 1} skipped", "summary")


@test
def out_of_time(scratch):
    """What has not started in time is counted as skipped; what has, ends."""
    said = os.path.join(scratch, "said")
    for name, wait in (("a", ""), ("b", ""),
                       ("c", f"until [ -e {said} ]; do sleep 0.05; done")):
        path = os.path.join(scratch, name)
        with open(path, "w") as f:
            f.write(f"#!/bin/sh\n{wait}\necho 1..1\necho ok 1 - {name}\n")
        os.chmod(path, 0o755)

    class Saying(Silent):
        """c ends when a has been left out."""
        def say(self, name, line):
            super().say(name, line)
            if "not started" in line:
                with open(said, "x"):
                    pass

    tally, console, limit = Tally(), Saying(), tap.patience(2)
    with Places() as places:
        runner = Runner(console, tally, lambda job, where: dict(os.environ),
                        os.path.join(scratch, "out"), places, threading.Event())
        jobs = [Job("qemu/" + name, [os.path.join(scratch, name)], 60, rank=rank)
                for name, rank in (("a", 2), ("b", 0), ("c", 1))]
        Scheduler(runner, 1, limit=limit).run(jobs)
    equal((tally.passed, tally.failed, tally.skipped), (2, 0, 1), "tally")
    equal([line[5] for line in console.lines], list("bac"), "order")
    equal(console.lines[1].endswith(f"(not started within {limit} s)"), True,
          "reason")


if __name__ == "__main__":
    tap.main()
