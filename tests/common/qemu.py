# SPDX-License-Identifier: GPL-2.0-or-later
"""A QEMU process with QMP and qtest's bus accesses."""

import json
import os
import socket
import subprocess
import time

from . import rings, tap

TIMEOUT = tap.patience(60)

# Free addresses for BARs on the "pc" machine.
MMIO = 0xe0000000
PORTS = 0xc000

PCI_COMMAND = 0x04
PCI_BAR0 = 0x10
PCI_ROM = 0x30
PCI_CAPABILITIES = 0x34
COMMAND_IO = 1
COMMAND_MEMORY = 2


_pids = set()                   # all QEMUs of the test


def _drop_rings():
    """Remove the rings of QEMUs that were killed, which keep them for recovery;
    after the test they are not needed."""
    for path in rings.listing():
        if rings.owner(path) in _pids:
            rings.remove(path)
    _pids.clear()


tap.at_end(_drop_rings)


def owns(pid):
    """A QEMU that the test has started in another way than by Machine."""
    _pids.add(pid)


class QMPError(Exception):
    """QEMU has answered a command with an error."""


def connected(path):
    """A socket that is connected with one of QEMU's: QEMU may not have made it
    yet, or may not listen yet."""
    sock = socket.socket(socket.AF_UNIX)
    deadline = time.monotonic() + TIMEOUT
    while True:
        try:
            sock.connect(path)
            return sock
        except (FileNotFoundError, ConnectionRefusedError):
            if time.monotonic() > deadline:
                sock.close()
                raise
            time.sleep(0.02)


class _Lines:
    """A stream socket, line by line."""

    def __init__(self, path):
        self.sock = connected(path)
        self.sock.settimeout(TIMEOUT)
        self.file = self.sock.makefile("rw", encoding="utf-8", newline="\n")

    def send(self, line):
        self.file.write(line + "\n")
        self.file.flush()

    def receive(self):
        line = self.file.readline()
        if not line:
            raise EOFError("QEMU has closed the connection")
        return line

    def close(self):
        self.file.close()
        self.sock.close()


class QMP:
    """The monitor protocol, synchronously; events are kept."""

    def __init__(self, path):
        self.conn = _Lines(path)
        self.events = []
        # an event may come before the greeting
        while "QMP" not in json.loads(self.conn.receive()):
            pass
        self.execute("qmp_capabilities")

    def _answer(self):
        message = json.loads(self.conn.receive())
        if "event" in message:
            self.events.append(message)
            return None
        return message

    def execute(self, command, **arguments):
        request = {"execute": command}
        if arguments:
            request["arguments"] = {k.replace("_", "-"): v
                                    for k, v in arguments.items()}
        self.conn.send(json.dumps(request))
        while True:
            answer = self._answer()
            if answer is None:
                continue
            if "error" in answer:
                raise QMPError(answer["error"]["desc"])
            return answer["return"]

    def wait_event(self, name):
        while True:
            for i, event in enumerate(self.events):
                if event["event"] == name:
                    return self.events.pop(i)
            self._answer()

    def hmp(self, line):
        return self.execute("human-monitor-command", command_line=line)


