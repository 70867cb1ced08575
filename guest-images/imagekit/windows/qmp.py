# SPDX-License-Identifier: GPL-2.0-or-later
"""Sockets that QEMU connects to: its monitor, and the guest's serial port.

They have names without a file, since QEMU may run as a user that can write into
no directory of ours. Anyone may connect to such a name: only a process that our
command has started is let in.
"""

import json
import secrets
import socket
import struct

LINE_LIMIT = 1 << 20


def _parent(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as f:
            return int(f.read().rpartition(")")[2].split()[1])
    except (OSError, ValueError, IndexError):
        return 0


def descends(pid, ancestor):
    """Is a process a child of another, or a child's child?"""
    while pid > 1:
        if pid == ancestor:
            return True
        pid = _parent(pid)
    return False


class Listener:
    """Waits for QEMU.

    option: what QEMU's option takes to connect
    """

    def __init__(self):
        self.name = "vfio-trace-" + secrets.token_hex(16)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.bind("\0" + self.name)
        self.socket.listen(4)
        self.socket.setblocking(False)

    @property
    def option(self):
        return f"unix:{self.name},abstract=on,tight=on"

    def accept(self, ancestor):
        """Let a descendant of a process in. Return: its socket, or None."""
        try:
            peer, _ = self.socket.accept()
        except (BlockingIOError, InterruptedError):
            return None
        size = struct.calcsize("3i")
        pid, _, _ = struct.unpack("3i", peer.getsockopt(
            socket.SOL_SOCKET, socket.SO_PEERCRED, size))
        if not descends(pid, ancestor):
            peer.close()
            return None
        peer.setblocking(False)
        return peer

    def close(self):
        self.socket.close()


class Monitor:
    """QEMU's monitor: commands are sent, and the answers only read away."""

    def __init__(self, peer):
        self.peer = peer
        self.ready = False
        self._data = b""
        self.errors = []

    def fileno(self):
        return self.peer.fileno()

    def send(self, command, arguments=None):
        """Send a command. QEMU reads at once: a full socket is given up."""
        message = {"execute": command}
        if arguments:
            message["arguments"] = arguments
        try:
            self.peer.send(json.dumps(message).encode() + b"\n")
        except OSError:
            pass

    def press(self, key):
        """Press a key of the guest's keyboard, and let it go."""
        self.send("send-key", {"keys": [{"type": "qcode", "data": key}]})

    def read(self):
        """Take what QEMU has sent. Return: False at its end"""
        try:
            data = self.peer.recv(65536)
        except (BlockingIOError, InterruptedError):
            return True
        except OSError:
            return False
        self._data = (self._data + data)[-LINE_LIMIT:]
        *lines, self._data = self._data.split(b"\n")
        for line in lines:
            self._line(line)
        return bool(data)

    def _line(self, line):
        try:
            message = json.loads(line)
        except ValueError:
            return
        if not isinstance(message, dict):
            return
        if "QMP" in message and not self.ready:
            self.ready = True
            self.send("qmp_capabilities")
        if "error" in message:
            self.errors.append(str(message["error"])[:200])
            del self.errors[:-10]

    def close(self):
        self.peer.close()
