# SPDX-License-Identifier: GPL-2.0-or-later
"""Test points as TAP, the Test Anything Protocol."""

import json
import os
import re
import shutil
import signal
import sys
import tempfile
import time
import traceback

from . import rings

_tests = []
_at_end = []


class Skip(Exception):
    """Raised by a test that can't run here; the text says why."""


def need_kvm():
    """Skip on a machine without KVM."""
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        raise Skip("/dev/kvm is missing or not accessible")


def test(func):
    """Register a function as a test point; its docstring names it.

    It is called with a scratch directory that is removed afterwards.
    """
    _tests.append(func)
    return func


def at_end(func):
    """Call a function after each test, even a failed one."""
    _at_end.append(func)


def equal(got, want, what="value"):
    if got != want:
        raise AssertionError(f"{what} is {got!r}, expected {want!r}")


def matches(text, pattern, what="text"):
    match = re.search(pattern, text, re.S)
    if not match:
        raise AssertionError(f"{what} does not match {pattern!r}:\n{text}")
    return match


def patience(seconds):
    """A time limit, scaled for this machine: it is for what hangs."""
    return seconds * float(os.environ.get("VFIO_TRACE_TIMEOUT_SCALE", "1"))


def wait_until(condition, what, seconds=30):
    """Until condition() is true; an error after that many seconds, scaled."""
    seconds = patience(seconds)
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {seconds} seconds")
        time.sleep(0.02)


def rounds(usual, full):
    """Number of rounds: make check-full has more time."""
    return full if os.environ.get("VFIO_TRACE_FULL") else usual


def build_dir():
    top = os.path.dirname(os.path.dirname(os.path.dirname(
        os.path.abspath(__file__))))
    return os.environ.get("VFIO_TRACE_BUILD", os.path.join(top, "build"))


def series():
    return os.environ.get("VFIO_TRACE_SERIES", "10.0")


def first_series():
    """Skip with QEMU's other series, for what does not depend on them."""
    try:
        with open(os.path.join(build_dir(), "config.json"), encoding="utf-8") as f:
            default = json.load(f)["default_series"]
    except FileNotFoundError:
        default = series()
    if series() != default and not rounds(False, True):
        raise Skip(f"done with QEMU {default}; here only in make check-full")


def qemu_binary(target="x86_64"):
    path = os.path.join(build_dir(), f"qemu-{series()}", f"qemu-system-{target}")
    if target != "x86_64" and not os.path.exists(path):
        raise Skip(f"QEMU {series()} is not built for {target} guests: ./configure --targets=all")
    return path


def tool_binary():
    return os.path.join(build_dir(), "vfio-trace", "tools", "vfio-trace")


def _run_one(number, func):
    name = (func.__doc__ or func.__name__).strip().splitlines()[0].rstrip(".")
    scratch = tempfile.mkdtemp(prefix=f"vfio-trace-test-{os.getpid()}-")
    try:
        func(scratch)
    except Skip as skip:
        print(f"ok {number} - {name} # SKIP {skip}", flush=True)
        return True
    except Exception:  # pylint: disable=broad-except
        print(f"not ok {number} - {name}")
        for line in traceback.format_exc().splitlines():
            print(f"# {line}")
        sys.stdout.flush()
        return False
    finally:
        for clean_up in _at_end:
            clean_up()
        for ring in rings.of_logs_below(scratch):
            rings.remove(ring)
        shutil.rmtree(scratch, ignore_errors=True)
    print(f"ok {number} - {name}", flush=True)
    return True


def main():
    """Run what @test has registered, or those that the arguments match."""
    wanted = [f for f in _tests
              if not sys.argv[1:] or any(a in f.__name__ for a in sys.argv[1:])]
    # clean up on SIGTERM, too
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    rings.sweep(tempfile.gettempdir())
    print("TAP version 13")
    print(f"1..{len(wanted)}", flush=True)
    results = [_run_one(n, f) for n, f in enumerate(wanted, 1)]
    sys.exit(0 if all(results) else 1)