class Machine:
    """A QEMU, without a guest unless another accel is given; a context
    manager."""

    def __init__(self, scratch, *args, machine="pc", accel="qtest",
                 target="x86_64", preexec=None, pass_fds=()):
        self.scratch = scratch
        self.qmp_path = os.path.join(scratch, "qmp")
        self.qtest_path = os.path.join(scratch, "qtest")
        self.stderr_path = os.path.join(scratch, "stderr")
        self.args = [tap.qemu_binary(target), "-machine", machine,
                     "-accel", accel,
                     "-nodefaults", "-display", "none", "-m", "64",
                     "-L", "/usr/share/seabios", "-L", "/usr/share/qemu",
                     "-qmp", f"unix:{self.qmp_path},server=on,wait=off"]
        self.has_qtest = accel == "qtest"
        if self.has_qtest:
            self.args += ["-qtest",
                          f"unix:{self.qtest_path},server=on,wait=off",
                          "-qtest-log", "/dev/null"]
        self.args += args
        self.preexec = preexec
        self.pass_fds = pass_fds
        self.process = None
        self.qmp = None
        self.qtest = None

    def __enter__(self):
        with open(self.stderr_path, "w", encoding="utf-8") as err:
            self.process = subprocess.Popen(self.args, stderr=err,
                                            stdin=subprocess.DEVNULL,
                                            preexec_fn=self.preexec,
                                            pass_fds=self.pass_fds)
        _pids.add(self.process.pid)
        try:
            if self.has_qtest:
                self.qtest = _Lines(self.qtest_path)
            self.qmp = QMP(self.qmp_path)
        except BaseException as e:
            status = self.process.poll()
            self.process.kill()
            self.process.wait()
            if not isinstance(e, Exception):
                raise
            how = "runs" if status is None else f"ended with {status}"
            raise AssertionError(f"QEMU did not start, it {how}: {e!r}: "
                                 f"{self.stderr()}") from e
        return self

    def __exit__(self, *exc):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        if self.qtest:
            self.qtest.close()
        self.qmp.conn.close()

    def stderr(self):
        with open(self.stderr_path, encoding="utf-8") as f:
            return f.read()

    def quit(self):
        """End QEMU cleanly; its log is complete afterwards."""
        self.qmp.execute("quit")
        status = self.process.wait(TIMEOUT)
        if status:
            raise AssertionError(f"QEMU exited with {status}: {self.stderr()}")

    def _qtest(self, line):
        self.qtest.send(line)
        answer = self.qtest.receive().split()
        if answer[0] != "OK":
            raise AssertionError(f"qtest: {line}: {answer}")
        return int(answer[1], 16) if len(answer) > 1 else None

    def read(self, addr, width):
        return self._qtest(f"read{'bwlq'[width.bit_length() - 1]} {addr:#x}")

    def write(self, addr, width, value):
        self._qtest(f"write{'bwlq'[width.bit_length() - 1]} {addr:#x} "
                    f"{value:#x}")

    def rtas(self, name, nargs, args, nret, rets):
        """A call of Power's firmware; args and rets are addresses."""
        self._qtest(f"rtas {name} {nargs} {args:#x} {nret} {rets:#x}")

    def fill(self, addr, length, value):
        """Each of the bytes gets the value."""
        self._qtest(f"memset {addr:#x} {length:#x} {value:#x}")

    def clock_step(self, ns):
        """Under qtest, the guest's clock stands still but for this."""
        self._qtest(f"clock_step {ns}")

    def inp(self, port, width):
        return self._qtest(f"in{'bwl'[width.bit_length() - 1]} {port:#x}")

    def outp(self, port, width, value):
        self._qtest(f"out{'bwl'[width.bit_length() - 1]} {port:#x} {value:#x}")

    def config_write(self, slot, offset, width, value):
        self.outp(0xcf8, 4, 0x80000000 | slot << 11 | (offset & ~3))
        self.outp(0xcfc + (offset & 3), width, value)

    def config_read(self, slot, offset, width):
        self.outp(0xcf8, 4, 0x80000000 | slot << 11 | (offset & ~3))
        return self.inp(0xcfc + (offset & 3), width)

    def set_bar(self, slot, bar, addr):
        self.config_write(slot, PCI_BAR0 + 4 * bar, 4, addr)

    def command(self, slot, value):
        self.config_write(slot, PCI_COMMAND, 2, value)

    def capability(self, slot, ident):
        """Offset of a capability in config space; 0 if there is none."""
        at = self.config_read(slot, PCI_CAPABILITIES, 1)
        while at and self.config_read(slot, at, 1) != ident:
            at = self.config_read(slot, at + 1, 1)
        return at

    def eject(self, slot):
        """Do as a guest's ACPI code does on an unplug request."""
        self.outp(0xae08, 4, 1 << slot)


def fails(scratch, *args, machine="pc"):
    """Run QEMU with options that it must refuse; returns its message."""
    result = subprocess.run(
        [tap.qemu_binary(), "-machine", machine, "-accel", "qtest",
         "-nodefaults", "-display", "none", "-L", "/usr/share/seabios",
         "-L", "/usr/share/qemu", *args],
        cwd=scratch, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=TIMEOUT, check=False)
    if result.returncode == 0:
        raise AssertionError("QEMU has accepted options that it should refuse")
    if result.returncode < 0:
        raise AssertionError(f"QEMU died of signal {-result.returncode}: "
                             f"{result.stderr}")
    return result.stderr
