# SPDX-License-Identifier: GPL-2.0-or-later
"""The installation: Windows Setup in a guest that `vfio-trace run` makes.

All is in one directory beside the image until it has succeeded, so that a failed
or interrupted installation can be looked at and continued.
"""

import ctypes
import os
import re
import selectors
import shutil
import signal
import subprocess
import time

from ..common import command
from ..common.errors import ImageError
from ..common.main import Killed
from . import qmp

# Windows' boot loader on a CD waits for a key for 5 s. Nothing tells when it
# begins, so keys are pressed until Windows Setup has started. Firmware ignores
# this one.
KEY = "ret"
KEY_INTERVAL = 1.0
KEY_SECONDS = {"kvm": 120, "tcg": 900}

END_SECONDS = 30
SERIAL_LIMIT = 32 << 20
LINE_LIMIT = 4096
COMPLAINTS = 100
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)

REPORT = re.compile(rb"vfio-trace: (phase|error|note) ([\x20-\x7e]{1,200})")
# run shows the markers of a guest without a traced device
MARKER = b"vfio-trace run: marker: "
# and says how to see the guest's screen
SCREEN = re.compile(rb"vfio-trace run: (connect to the guest with: "
                    rb"[\x20-\x7e]+)")

PHASES = {
    "windowsPE": "Windows Setup has started, and installs",
    "specialize": "Windows runs for the first time",
    "specialized": "settings are made",
    "firstlogon": "the first logon",
    "done": "Windows is installed and shuts down",
}


class Reports:
    """What the guest's scripts report, on COM1 and by markers.

    phase: the last phase
    complaints: errors and notes
    """

    def __init__(self, say):
        self.phase = None
        self.complaints = []
        self.say = say

    def line(self, line):
        """Take a line of the guest, which may be anything."""
        match = REPORT.search(line[:LINE_LIMIT])
        if match:
            self._report(match[1].decode(), match[2].decode().strip())

    def _report(self, kind, text):
        order = list(PHASES)
        if kind == "phase":
            # both ways tell the same, one of them later
            if text in PHASES and (not self.phase or order.index(text) >
                                   order.index(self.phase)):
                self.phase = text
                self.say(PHASES[text])
        elif len(self.complaints) < COMPLAINTS and \
                f"{kind}: {text}" not in self.complaints:
            self.complaints.append(f"{kind}: {text}")
            self.say(f"the guest reports: {kind}: {text}")


class Lines:
    """Splits bytes into lines, of which too long ones lose their begin."""

    def __init__(self):
        self._rest = b""

    def take(self, data):
        """Return: the lines that are complete"""
        *lines, self._rest = (self._rest + data).replace(b"\r", b"\n") \
            .split(b"\n")
        self._rest = self._rest[-LINE_LIMIT:]
        return lines


class Serial:
    """What the guest writes to COM1.

    path: where it is kept
    """

    def __init__(self, path, reports):
        self._reports = reports
        self._lines = Lines()
        self._room = SERIAL_LIMIT
        # pylint: disable=consider-using-with
        self._log = open(path, "ab", buffering=0)

    def take(self, data):
        """Take bytes of the guest, which may be anything."""
        self._log.write(data[:max(self._room, 0)])
        self._room -= len(data)
        for line in self._lines.take(data):
            self._reports.line(line)

    def close(self):
        self._log.close()


class Messages:
    """run's messages: markers of the guest, and the command for its screen.

    path: the file that they are added to
    """

    def __init__(self, path, reports, say):
        self._reports = reports
        self._say = say
        self._lines = Lines()
        # pylint: disable=consider-using-with
        self._log = open(path, "a+b", buffering=0)
        self._log.seek(0, os.SEEK_END)

    def poll(self):
        """Read what is new."""
        while data := self._log.read(65536):
            for line in self._lines.take(data):
                screen = SCREEN.fullmatch(line)
                if line.startswith(MARKER):
                    self._reports.line(line)
                elif screen:
                    self._say(screen[1].decode())

    def close(self):
        self._log.close()


