# SPDX-License-Identifier: GPL-2.0-or-later
"""The options' values: checked before anything is made of them."""

import ipaddress
import os
import re
import secrets
import stat

from ..common.errors import ImageError
from . import components

# Windows' rules for names of local accounts
USER_FORBIDDEN = set('"/\\[]:;|=,+*?<>@%\x7f') | {chr(c) for c in range(32)}
USER_LENGTH = 20
RESERVED_USERS = {
    "administrator", "guest", "defaultaccount", "wdagutilityaccount", "system",
    "network service", "local service", "none"}
PASSWORD_LENGTH = 127
# without letters and digits that are mistaken for others
PASSWORD_LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
FILE_LIMIT = 64 << 10

# What XML 1.0 can hold; surrogates are no characters.
XML_TEXT = re.compile("[\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*")

TIMEZONE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 .()+-]{1,60}")

GIB = 1 << 30
SIZE_LIMIT = 64 << 40


def user(name):
    """The name of the guest's account."""
    def refuse(why):
        return ImageError(f"--user {name!r}: {why}")

    if not name or len(name) > USER_LENGTH:
        raise refuse(f"a name has 1 to {USER_LENGTH} characters")
    bad = sorted(set(name) & USER_FORBIDDEN)
    if bad or not name.isprintable():
        raise refuse("Windows allows no " + (" ".join(bad) if bad and
                     "".join(bad).isprintable() else "control characters") +
                     " in it")
    if name != name.strip() or not name.strip(". "):
        raise refuse("it must not begin or end with a blank, or be only dots")
    if name.casefold() in RESERVED_USERS:
        raise refuse("Windows has an account of this name")
    return name


def computer(name):
    """The guest's name."""
    if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9-]{0,13}[A-Za-z0-9])?", name) \
            or name.isdecimal():
        raise ImageError(f"--computer {name!r}: a name has 1 to 15 letters, "
                         "digits and inner hyphens, and is no number")
    return name


