# SPDX-License-Identifier: GPL-2.0-or-later
"""The files of the project, and programs that check them."""

import os
import shutil
import subprocess

SOURCE = os.environ["VFIO_TRACE_SOURCE"]
IGNORED = {".git", "build", "__pycache__"}


def sources():
    """Every file of the project, by path relative to the checkout."""
    git = subprocess.run(["git", "ls-files", "-z", "--cached", "--others",
                          "--exclude-standard", "--deduplicate"],
                         cwd=SOURCE, capture_output=True, text=True, check=False) \
        if shutil.which("git") else None
    if git and git.returncode == 0:
        for path in git.stdout.split("\0"):
            full = os.path.join(SOURCE, path)
            if os.path.isfile(full) and not os.path.islink(full):
                yield path
        return
    for directory, names, files in os.walk(SOURCE):
        names[:] = sorted(n for n in names if n not in IGNORED
                          and not os.path.exists(os.path.join(directory, n, ".git")))
        for name in sorted(files):
            path = os.path.join(directory, name)
            if not os.path.islink(path):
                yield os.path.relpath(path, SOURCE)


def run(argv):
    done = subprocess.run(argv, cwd=SOURCE, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace")
    return done.returncode, done.stdout.strip().splitlines()
