# SPDX-License-Identifier: GPL-2.0-or-later
"""What is on an ISO.

Microsoft's ISOs are UDF; their ISO 9660 part has nothing but a text that says
so. grub-fstest, of Debian's grub-common, reads both without root and without
mounting, and can read a part of a file: of a 5 GB install.wim, only the header
and the XML at its end are needed.
"""

import os
import re
import struct
import subprocess
import threading
import xml.etree.ElementTree as ET

from ..common import command
from ..common.errors import ImageError
from . import editions

READER = "grub-fstest"
PACKAGE = "grub-common"
READ_SECONDS = 120
COPY_SECONDS = 1800

# Names that are copied: what Windows has in the folders that matter here.
GOOD_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+~ ()-]*")

LIST_LINE = re.compile(r"\s*(DIR|\d+)\s+(?:\d{14}\s+)?(.+)")
LIST_LIMIT = 4 << 20

WIM_HEADER = 208
WIM_MAGIC = b"MSWIM\0\0\0"
# Windows' own have some KiB for each image; elements take 15 times as much memory.
WIM_XML_LIMIT = 4 << 20
WIM_COMPRESSED = 4
# relative to the ISO's root
WIM_NAMES = ("install.wim", "install.esd", "install.swm")

ARCHITECTURES = {"0": "x86", "5": "arm", "9": "amd64", "12": "arm64"}


class Iso:
    """An ISO, read as files.

    path: the ISO
    """

    def __init__(self, path):
        self.path = os.path.abspath(path)
        self._reader = command.find(READER, PACKAGE)
        if not os.path.isfile(self.path):
            raise ImageError(f"{path}: it is no file; an ISO is needed"
                             if os.path.exists(self.path) else
                             f"{path}: there is no such file")
        if not os.access(self.path, os.R_OK):
            raise ImageError(f"{path}: you can't read this file")

    def _run(self, arguments, limit, seconds=READ_SECONDS):
        """Run the reader. Return: at most limit bytes of its output."""
        # a hostile image may give it endless output
        with subprocess.Popen([self._reader, *arguments],
                              env={**os.environ, "LC_ALL": "C"},
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL) as process:
            timer = _Timer(process, seconds)
            try:
                data = process.stdout.read(limit)
                more = len(data) == limit
            finally:
                late = timer.stop()
                process.kill()
        if late:
            raise ImageError(f"{self.path}: reading it took more than {seconds} "
                             "s")
        return data, more

    def list(self, folder=""):
        """Entries of a folder: name -> size, or None for a folder."""
        where = f"(loop0)/{folder}/" if folder else "(loop0)/"
        out, _ = self._run([self.path, "ls", "--", "-l", where], LIST_LIMIT)
        entries = {}
        for line in out.decode("utf-8", "replace").splitlines():
            match = LIST_LINE.fullmatch(line.rstrip())
            name = match and match[2].rstrip("/")
            if name and GOOD_NAME.fullmatch(name):
                entries[name] = None if match[1] == "DIR" else int(match[1])
        return entries

    def find(self, path):
        """The path of a file or folder as the ISO spells it, or None."""
        found = ""
        for wanted in path.split("/"):
            names = {n.casefold(): n for n in self.list(found)}
            if wanted.casefold() not in names:
                return None
            found = f"{found}/{names[wanted.casefold()]}".lstrip("/")
        return found

    def read(self, name, offset, length):
        """A part of a file."""
        data, _ = self._run(["-s", str(offset), "-n", str(length), self.path,
                             "cat", f"(loop0)/{name}"], length)
        if len(data) != length:
            raise ImageError(f"{self.path}: {name} is damaged: it ends too "
                             "early")
        return data

    def copy(self, name, size, target):
        """Copy a file out of the ISO.

        size: its size in the folder's list
        """
        data, more = self._run([self.path, "cat", f"(loop0)/{name}"], size + 1,
                               COPY_SECONDS)
        if more or len(data) != size:
            raise ImageError(f"{self.path}: {name} is damaged: it has not the "
                             f"{size} bytes that its folder says")
        with open(target, "xb") as file:
            file.write(data)


class _Timer:
    """Kills a process that takes too long."""

    def __init__(self, process, seconds):
        self.late = False
        self._process = process
        self._timer = threading.Timer(seconds, self._kill)
        self._timer.daemon = True
        self._timer.start()

    def _kill(self):
        self.late = True
        self._process.kill()

    def stop(self):
        self._timer.cancel()
        return self.late


