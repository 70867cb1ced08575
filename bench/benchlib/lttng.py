# SPDX-License-Identifier: GPL-2.0-or-later
"""LTTng-UST compared to our ring, in a session of its own."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time

from . import BUILD, BenchError, Skip
from .samples import Samples
from .table import Row

SESSION = "vfio-trace-bench"
STOP_LIMIT = 15


def _check():
    for tool in ("lttng", "lttng-sessiond"):
        if not shutil.which(tool):
            raise Skip("there is no %s: install the package lttng-tools"
                       % tool)
    path = os.path.join(BUILD, "vfio-trace-bench", "bench", "native-lttng")
    if not os.path.exists(path):
        raise Skip("native-lttng was not built: install the package "
                   "liblttng-ust-dev and remove build/vfio-trace-bench")
    return path


def _gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


@contextlib.contextmanager
def _daemon(home, env):
    """A session daemon with no sessions but ours."""
    pidfile = os.path.join(home, "pid")
    subprocess.run(["lttng-sessiond", "--no-kernel", "--daemonize",
                    "--pidfile=" + pidfile], check=True, env=env,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with open(pidfile, encoding="ascii") as f:
        pid = int(f.read())
    try:
        yield
    finally:
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_LIMIT
        while not _gone(pid) and time.monotonic() < deadline:
            time.sleep(0.05)


def _run(program, rounds, home, env):
    """Return: (the program's output, bytes in the trace)"""
    out = os.path.join(home, "trace")

    def lttng(*args):
        return subprocess.run(["lttng", "--no-sessiond", *args], check=True,
                              env=env, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT).stdout

    with _daemon(home, env):
        lttng("create", SESSION, "--output=" + out)
        lttng("enable-channel", "-u", "-s", SESSION, "--subbuf-size=4M",
              "--num-subbuf=8", "bench")
        lttng("enable-event", "-u", "-s", SESSION, "-c", "bench",
              "vfio_trace_bench:*")
        lttng("start", SESSION)
        said = subprocess.run([program, rounds], check=True, env=env,
                              text=True, stdout=subprocess.PIPE).stdout
        lttng("stop", SESSION)
        lost = re.search(r"Discarded events: *(\d+)", lttng("list", SESSION))
        lttng("destroy", SESSION)
    if not lost or int(lost[1]):
        raise BenchError("LTTng discarded %s events: its figures would mean "
                         "nothing" % (lost[1] if lost else "it does not say "
                                      "how many"))
    size = sum(os.path.getsize(os.path.join(d, f))
               for d, _, files in os.walk(out) for f in files)
    return said, size


def measure(say, rounds, part):
    """Return: rows"""
    program = _check()
    say("LTTng-UST")
    # a path of its own: the daemon's sockets must be short enough for one
    with tempfile.TemporaryDirectory(prefix="vt-lttng.") as home:
        env = dict(os.environ, LTTNG_HOME=home, LC_ALL="C")
        try:
            said, size = _run(program, rounds, home, env)
        except (OSError, subprocess.SubprocessError) as e:
            raise BenchError("LTTng: %s" % e)
    cost = Samples("ns/record")
    records = None
    for line in said.splitlines():
        name, value, _ = line.split()
        if name == "lttng.records":
            records = float(value)
        else:
            cost.add("lttng", float(value))
    if not records:
        raise BenchError("LTTng: the program was not traced")
    return [Row(part, "LTTng-UST: 1 thread, with its clock",
                cost.summary("lttng"), cost.unit),
            Row(part, "on disk: LTTng-UST", (size / records,) * 3,
                "bytes/record")]
