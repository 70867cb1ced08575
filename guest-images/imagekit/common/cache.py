# SPDX-License-Identifier: GPL-2.0-or-later
"""The guests' part of the project's cache: safe for two commands at once, safe
to delete, and of a limited number of entries."""

import contextlib
import fcntl
import hashlib
import os

from labkit import cache as lab_cache

from . import places, workdir
from .errors import ImageError


def _writable(path):
    """Can this user make or change the directory?"""
    while not os.path.lexists(path):
        path = os.path.dirname(path)
    return os.access(path, os.W_OK | os.X_OK)


def base():
    """The project's cache directory.

    The one of ./configure may be another user's, root's for example.
    """
    configured = lab_cache.configured()
    if os.environ.get("VFIO_TRACE_CACHE"):
        return os.environ["VFIO_TRACE_CACHE"]
    if configured and _writable(configured):
        return configured
    return os.path.join(os.environ.get("XDG_CACHE_HOME") or
                        os.path.expanduser("~/.cache"), "vfio-trace")


def _trusted():
    """Users who may own the cache: whoever owns this program may do all anyway."""
    return {0, os.geteuid(), os.stat(places.HERE).st_uid}


def _check(path):
    """Refuse a directory in which another user could put a file for us to use.

    Root unpacks what is in it and runs programs of it.
    """
    status = os.stat(path)
    if status.st_uid not in _trusted() or status.st_mode & 0o002:
        raise ImageError(f"{path}: other users can write to this directory of the "
                         "cache; choose another one by VFIO_TRACE_CACHE, or remove "
                         "it")


def directory(*names):
    """A directory of the guests' cache, created if missing."""
    top = os.path.join(base(), "guests")
    path = os.path.join(top, *names)
    os.makedirs(path, exist_ok=True)
    for checked in {os.path.dirname(top), top, path}:
        _check(checked)
    return path


@contextlib.contextmanager
def lock(name, say=None):
    """Hold an exclusive lock, so that two commands don't make one thing twice.

    say: called with a line if another command has it
    """
    with open(os.path.join(directory(), name + ".lock"), "w",
              encoding="utf-8") as f:
        try:
            fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if say:
                say("waiting for another command that makes an image")
            fcntl.flock(f, fcntl.LOCK_EX)
        yield


def work(kind, remove):
    """A directory of the cache to make something in, removed at the end.

    kind: the start of its name
    remove: function that removes a directory
    """
    # whatever has a dot in its name: only these directories have one
    workdir.sweep(directory(), r".+\..+", _trusted(), remove)
    return workdir.directory(directory(), kind + ".", remove)


def digest(*words):
    """A key made from words."""
    h = hashlib.sha256()
    for word in words:
        h.update(f"{word}\0".encode())
    return h.hexdigest()


def file_digest(path):
    """The hash of a file's contents."""
    h = hashlib.sha256()
    with open(path, "rb") as f:
        while block := f.read(1 << 20):
            h.update(block)
    return h.hexdigest()


def prune(kind, keep, newest):
    """Remove all but the newest entries of a kind, and never @keep.

    kind: a directory of the cache, whose entries have the time of their last use
    """
    where = directory(kind)
    lab_cache.keep_newest(where, os.listdir(where), keep, newest)
