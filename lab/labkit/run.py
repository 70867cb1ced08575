# SPDX-License-Identifier: GPL-2.0-or-later
"""One run of the lab: start L1, watch it, collect its files, judge them."""

import contextlib
import ctypes
import glob
import os
import re
import shlex
import shutil
import signal
import subprocess
import tarfile
import tempfile
import time

from . import devtrace, image, machine
from .errors import LabError

HEADER = "# vfio-trace lab"
# All other files from L1 go to host/, those from the guest to guest/
TOP_FILES = re.compile(r"(trace|oracle|device)\.mmt[\w.-]*\Z")
DEVICE_EVENTS = "device-events.log"
LOGS = {"lab": "lab.log", "guest": "guest-console.log",
        "qemu": "host/qemu.log", "host-script": "host/host-script.log"}
# Seconds until L1's init must have reported. A KVM that hangs shows here.
BOOT_LIMIT = {"tcg": 120, "kvm": 30}
LOOKS = 10                      # checks within the --still-limit time
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


def _die_with_parent():
    """L1 must not outlive a lab that was killed with SIGKILL."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def clear(out):
    """Make the run's directory, empty of an earlier run's files.

    Files that no lab made are never removed.
    """
    if os.path.exists(out) and not os.path.isdir(out):
        raise LabError("--out %s: it is not a directory" % out)
    os.makedirs(out, exist_ok=True)
    ours = [n for n in os.listdir(out) if TOP_FILES.match(n) or
            n in ("lab.log", "guest-console.log", DEVICE_EVENTS, "host",
                  "guest")]
    log = os.path.join(out, "lab.log")
    if ours:
        first = ""
        with contextlib.suppress(OSError), open(log, errors="replace") as f:
            first = f.readline()
        if not first.startswith(HEADER):
            raise LabError("--out %s: has %s, and no lab made it; choose "
                           "another directory" % (out, ours[0]))
    # lab.log last: it marks the directory as a lab's
    for name in sorted(ours, key=lambda n: n == "lab.log"):
        path = os.path.join(out, name)
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        else:
            os.unlink(path)


def _ticks(pid):
    """Processor time of all of QEMU's threads but its main loop's.

    The main loop has timers that go on expiring when the guest stands still.
    """
    total = 0
    for path in glob.glob("/proc/%d/task/*/stat" % pid):
        if path.split("/")[-2] == str(pid):
            continue
        with contextlib.suppress(OSError), open(path) as f:
            # utime and stime; the name before them may have spaces
            total += sum(map(int, f.read().rpartition(")")[2].split()[11:13]))
    return total


class _Stillness:
    """Detects that a run makes no progress: QEMU's vCPU threads use no time,
    and no byte has been added to its files.

    pid: QEMU's
    paths: the files
    limit: seconds without progress
    """

    def __init__(self, pid, paths, limit):
        self.pid = pid
        self.paths = paths
        self.limit = limit
        self.looked = self.moved = time.monotonic()
        self.last = self._state()

    def _state(self):
        sizes = [os.path.getsize(p) if os.path.exists(p) else 0
                 for p in self.paths]
        return _ticks(self.pid), sizes

    def is_over(self):
        """Has there been no progress for that long? To be polled."""
        now = time.monotonic()
        if now - self.looked < self.limit / LOOKS:
            return False
        state = self._state()
        # if this process was stopped, it can't tell whether there was progress
        if state != self.last or now - self.looked > 2 * self.limit / LOOKS:
            self.moved = now
        self.looked, self.last = now, state
        return now - self.moved >= self.limit


class Run:
    """One run.

    plan: what to do
    accel: "tcg" or "kvm"
    out: the directory for the results
    say: called with each line of progress
    """

    def __init__(self, plan, accel, out, say):
        self.plan = plan
        self.accel = accel
        self.out = out
        self.say = say
        self.log = os.path.join(out, "lab.log")
        self.tmp = None
        self.proc = None
        self.crashed = False
        self.resources = {}

    def execute(self):
        """Execute the run. Raises LabError with the reason if it failed.

        If L1 was to be crashed, it leaves no results, and crashed is True.
        """
        clear(self.out)
        with open(self.log, "w") as f:
            f.write(HEADER + "\n")
        self.tmp = tempfile.mkdtemp(prefix=".lab-", dir=self.out)
        try:
            self._start()
            verdict = self._watch()
            self._stop()
            self._keep_device_trace()
            if not self.crashed:
                self._unpack()
                self._judge(verdict)
        finally:
            self._stop()
            shutil.rmtree(self.tmp, ignore_errors=True)

    def _path(self, name):
        return os.path.join(self.tmp, name)

    def _keep_device_trace(self):
        events = self._path("device-trace")
        if self.plan.device_trace:
            devtrace.convert(events, self.resources,
                             os.path.join(self.out, "device.mmt"),
                             self.plan.arch)
        if self.plan.device_events:
            devtrace.select(events, self.plan.device_events,
                            os.path.join(self.out, DEVICE_EVENTS),
                            self.plan.arch)

    def _start(self):
        base = image.base(self.plan, self.say)
        files = {"kernel": image.boot_kernel(self.plan.host_kernel, self.say),
                 "initrd": self._path("initrd"), "log": self.log,
                 "events": self._path("events"),
                 "results.tar": self._path("results.tar"),
                 "device-trace": self._path("device-trace"),
                 "guest-console.log":
                     os.path.join(self.out, "guest-console.log")}
        shutil.copyfile(base, files["initrd"])
        with open(files["initrd"], "ab") as f:
            f.write(image.run_archive(self.plan, self.say))
        command = machine.outer(self.plan, self.accel, files)
        with open(self.log, "a") as f:
            f.write("# %s\n" % shlex.join(command))
            for inner in machine.guests(self.plan):
                f.write("# L1: %s\n" % shlex.join(inner))
        for name in ("events", "results.tar"):
            open(files[name], "w").close()
        self.say("starting L1 (%s)" % self.accel)
        with open(self._path("stderr"), "w") as err:
            self.proc = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=err, stderr=err,
                preexec_fn=_die_with_parent)

    def _stop(self):
        """End the outer QEMU, and keep its messages."""
        if not self.proc:
            return
        if self.proc.poll() is None:
            self.proc.terminate()
            try:
                self.proc.wait(5)
            except subprocess.TimeoutExpired:
                self.proc.kill()
                self.proc.wait()
        self.proc = None
        with open(self._path("stderr"), errors="replace") as f:
            said = f.read()
        with open(self.log, "a") as f:
            f.write("".join("# outer QEMU: %s\n" % x
                            for x in said.splitlines()))

    def _outer_said(self):
        with open(self._path("stderr"), errors="replace") as f:
            lines = [x for x in f.read().splitlines()
                     if "warning:" not in x and "terminating on" not in x]
        return ": " + lines[-1] if lines else ""

    def _watch(self):
        """Pass on the stages until L1 has sent everything.

        Return: L1's last message, (status, log, reason); None if it
        was crashed
        """
        start = time.monotonic()
        stillness = _Stillness(
            self.proc.pid, [self.log, self._path("events"),
                            self._path("results.tar"),
                            os.path.join(self.out, "guest-console.log")],
            self.plan.still_limit)
        seen = False
        end = None
        crash_at = None
        with open(self._path("events"), errors="replace") as events:
            partial = ""
            while True:
                gone = self.proc.poll() is not None
                partial += events.read()
                *lines, partial = partial.split("\n")
                for line in lines:
                    seen = True
                    kind, _, text = line.partition(" ")
                    if kind == "stage":
                        self.say(text)
                        if crash_at is None and self._crash_due(text):
                            crash_at = time.monotonic() + \
                                self.plan.crash_after
                    elif kind == "resources":
                        bdf, *words = text.split()
                        self.resources[bdf] = words
                    elif kind == "end":
                        end = text.split(" ", 3)
                if crash_at and time.monotonic() >= crash_at:
                    self._crash()
                    return None
                if end and self._have(int(end[1])):
                    return self._ended(int(end[0]), end[2], end[3])
                if gone:
                    raise LabError("L1 went down before it was done" +
                                   self._outer_said(), self.log)
                if stillness.is_over():
                    raise LabError(
                        "L1 stands still: its processors have used no time and "
                        "no byte has come from it for %d seconds"
                        % self.plan.still_limit, self.log)
                elapsed = time.monotonic() - start
                if not seen and elapsed > self._boot_limit():
                    raise LabError(
                        "L1 does not come up" + (
                            ": KVM hangs on this machine, use --accel tcg"
                            if self.accel == "kvm" else ""), self.log)
                if elapsed > self.plan.timeout:
                    raise LabError("L1 hangs: nothing came within %d seconds"
                                   % self.plan.timeout, self.log)
                time.sleep(0.005 if crash_at else 0.03)

    def _boot_limit(self):
        """Under TCG, a busy machine is only slow: its user has raised the time
        limit of the run."""
        limit = BOOT_LIMIT[self.accel]
        return max(limit, self.plan.timeout // 3) if self.accel == "tcg" \
            else limit

    def _crash_due(self, stage):
        return self.plan.crash_when and re.search(self.plan.crash_when, stage)

    def _crash(self):
        """Kill L1, like a power cut of a real machine."""
        self.proc.kill()
        self.proc.wait()
        self.crashed = True
        self.say("L1 crashed, as asked")

    def _ended(self, status, log, reason):
        if self.plan.crash_when and not status:
            raise LabError("L1 ended before it was to crash (--crash-when %s)"
                           % self.plan.crash_when, self.log)
        return status, log, reason

    def _have(self, size):
        return os.path.getsize(self._path("results.tar")) >= size

    def _unpack(self):
        """Unpack plain files only, under names that we choose."""
        with tarfile.open(self._path("results.tar")) as tar:
            for member in tar:
                if not member.isfile():
                    continue
                parts = [p for p in member.name.split("/")
                         if p not in ("", ".", "..")]
                if parts[0] != "guest" and not (
                        len(parts) == 1 and TOP_FILES.match(parts[0])):
                    parts.insert(0, "host")
                path = os.path.join(self.out, *parts)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with tar.extractfile(member) as src, open(path, "wb") as dst:
                    shutil.copyfileobj(src, dst, 1 << 20)

    def _judge(self, verdict):
        status, log, reason = verdict
        if status:
            path = os.path.join(self.out, LOGS.get(log, "lab.log"))
            if not os.path.exists(path) or not os.path.getsize(path):
                path = self.log
            raise LabError(reason, path)


def tail(path, lines=25):
    """The last lines of a log, free of control characters."""
    try:
        with open(path, "rb") as f:
            f.seek(max(0, os.path.getsize(path) - 16384))
            text = f.read().decode(errors="replace")
    except OSError:
        return []
    return [re.sub(r"[^\x20-\x7e\t]", "", x)
            for x in text.splitlines()][-lines:]
