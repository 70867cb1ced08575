# SPDX-License-Identifier: GPL-2.0-or-later
"""The installation: Windows Setup in a guest that `vfio-trace run` makes.

All is in one directory beside the image until it has succeeded, so that a failed
or interrupted installation can be looked at and continued.
"""

import ctypes
import json
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
from ..common.output import finished
from . import qmp
from .logs import Log

# Windows' boot loader on a CD waits for a key for 5 s. Nothing tells when it
# begins, so keys are pressed until Windows Setup has started. Firmware ignores
# this one.
KEY = "ret"
KEY_INTERVAL = 1.0
KEY_SECONDS = {"kvm": 120, "tcg": 900}

# Made when Windows is installed: only names are missing then.
INSTALLED = "installed"

# run's exit status if it has done nothing
REFUSED = 2

END_SECONDS = 30
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


class Serial(Log):
    """What the guest writes to COM1."""

    def __init__(self, path, reports):
        super().__init__(path)
        self._reports = reports
        self._lines = Lines()

    def take(self, data):
        """Take bytes of the guest, which may be anything."""
        self.write(data)
        for line in self._lines.take(data):
            self._reports.line(line)


class Messages(Log):
    """run's messages: markers of the guest, and the command for its screen."""

    def __init__(self, path, reports):
        super().__init__(path)
        self._reports = reports
        self._lines = Lines()

    def take(self, data):
        """Take bytes of run, which may have text of the guest."""
        self.write(data)
        for line in self._lines.take(data):
            screen = SCREEN.fullmatch(line)
            if line.startswith(MARKER):
                self._reports.line(line)
            elif screen:
                self._reports.say(screen[1].decode())


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
        self.messages = Messages(log, reports)
        self._listeners = {"serial": qmp.Listener(), "qmp": qmp.Listener()}
        self._argv = [*argv, "--",
                      "-serial", self._listeners["serial"].option,
                      "-qmp", self._listeners["qmp"].option]
        self._key_seconds = key_seconds
        self._next_key = 0
        self._last_key = 0
        self._monitor = None
        self._port = None
        self._selector = selectors.DefaultSelector()
        self.process = None

    def start(self):
        # a session of its own: the terminal's ^C is for us, who then end it
        # pylint: disable=consider-using-with,subprocess-popen-preexec-fn
        self.process = subprocess.Popen(
            self._argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, bufsize=0, start_new_session=True,
            preexec_fn=_end_with_us)
        os.set_blocking(self.process.stdout.fileno(), False)
        self._selector.register(self.process.stdout, selectors.EVENT_READ,
                                "messages")
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
        elif key.data == "messages":
            data = self.process.stdout.read(65536)
            if data:
                self.messages.take(data)
            elif data is not None:
                self._gone(self.process.stdout)
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
        return self.process.poll()

    def drain(self):
        """Take what is left when run has ended."""
        for listener in self._listeners.values():
            if listener.socket in self._selector.get_map():
                self._selector.unregister(listener.socket)
        late = time.monotonic() + END_SECONDS
        while time.monotonic() < late and (events := self._selector.select(0)):
            for key, _ in events:
                self._event(key)

    def end(self):
        """End the guest, if it still runs."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            late = time.monotonic() + END_SECONDS
            while self.poll(0.5) is None and time.monotonic() < late:
                pass                    # it may have much to say
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
        if self.process:
            self.drain()
        for listener in self._listeners.values():
            listener.close()
        self._selector.close()
        self._serial.close()
        self.messages.close()


class Installation:
    """An installation in its directory.

    o: the options
    work: the directory
    fresh: it has been made for this run, and has nothing to be continued
    """

    def __init__(self, o, work, say, fresh=False):
        self.o = o
        self.fresh = fresh
        self.work = work
        self.say = say
        self.disk = os.path.join(work, o.name + ".qcow2")
        self.conf = os.path.join(work, o.name + ".conf")
        self.config_cd = os.path.join(work, "config.iso")
        self.installed = os.path.join(work, INSTALLED)
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
                    + self._kept(), machine.messages.last())

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
        if status == REFUSED and self.fresh:
            shutil.rmtree(self.work)
            raise ImageError("vfio-trace run refuses to start the machine; "
                             "nothing was installed", machine.messages.last())
        if status:
            raise ImageError(f"vfio-trace run failed with status {status}; " +
                             self._kept(), machine.messages.last())
        if reports.phase != "done":
            raise ImageError("the guest has ended before the installation was "
                             f"done ({self._state(reports)}); " + self._kept(),
                             machine.messages.last())
        return reports.complaints

    def _to_move(self, targets):
        """The names of the results, kept in a file: a finish() that continues one
        that was interrupted does not find all of them here."""
        if not os.path.exists(self.installed):
            names = [n for n in targets
                     if os.path.lexists(os.path.join(self.work, n))]
            with finished(self.installed) as file:
                file.write(json.dumps(names).encode())
        with open(self.installed, encoding="ascii") as file:
            return json.load(file)

    def finish(self, targets):
        """Give the results their names.

        If it is interrupted, another one completes it. Until then, there is no
        settings file: it comes last.

        targets: name in the directory -> final path
        """
        names = self._to_move(targets)
        conf = os.path.basename(self.conf)
        if os.path.exists(self.conf) and os.path.lexists(targets[conf]):
            os.unlink(targets[conf])
        for name in sorted(targets, key=lambda n: n == conf):
            source, path = os.path.join(self.work, name), targets[name]
            here = os.path.lexists(source)
            if name in names and not here:
                continue                # an earlier finish() has moved it
            # what is there belongs to the image that is replaced
            if os.path.isdir(path) and not os.path.islink(path):
                shutil.rmtree(path)
            if here:
                os.replace(source, path)
            elif os.path.lexists(path):
                os.unlink(path)
        shutil.rmtree(self.work)
