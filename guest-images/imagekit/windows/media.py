# SPDX-License-Identifier: GPL-2.0-or-later
"""The config CD: what Windows Setup finds on it.

    Autounattend.xml    the answer file: Setup looks for this name in the root
                        of each removable drive
    drivers/            see drivers.py
    vfio-trace/         commands, the marker helper
"""

import os
import shutil

from ..common import command, places
from ..common.errors import ImageError
from . import answer, policy

LABEL = "VFIOTRACE"
ANSWER_FILE = "Autounattend.xml"
MARKER = "vfio-trace-mark.exe"

# Files that go to the guest as they are, and scripts that are made.
FILES = ("windowspe.cmd", "specialize.cmd", "firstlogon.cmd", "marker.cmd",
         "vfio-trace-hold.cmd", "vfio-trace-release.cmd",
         "vfio-trace-devices.ps1")

# Windows' command processor reads scripts in the machine's code page.
ENCODING = "ascii"


def _script(comment, commands, complain="error"):
    """A script of commands that are independent of each other.

    commands: commands, with their reasons
    complain: the word that begins the line about a command that failed
    """
    lines = ["@echo off", f"rem {comment}"]
    for line, reason in commands:
        lines += [f"rem {reason}", f"{line} >NUL",
                  f"if errorlevel 1 >COM1 echo vfio-trace: {complain} not done: "
              f"{reason}"]
    return "\r\n".join([*lines, "exit /b 0", ""])


def _registry(values):
    return [(policy.reg_add(key, name, kind, data), reason)
            for key, name, kind, data, reason in values]


def _certificates(o):
    folder = f"{answer.TARGET}\\certificates"
    return [(f'certutil -addstore -f {store} "{folder}\\{number}.cer"',
             f"certificate {number} in {store}")
            for number in range(1, len(o.certificates) + 1)
            for store in ("Root", "TrustedPublisher")]


def scripts(o):
    """The scripts that are made for an installation: name -> text."""
    requirements = [(policy.reg_add(policy.LAB_CONFIG, name, policy.DWORD, 1),
                     f"the machine does not fulfil {name[6:-5]}")
                    for name in policy.bypasses(o)]
    return {
        "requirements.cmd": _script("Requirements that are not checked",
                                    requirements),
        "settings.cmd": _script("Settings of the guest",
                                _registry(policy.registry(o))),
        "hold.cmd": _script("Devices that Windows must not install",
                            _registry(policy.hold(o.hold))),
        # a virtual machine has not all kinds of power saving
        "power.cmd": _script("Power settings", policy.POWER, "note"),
        "boot.cmd": _script("Boot settings", policy.boot(o)),
        "certificates.cmd": _script("Certificates of test-signed drivers",
                                    _certificates(o)),
    }


def private(path, data):
    """Write a file that only its owner can read."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "wb") as file:
        file.write(data)


def _copy_text(name, folder):
    """Copy a script with the ends of lines that Windows has."""
    with open(places.guest_file("windows", name), encoding=ENCODING) as file:
        text = file.read()
    with open(os.path.join(folder, name), "w", encoding=ENCODING,
              newline="\r\n") as file:
        file.write(text)


def _copy_certificates(o, folder):
    if not o.certificates:
        return
    os.mkdir(os.path.join(folder, "certificates"))
    for number, path in enumerate(o.certificates, 1):
        shutil.copyfile(path, os.path.join(folder, "certificates",
                                           f"{number}.cer"))


def fill(folder, o):
    """Write all but the drivers into the folder of the config CD.

    Return: whether the marker helper is there
    """
    private(os.path.join(folder, ANSWER_FILE), answer.text(answer.make(o)))
    files = os.path.join(folder, answer.FILES)
    os.mkdir(files)
    for name in FILES:
        _copy_text(name, files)
    for name, text in scripts(o).items():
        # boot.cmd may have the key of the kernel's debugger
        private(os.path.join(files, name), text.encode(ENCODING))
    _copy_certificates(o, files)
    helper = places.marker_helper(MARKER)
    if helper:
        shutil.copyfile(helper, os.path.join(files, MARKER))
    return bool(helper)


def check(folder):
    """Check a folder that the user may have edited. Return: remarks"""
    remarks = []
    path = os.path.join(folder, ANSWER_FILE)
    try:
        with open(path, "rb") as file:
            data = file.read(1 << 22)
    except OSError as error:
        raise ImageError(f"{path}: {error.strerror}") from None
    answer.parse(data, path, remarks)
    return remarks


def make(folder, iso):
    """Make the config CD of its folder. Only its owner can read it."""
    xorriso = command.find("xorriso", "xorriso")
    private(iso, b"")
    command.run([xorriso, "-as", "mkisofs", "-quiet", "-J", "-joliet-long",
                 "-r", "-V", LABEL, "-o", iso, folder], "make the config CD")
    os.chmod(iso, 0o600)
