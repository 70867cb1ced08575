# SPDX-License-Identifier: GPL-2.0-or-later
"""Working directories: removed at the end, or by a later command if this one is
killed."""

import contextlib
import fcntl
import os
import re
import shutil
import tempfile


def _rmtree(path):
    shutil.rmtree(path, ignore_errors=True)


def _lock(path, owners):
    """Open and lock a directory. Return: its descriptor; None if it is not one of
    the owners', or in use"""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None
    if os.fstat(fd).st_uid in owners:
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return fd
    os.close(fd)
    return None


def sweep(parent, pattern, owners, remove=_rmtree):
    """Remove the directories that killed commands have left.

    pattern: regular expression of their names
    owners: the users whose directories may be removed: in a directory like
        /var/tmp, others can make any
    remove: function that removes a directory
    """
    for name in os.listdir(parent):
        path = os.path.join(parent, name)
        fd = _lock(path, owners) if re.fullmatch(pattern, name) else None
        if fd is not None:
            remove(path)
            os.close(fd)


@contextlib.contextmanager
def directory(parent, prefix, remove=_rmtree):
    """A directory to work in, after what killed commands have left was removed.

    parent: the directory that it is made in
    prefix: the start of its name
    remove: function that removes a directory
    """
    owners = {os.geteuid()}
    sweep(parent, re.escape(prefix) + "[a-z0-9_]{8}", owners, remove)
    while True:
        path = tempfile.mkdtemp(prefix=prefix, dir=parent)
        fd = _lock(path, owners)
        # another command's sweep may have been faster
        if fd is not None and os.path.exists(path):
            break
        if fd is not None:
            os.close(fd)
    try:
        yield path
    finally:
        remove(path)
        os.close(fd)
