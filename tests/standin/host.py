# SPDX-License-Identifier: GPL-2.0-or-later
"""Installs the stand-in with guest-images/windows, and starts it with run."""

import os
import re
import select
import shutil
import socket
import subprocess
import time

from common import tap

from . import media, virtio

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# of the whole installation: a machine that does other work, too, is slow
MINUTES = 25
SECONDS = 900
PROMPT = "(?s)Press any key to boot from CD or DVD"


def _printable(text):
    """Without the terminal's control sequences, as TAP comments."""
    text = re.sub(r"\033\[[0-9;=]*[A-Za-z]|[^\n\x20-\x7e]", "", text)
    print("".join(f"# {line}\n" for line in text.splitlines()), end="", flush=True)
    return text


def _content(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def _run(argv, **options):
    """A program; (exit status, output), which is printed too."""
    print(f"# {' '.join(argv)}", flush=True)
    done = subprocess.run(argv, check=False, text=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    return done.returncode, _printable(done.stdout)


def need(*programs):
    """The test is skipped if a program is missing; each with its package."""
    for name, package in programs:
        if not shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin:/sbin"):
            raise tap.Skip(f"{name} is missing: install the package {package}")


def make_media(scratch, version):
    """(installation ISO, ISO of drivers)"""
    need(("swtpm", "swtpm"), ("qemu-img", "qemu-utils"), ("xorriso", "xorriso"),
         ("osinfo-install-script", "libosinfo-bin"), ("grub-fstest", "grub-common"))
    if not os.path.exists("/usr/share/OVMF/OVMF_VARS_4M.ms.fd"):
        raise tap.Skip("no firmware with Microsoft's keys: install the package ovmf")
    work = os.path.join(scratch, "media")
    os.mkdir(work)
    windows = os.path.join(scratch, "windows.iso")
    drivers = os.path.join(scratch, "virtio-win.iso")
    media.build_iso(windows, work, version)
    virtio.build_iso(drivers, work)
    shutil.rmtree(work)
    return windows, drivers


def install(scratch, version, *options):
    """Install a version; (what the command said, the disk's image)."""
    windows, drivers = make_media(scratch, version)
    disk = os.path.join(scratch, "guest.qcow2")
    status, said = _run([os.path.join(TOP, "guest-images", "windows"), "--iso", windows,
                         "--drivers", drivers, "-o", disk, "--accel=tcg", "--display=none",
                         f"--qemu={tap.qemu_binary()}", f"--time-limit={MINUTES}", *options])
    log = os.path.join(scratch, "guest.install", "serial.log")
    if os.path.exists(log):
        _printable(_content(log))
    tap.equal(status, 0, "exit status of guest-images/windows")
    return said, disk


class Started:
    """A guest that run has started; its serial port comes to a socket.

    The socket's name is abstract: QEMU's user can open no file of ours.
    """

    def __init__(self, *arguments, qemu_args=()):
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        name = f"vfio-trace-standin-{os.getpid()}"
        self.listener.bind("\0" + name)
        self.listener.listen(1)
        argv = [tap.tool_binary(), "run", "--no-device", *arguments, "--accel=tcg",
                f"--qemu={tap.qemu_binary()}", "--", "-serial",
                f"unix:{name},abstract=on,tight=on", *qemu_args]
        print(f"# {' '.join(argv)}", flush=True)
        # pylint: disable-next=consider-using-with
        self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL)
        self.port = None
        self.data = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait()
        for one in (self.port, self.listener):
            if one:
                one.close()

    def text(self):
        return self.data.decode("utf-8", "replace")

    def read(self, until=None, seconds=SECONDS):
        """Read until a pattern comes, or the guest ends; all that it said."""
        deadline = time.monotonic() + seconds
        while not until or not re.search(until, self.text()):
            source = self.port or self.listener
            if select.select([source], [], [], 0.5)[0]:
                if not self.port:
                    self.port, _ = self.listener.accept()
                    continue
                data = self.port.recv(65536)
                self.data += data
                if not data:
                    break
            elif not self.port and self.process.poll() is not None:
                break
            if time.monotonic() > deadline:
                _printable(self.text())
                raise AssertionError(f"the guest did not end within {seconds} seconds")
        return _printable(self.text())


def start(disk, *qemu_args):
    """Start the installed system, until it ends; what it said."""
    with Started("--vm", disk.replace(".qcow2", ".conf"), qemu_args=qemu_args) as guest:
        said = guest.read()
        tap.equal(guest.process.wait(SECONDS), 0, "exit status of run")
        return said


def without_key(scratch):
    """Start the installation's ISO, press no key; what it said until it went on."""
    windows, _ = make_media(scratch, "11")
    with Started("--os=windows", "--no-tpm", "--no-secure-boot", "--iso", windows) as guest:
        return guest.read(PROMPT + ".*(BdsDxe|Loading files)")
