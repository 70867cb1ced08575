# SPDX-License-Identifier: GPL-2.0-or-later
"""Output files that appear complete or not at all."""

import contextlib
import os
import shutil
import tempfile

from . import workdir
from .errors import ImageError


def size(count):
    """A number of bytes for people."""
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if count < 1024 or unit == "GiB":
            break
        count /= 1024
    return f"{count:.0f} {unit}" if count >= 10 or unit == "bytes" \
        else f"{count:.1f} {unit}"


def check_space(directory, needed, what):
    """Refuse if a file system has not enough room."""
    free = shutil.disk_usage(directory).free
    if free < needed:
        raise ImageError(f"{what} takes {size(needed)} in {directory}, and "
                         f"{size(free)} are free there")


class Output:
    """A group of files that belong together: all are made, or none.

    A context manager: work in temporary(), name the results with add(), and
    they get their names when all has gone well.

    path: the main file
    others: further files that will be made; existing ones are refused as well
    """

    def __init__(self, path, overwrite, others=()):
        self.path = os.path.abspath(path)
        self.directory = os.path.dirname(self.path)
        self._results = []
        self._work = None
        self._stack = contextlib.ExitStack()
        if not os.path.isdir(self.directory):
            raise ImageError(f"{path}: there is no directory {self.directory}")
        if not os.access(self.directory, os.W_OK | os.X_OK):
            raise ImageError(f"{path}: you can't write to {self.directory}")
        for name in (self.path, *others):
            if os.path.lexists(name) and not overwrite:
                raise ImageError(f"{name} exists: remove it, or use --overwrite")
            if os.path.isdir(name) and not os.path.islink(name):
                raise ImageError(f"{name} is a directory")

    def __enter__(self):
        # beside the result: a rename must not cross file systems
        self._work = self._stack.enter_context(workdir.directory(
            self.directory, f".{os.path.basename(self.path)}."))
        return self

    def temporary(self, name):
        """Path for a file in the working directory."""
        return os.path.join(self._work, name)

    def add(self, temporary, final):
        """A finished file, and the name that it will get."""
        self._results.append((temporary, os.path.abspath(final)))

    def __exit__(self, kind, value, trace):
        with self._stack:
            if kind is None:
                for temporary, final in self._results:
                    os.replace(temporary, final)


@contextlib.contextmanager
def finished(path, mode="wb"):
    """One file that appears under its name only when it is complete."""
    directory = os.path.dirname(os.path.abspath(path))
    # pylint: disable=consider-using-with
    f = tempfile.NamedTemporaryFile(mode, dir=directory, delete=False)
    try:
        with f:
            yield f
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(f.name, 0o666 & ~umask)
        os.replace(f.name, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(f.name)
        raise
