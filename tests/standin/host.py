# SPDX-License-Identifier: GPL-2.0-or-later
"""Installs the stand-in with guest-images/windows, and starts it with run."""

import os
import re
import shutil
import subprocess

from common import tap

from . import media, virtio

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# of the whole installation: a machine that does other work, too, is slow
MINUTES = 25
SECONDS = 600


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


def start(scratch, disk, *qemu_args):
    """Start the installed system, until it ends; what it said."""
    serial = os.path.join(scratch, "serial.log")
    status, _ = _run([tap.tool_binary(), "run", "--no-device", "--vm",
                      disk.replace(".qcow2", ".conf"), "--accel=tcg", "--qemu",
                      tap.qemu_binary(), "--", "-serial", f"file:{serial}", *qemu_args],
                     timeout=SECONDS)
    said = _printable(_content(serial))
    tap.equal(status, 0, "exit status of run")
    return said


def without_key(scratch):
    """Start the installation's ISO, press no key; what it said until it went on."""
    windows, _ = make_media(scratch, "11")
    serial = os.path.join(scratch, "serial.log")
    argv = [tap.tool_binary(), "run", "--no-device", "--os=windows", "--no-tpm",
            "--no-secure-boot", "--iso", windows, "--accel=tcg", "--qemu", tap.qemu_binary(),
            "--", "-serial", f"file:{serial}"]
    with subprocess.Popen(argv, stdin=subprocess.DEVNULL) as run:
        try:
            tap.wait_until(lambda: os.path.exists(serial) and
                           len(re.findall("BdsDxe: (?:start|fail)", _content(serial))) > 1,
                           "the firmware goes on after the prompt", SECONDS)
        finally:
            run.terminate()
            run.wait()
    return _printable(_content(serial))