class Image:
    """A Windows in an install.wim.

    index: its number in the file, from 1
    name: e.g. Windows 11 Pro
    edition: e.g. Professional
    server, core: a Windows Server; one without a desktop
    architecture: amd64, for example
    build: e.g. 26100
    language: the default language of its screens
    """

    def __init__(self, element):
        windows = element.find("WINDOWS")

        def text(path, default=""):
            return (element.findtext(path) or default).strip()

        self.index = _number(element.get("INDEX"))
        self.name = text("NAME") or text("DISPLAYNAME")
        self.is_windows = windows is not None
        self.edition = text("WINDOWS/EDITIONID")
        installation = text("WINDOWS/INSTALLATIONTYPE")
        self.server = installation.startswith("Server") or \
            self.edition.startswith("Server")
        self.core = installation == "Server Core"
        number = text("WINDOWS/ARCH")
        self.architecture = ARCHITECTURES.get(number, number)
        self.build = _number(text("WINDOWS/VERSION/BUILD"))
        self.language = text("WINDOWS/LANGUAGES/DEFAULT") or \
            text("WINDOWS/LANGUAGES/LANGUAGE") or "en-US"
        for value in (self.name, self.edition, self.language):
            if not value.isprintable() or len(value) > 200:
                raise ImageError("the XML of the ISO's install.wim is damaged: "
                                 "it has names that are none")


def _number(text):
    text = (text or "").strip()
    return int(text) if re.fullmatch(r"\d{1,9}", text) else 0


def _xml_place(header, path):
    """Where a WIM's XML is: offset, size."""
    if header[:8] != WIM_MAGIC:
        raise ImageError(f"{path} is not a WIM file")
    # resource header: 7 bytes size, 1 byte flags, offset, original size
    packed, offset, original = struct.unpack_from("<QQQ", header, 0x48)
    size, flags = packed & ((1 << 56) - 1), packed >> 56
    if flags & WIM_COMPRESSED or size != original or \
            not 2 < size <= WIM_XML_LIMIT:
        raise ImageError(f"{path} is damaged: its header has no valid place of "
                         "its XML")
    return offset, size


def parse_xml(data, path):
    """The images that a WIM's XML describes."""
    try:
        text = data.decode("utf-16")
        # an entity could make megabytes of a few bytes
        if "<!DOCTYPE" in text or "<!ENTITY" in text:
            raise ValueError("it has a document type")
        root = ET.fromstring(text)
    except (ValueError, ET.ParseError) as error:
        raise ImageError(f"{path} is damaged: its XML is invalid "
                         f"({error})") from None
    return [image for image in map(Image, root.iter("IMAGE"))
            if image.is_windows and image.index]


class Windows:
    """A Windows ISO.

    version: the version of Windows
    images: the images on it, [] if unknown
    """

    def __init__(self, version, images):
        self.version = version
        self.images = images


def _no_windows(path, why):
    return ImageError(
        f"{path}: {why}. If it is a Windows ISO all the same, say what is on "
        f"it: --os {'|'.join(editions.names())} --edition NAME")


def _images(iso, path):
    folder = iso.find("sources")
    files = iso.list(folder) if folder else {}
    names = {name.casefold(): name for name in files}
    wim = next((names[n] for n in WIM_NAMES if n in names), None)
    if not wim:
        found = ", ".join(sorted(iso.list())[:8])
        raise _no_windows(path, "there is no sources/install.wim, .esd or .swm "
                          "on it" + (f", only {found}" if found else
                                     ": it is empty or no ISO"))
    name = f"{folder}/{wim}"
    offset, size = _xml_place(iso.read(name, 0, WIM_HEADER), name)
    return parse_xml(iso.read(name, offset, size), name)


def _checked(iso, path, images):
    if not images:
        raise _no_windows(path, "its install.wim has no Windows")
    other = {i.architecture for i in images} - {"amd64"}
    images = [i for i in images if i.architecture == "amd64"]
    if not images:
        raise ImageError(f"{path}: it is for {', '.join(sorted(other))}, and the "
                         "guest is an x86-64 machine: use an ISO for x64")
    versions = {editions.by_build(i.server, i.build) for i in images}
    if len(versions) != 1 or None in versions:
        builds = ", ".join(sorted({f"{i.name} (build {i.build})"
                                   for i in images}))
        known = ", ".join(v.name for v in editions.VERSIONS)
        raise ImageError(f"{path}: it has {builds}; this command installs "
                         f"{known}")
    if not iso.find("efi/boot/bootx64.efi"):
        raise ImageError(f"{path}: there is no efi/boot/bootx64.efi on it: it "
                         "can't be booted by UEFI")
    return Windows(versions.pop(), images)


def detect(path, told=None):
    """What Windows is on an ISO.

    told: the version that the user says is there: then an ISO that can't be
        read is taken as it is
    """
    iso = Iso(path)
    version = editions.by_id(told) if told else None
    try:
        found = _checked(iso, path, _images(iso, path))
    except ImageError:
        if not version:
            raise
        return Windows(version, [])
    if version and found.version is not version:
        raise ImageError(f"--os {told}: {path} has {found.version.name}")
    return found