def _secret_file(option, path):
    """The first line of a file that only its owner should be able to read."""
    try:
        with open(path, "rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            data = file.read(FILE_LIMIT + 1)
    except OSError as error:
        raise ImageError(f"{option} {path}: {error.strerror}") from None
    if stat.S_ISREG(mode) and mode & 0o077:
        raise ImageError(f"{option} {path}: others can read it: chmod 600 it "
                         "first")
    try:
        lines = data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise ImageError(f"{option} {path}: it is not UTF-8 text") from None
    if len(data) > FILE_LIMIT or len(lines) != 1 or not lines[0]:
        raise ImageError(f"{option} {path}: it must have one line")
    return lines[0]


def password(path):
    """The account's password, from a file. Without one: a random password."""
    if not path:
        return "".join(secrets.choice(PASSWORD_LETTERS) for _ in range(16))
    text = _secret_file("--password-file", path)
    if len(text) > PASSWORD_LENGTH or not XML_TEXT.fullmatch(text) or \
            not text.isprintable():
        raise ImageError(f"--password-file {path}: a password has 1 to "
                         f"{PASSWORD_LENGTH} printable characters")
    return text


def product_key(path):
    """A product key, from a file."""
    text = _secret_file("--product-key-file", path).strip().upper()
    if not re.fullmatch(components.KEY, text):
        raise ImageError(f"--product-key-file {path}: a key looks like "
                         "XXXXX-XXXXX-XXXXX-XXXXX-XXXXX")
    return text


def locale(option, name):
    """A language and country such as de-DE."""
    if not re.fullmatch(components.LOCALE, name):
        raise ImageError(f"{option} {name!r}: use a name such as en-US")
    return name


def keyboard(name):
    """A keyboard: of a language, or an input locale such as 0407:00000407."""
    if not re.fullmatch(components.KEYBOARD, name):
        raise ImageError(f"--keyboard {name!r}: use a name such as de-DE, or "
                         "an input locale such as 0407:00000407")
    return name


def timezone(name):
    """Windows' name of a time zone."""
    if not TIMEZONE.fullmatch(name) or "/" in name:
        raise ImageError(f"--timezone {name!r}: use Windows' name of the zone, "
                         "for example UTC or W. Europe Standard Time "
                         "(tzutil /l in Windows lists them)")
    return name


def size(text, version):
    """The size of the disk in bytes: 64G."""
    match = re.fullmatch(r"(\d{1,9})([GT])(?:i?B)?", text, re.I)
    if not match:
        raise ImageError(f"--size {text}: use a size such as 64G")
    value = int(match[1]) * (GIB if match[2] in "gG" else GIB << 10)
    if value < version.disk * GIB:
        raise ImageError(f"--size {text}: {version.name} needs at least "
                         f"{version.disk}G (the image takes only what Windows "
                         "writes)")
    if value > SIZE_LIMIT:
        raise ImageError(f"--size {text}: more than 64T can't be right")
    return value


def mebibytes(text):
    """The MiB of a size of memory such as 8G or 512M; 0 if it is none."""
    match = re.fullmatch(r"(\d{1,7})([MG])", text, re.I)
    return int(match[1]) * (1024 if match[2] in "gG" else 1) if match else 0


def memory(text):
    """The guest's memory, as `vfio-trace run` takes it."""
    if mebibytes(text) < 2048:
        raise ImageError(f"--memory {text}: use a size such as 8G, at least 2G")
    return text.upper()


class Device:
    """A device by its PCI IDs.

    vendor, device: four hexadecimal digits each
    """

    def __init__(self, vendor, device):
        self.vendor = vendor.upper()
        self.device = device.upper()

    def __str__(self):
        return f"{self.vendor}:{self.device}".lower()

    def __eq__(self, other):
        return str(self) == str(other)

    @property
    def hardware_id(self):
        """The hardware ID by which Windows' policies know it."""
        return f"PCI\\VEN_{self.vendor}&DEV_{self.device}"


def _sysfs_id(path):
    with open(path, encoding="ascii") as file:
        return file.read().strip().removeprefix("0x")


def device(text):
    """A device: VENDOR:DEVICE, or the address of one of this machine."""
    match = re.fullmatch(r"(?:0x)?([0-9a-f]{4}):(?:0x)?([0-9a-f]{4})", text, re.I)
    if match:
        found = Device(match[1], match[2])
    elif re.fullmatch(r"([0-9a-f]{4}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]", text,
                      re.I):
        bdf = text.lower() if text.count(":") == 2 else "0000:" + text.lower()
        root = os.environ.get("VFIO_TRACE_SYSFS_ROOT", "")
        where = f"{root}/sys/bus/pci/devices/{bdf}"
        try:
            found = Device(_sysfs_id(where + "/vendor"),
                           _sysfs_id(where + "/device"))
        except OSError:
            raise ImageError(f"--hold-driver {text}: this machine has no such "
                             "device") from None
    else:
        raise ImageError(f"--hold-driver {text}: use VENDOR:DEVICE such as "
                         "10de:2204 (lspci -nn shows it), or the device's "
                         "address")
    if not re.fullmatch(r"[0-9A-F]{4}:[0-9A-F]{4}",
                        f"{found.vendor}:{found.device}") or \
            found.vendor in ("0000", "FFFF"):
        raise ImageError(f"--hold-driver {text}: there is no vendor "
                         f"{found.vendor}")
    return found


class Debug:
    """Kernel debugging.

    kind: serial or net
    host, port, key: of net
    """

    def __init__(self, kind, host=None, port=None, key=None):
        self.kind = kind
        self.host = host
        self.port = port
        self.key = key


def _debug_key():
    """A key of four parts, as KDNET wants it."""
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    return ".".join("".join(secrets.choice(letters) for _ in range(12))
                    for _ in range(4))


def debug(text):
    """--debug: serial, or net:ADDRESS[:PORT]."""
    if text == "serial":
        return Debug("serial")
    match = re.fullmatch(r"net:([0-9.]+)(?::(\d{1,5}))?", text)
    if not match:
        raise ImageError(f"--debug {text}: use serial, or net:ADDRESS[:PORT] "
                         "with the IPv4 address of the machine with WinDbg")
    try:
        host = str(ipaddress.IPv4Address(match[1]))
    except ValueError:
        raise ImageError(f"--debug {text}: {match[1]} is no IPv4 "
                         "address") from None
    port = int(match[2] or 50000)
    # WinDbg's documentation
    if not 49152 <= port <= 65535:
        raise ImageError(f"--debug {text}: the port must be 49152 to 65535")
    return Debug("net", host, port, _debug_key())
