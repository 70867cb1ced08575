# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs of this machine."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile

from .errors import ImageError

# Administrators' programs are not in the PATH of other users.
PATH = os.environ.get("PATH", "/usr/bin:/bin") + ":/usr/local/sbin:/usr/sbin:/sbin"


def find(program, package):
    """Path of a program.

    package: Debian's package that has it, for the error
    """
    path = shutil.which(program, path=PATH)
    if not path:
        raise ImageError(f"{program} is missing: install the package {package} "
                         f"(sudo apt install {package})")
    return path


def need(programs):
    """Check that all programs are there, so that nothing starts in vain.

    programs: maps their names to packages
    """
    missing = sorted({package for program, package in programs.items()
                      if not shutil.which(program, path=PATH)})
    if missing:
        names = " ".join(missing)
        raise ImageError(f"packages are missing: {names} "
                         f"(sudo apt install {names})")


def printable(text):
    """Text of another program, without what a terminal would act on."""
    return re.sub(r"[^\x20-\x7e\t\n]", "?", text)


def run(argv, what, text=None, environment=None, on_line=None):
    """Run a program; it must succeed. Return: its output.

    what: what it does, for the error: "can't WHAT"
    text: its standard input
    environment: variables in addition
    on_line: called with each line of its output, as it comes
    """
    env = dict(os.environ, LC_ALL="C.UTF-8", PATH=PATH)
    env.update(environment or {})
    lines = []
    with contextlib.ExitStack() as stack:
        stdin = subprocess.DEVNULL
        if text is not None:
            # not a pipe: the program may write before it has read all
            stdin = stack.enter_context(tempfile.TemporaryFile("w+"))
            stdin.write(text)
            stdin.seek(0)
        process = stack.enter_context(subprocess.Popen(
            argv, env=env, text=True, errors="replace", stdin=stdin,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            start_new_session=True))
        try:
            for line in process.stdout:
                lines.append(line)
                if on_line:
                    on_line(printable(line.rstrip()))
        except BaseException:
            # with what it has started: mmdebstrap itself ignores this
            os.killpg(process.pid, signal.SIGTERM)
            raise
    output = "".join(lines)
    if process.returncode:
        raise ImageError(f"can't {what}: {os.path.basename(argv[0])} failed "
                         f"with status {process.returncode}",
                         printable(output))
    return output
