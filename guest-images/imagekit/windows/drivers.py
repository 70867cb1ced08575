# SPDX-License-Identifier: GPL-2.0-or-later
"""Drivers for the config CD: of a virtio-win ISO, and of folders.

virtio-win has DRIVER/VERSION/amd64/*.inf. Only those of the Windows that is
installed are copied, some 20 MB of 700: Windows Setup takes the first driver
that matches, also one for another Windows.
"""

import os
import re
import shutil

from ..common.errors import ImageError
from . import iso

ARCHITECTURE = "amd64"
# debugging symbols are ten times as large as the drivers
LEFT_OUT = (".pdb",)
FILE_LIMIT = 128 << 20
FOLDER_LIMIT = 2 << 30
FOLDER_FILES = 20000
FOLDERS = 1000


def _has_inf(entries):
    return any(size is not None and name.casefold().endswith(".inf")
               for name, size in entries.items())


def _folder_of(image, driver, version):
    """A driver's folder for a version of Windows: its path, its entries."""
    folders = {n.casefold(): n for n, size in image.list(driver).items()
               if size is None}
    for name in version.drivers:
        if name.casefold() not in folders:
            continue
        where = f"{driver}/{folders[name.casefold()]}"
        below = {n.casefold(): n for n, size in image.list(where).items()
                 if size is None}
        if ARCHITECTURE not in below:
            continue
        where = f"{where}/{below[ARCHITECTURE]}"
        entries = image.list(where)
        if _has_inf(entries):
            return where, entries
    return None, {}


def _free(path):
    """A path that is not taken: two sources may have folders of one name."""
    while os.path.exists(path):
        path += "_"
    return path


def _copy_iso(path, version, target, say):
    image = iso.Iso(path)
    copied = []
    count = 0
    total = 0
    folders = sorted(n for n, size in image.list().items() if size is None)
    if len(folders) > FOLDERS:
        raise ImageError(f"{path}: it has {len(folders)} folders; virtio-win's "
                         "ISO has some 30")
    for driver in folders:
        where, entries = _folder_of(image, driver, version)
        if not where:
            continue
        folder = _free(os.path.join(target, driver))
        os.mkdir(folder)
        for name, size in sorted(entries.items()):
            if size is None or name.casefold().endswith(LEFT_OUT):
                continue
            if size > FILE_LIMIT:
                raise ImageError(f"{path}: {where}/{name} has {size} bytes; no "
                                 "driver is that large")
            count += 1
            total += size
            # files of an ISO may have their content in common
            if count > FOLDER_FILES or total > FOLDER_LIMIT:
                raise ImageError(f"{path}: its drivers for {version.name} have "
                                 f"more than {FOLDER_FILES} files or "
                                 f"{FOLDER_LIMIT >> 30} GiB")
            image.copy(f"{where}/{name}", size, os.path.join(folder, name))
        copied.append(driver)
    if not copied:
        raise ImageError(f"{path}: it has no drivers for {version.name}: it "
                         "should be virtio-win's ISO, with folders such as "
                         f"vioserial/{version.drivers[0]}/{ARCHITECTURE}")
    say(f"drivers from {os.path.basename(path)}: {', '.join(copied)}")


def _copy_folder(path, target, say):
    """A folder of the user's, with .inf files in it or below."""
    count = 0
    total = 0
    infs = 0
    name = re.sub(r"[^A-Za-z0-9_.-]", "_",
                  os.path.basename(os.path.abspath(path))).strip(".") or "own"
    base = _free(os.path.join(target, name))
    for folder, _, files in os.walk(path):
        for file in files:
            source = os.path.join(folder, file)
            if not os.path.isfile(source):
                continue
            count += 1
            total += os.path.getsize(source)
            infs += file.casefold().endswith(".inf")
            if count > FOLDER_FILES or total > FOLDER_LIMIT:
                raise ImageError(f"--drivers {path}: more than {FOLDER_FILES} "
                                 f"files or {FOLDER_LIMIT >> 30} GiB are no "
                                 "driver: name the driver's own folder")
            place = os.path.join(base, os.path.relpath(source, path))
            os.makedirs(os.path.dirname(place), exist_ok=True)
            shutil.copyfile(source, place)
    if not infs:
        raise ImageError(f"--drivers {path}: there is no .inf file in it")
    say(f"drivers from {path}: {infs} .inf files")


def check(paths):
    """Check that all sources are there."""
    for path in paths:
        if not os.path.exists(path):
            raise ImageError(f"--drivers {path}: there is no such file or folder")
        if not os.access(path, os.R_OK):
            raise ImageError(f"--drivers {path}: you can't read it")


def copy(paths, version, target, say):
    """Copy drivers.

    paths: ISOs and folders
    target: the folder to copy them to, which is made
    say: called with what was found
    """
    os.mkdir(target)
    for path in paths:
        if os.path.isdir(path):
            _copy_folder(path, target, say)
        else:
            _copy_iso(path, version, target, say)


def has_serial(target):
    """Is the driver of the guest's marker port among them?"""
    return any(n.casefold() == "vioserial" for n in os.listdir(target)) \
        if os.path.isdir(target) else False
