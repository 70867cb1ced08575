# SPDX-License-Identifier: GPL-2.0-or-later
"""The QEMU binaries: ours, and one with another trace backend."""

import json
import os
import subprocess

from . import BUILD, BenchError

SIMPLE = os.path.join(BUILD, "bench", "qemu-simple")
NAME = "qemu-system-x86_64"


def _series():
    try:
        with open(os.path.join(BUILD, "config.json"), encoding="utf-8") as f:
            series = json.load(f)["series"]
    except (OSError, ValueError, KeyError) as e:
        raise BenchError("nothing is configured (%s): run ./configure" % e)
    return series[0] if isinstance(series, list) else series.split()[0]


def ours():
    """The default series' binary."""
    path = os.path.join(BUILD, "qemu-" + _series(), NAME)
    if not os.access(path, os.X_OK):
        raise BenchError("%s is not built: run make" % path)
    return path


def simple(say):
    """The same source and options with the simple trace backend alone.

    Ours does not have it: that backend calls a function for each event that
    is switched off, too. Return: the binary
    """
    config = os.path.join(BUILD, "qemu-" + _series(), "config.status")
    log = os.path.join(SIMPLE, "bench-build.log")
    os.makedirs(SIMPLE, exist_ok=True)
    say("building QEMU with its simple trace backend: some minutes the first "
        "time; progress is in %s" % log)
    with open(log, "w", encoding="utf-8") as f:
        try:
            if not os.path.exists(os.path.join(SIMPLE, "build.ninja")):
                subprocess.run(["sh", config,
                                "--enable-trace-backends=simple"],
                               cwd=SIMPLE, check=True, stdout=f, stderr=f)
            subprocess.run(["ninja", NAME], cwd=SIMPLE, check=True, stdout=f,
                           stderr=f)
        except (OSError, subprocess.SubprocessError) as e:
            raise BenchError("%s; see %s" % (e, log))
    return os.path.join(SIMPLE, NAME)
