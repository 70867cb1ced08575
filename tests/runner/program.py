# SPDX-License-Identifier: GPL-2.0-or-later
"""The run of one program, from its start to its verdict."""

import collections
import os
import selectors
import shutil
import signal
import subprocess
import time

from .tap import TapStream

GRACE = 10              # seconds between SIGTERM and SIGKILL
LINGER = 5              # seconds to wait for output after a program's end
TAIL_LINES = 40         # of a failed program's log


class Tally:
    """Counts of test points. The console's lock protects it."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.failures = []

    def summary(self):
        text = f"{self.passed} passed, {self.failed} failed"
        if self.skipped:
            text += f", {self.skipped} skipped"
        return text


class Runner:
    """Runs jobs to their end; run() may be called by several threads.

    environment: function of (job, scratch directory), the program's environment
    out: directory for the programs' logs and scratch directories
    places: Places, the tests' temporary directories
    stopping: an Event; when it is set all programs are ended
    """

    def __init__(self, console, tally, environment, out, places, stopping):
        self.console = console
        self.tally = tally
        self.environment = environment
        self.out = out
        self.places = places
        self.stopping = stopping
        self.scale = float(os.environ.get("VFIO_TRACE_TIMEOUT_SCALE", "1"))

    def say(self, name, verdict, seconds, text):
        self.console.say(name, f"{verdict:<4} {seconds:7.1f}s  {text}")

    def count(self, verdict, seconds, name, point="", why=""):
        text = f"{name}: {point}" if point else name
        self.say(name, verdict, seconds, text + (f" ({why})" if why else ""))
        with self.console.lock:
            if verdict == "ok":
                self.tally.passed += 1
            elif verdict == "skip":
                self.tally.skipped += 1
            else:
                self.tally.failed += 1
                self.tally.failures.append(text)

    def leave_out(self, name, why):
        """Count a program that is not run as skipped."""
        self.console.begin(name)
        self.count("skip", 0, name, "", why)
        self.console.end(name)

    def run(self, job):
        """Run the job. Return: success"""
        base = os.path.join(self.out, job.name.replace("/", os.sep))
        shutil.rmtree(base, ignore_errors=True)
        os.makedirs(base)
        tap = TapStream()
        place = None if job.build else self.places.place()
        start = time.monotonic()
        with open(base + ".log", "wb") as log:
            try:
                status, timed_out = self._follow(job, base, place, log, tap)
            except OSError as err:
                self.count("FAIL", 0, job.name, "", f"can not be started: {err}")
                return False
            finally:
                left = place.clean() if place else []
        seconds = time.monotonic() - start
        complaint = self._judge(job, tap, status, timed_out, seconds)
        if left and not complaint and not tap.failed:
            # what is killed or has failed need not clean up
            complaint = f"it has left {', '.join(left)} behind"
        if complaint:
            self.count("FAIL", seconds, job.name, complaint)
        if complaint or tap.failed:
            self._show_tail(job.name, base + ".log")
        return not complaint and not tap.failed

    def _judge(self, job, tap, status, timed_out, seconds):
        """Count failures outside of test points. Return: why the job failed, or None"""
        if self.stopping.is_set():
            return "interrupted"
        if job.tap:
            complaint = tap.complaint(status, timed_out)
            if tap.skip_all is not None and not complaint:
                self.count("skip", seconds, job.name, "", tap.skip_all)
            return complaint
        if timed_out:
            return f"timed out after {timed_out} s"
        if status == 77 and not job.build:
            self.count("skip", seconds, job.name, "", "exit status 77")
        elif status:
            return f"exit status {status}"
        elif job.build:
            self.say(job.name, "done", seconds, job.name)
        else:
            self.count("ok", seconds, job.name)
        return None

    def _follow(self, job, scratch, place, log, tap):
        """Run the program to its end; return (status, time limit that it exceeded)."""
        limit = job.timeout * self.scale
        # Builds get the processor time that the tests leave.
        prefix = ["nice", "-n", "5"] if job.build else []
        env = self.environment(job, scratch)
        if place:
            env.update(place.environment())
        process = subprocess.Popen(
            [*prefix, *job.argv], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=job.cwd,
            start_new_session=True, env=env)
        start = last_point = time.monotonic()
        pending = {process.stdout: b"", process.stderr: b""}
        timed_out = exited = 0
        try:
            with selectors.DefaultSelector() as selector:
                for pipe in pending:
                    os.set_blocking(pipe.fileno(), False)
                    selector.register(pipe, selectors.EVENT_READ)
                while selector.get_map() and not self.stopping.is_set():
                    for key, _ in selector.select(timeout=1):
                        data = key.fileobj.read(65536)
                        if data is None:
                            continue
                        if not data:
                            selector.unregister(key.fileobj)
                            data = b"\n" if pending[key.fileobj] else b""
                        *lines, rest = (pending[key.fileobj] + data).split(b"\n")
                        pending[key.fileobj] = rest
                        for line in lines:
                            log.write(line + b"\n")
                            if key.fileobj is not process.stdout or not job.tap:
                                continue
                            point = tap.feed(line.decode(errors="replace").rstrip())
                            if point:
                                now = time.monotonic()
                                self.count(point[0], now - last_point, job.name,
                                           *point[1:])
                                last_point = now
                        log.flush()
                    now = time.monotonic()
                    if now - start > limit:
                        timed_out = round(limit)
                        break
                    # a background child may keep the pipes open for ever
                    if process.poll() is not None:
                        exited = exited or now
                        if now - exited > LINGER:
                            break
        finally:
            if place:
                place.note_processes()
            self._kill_group(process)
        return process.wait(), timed_out

    @staticmethod
    def _kill_group(process):
        """End the program and whatever it has left behind."""
        deadline = time.monotonic() + (GRACE if process.poll() is None else 1)
        try:
            os.killpg(process.pid, signal.SIGTERM)
            while time.monotonic() < deadline:
                process.poll()
                os.killpg(process.pid, 0)
                time.sleep(0.05)
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass

    def _show_tail(self, name, path):
        with open(path, errors="replace") as file:
            lines = collections.deque(file, maxlen=TAIL_LINES)
        self.console.say(name, f"     ---- the end of {os.path.relpath(path)}")
        for line in lines:
            self.console.say(name, "     | " + line.rstrip())
        self.console.say(name, "     ----")
