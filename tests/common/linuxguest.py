# SPDX-License-Identifier: GPL-2.0-or-later
"""Images that guest-images/linux makes, and machines that boot them."""

import hashlib
import os
import re
import shutil
import socket
import subprocess
import time

from . import qemu, tap
from .tap import Skip

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
COMMAND = os.path.join(TOP, "guest-images", "linux")
OVMF = "/usr/share/OVMF"
# What guest-images/linux itself asks for; a machine without them skips.
PROGRAMS = ("mmdebstrap", "sfdisk", "mkfs.vfat", "mcopy", "qemu-img", "zstd",
            "debugfs")
BOOT_LIMIT = 1800                   # seconds: a busy machine without KVM is slow
PORTS = ("symbols", "mark")


def check():
    """Skip where no image can be made."""
    path = os.environ["PATH"] + ":/usr/sbin:/sbin"
    for program in PROGRAMS:
        if not shutil.which(program, path=path):
            raise Skip(f"there is no {program}")
    if not subprocess.run([os.path.join(TOP, "scripts", "apt-suite"), "mirror",
                           "bookworm"], stdout=subprocess.PIPE, check=True,
                          text=True).stdout.strip():
        raise Skip("this machine's apt knows no mirror of Debian")


def make(path, *options, environment=None):
    """Make an image; its output is printed as TAP comments, and returned."""
    check()
    said = []
    with subprocess.Popen([COMMAND, "-o", path, *options], text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT,
                          env=dict(os.environ, **environment or {})) as process:
        for line in process.stdout:
            print(f"# {line.rstrip()}", flush=True)
            said.append(line)
    text = "".join(said)
    if process.returncode and re.search("allows no user namespaces|can't mount",
                                        text):
        raise Skip(said[-1].strip())
    if process.returncode and "can't be read: a mirror" in text:
        raise Skip("apt's mirror can't be reached")
    tap.equal(process.returncode, 0, "exit status of guest-images/linux")
    return text


def digest(path):
    """SHA-256 of a file."""
    with open(path, "rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


def _firmware(name, scratch):
    """QEMU's arguments for BIOS or UEFI."""
    if name == "bios":
        return []
    variables = os.path.join(scratch, f"{name}.vars")
    secure = name == "secure-boot"
    code = f"{OVMF}/OVMF_CODE_4M{'.secboot' if secure else ''}.fd"
    source = f"{OVMF}/OVMF_VARS_4M{'.ms' if secure else ''}.fd"
    if not os.path.exists(code) or not os.path.exists(source):
        raise Skip(f"there is no {code}")
    shutil.copy(source, variables)
    arguments = [
        "-drive", f"if=pflash,format=raw,readonly=on,file={code}",
        "-drive", f"if=pflash,format=raw,file={variables}"]
    if secure:
        arguments += ["-global", "driver=cfi.pflash01,property=secure,value=on"]
    return arguments


class Guest:
    """A machine that boots an image, without changing it; a context manager.

    firmware: bios, uefi, secure-boot
    arguments: further ones for QEMU
    """

    def __init__(self, image, scratch, firmware, arguments=()):
        self._prefix = os.path.join(scratch, firmware)
        smm = ",smm=on" if firmware == "secure-boot" else ""
        command = [
            tap.qemu_binary(), "-nodefaults", "-no-user-config", "-display",
            "none", "-vga", "none", "-machine", "q35" + smm, "-accel", "tcg",
            "-cpu", "max", "-m", "1G", "-no-reboot",
            "-L", "/usr/share/seabios", "-L", "/usr/share/qemu",
            "-drive", f"file={image},if=none,id=disk,snapshot=on",
            "-device", "virtio-blk-pci,drive=disk,bootindex=0",
            "-chardev", f"socket,id=console,path={self._prefix}.console,"
            f"server=on,wait=off,logfile={self.file('log')}",
            "-serial", "chardev:console", "-device", "virtio-serial-pci",
            *_firmware(firmware, scratch), *arguments]
        for port in PORTS:
            command += [
                "-chardev", f"file,id={port},path={self.file(port)}", "-device",
                f"virtserialport,chardev={port},name=org.vfio-trace.{port}.0"]
        self._command = command
        self._console = None
        self._process = None

    def file(self, name):
        """Path of a file of the machine: log, symbols, mark."""
        return f"{self._prefix}.{name}"

    def text(self, name):
        with open(self.file(name), encoding="utf-8", errors="replace") as f:
            return f.read()

    def __enter__(self):
        # pylint: disable=consider-using-with
        self._process = subprocess.Popen(self._command,
                                         stdin=subprocess.DEVNULL)
        path = f"{self._prefix}.console"
        try:
            self._console = qemu.connected(path)
            self._console.settimeout(1)
            self._wait(rb"root@guest:~# |user@guest:~\$ ", "the shell's prompt")
            # the kernel's messages go to this console, too
            self._console.sendall(b"{ dmesg -n 1 || sudo -n dmesg -n 1; } "
                                  b"2>/dev/null; echo SI''LENT\n")
            self._wait(rb"SILENT\r?\n", "a console without the kernel's messages")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self._console:
            self._console.close()
        self._process.kill()
        self._process.wait()

    def _wait(self, pattern, what):
        """Read the console up to a pattern."""
        said = b""
        deadline = time.monotonic() + BOOT_LIMIT
        while not re.search(pattern, said):
            if time.monotonic() > deadline or self._process.poll() is not None:
                end = said[-2000:].decode(errors="replace")
                raise AssertionError(f"{what} does not come:\n{end}")
            try:
                said += self._console.recv(65536)
            except socket.timeout:
                pass
        return said.decode(errors="replace")

    def run(self, command, status=0):
        """Run a command in the guest's shell. Return: its output"""
        # the shell shows the command, too: the marks must not be in it
        self._console.sendall(
            f"echo BE''GIN; {command}; echo EN''D $?\n".encode())
        said = self._wait(rb"END \d+\r?\n", f"the end of {command}")
        found = re.search(r"BEGIN\r?\n(.*)END (\d+)", said, re.S)
        text = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]|\r", "", found[1])
        for line in text.splitlines():
            print(f"# {ascii(line)[1:-1]}", flush=True)
        tap.equal(int(found[2]), status, f"exit status of {command}")
        return text


def refused(path, *options, why):
    """guest-images/linux fails, and says why."""
    done = subprocess.run([COMMAND, "-o", path, *options], text=True,
                          stdin=subprocess.DEVNULL, capture_output=True,
                          check=False)
    tap.equal(done.returncode, 1, "exit status of guest-images/linux")
    tap.matches(done.stderr, why, "its error")


def other_cache(scratch, number):
    """A cache of its own, which has only apt's indexes of the usual one."""
    usual = os.environ.get("VFIO_TRACE_CACHE") or \
        os.path.expanduser("~/.cache/vfio-trace")
    path = os.path.join(scratch, f"cache{number}")
    os.makedirs(path)
    name = "bookworm-indexes-main"
    shutil.copytree(os.path.join(usual, "apt", name),
                    os.path.join(path, "apt", name), symlinks=True)
    return path


def free_port():
    """A TCP port that nobody listens on."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]
