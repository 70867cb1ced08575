#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# usual: 15
"""guest-images/windows: the guest's scripts, run by Wine's cmd and reg.

Wine is not Windows: it shows that the scripts are read as they are meant, and
that the values end where they should.
"""

import atexit
import os
import re
import shutil
import subprocess
import sys
import types

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(TOP, "tests"), os.path.join(TOP, "guest-images")]

from common import tap                                  # noqa: E402
from common.tap import Skip, equal, matches, test       # noqa: E402
from imagekit.windows import editions, media, options, policy   # noqa: E402

WINE = "/usr/lib/wine/wine64"
SERVER = "/usr/lib/wine/wineserver64"
ENVIRONMENT = policy.CONTROL + "Session Manager\\Environment"

_prefix = []


def wine(*arguments, folder=None):
    """Run a program in Wine. Return: exit status, output"""
    environment = dict(os.environ, WINEPREFIX=prefix(), WINEDEBUG="-all",
                       WINEDLLOVERRIDES="mscoree,mshtml=", DISPLAY="")
    done = subprocess.run([WINE, *arguments], env=environment, cwd=folder,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          stdin=subprocess.DEVNULL, check=False, timeout=240)
    return done.returncode, done.stdout.decode("utf-8", "replace") \
        .replace("\r", "")


def _end():
    subprocess.run([SERVER, "-k"], check=False, stderr=subprocess.DEVNULL,
                   env=dict(os.environ, WINEPREFIX=_prefix[0]))
    shutil.rmtree(_prefix[0], ignore_errors=True)


def prefix():
    """Wine's directory, made once."""
    if not _prefix:
        if not os.access(WINE, os.X_OK):
            raise Skip("wine64 is not installed")
        _prefix.append(os.path.join(
            os.environ.get("TMPDIR", "/tmp"),
            f"vfio-trace-test-{os.getpid()}-wine"))
        os.makedirs(_prefix[0], exist_ok=True)
        atexit.register(_end)
        status, said = wine("wineboot", "-i")
        if status:
            raise Skip(f"Wine does not start here: status {status} {said}")
    return _prefix[0]


def wanted(**more):
    values = {"version": editions.by_id("win11"), "hold": [],
              "test_signing": False, "debug": None, "certificates": [],
              "tpm": True, "secure_boot": True, **more}
    return types.SimpleNamespace(**values)


def folder_of(scratch, o):
    """The scripts as they are on the config CD."""
    folder = os.path.join(scratch, "vfio-trace")
    os.mkdir(folder)
    for name in media.FILES:
        media._copy_text(name, folder)  # pylint: disable=protected-access
    for name, text in media.scripts(o).items():
        media.private(os.path.join(folder, name), text.encode())
    return folder


def value(key, name):
    """A value of Wine's registry: (type, data), or None."""
    status, said = wine("reg", "query", key, "/v", name)
    match = re.search(r"^    (.+?)    (REG_\w+)    (.*)$", said, re.M)
    return (match[2], match[3]) if match and not status else None


def tree(key):
    """Values below a key: (key, name) -> (type, data)"""
    values = {}
    where = key
    for line in wine("reg", "query", key, "/s")[1].splitlines():
        match = re.fullmatch(r"    (.+?)    (REG_\w+)    (.*)", line)
        if line.startswith("HKEY_LOCAL_MACHINE\\"):
            where = line.replace("HKEY_LOCAL_MACHINE", "HKLM", 1)
        elif match:
            values[where, match[1]] = match[2], match[3]
    return values


def held():
    _, said = wine("reg", "query", policy.RESTRICTIONS + "\\DenyDeviceIDs")
    return re.findall(r"    (\d+)    REG_SZ    (.*)", said)


@test
def settings(scratch):
    """settings.cmd makes each value of the table"""
    o = wanted(test_signing=True)
    folder = folder_of(scratch, o)
    status, _ = wine("cmd", "/c", "settings.cmd", folder=folder)
    equal(status, 0, "exit status")
    found = {}
    for top in ("SYSTEM\\CurrentControlSet\\Control", "SOFTWARE\\Policies",
                "SOFTWARE\\Microsoft\\Windows\\CurrentVersion"):
        found.update(tree(policy.MACHINE + top))
    for key, name, kind, data, _ in policy.registry(o):
        equal(found.get((key, name)), (kind, f"0x{data:x}"), f"{key} {name}")