def _end_with_us():
    """run must not go on, and nobody see it, if our command is killed."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Machine:
    """The guest, by `vfio-trace run`.

    argv: run's command without QEMU's arguments
    log: file for its messages
    serial: file for what the guest writes to COM1
    reports: a Reports
    """

    def __init__(self, argv, log, serial, reports, key_seconds):
        # pylint: disable=too-many-arguments
        self._reports = reports
        self._serial = Serial(serial, reports)
        self._messages = Messages(log, reports, reports.say)
        self._listeners = {"serial": qmp.Listener(), "qmp": qmp.Listener()}
        self._argv = [*argv, "--",
                      "-serial", self._listeners["serial"].option,
                      "-qmp", self._listeners["qmp"].option]
        self._log = log
        self._key_seconds = key_seconds
        self._next_key = 0
        self._last_key = 0
        self._monitor = None
        self._port = None
        self._selector = selectors.DefaultSelector()
        self.process = None

    def start(self):
        with open(self._log, "ab") as log:
            # a session of its own: the terminal's ^C is for us, who then end it
            # pylint: disable=consider-using-with,subprocess-popen-preexec-fn
            self.process = subprocess.Popen(
                self._argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, preexec_fn=_end_with_us)
        for name, listener in self._listeners.items():
            self._selector.register(listener.socket, selectors.EVENT_READ, name)

    def _accept(self, name):
        peer = self._listeners[name].accept(self.process.pid)
        if not peer:
            return
        if name == "serial" and not self._port:
            self._port = peer
            self._selector.register(peer, selectors.EVENT_READ, "port")
        elif name == "qmp" and not self._monitor:
            self._monitor = qmp.Monitor(peer)
            self._selector.register(peer, selectors.EVENT_READ, "monitor")
            self._last_key = time.monotonic() + self._key_seconds
        else:
            peer.close()

    def _gone(self, peer):
        self._selector.unregister(peer)
        peer.close()

    def _event(self, key):
        if key.data in self._listeners:
            self._accept(key.data)
        elif key.data == "monitor":
            if not self._monitor.read():
                self._gone(self._monitor.peer)
                self._monitor = None
        else:
            try:
                data = self._port.recv(65536)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                data = b""
            self._serial.take(data)
            if not data:
                self._gone(self._port)
                self._port = None

    def _press(self):
        now = time.monotonic()
        if self._monitor and self._monitor.ready and not self._reports.phase and \
                self._next_key <= now < self._last_key:
            self._monitor.press(KEY)
            self._next_key = now + KEY_INTERVAL

    def poll(self, seconds):
        """Serve the guest for a while. Return: run's exit status, or None"""
        for key, _ in self._selector.select(seconds):
            self._event(key)
        self._press()
        self._messages.poll()
        return self.process.poll()

    def drain(self):
        """Take what is left when run has ended."""
        while self._selector.select(0) and self._port:
            for key, _ in self._selector.select(0):
                self._event(key)
        self._messages.poll()

    def end(self):
        """End the guest, if it still runs."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        for listener in self._listeners.values():
            listener.close()
        self._selector.close()
        self._serial.close()
        self._messages.close()


def _tail(path, lines=15):
    try:
        with open(path, "rb") as file:
            file.seek(max(0, os.path.getsize(path) - 8192))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ""
    return command.printable("\n".join(text.splitlines()[-lines:]))


class Installation:
    """An installation in its directory.

    o: the options
    work: the directory
    """

    def __init__(self, o, work, say):
        self.o = o
        self.work = work
        self.say = say
        self.disk = os.path.join(work, o.name + ".qcow2")
        self.conf = os.path.join(work, o.name + ".conf")
        self.config_cd = os.path.join(work, "config.iso")
        self.run_log = os.path.join(work, "run.log")
        self.serial_log = os.path.join(work, "serial.log")

    def make_disk(self):
        """The empty disk."""
        command.run([command.find("qemu-img", "qemu-utils"), "create", "-q",
                     "-f", "qcow2", self.disk, str(self.o.size)],
                    "make the disk")

    def argv(self):
        """run's command line."""
        argv = [self.o.tool, "run", "--no-device", "--vm", self.conf,
                "--iso", self.o.iso, "--iso", self.config_cd,
                "--display", self.o.display, "--accel", self.o.accel]
        if self.o.qemu:
            argv += ["--qemu", self.o.qemu]
        return argv

    def _kept(self):
        return (f"everything is kept in {self.work} (run.log: messages of the "
                "machine; serial.log: what the guest wrote). The same command "
                "with --resume continues from the disk; delete the directory "
                "to begin anew")

    def _state(self, reports):
        phase = PHASES.get(reports.phase, "nothing from the guest yet")
        size = os.stat(self.disk).st_blocks * 512 if \
            os.path.exists(self.disk) else 0
        return f"last: {phase}; disk {size / (1 << 30):.1f} GiB"

    def _wait(self, machine, reports):
        """Until the guest has ended. Return: run's exit status"""
        deadline = time.monotonic() + self.o.time_limit * 60
        while True:
            status = machine.poll(0.5)
            if status is not None:
                machine.drain()
                return status
            self.say.detail(self._state(reports))
            if time.monotonic() > deadline:
                raise ImageError(
                    f"the installation was not done in {self.o.time_limit} "
                    f"minutes ({self._state(reports)}): look at the guest's "
                    "screen (--display), or give it more time (--time-limit); "
                    + self._kept(), _tail(self.run_log))

    def run(self):
        """Run the installation. Return: what the guest complained about"""
        reports = Reports(self.say)
        machine = Machine(self.argv(), self.run_log, self.serial_log, reports,
                          KEY_SECONDS[self.o.accel])
        self.say(f"messages of the machine are in {self.run_log}")
        try:
            with self.say.step("installing"):
                machine.start()
                status = self._wait(machine, reports)
        except Killed:
            self.say("interrupted; " + self._kept())
            raise
        finally:
            machine.end()
        if status:
            raise ImageError(f"vfio-trace run failed with status {status}; " +
                             self._kept(), _tail(self.run_log))
        if reports.phase != "done":
            raise ImageError("the guest has ended before the installation was "
                             f"done ({self._state(reports)}); " + self._kept(),
                             _tail(self.run_log))
        return reports.complaints

    def finish(self, targets):
        """Give the results their names.

        targets: name in the directory -> final path
        """
        for name, path in targets.items():
            source = os.path.join(self.work, name)
            # what is there belongs to the image that is replaced
            if os.path.isdir(path) and not os.path.islink(path):
                shutil.rmtree(path)
            if os.path.lexists(source):
                os.replace(source, path)
            elif os.path.lexists(path):
                os.unlink(path)
        shutil.rmtree(self.work)
