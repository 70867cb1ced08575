#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A guest of 'vfio-trace run' without a device: viewers of its display, its
network, and what a QEMU that was built lean lacks.

As root, QEMU has a user of its own and its sandbox, as with a device.
"""

import os
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import qemu, tap                                     # noqa: E402
from common.tap import equal, matches, test, wait_until          # noqa: E402

NOBODY = 65534


class Guest:
    """A running guest."""

    def __init__(self, scratch, *args):
        self.env = {**os.environ, "LC_ALL": "C",
                    "VFIO_TRACE_RUN_DIR": f"{scratch}/run"}
        self.said = f"{scratch}/said"
        # pylint: disable=consider-using-with
        with open(self.said, "w", encoding="utf-8") as out:
            self.tool = subprocess.Popen(
                [tap.tool_binary(), "run", "--no-device", "--accel", "tcg",
                 "--qemu", tap.qemu_binary(), "--memory", "64M", "--smp", "1",
                 "--firmware", "seabios", *args],
                stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=self.env)
        wait_until(lambda: "QEMU is running" in self.text() or
                   self.tool.poll() is not None, "QEMU", 120)
        matches(self.text(), "QEMU is running")

    def text(self):
        with open(self.said, encoding="utf-8") as f:
            return f.read()

    def way(self, pattern):
        """What the tool prints about connecting."""
        wait_until(lambda: re.search(pattern, self.text()), pattern, 30)
        return re.search(pattern, self.text())[1]

    def __enter__(self):
        return self

    def end(self):
        self.tool.send_signal(signal.SIGINT)
        try:
            status = self.tool.wait(60)
        finally:
            self.tool.kill()
        equal(status, 0, self.text())

    def __exit__(self, *_):
        if self.tool.returncode is None:
            self.end()


def receive(connection, size):
    data = b""
    while len(data) < size:
        more = connection.recv(size - len(data))
        equal(more != b"", True, f"more than {len(data)} bytes of {size}")
        data += more
    return data


def open_vnc(path):
    """Return: a connection after RFB's handshake, and the screen's size."""
    connection = qemu.connected(path)
    connection.settimeout(60)
    equal(receive(connection, 12), b"RFB 003.008\n", "the greeting")
    connection.send(b"RFB 003.008\n")
    kinds = receive(connection, receive(connection, 1)[0])
    equal(kinds, b"\1", "security: none")
    connection.send(b"\1")
    equal(receive(connection, 4), bytes(4), "the result")
    connection.send(b"\1")
    width, height = struct.unpack(">HH", receive(connection, 4))
    receive(connection, 16)
    name = receive(connection, struct.unpack(">I", receive(connection, 4))[0])
    matches(name.decode(), "vfio-trace guest-")
    return connection, width, height


def nobody_can_connect(path):
    """Try it as another user of the host."""
    child = os.fork()
    if not child:
        try:
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            os.stat(path)           # The way to the socket is open.
            try:
                socket.socket(socket.AF_UNIX).connect(path)
            except PermissionError:
                os._exit(0)
        finally:
            os._exit(1)
    equal(os.waitpid(child, 0)[1], 0, "another user is refused")


@test
def vnc(_scratch):
    """Viewers of the same user see the screen, one after the other."""
    with tempfile.TemporaryDirectory(dir="/tmp") as top, \
            Guest(top, "--display", "vnc") as guest:
        os.chmod(top, 0o755)
        path = guest.way(r"connect to the guest with: vncviewer (/\S+)\n")
        equal(os.stat(path).st_mode & 0o777, 0o600, "mode of the socket")
        for _ in range(2):
            connection, width, height = open_vnc(path)
            connection.send(struct.pack(">BBHHHH", 3, 0, 0, 0, width, height))
            equal(receive(connection, 4)[:2], b"\0\0", "a part of the screen")
            connection.close()
        if not os.geteuid():
            nobody_can_connect(path)
        guest.end()
        equal(os.path.exists(path), False, "the socket is left")


@test
def own_sessions(_scratch):
    """'restore', too, has the sessions of a user without root elsewhere."""
    other = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    with tempfile.TemporaryDirectory(dir="/tmp") as top:
        env = {**os.environ, "LC_ALL": "C", "XDG_RUNTIME_DIR": top}
        env.pop("VFIO_TRACE_RUN_DIR", None)
        if not os.geteuid():
            os.chown(top, NOBODY, NOBODY)
        result = subprocess.run(
            [tap.tool_binary(), "restore", "guest-4711"], env=env, cwd=top,
            capture_output=True, text=True, check=False, timeout=60,
            **({} if os.geteuid() else other))
        equal(result.returncode, 0, result.stderr)
        matches(result.stdout, "guest-4711: nothing to give back")


@test
def net(scratch):
    """A port of 127.0.0.1 leads to the guest; two guests have two ports."""
    with Guest(scratch, "--net", "user", "--os", "linux") as guest:
        port = int(guest.way(r"connect to the guest with: ssh -p (\d+) "))
        os.mkdir(f"{scratch}/2")
        with Guest(f"{scratch}/2", "--net", "user") as other:
            equal(other.way(r"ssh -p (\d+) ") != str(port), True, "ports")
        socket.create_connection(("127.0.0.1", port), 30).close()


@test
def lean(scratch):
    """What a QEMU lacks is said before anything is done, with the remedy."""
    has = subprocess.run([tap.qemu_binary(), "-h"], capture_output=True,
                         text=True, check=True).stdout
    devices = subprocess.run([tap.qemu_binary(), "-device", "help"], text=True,
                             capture_output=True, check=True).stdout
    tried = 0
    for args, missing in ((("--display", "spice"), "\n-spice " not in has),
                          (("--net", "user:nonsense"), True),
                          (("--usb", "1.1"), '"usb-host"' not in devices)):
        result = subprocess.run(
            [tap.tool_binary(), "run", "--no-device", "--accel", "tcg",
             "--qemu", tap.qemu_binary(), *args], capture_output=True,
            text=True, check=False, cwd=scratch, timeout=120,
            env={**os.environ, "VFIO_TRACE_RUN_DIR": f"{scratch}/run"})
        if missing:
            tried += 1
            equal(result.returncode, 2, result.stderr)
            matches(result.stderr, re.escape(args[0]))
    equal(tried > 0, True, "something is missing")
    left = os.listdir(f"{scratch}/run") if os.path.exists(f"{scratch}/run") else []
    equal([name for name in left if name.startswith("guest-")], [], "sessions")


@test
def hidden(scratch):
    """QEMU accepts the options that hide KVM, and names with odd signs."""
    host = f"{scratch}/host/sys/class/dmi/id"
    os.makedirs(host)
    for name, text in (("sys_vendor", "Maker, Inc. \"x\""),
                       ("product_name", "a=b,c"), ("chassis_vendor", "'")):
        with open(f"{host}/{name}", "w", encoding="ascii") as f:
            f.write(text + "\n")
    result = subprocess.run(
        [tap.tool_binary(), "run", "--no-device", "--accel", "tcg", "--qemu",
         tap.qemu_binary(), "--os", "windows", "--no-secure-boot",
         "--no-tpm", "--hide-hypervisor",
         "--display", "vnc", "--dry-run"],
        capture_output=True, text=True, check=False, timeout=120,
        env={**os.environ, "VFIO_TRACE_RUN_DIR": f"{scratch}/run",
             "VFIO_TRACE_SYSFS_ROOT": f"{scratch}/host"})
    equal(result.returncode, 0, result.stderr)
    matches(result.stdout, "# QEMU accepts this")
    matches(result.stdout, r"-cpu max,kvm=off,hypervisor=off")
    matches(result.stdout, r"manufacturer=Maker,, Inc\.")


if __name__ == "__main__":
    tap.main()