@test
def hold_and_release(scratch):
    """devices that are held, held in the guest, and released"""
    devices = [options.device("10de:2204"), options.device("1002:73bf")]
    folder = folder_of(scratch, wanted(hold=devices))
    wine("cmd", "/c", "hold.cmd", folder=folder)
    equal(held(), [("1", "PCI\\VEN_10DE&DEV_2204"),
                   ("2", "PCI\\VEN_1002&DEV_73BF")], "held at first")
    equal(value(policy.RESTRICTIONS, "DenyDeviceIDs"), ("REG_DWORD", "0x1"),
          "the policy")
    wine("cmd", "/c", "vfio-trace-hold.cmd", "8086:10d3", folder=folder)
    equal(held()[2:], [("3", "PCI\\VEN_8086&DEV_10d3")], "held in the guest")
    for bad in (("8086",), ("8086:10d",), ("808:610d3",), ("8086:10dg",),
                ("8086:10d33",), ("8086:10d3", "x"), (":8086:10d3:",), ()):
        status, said = wine("cmd", "/c", "vfio-trace-hold.cmd", *bad,
                            folder=folder)
        if bad == (":8086:10d3:",):
            continue                    # the same device, oddly written
        equal(status, 2, f"exit status for {bad}")
        matches(said, "Usage: vfio-trace-hold VENDOR:DEVICE")
    wine("cmd", "/c", "vfio-trace-release.cmd", folder=folder)
    equal(held(), [], "held after the release")
    equal(value(policy.RESTRICTIONS, "DenyDeviceIDs"), None, "the policy")
    _, said = wine("cmd", "/c", "vfio-trace-release.cmd", folder=folder)
    matches(said, "No device is held")


@test
def passes(scratch):
    """the scripts of the passes go on to their ends"""
    folder = folder_of(scratch, wanted(hold=[options.device("10de:2204")],
                                       secure_boot=False))
    # what Wine does not have fails, and the script goes on
    drive = os.path.join(prefix(), "dosdevices", "e:")
    if not os.path.lexists(drive):
        os.symlink(os.path.dirname(folder), drive)
    status, _ = wine("cmd", "/c", "for %d in (C D E F) do if exist "
                     "%d:\\vfio-trace\\windowspe.cmd call "
                     "%d:\\vfio-trace\\windowspe.cmd %d:")
    equal(status, 0, "exit status of windowspe.cmd")
    equal(value(policy.LAB_CONFIG, "BypassSecureBootCheck"),
          ("REG_DWORD", "0x1"), "a requirement")
    # as in Windows: with variables, and longer than setx takes
    path = ";".join(("%SystemRoot%\\system32", "%SystemRoot%",
                     "C:\\Program Files (x86)\\a & b", "C:\\" + "x" * 1100))
    wine("reg", "add", ENVIRONMENT, "/v", "Path", "/t", "REG_EXPAND_SZ",
         "/d", path, "/f")
    equal(value(ENVIRONMENT, "Path"), ("REG_EXPAND_SZ", path), "PATH before")
    status, _ = wine("cmd", "/c", "for %d in (C D E F) do if exist "
                     "%d:\\vfio-trace\\specialize.cmd call "
                     "%d:\\vfio-trace\\specialize.cmd %d:")
    equal(status, 0, "exit status of specialize.cmd")
    equal(held(), [("1", "PCI\\VEN_10DE&DEV_2204")], "held")
    kind, made = value(ENVIRONMENT, "Path")
    equal(kind, "REG_EXPAND_SZ", "type of PATH")
    # Wine, other than Windows, expands variables in what `for` has read
    equal(made.replace("C:\\windows", "%SystemRoot%"),
          path + ";C:\\Program Files\\vfio-trace", "PATH")
    target = os.path.join(prefix(), "drive_c", "Program Files", "vfio-trace")
    names = sorted(os.listdir(target))
    equal([n for n in media.FILES if n not in names], [], "files that are missing")
    equal("boot.cmd" in names, False, "the debugger's key is left")


@test
def first_logon(scratch):
    """the first logon leaves no password behind"""
    folder = folder_of(scratch, wanted())
    panther = os.path.join(prefix(), "drive_c", "windows", "Panther")
    # newer setup programs keep the file as it came, with all passwords, too
    copies = ("unattend.xml", "unattend-original.xml", "Autounattend.xml",
              "Unattend/unattend.xml", "Unattend/unattend-original.xml")
    for name in copies:
        path = os.path.join(panther, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="ascii") as file:
            file.write("secret")
    key = "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Winlogon"
    for name in ("DefaultPassword", "AutoAdminLogon"):
        wine("reg", "add", key, "/v", name, "/t", "REG_SZ", "/d", "1", "/f")
    status, _ = wine("cmd", "/c", "firstlogon.cmd", folder=folder)
    equal(status, 0, "exit status")
    equal([n for n in copies if os.path.exists(os.path.join(panther, n))], [],
          "copies of the answer file")
    equal(value(key, "DefaultPassword"), None, "the password")
    equal(value(key, "AutoAdminLogon"), ("REG_SZ", "0"), "the automatic logon")


if __name__ == "__main__":
    tap.main()
