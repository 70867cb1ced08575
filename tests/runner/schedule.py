# SPDX-License-Identifier: GPL-2.0-or-later
"""The scheduler: runs as many jobs as processors and memory allow.

One build at a time runs beside the tests, at a lower priority and with as many
compilers as there may be tests, so that no processor idles. A test starts when the
builds that it needs are done; among several, the one that usually takes longest
starts first. Tests that must run alone come last.
"""

import signal
import threading
import time

GIB = 1 << 30
# Memory of the machine that stays free.
RESERVE = GIB
TICK = 1                # seconds between looks at the clock


def available_memory():
    """Bytes available to programs."""
    with open("/proc/meminfo") as file:
        for line in file:
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) << 10
    return 0


class Scheduler:
    """Runs jobs in threads of their own.

    runner: runs one job
    slots: tests at the same time
    limit: seconds after which no job is started any more, or None
    """

    def __init__(self, runner, slots, limit=None):
        self.runner = runner
        self.slots = slots
        self.limit = limit
        self.memory = max(0, available_memory() - RESERVE)
        self.changed = threading.Condition()
        self.waiting = []
        self.running = set()
        self.threads = []
        self.built = {}             # name of a build: success
        self.seconds = {}           # name of a job: its duration

    def run(self, jobs):
        """Run all jobs, and those that they bring, to the end."""
        self.waiting = list(jobs)
        start = time.monotonic()
        try:
            with self.changed:
                while self.waiting or self.running:
                    self._give_up()
                    if self.limit and time.monotonic() - start > self.limit:
                        self._leave_out()
                    while self._start_one():
                        pass
                    if not self.running:
                        continue
                    self.changed.wait(TICK)
                    self.runner.console.heartbeat()
        except BaseException:
            # wait for the programs to end, even if interrupted again
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_IGN)
            self.runner.stopping.set()
            raise
        finally:
            for thread in self.threads:
                if thread.ident:
                    thread.join()

    def _give_up(self):
        """Fail the tests whose build has failed or is unknown."""
        builds = {job.name for job in [*self.waiting, *self.running] if job.build}
        for job in list(self.waiting):
            broken = [n for n in job.needs
                      if not self.built.get(n, n in builds)]
            if broken:
                self.waiting.remove(job)
                self.runner.console.begin(job.name)
                self.runner.count("FAIL", 0, job.name, "",
                                  f"not run: {broken[0]} was not built")
                self.runner.console.end(job.name)

    def _leave_out(self):
        """Skip what has not been started within the time limit."""
        for job in self.waiting:
            if not job.build:
                self.runner.leave_out(
                    job.name, f"not started within {self.limit} s")
        self.waiting = []

    def _start_one(self):
        for job in sorted(self.waiting, key=lambda j: j.order):
            if self._may_start(job):
                self.waiting.remove(job)
                thread = threading.Thread(target=self._work, args=(job,))
                self.running.add(job)
                self.threads.append(thread)
                self.runner.console.begin(job.name)
                thread.start()
                return True
        return False

    def _may_start(self, job):
        if any(not self.built.get(n) for n in job.needs):
            return False
        if any(j.alone for j in self.running):
            return False
        if job.build:
            return not any(j.build for j in self.running)
        if job.alone:
            return not self.running and \
                all(j.alone for j in self.waiting)
        if sum(not j.build for j in self.running) >= self.slots:
            return False
        # The first test starts in any case, and reports itself what it lacks.
        if all(j.build for j in self.running):
            return True
        return sum(j.memory for j in self.running) + job.memory <= self.memory

    def _work(self, job):
        start = time.monotonic()
        good = False
        found = []
        try:
            good = self.runner.run(job)
            found = job.brings() if good and job.brings else []
        except BaseException as err:    # pylint: disable=broad-except
            # a job that can't be judged counts as failed
            good = False
            self.runner.count("FAIL", time.monotonic() - start, job.name, "",
                              f"the test runner itself: {err!r}")
        finally:
            with self.changed:
                self.seconds[job.name] = time.monotonic() - start
                if job.build:
                    self.built[job.name] = good
                self.waiting += found
                self.running.remove(job)
                self.changed.notify()
            self.runner.console.end(job.name)

    def slowest(self, count):
        """(seconds, name) of the jobs that took longest."""
        return sorted(((s, n) for n, s in self.seconds.items()),
                      reverse=True)[:count]
