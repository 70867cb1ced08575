# SPDX-License-Identifier: GPL-2.0-or-later
"""The cache: content-keyed, safe for two labs at once, safe to delete."""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil


def configured():
    """The cache directory given to ./configure, or None."""
    root = os.path.dirname(os.path.dirname(os.path.dirname(
        os.path.realpath(__file__))))
    try:
        with open(os.path.join(root, "build", "config.json")) as f:
            return json.load(f).get("cache_dir")
    except (OSError, ValueError, AttributeError):
        return None


def directory():
    """The lab's part of the project's cache, created if missing."""
    base = os.environ.get("VFIO_TRACE_CACHE") or configured()
    if not base:
        base = os.path.join(os.environ.get("XDG_CACHE_HOME") or
                            os.path.expanduser("~/.cache"), "vfio-trace")
    path = os.path.join(base, "lab")
    os.makedirs(path, exist_ok=True)
    return path


@contextlib.contextmanager
def lock(name):
    """Hold an exclusive lock, so that two labs don't build one thing twice."""
    with open(os.path.join(directory(), name + ".lock"), "w") as f:
        fcntl.flock(f, fcntl.LOCK_EX)
        yield


def replace(new, final):
    """Put a finished directory in its place."""
    shutil.rmtree(final, ignore_errors=True)
    os.rename(new, final)


def key(paths, *words):
    """A key for an object made from files and words.

    A file counts by path, size and time of change: hashing QEMU's tens of
    megabytes on each start would cost more than it saves.
    """
    digest = hashlib.sha256()
    for path in sorted(paths):
        st = os.stat(path)
        digest.update(("%s %d %d\n" % (os.path.realpath(path), st.st_size,
                                       st.st_mtime_ns)).encode())
    for word in words:
        digest.update(("%s\n" % word).encode())
    return digest.hexdigest()[:20]


def prune(prefix, keep, newest=4):
    """Remove all but the newest entries of a kind, and never @keep."""
    keep_newest(directory(), [n for n in os.listdir(directory())
                              if n.startswith(prefix) and
                              not n.endswith(".lock")], keep, newest)


def keep_newest(where, names, keep, newest):
    """Remove all but the newest of a directory's files, and never @keep."""
    found = [os.path.join(where, name) for name in names]
    found.sort(key=os.path.getmtime, reverse=True)
    for path in found[newest:]:
        if path == keep:
            continue
        if os.path.isdir(path):
            shutil.rmtree(path, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                os.unlink(path)
